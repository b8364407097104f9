using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Tests.Expressions;

/// <summary>
/// What an expression is worth, given its leaves: an array of one number for a scalar, of a matrix one row behind the
/// other.
/// </summary>
internal static class Arithmetic
{
    /// <param name="expression">The expression.</param>
    /// <param name="leaves">The values of its leaves.</param>
    /// <param name="functions">What elementary functions are worth, if not what plain arithmetic says.</param>
    public static double[] Value(Expression expression, IReadOnlyDictionary<Expression, double[]> leaves,
        Func<FunctionRule, Func<double, double>>? functions = null)
    {
        var known = new Dictionary<Expression, double[]>();
        return Of(expression);

        // Each node once: what is shared in a graph would be worked out again for everyone who uses it.
        double[] Of(Expression e)
        {
            if (!known.TryGetValue(e, out var value))
            {
                known[e] = value = Node(e);
            }

            return value;
        }

        double[] Node(Expression e) => e switch
        {
            Number number => [.. Enumerable.Repeat(number.Value, (number.Length?.Size ?? 1) * (number.Rows?.Size ?? 1))],
            Named named => Of(named.Value),
            Sum sum => sum.Terms.Select(Of).Aggregate((a, b) => [.. a.Zip(b, (x, y) => x + y)]),
            Product product => product.Factors.Select(Of).Aggregate((a, b) => [.. a.Zip(b, (x, y) => x * y)]),
            Scaled scaled => [.. Of(scaled.Vector).Select(x => Of(scaled.Factor)[0] * x)],
            Dot dot => [Dot(Of(dot.Left), Of(dot.Right))],
            MatrixVector product => Times(Of(product.Matrix), Of(product.Vector), product.IsTransposed),
            Outer outer => Outer(Of(outer.Left), Of(outer.Right)),
            Apply apply => [.. Of(apply.Argument).Select((functions ?? Function)(apply.Function))],
            ApplyToRow apply => RowFunction(apply.Function)([.. apply.Arguments.Select(Of)]),
            _ => leaves[e],
        };
    }

    public static double Scalar(Expression expression, IReadOnlyDictionary<Expression, double[]> leaves)
    {
        Xunit.Assert.True(expression.IsScalar);
        return Value(expression, leaves)[0];
    }

    public static double Dot(double[] left, double[] right) => left.Zip(right, (x, y) => x * y).Sum();

    /// <summary>The matrix, or its transpose, times a vector.</summary>
    public static double[] Times(double[] matrix, double[] vector, bool isTransposed)
    {
        if (!isTransposed)
        {
            return [.. matrix.Chunk(vector.Length).Select(row => Dot(row, vector))];
        }

        var columns = matrix.Length / vector.Length;
        return [.. Enumerable.Range(0, columns).Select(k => vector.Select((x, j) => x * matrix[j * columns + k]).Sum())];
    }

    public static double[] Outer(double[] left, double[] right) => [.. left.SelectMany(a => right.Select(b => a * b))];

    /// <summary>A rule's function in plain arithmetic, by the name it has in the runtime. A new rule needs a line here.</summary>
    public static Func<double, double> Function(FunctionRule rule) => rule.Name switch
    {
        "Sigmoid" => x => 1 / (1 + Math.Exp(-x)),
        "Softplus" => x => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))),
        "Exp" => Math.Exp,
        "Tanh" => Math.Tanh,
        "Positive" => x => x > 0 ? x : 0,
        "Step" => x => x > 0 ? 1 : 0,
        "NormalCdf" => NormalCdf,
        "NormalDensity" => NormalDensity,
        _ => throw new NotSupportedException($"{rule.Name} has no plain arithmetic to be checked against."),
    };

    /// <summary>A row function in plain arithmetic.</summary>
    public static Func<double[][], double[]> RowFunction(RowFunctionRule rule) => rule.Name switch
    {
        "Softmax" => arguments => Softmax(arguments[0]),
        "SoftmaxCrossEntropy" => arguments => [Math.Log(arguments[0].Sum(Math.Exp)) - Dot(arguments[0], arguments[1])],
        "Residual" => arguments => [.. arguments[0].Zip(arguments[1], (p, y) => p - y)],
        "Covariance" => arguments => [.. arguments[0].Zip(arguments[1], (p, v) => p * (v - Dot(arguments[0], arguments[1])))],
        _ => throw new NotSupportedException($"{rule.Name} has no plain arithmetic to be checked against."),
    };

    private static double[] Softmax(double[] logits)
    {
        var total = logits.Sum(Math.Exp);
        return [.. logits.Select(s => Math.Exp(s) / total)];
    }

    private static double NormalDensity(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);

    /// <summary>½ + φ(x) Σ_k x^(2k+1)/(1·3·…·(2k+1)) near zero (Abramowitz and Stegun, 26.2.11); far out the continued
    /// fraction φ(x)/(x + 1/(x + 2/(x + …))) of the tail (26.2.14).</summary>
    private static double NormalCdf(double x)
    {
        var z = Math.Abs(x);
        if (z < 3)
        {
            var (term, sum) = (x, x);
            for (var k = 1; k < 60; k++)
            {
                term *= x * x / (2 * k + 1);
                sum += term;
            }

            return 0.5 + NormalDensity(x) * sum;
        }

        var fraction = z;
        for (var k = 150; k > 0; k--)
        {
            fraction = z + k / fraction;
        }

        var tail = NormalDensity(z) / fraction;
        return x < 0 ? tail : 1 - tail;
    }
}
