using System.Collections.Generic;
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
        Product product => Join(product.Factors),
        Scaled scaled when Simplification.Algebra.IsZero(scaled) => "0",
        Scaled scaled => Join([.. Simplification.Algebra.FactorsOf(scaled.Factor), scaled.Vector]),
        Dot dot when dot.Left.Equals(dot.Right) => "|" + Of(dot.Left) + "|²",
        Dot dot => Of(dot.Left) + "·" + Of(dot.Right),
        MatrixVector product => Factor(product.Matrix) + (product.IsTransposed ? "ᵀ " : " ") + Factor(product.Vector),
        Outer outer => Factor(outer.Left) + " " + Factor(outer.Right) + "ᵀ",
        ApplyToRow apply => Names.Lower(apply.Function.Name) + "(" + string.Join(", ", apply.Arguments.Select(Of)) + ")",
        Apply apply => Names.Lower(apply.Function.Name) + "(" + Of(apply.Argument) + ")",
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

    /// <summary>Factors side by side (masks, which only leave blocks out, are not printed), equal ones as a power; a share of a penalty, 1/|Z|, divides what stands before it.</summary>
    private static string Join(IReadOnlyList<Expression> factors)
    {
        var isNegated = factors[0] is Number { Value: -1 };
        var printed = factors.Skip(isNegated ? 1 : 0).Where(factor => factor is not Symbol { Role: Role.Mask }).ToList();
        if (printed.Count == 1 && !isNegated)
        {
            return Of(printed[0]);
        }

        var groups = printed.GroupBy(factor => factor).ToLookup(IsShare, group => Factor(group.Key) + Power(group.Count()));
        var text = string.Join(" ", groups[false]);
        foreach (var share in groups[true])
        {
            text = text.Length == 0 ? share : text + share.Substring(1);
        }

        return (isNegated ? "-" : "") + text;

        static bool IsShare(IGrouping<Expression, Expression> group) => group.Key is Symbol { Role: Role.Share };
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
