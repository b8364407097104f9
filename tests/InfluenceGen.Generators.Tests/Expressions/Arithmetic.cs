using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Tests.Expressions;

/// <summary>What an expression is worth, given its leaves: an array of one number for a scalar.</summary>
internal static class Arithmetic
{
    public static double[] Value(Expression expression, IReadOnlyDictionary<Expression, double[]> leaves)
    {
        double[] Of(Expression e) => Value(e, leaves);
        return expression switch
        {
            Number number => [number.Value],
            Named named => Of(named.Value),
            Sum sum => sum.Terms.Select(Of).Aggregate((a, b) => [.. a.Zip(b, (x, y) => x + y)]),
            Product product => [product.Factors.Aggregate(1.0, (value, factor) => value * Of(factor)[0])],
            Scaled scaled => [.. Of(scaled.Vector).Select(x => Of(scaled.Factor)[0] * x)],
            Dot dot => [Of(dot.Left).Zip(Of(dot.Right), (x, y) => x * y).Sum()],
            Apply apply => [Function(apply.Function)(Of(apply.Argument)[0])],
            _ => leaves[expression],
        };
    }

    public static double Scalar(Expression expression, IReadOnlyDictionary<Expression, double[]> leaves)
    {
        Xunit.Assert.True(expression.IsScalar);
        return Value(expression, leaves)[0];
    }

    /// <summary>A rule's function in plain arithmetic, by the name it has in the runtime. A new rule needs a line here.</summary>
    public static Func<double, double> Function(FunctionRule rule) => rule.Name switch
    {
        "Sigmoid" => x => 1 / (1 + Math.Exp(-x)),
        "Softplus" => x => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))),
        _ => throw new NotSupportedException($"{rule.Name} has no plain arithmetic to be checked against."),
    };
}
