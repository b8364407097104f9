using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;

namespace InfluenceGen.Generators.Lowering;

/// <summary>Where a result of a sweep goes.</summary>
internal enum ResultKind
{
    /// <summary>One number for each example.</summary>
    Example,

    /// <summary>A packed row for each example.</summary>
    ExampleRow,

    /// <summary>One sum for each segment.</summary>
    Segment,

    /// <summary>A block of a gradient sum, for each segment.</summary>
    Gradient,

    /// <summary>One number for each pair of examples.</summary>
    Pair,
}

/// <summary>One result: the span it goes to, its value, and for rows and gradients the block.</summary>
internal sealed record SweepResult(ResultKind Kind, string Target, Expression Value, int Block = 0);

/// <summary>
/// One pass of one sweep: what to compute for each example, pair or segment. Only expressions; how it is computed is
/// decided by <see cref="Lowerer"/>.
/// </summary>
/// <param name="Method">The member of <c>IModel</c> it is part of.</param>
/// <param name="Pass">The pass, whose table's rows segments stand for.</param>
/// <param name="Results">What it computes.</param>
/// <param name="IsUnweighted">Whether it is the form for coefficients that are all 1.</param>
internal sealed record Sweep(string Method, int Pass, EquatableArray<SweepResult> Results, bool IsUnweighted = false)
{
    /// <summary>Segments of pass 0 are runs of examples that lie side by side; those of later passes list examples.</summary>
    public bool IsContiguous => Pass == 0;

    public bool IsOverPairs => Results[0].Kind == ResultKind.Pair;

    /// <summary>The same sweep with every coefficient 1, simplified; null where it has none.</summary>
    public Sweep? Unweighted()
    {
        var isWeighted = false;
        var results = Results.Select(result => result with { Value = Algebra.Substitute(result.Value, One) }).ToList();
        return isWeighted ? this with { Results = new(results), IsUnweighted = true } : null;

        Expression? One(Expression expression)
        {
            var isCoefficient = expression is Symbol { Role: Role.Coefficient };
            isWeighted |= isCoefficient;
            return isCoefficient ? Algebra.One : null;
        }
    }
}

/// <summary>Derives every sweep of the contract from a model's graph.</summary>
internal sealed class Sweeps
{
    private static readonly Symbol _coefficient = new("c", Role.Coefficient, 0, null);
    private static readonly Symbol _stored = new("r", Role.OutputGradient, 0, null);

    private readonly ModelGraph _model;
    private readonly Expression _loss;
    private readonly Named _outputGradient;

    private Sweeps(ModelGraph model)
    {
        _model = model;
        var loss = model.Loss.Value(model.Output, Families.Label);
        _loss = new Named("loss", Algebra.Add(loss, model.Penalty));

        // r = ∂loss/∂s: the tangent along an output that moves at rate 1 while all else stands still.
        _outputGradient = new Named("r",
            Derivative.Tangent(loss, e => e.Equals(model.Output) ? Algebra.One : null));
    }

    public static IReadOnlyList<Sweep> Of(ModelGraph model) => new Sweeps(model).All().ToList();

