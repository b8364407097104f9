using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Emission;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Simplification;

/// <summary>
/// Builds expressions and keeps them in one simple form: constants folded, zeros and ones gone, nested sums and products
/// flat, like terms added, scalars pulled out of dot products and dot products spread over sums, so that every dot is
/// one of two leaves (which is what makes the dot of two outer products a product of two dots) and equal values have
/// equal structure (which is what makes sharing possible).
/// </summary>
internal static class Algebra
{
    public static readonly Expression Zero = new Number(0);
    public static readonly Expression One = new Number(1);

    /// <summary>A constant of an expression's shape.</summary>
    public static Expression Constant(double value, Expression like) => new Number(value, like.Length);

    /// <summary>Zero, or zeros of the expression's shape.</summary>
    public static Expression ZeroOf(Expression expression) =>
        expression.IsScalar ? Zero : new Scaled(Zero, expression is Scaled scaled ? scaled.Vector : expression);

    public static bool IsZero(Expression expression) => expression switch
    {
        Number number => number.Value == 0,
        Scaled scaled => IsZero(scaled.Factor),
        _ => false,
    };

    public static Expression Subtract(Expression left, Expression right) => Add(left, Multiply(new Number(-1), right));

    public static Expression Square(Expression value) => Multiply(value, value);

    public static Expression Add(Expression left, Expression right)
    {
        // Like terms are collected by what they are a multiple of, in order of first appearance.
        var order = new List<Expression>();
        var multiples = new Dictionary<Expression, Expression>();
        foreach (var term in TermsOf(left).Concat(TermsOf(right)))
        {
            var (coefficient, rest) = Coefficient(term);
            if (!multiples.ContainsKey(rest))
            {
                order.Add(rest);
                multiples[rest] = Zero;
            }

            multiples[rest] = AddCoefficients(multiples[rest], coefficient);
        }

        var terms = order
            .Select(rest => rest.IsScalar ? Multiply(multiples[rest], rest) : Scale(multiples[rest], rest))
            .Where(term => !IsZero(term))
            .ToArray();
        return terms.Length switch
        {
            0 => ZeroOf(left),
            1 => terms[0],
            _ => new Sum(new EquatableArray<Expression>(terms)),
        };
    }

    /// <summary>The product of scalars, of a scalar and a vector, or of two vectors element by element.</summary>
    public static Expression Multiply(Expression left, Expression right) => (left.IsScalar, right.IsScalar) switch
    {
        (true, true) => MultiplyScalars(left, right),
        (true, false) => Scale(left, right),
        (false, true) => Scale(right, left),
        _ => MultiplyVectors(left, right),
    };

    private static Expression MultiplyVectors(Expression left, Expression right)
    {
        var scalar = One;
        var factors = new List<Expression>();
        foreach (var vector in new[] { left, right })
        {
            var (multiple, rest) = vector is Scaled scaled ? (scaled.Factor, scaled.Vector) : (One, vector);
            scalar = MultiplyScalars(scalar, multiple);
            foreach (var factor in FactorsOf(rest))
            {
                if (factor is Number number)
                {
                    scalar = MultiplyScalars(scalar, new Number(number.Value));
                }
                else
                {
                    factors.Add(factor);
                }
            }
        }

        factors = factors.OrderBy(Rank).ThenBy(Formula.Of, StringComparer.Ordinal).ToList();
        return Scale(scalar, factors.Count switch
        {
            0 => new Number(1, left.Length),
            1 => factors[0],
            _ => new Product(new EquatableArray<Expression>(factors)),
        });
    }

    private static Expression MultiplyScalars(Expression left, Expression right)
    {
        var constant = 1.0;
        var factors = new List<Expression>();
        foreach (var factor in FactorsOf(left).Concat(FactorsOf(right)))
        {
            if (factor is Number number)
            {
                constant *= number.Value;
            }
            else
            {
                factors.Add(factor);
            }
        }

        if (constant == 0)
        {
            return Zero;
        }

        if (constant != 1 && factors.Count == 1 && factors[0] is Sum sum)
        {
            return sum.Terms.Select(term => Multiply(new Number(constant), term)).Aggregate(Add);
        }

        factors = factors.OrderBy(Rank).ThenBy(Formula.Of, StringComparer.Ordinal).ToList();
        if (constant != 1 || factors.Count == 0)
        {
            factors.Insert(0, new Number(constant));
        }

        return factors.Count == 1 ? factors[0] : new Product(new EquatableArray<Expression>(factors));
    }

    public static Expression Scale(Expression factor, Expression vector) => vector switch
    {
        _ when IsZero(factor) || IsZero(vector) => ZeroOf(vector),
        Number number when factor is Number constant => number with { Value = number.Value * constant.Value },
        Outer outer => new Outer(Scale(factor, outer.Left), outer.Right),
        Scaled scaled => Scale(Multiply(factor, scaled.Factor), scaled.Vector),
        Sum sum => sum.Terms.Select(term => Scale(factor, term)).Aggregate(Add),
        _ when factor is Number { Value: 1 } => vector,
        _ => new Scaled(factor, vector),
    };

    public static Expression Dot(Expression left, Expression right) => (left, right) switch
    {
        (Scaled scaled, _) => Multiply(scaled.Factor, Dot(scaled.Vector, right)),
        (_, Scaled scaled) => Multiply(scaled.Factor, Dot(left, scaled.Vector)),
        (Sum sum, _) => sum.Terms.Select(term => Dot(term, right)).Aggregate(Add),
        (_, Sum sum) => sum.Terms.Select(term => Dot(left, term)).Aggregate(Add),
        _ when string.CompareOrdinal(Formula.Of(left), Formula.Of(right)) > 0 => new Dot(right, left),
        _ => new Dot(left, right),
    };

