using System.Globalization;
using System.Linq;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Emission;

/// <summary>Prints expressions as a person would write them, for comments.</summary>
internal static class Formula
{
    public static string Of(Expression expression) => expression switch
    {
        Number number => number.Value.ToString("R", CultureInfo.InvariantCulture),
        Symbol symbol => symbol.Name,
        Named named => named.Name,
        Sum sum => string.Concat(sum.Terms.Select((term, index) => Signed(term, index == 0))),
        Product product => Join(product),
        Scaled scaled => Factor(scaled.Factor) + " " + Factor(scaled.Vector),
        Dot dot when dot.Left.Equals(dot.Right) => "|" + Of(dot.Left) + "|²",
        Dot dot => Of(dot.Left) + "·" + Of(dot.Right),
        Apply apply => apply.Function.Name.ToLowerInvariant() + "(" + Of(apply.Argument) + ")",
        _ => expression.ToString(),
    };

    private static string Signed(Expression term, bool first)
    {
        var text = Of(term);
        if (first)
        {
            return text;
        }

        return text[0] == '-' ? " - " + text.Substring(1).TrimStart() : " + " + text;
    }

    private static string Join(Product product)
    {
        var isNegated = product.Factors[0] is Number { Value: -1 };

        // Equal factors stand side by side; they are printed as a power.
        return (isNegated ? "-" : "") + string.Join(" ", product.Factors.Skip(isNegated ? 1 : 0)
            .GroupBy(factor => factor)
            .Select(group => Factor(group.Key) + Power(group.Count())));
    }

    private static string Power(int exponent) => exponent switch
    {
        1 => "",
        2 => "²",
        _ => "^" + exponent.ToString(CultureInfo.InvariantCulture),
    };

    private static string Factor(Expression expression) => expression is Sum or Dot { } && !IsNorm(expression)
        ? "(" + Of(expression) + ")"
        : Of(expression);

    private static bool IsNorm(Expression expression) => expression is Dot dot && dot.Left.Equals(dot.Right);
}