    private IEnumerable<Sweep> All()
    {
        var blocks = Enumerable.Range(0, _model.Blocks.Count).ToList();
        yield return Single("Predict", new(ResultKind.Example, "outputs", _model.Output));
        yield return Single("Loss", new(ResultKind.Example, "losses", _loss));
        yield return Single("OutputGradient", new(ResultKind.Example, "outputGradients", _outputGradient));
        yield return Single("GradientDot", new(ResultKind.Example, "dots", DirectionalDerivative(_outputGradient, blocks)));
        yield return Single("GradientSquaredNorm", new(ResultKind.Example, "norms", blocks
            .Select(block => Algebra.Inner(Gradient(block, _outputGradient), Gradient(block, _outputGradient)))
            .SelectMany(Algebra.Expand).Aggregate(Algebra.Add)));
        yield return new Sweep("Gradients", 0, new(blocks.Select(block =>
            new SweepResult(ResultKind.ExampleRow, "rows", Gradient(block, _outputGradient), block))));

        for (var pass = 0; pass < _model.Passes; pass++)
        {
            yield return new Sweep("GradientSum", pass, new(GradientSum(pass)));
        }

        var flowBlocks = blocks.Where(block => !_model.Blocks[block].IsOwned).ToList();
        yield return new Sweep("GradientSumWithFlow", 0,
            new(GradientSum(0).Append(Flow(DirectionalDerivative(_outputGradient, flowBlocks)))));
        yield return new Sweep("Flow", 0, new([Flow(DirectionalDerivative(_stored, flowBlocks))]));

        for (var pass = 0; pass < _model.Passes; pass++)
        {
            yield return new Sweep("GradientGram", pass, new([Gram(pass)]));
        }
    }

    private static Sweep Single(string method, SweepResult result) => new(method, 0, new([result]));

    private IEnumerable<SweepResult> GradientSum(int pass)
    {
        var r = pass == 0 ? (Expression)_outputGradient : _stored;
        var results = BlocksOf(pass).Select(block => new SweepResult(ResultKind.Gradient, "sums",
            Algebra.Times(_coefficient, Gradient(block, r)), block));
        return pass == 0
            ? results.Prepend(new SweepResult(ResultKind.Example, "outputGradients", _outputGradient))
            : results;
    }

    private SweepResult Flow(Expression derivative) => new(
        _model.OwnsRows ? ResultKind.Segment : ResultKind.Example, "flows", Algebra.Multiply(_coefficient, derivative));

    private SweepResult Gram(int pass) => new(ResultKind.Pair, "gram", BlocksOf(pass)
        .Select(block => Gradient(block, _stored))
        .Select(gradient => Algebra.Inner(Algebra.Substitute(gradient, e => OnTheLeft(e, pass)), gradient))
        .Aggregate(Algebra.Add));

    /// <summary>
    /// A pair shares the row of its pass; everything else of the left example is its own, its share of that row's
    /// penalty too, since the two sets may count by different rules.
    /// </summary>
    private Expression? OnTheLeft(Expression expression, int pass) => expression switch
    {
        Symbol { Role: Role.Parameter } symbol when !_model.Blocks[symbol.Slot].IsTable
            || _model.Blocks[symbol.Slot].RowIndex == pass => symbol,
        Symbol symbol => symbol with { Name = symbol.Name + "'", Side = Side.Left },
        _ => null,
    };

    private IEnumerable<int> BlocksOf(int pass) => Enumerable.Range(0, _model.Blocks.Count)
        .Where(block => !_model.Blocks[block].IsTable || _model.Blocks[block].RowIndex == pass);

    /// <summary>Reverse mode: the gradient in one block, r times the output's plus the penalty's own.</summary>
    private Expression Gradient(int block, Expression outputGradient)
    {
        var parameter = _model.Parameter(block);
        var output = Derivative.Adjoint(_model.Output, outputGradient);
        var penalty = Derivative.Adjoint(_model.Penalty, Algebra.One);
        return penalty.TryGetValue(parameter, out var own) ? Algebra.Add(output[parameter], own) : output[parameter];
    }

    /// <summary>Forward mode: the derivative of the loss along a direction that moves some of the blocks.</summary>
    private Expression DirectionalDerivative(Expression outputGradient, IReadOnlyList<int> blocks)
    {
        Expression? Rate(Expression e) => e is Symbol { Role: Role.Parameter } symbol && blocks.Contains(symbol.Slot)
            ? _model.Direction(symbol.Slot)
            : null;

        return Algebra.Add(
            Algebra.Multiply(outputGradient, Derivative.Tangent(_model.Output, Rate)),
            Derivative.Tangent(_model.Penalty, Rate));
    }
}