    /// <summary>The matrix, or its transpose, times a vector; scalars are pulled out, and (a bᵀ) v is (b·v) a.</summary>
    public static Expression MatrixVector(Expression matrix, Expression vector, bool isTransposed = false) => (matrix, vector) switch
    {
        (Scaled scaled, _) => Scale(scaled.Factor, MatrixVector(scaled.Vector, vector, isTransposed)),
        (_, Scaled scaled) => Scale(scaled.Factor, MatrixVector(matrix, scaled.Vector, isTransposed)),
        (Sum sum, _) => sum.Terms.Select(term => MatrixVector(term, vector, isTransposed)).Aggregate(Add),
        (Outer outer, _) => isTransposed ? Scale(Dot(outer.Left, vector), outer.Right) : Scale(Dot(outer.Right, vector), outer.Left),
        _ => new MatrixVector(matrix, vector, isTransposed),
    };

    /// <summary>a bᵀ; zero where a factor is.</summary>
    public static Expression Outer(Expression left, Expression right) =>
        IsZero(left) || IsZero(right) ? new Scaled(Zero, new Outer(left, right)) : new Outer(left, right);

    /// <summary>The sum over all elements of the product of two values of one shape: a dot for vectors; for two outer
    /// products, the product of two dots; for one, a bᵀ, and a matrix W, a·(W b).</summary>
    public static Expression Inner(Expression left, Expression right) => (left, right) switch
    {
        (Sum sum, _) when sum.Rows is not null => sum.Terms.Select(term => Inner(term, right)).Aggregate(Add),
        (_, Sum sum) when sum.Rows is not null => sum.Terms.Select(term => Inner(left, term)).Aggregate(Add),
        (Outer a, Outer b) => Multiply(Dot(a.Left, b.Left), Dot(a.Right, b.Right)),
        (Outer a, _) => Dot(a.Left, MatrixVector(right, a.Right)),
        (_, Outer b) => Dot(b.Left, MatrixVector(left, b.Right)),
        _ => left.IsScalar ? Multiply(left, right) : Dot(left, right),
    };

    /// <summary>A scalar multiple of a value of any shape.</summary>
    public static Expression Times(Expression factor, Expression value) =>
        value.IsScalar ? Multiply(factor, value) : Scale(factor, value);

    /// <summary>Spreads products over the sums among their factors; named values stay whole.</summary>
    public static IEnumerable<Expression> Expand(Expression expression)
    {
        switch (expression)
        {
            case Sum sum:
                return sum.Terms.SelectMany(Expand);
            case Product product when product.Factors.Any(factor => factor is Sum):
                var spread = product.Factors.First(factor => factor is Sum);
                var rest = product.Factors.Where(factor => !ReferenceEquals(factor, spread)).Aggregate(One, Multiply);
                return ((Sum)spread).Terms.SelectMany(term => Expand(Multiply(rest, term)));
            default:
                return [expression];
        }
    }

    /// <summary>Rebuilds an expression with some of its leaves or named values replaced.</summary>
    public static Expression Substitute(Expression expression, Func<Expression, Expression?> replacement) =>
        Substitute(expression, replacement, []);

    private static Expression Substitute(Expression expression, Func<Expression, Expression?> replacement,
        Dictionary<Named, Expression> known)
    {
        Expression Of(Expression e) => Substitute(e, replacement, known);

        Expression OfNamed(Named named)
        {
            if (!known.TryGetValue(named, out var other))
            {
                var value = Of(named.Value);
                other = value.Equals(named.Value) ? named : new Named(named.Name + "'", value);
                known[named] = other;
            }

            return other;
        }

        return replacement(expression) ?? expression switch
        {
            Sum sum => sum.Terms.Select(Of).Aggregate(Add),
            Product product => product.Factors.Select(Of).Aggregate(Multiply),
            Scaled scaled => Scale(Of(scaled.Factor), Of(scaled.Vector)),
            Dot dot => Dot(Of(dot.Left), Of(dot.Right)),
            Apply apply => new Apply(apply.Function, Of(apply.Argument)),
            ApplyToRow apply => new ApplyToRow(apply.Function, new(apply.Arguments.Select(Of))),
            MatrixVector product => MatrixVector(Of(product.Matrix), Of(product.Vector), product.IsTransposed),
            Outer outer => Outer(Of(outer.Left), Of(outer.Right)),
            Named named => OfNamed(named),
            _ => expression,
        };
    }

    public static IReadOnlyList<Expression> FactorsOf(Expression expression) =>
        expression is Product product ? product.Factors : [expression];

    private static IReadOnlyList<Expression> TermsOf(Expression expression) =>
        IsZero(expression) ? [] : expression is Sum sum ? sum.Terms : [expression];

    private static (Expression Multiple, Expression Of) Coefficient(Expression term) => term switch
    {
        Scaled scaled => (scaled.Factor, scaled.Vector),
        Number number => (new Number(number.Value), number with { Value = 1 }),
        Product product when product.Factors[0] is Number => (product.Factors[0],
            product.Factors.Skip(1).Aggregate(One, Multiply)),
        _ => (One, term),
    };

    private static Expression AddCoefficients(Expression left, Expression right) => (left, right) switch
    {
        (Number a, Number b) => new Number(a.Value + b.Value),
        (Number { Value: 0 }, _) => right,
        _ => Add(left, right),
    };

    private static int Rank(Expression expression) => expression switch
    {
        Number => 0,
        Symbol { Role: Role.Share or Role.Mask } => 1,
        Symbol => 2,
        Named => 3,
        _ => 4,
    };
}
