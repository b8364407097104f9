using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace InfluenceGen.Generators.Expressions;

/// <summary>Prints expressions as a person would write them, for comments and messages.</summary>
internal sealed class Formula
{
    private readonly Func<Expression, string?> _nameOf;

    private Formula(Func<Expression, string?> nameOf) => _nameOf = nameOf;

    /// <summary>An expression's text.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="nameOf">What a part of it is called where it stands for itself; null where it is written out.</param>
    public static string Of(Expression expression, Func<Expression, string?>? nameOf = null) =>
        new Formula(nameOf ?? (static _ => null)).Whole(expression);

    /// <summary>A number's digits, the same everywhere.</summary>
    public static string Invariant(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Invariant(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private string Part(Expression expression) => _nameOf(expression) ?? Whole(expression);

    private string Whole(Expression expression) => expression switch
    {
        Number number => Invariant(number.Value),
        Symbol symbol => symbol.Name,
        Named named => named.Name,
        Sum sum => string.Concat(sum.Terms.Select((term, index) => Signed(term, index == 0))),
        Product { Shape.IsNumber: false } product => string.Join(" ∘ ", product.Factors.Select(Factor)),
        Product product => Join(product.Factors),
        Scaled scaled => Join([.. scaled.Factor is Product product && _nameOf(product) is null ? product.Factors : new([scaled.Factor]), scaled.Vector]),
        Dot dot when ReferenceEquals(dot.Left, dot.Right) => "|" + Part(dot.Left) + "|²",
        Dot dot => Factor(dot.Left) + "·" + Factor(dot.Right),
        MatrixVector product => Factor(product.Matrix) + (product.IsTransposed ? "ᵀ " : " ") + Factor(product.Vector),
        Outer outer => Factor(outer.Left) + " " + Factor(outer.Right) + "ᵀ",
        ApplyToRow apply => Lower(apply.Function.Name) + "(" + string.Join(", ", apply.Arguments.Select(Part)) + ")",
        Apply apply => Lower(apply.Function.Name) + "(" + Part(apply.Argument) + ")",
        _ => throw new UnknownNodeException($"No formula for node {expression.Id}, {expression.GetType().Name}."),
    };

    private string Signed(Expression term, bool first)
    {
        var text = Part(term);
        if (first)
        {
            return text;
        }

        return text[0] == '-' ? " - " + text.Substring(1).TrimStart() : " + " + text;
    }

    /// <summary>Factors side by side (masks, which only leave blocks out, are not printed), equal ones as a power; a share of a penalty, 1/|Z|, divides what stands before it.</summary>
    private string Join(IReadOnlyList<Expression> factors)
    {
        var isNegated = factors[0] is Number { Value: -1 };
        var printed = factors.Skip(isNegated ? 1 : 0).Where(factor => factor is not Symbol { Role: Role.Mask }).ToList();
        if (printed.Count == 1 && !isNegated)
        {
            return Part(printed[0]);
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
        _ => "^" + Invariant(exponent),
    };

    /// <summary>A part that something stands beside: in brackets where it would fall apart.</summary>
    private string Factor(Expression expression) =>
        _nameOf(expression) is { } name ? name
        : expression is Sum || (expression is Dot dot && !ReferenceEquals(dot.Left, dot.Right)) ? "(" + Whole(expression) + ")"
        : Whole(expression);

    private static string Lower(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);
}
