using InfluenceGen.Examples;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Tests.Expressions;
using InfluenceGen.Models;
using InfluenceGen.Tests.Models;

namespace InfluenceGen.Generators.Tests.Graphs;

/// <summary>
/// What a model's output and loss are worth for one example, node by node in plain loops over jets: numbers that move along three
/// directions at once. It knows nothing of normal forms, adjoints, kernels or vectors.
/// </summary>
/// <param name="model">The graph.</param>
/// <param name="sizes">How long its dimensions are, open ones too.</param>
/// <param name="layout">Where parameters lie.</param>
/// <param name="examples">The examples.</param>
internal sealed class Interpreter(ModelGraph model, IReadOnlyDictionary<Dimension, int> sizes, ParameterLayout layout, ExampleSet<double> examples)
{
    /// <summary>The outputs of an example.</summary>
    /// <param name="example">The example.</param>
    /// <param name="at">The parameters, by their places in storage.</param>
    public Jet[] Output(int example, Func<int, Jet> at) => Of(model.Output, example, at, []);

    /// <summary>An example's ℓ.</summary>
    public Jet Loss(int example, Func<int, Jet> at) => Weight(example) * (Of(model.Loss.Value(model.Output, model.Label), example, at, [])[0] + Penalty(example, at));

    /// <summary>An example's own penalty, not weighted.</summary>
    public Jet Penalty(int example, Func<int, Jet> at) => Of(model.Penalty, example, at, [])[0];

    /// <summary>The loss of given outputs, without the penalty.</summary>
    public Jet LossOf(int example, Jet[] outputs) => Weight(example)
        * Of(model.Loss.Value(model.Output, model.Label), example, _ => throw new InvalidOperationException("A loss reads no parameters."),
            new() { [model.Output] = outputs })[0];

    private double Weight(int example) => model.Weight is null ? 1 : examples.Weights[example];

    private int SizeOf(Dimension? dimension) => dimension is null ? 1 : sizes[dimension];

    private Jet[] Of(Expression e, int example, Func<int, Jet> at, Dictionary<Expression, Jet[]> known)
    {
        if (!known.TryGetValue(e, out var value))
        {
            known[e] = value = Node(e);
        }

        return value;

        Jet[] Value(Expression operand) => Of(operand, example, at, known);

        Jet[] Node(Expression node)
        {
            switch (node)
            {
                case Number number:
                    return [.. Enumerable.Repeat<Jet>(number.Value, SizeOf(number.Length) * SizeOf(number.Rows))];
                case Symbol symbol:
                    return Leaf(symbol, example, at);
                case Named named:
                    return Value(named.Value);
                case Sum sum:
                    return sum.Terms.Select(Value).Aggregate((a, b) => [.. a.Zip(b, (x, y) => x + y)]);
                case Product product:
                    return product.Factors.Select(Value).Aggregate((a, b) => [.. a.Zip(b, (x, y) => x * y)]);
                case Scaled scaled:
                    var factor = Value(scaled.Factor)[0];
                    return [.. Value(scaled.Vector).Select(x => factor * x)];
                case Dot dot:
                    return [Dot(Value(dot.Left), Value(dot.Right))];
                case MatrixVector product:
                    var (matrix, vector) = (Value(product.Matrix), Value(product.Vector));
                    var (rows, columns) = (SizeOf(product.Matrix.Rows), SizeOf(product.Matrix.Length));
                    return product.IsTransposed
                        ? [.. Enumerable.Range(0, columns).Select(c => Enumerable.Range(0, rows).Aggregate(new Jet(0), (total, r) => total + matrix[r * columns + c] * vector[r]))]
                        : [.. Enumerable.Range(0, rows).Select(r => Dot(matrix[(r * columns)..((r + 1) * columns)], vector))];
                case Outer outer:
                    return [.. Value(outer.Left).SelectMany(a => Value(outer.Right).Select(b => a * b))];
                case Apply apply:
                    return [.. Value(apply.Argument).Select(x => Function(apply.Function, x))];
                case ApplyToRow apply:
                    return RowFunction(apply.Function, [.. apply.Arguments.Select(Value)]);
                default:
                    throw new NotSupportedException($"{node.GetType().Name} is not interpreted.");
            }
        }
    }

    private Jet[] Leaf(Symbol symbol, int example, Func<int, Jet> at)
    {
        switch (symbol.Role)
        {
            case Role.Parameter:
                var block = layout.Blocks[symbol.Slot];
                var (first, rows) = symbol.Column >= 0 ? (examples.Index(symbol.Column)[example], 1) : (0, SizeOf(symbol.Rows));
                if (symbol is { Column: >= 0, Length: null })
                {
                    // A table's numbers lie packed.
                    return [at(block.Offset + first)];
                }

                return [.. Enumerable.Range(first, rows).SelectMany(row =>
                    Enumerable.Range(0, SizeOf(symbol.Length)).Select(k => at(block.Offset + row * block.Stride + k)))];
            case Role.Feature:
                return [.. Enumerable.Range(0, SizeOf(symbol.Length)).Select(k => new Jet(examples.Features[example * examples.FeatureStride + k]))];
            case Role.Label:
                return [.. Enumerable.Range(0, SizeOf(symbol.Length)).Select(k => new Jet(examples.Labels[example * examples.LabelStride + k]))];
            case Role.Offset:
                return [examples.Offsets[example]];
            case Role.Share:
                var index = examples.Index(symbol.Slot).ToArray();
                return [1.0 / Enumerable.Range(0, index.Length).Where(i => index[i] == index[example])
                    .Sum(i => model.Weight is null ? 1 : examples.Weights[i])];
            default:
                throw new NotSupportedException($"A leaf of role {symbol.Role} is not interpreted.");
        }
    }

    private static Jet Dot(Jet[] left, Jet[] right) => left.Zip(right, (a, b) => a * b).Aggregate(new Jet(0), (a, b) => a + b);

    private static Jet Function(FunctionRule rule, Jet x)
    {
        var (value, density) = (x.Value, Math.Exp(-x.Value * x.Value / 2) / Math.Sqrt(2 * Math.PI));
        return rule.Name switch
        {
            "Sigmoid" => x.Sigmoid(),
            "Softplus" => x.Softplus(),
            "Exp" => x.Exp(),
            "Tanh" => x.Tanh(),
            "Positive" => x.Relu(),
            "Step" => value > 0 ? 1 : 0,
            "NormalCdf" => x.Apply(Arithmetic.Function(rule)(value), density, -value * density, (value * value - 1) * density),
            "NormalDensity" => x.Apply(density, -value * density, (value * value - 1) * density, (3 - value * value) * value * density),
            _ => throw new NotSupportedException($"{rule.Name} is not interpreted."),
        };
    }

    private static Jet[] RowFunction(RowFunctionRule rule, Jet[][] arguments)
    {
        var first = arguments[0];
        switch (rule.Name)
        {
            case "Softmax":
                return Softmax();
            case "SoftmaxCrossEntropy":
                return [LogSum() - Dot(first, arguments[1])];
            case "Residual":
                return [.. first.Zip(arguments[1], (p, y) => p - y)];
            case "Covariance":
                var mean = Dot(first, arguments[1]);
                return [.. first.Zip(arguments[1], (p, v) => p * v - mean * p)];
            default:
                throw new NotSupportedException($"{rule.Name} is not interpreted.");
        }

        Jet LogSum() => first.Aggregate(new Jet(0), (total, s) => total + s.Exp()).Log();

        Jet[] Softmax()
        {
            var log = LogSum();
            return [.. first.Select(s => (s - log).Exp())];
        }
    }
}
