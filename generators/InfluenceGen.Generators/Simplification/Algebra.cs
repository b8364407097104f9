using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Simplification;

/// <summary>
/// Builds expressions and keeps them in normal form: constants folded, zeros and ones gone, nested sums and products flat,
/// like terms added, numbers pulled out of dots and matrix products, per-example matrices as outer products (times a matrix
/// of parameters, element by element). Products are not multiplied out over sums, which stay shared; whoever needs that asks
/// for it (<see cref="Expand"/>). What is in normal form stays as it is when it is built again (<see cref="NormalForm"/>).
/// </summary>
internal static class Algebra
{
    public static Expression Zero(Expression like) => like.Graph.Number(0);

    public static Expression One(Expression like) => like.Graph.Number(1);

    /// <summary>A constant of an expression's shape.</summary>
    public static Expression Constant(double value, Expression like) => like.Graph.Number(value, like.Shape);

    /// <summary>Zeros of the expression's shape.</summary>
    public static Expression ZeroOf(Expression expression) => Constant(0, expression);

    public static bool IsZero(Expression expression) => expression is Number { Value: 0 };

    public static Expression Negate(Expression value) => Times(value.Graph.Number(-1), value);

    public static Expression Subtract(Expression left, Expression right) => Add(left, Negate(right));

    public static Expression Square(Expression value) => Multiply(value, value);

    public static Expression Add(Expression left, Expression right)
    {
        // Like terms are collected by what they are a multiple of, in order of first appearance.
        var order = new List<Expression>();
        var multiples = new Dictionary<Expression, Expression>();
        foreach (var term in TermsOf(left).Concat(TermsOf(right)))
        {
            var (coefficient, rest) = Coefficient(term);
            if (!multiples.TryGetValue(rest, out var known))
            {
                order.Add(rest);
                known = Zero(rest);
            }

            multiples[rest] = AddCoefficients(known, coefficient);
        }

        var terms = order.Select(rest => Times(multiples[rest], rest)).Where(term => !IsZero(term)).ToArray();
        return terms.Length switch
        {
            0 => ZeroOf(left),
            1 => terms[0],
            _ => left.Graph.Sum(terms),
        };
    }

    /// <summary>The product of numbers, of a number and a vector or matrix, or of two values element by element.</summary>
    public static Expression Multiply(Expression left, Expression right) => (left.IsScalar, right.IsScalar) switch
    {
        (true, true) => MultiplyScalars(left, right),
        (true, false) => Scale(left, right),
        (false, true) => Scale(right, left),
        _ => MultiplyElements(left, right),
    };

    private static Expression MultiplyElements(Expression left, Expression right)
    {
        if (left.Shape.IsMatrix && (left is Sum || right is Sum))
        {
            // Matrices of examples are never kept, so their sums are taken apart.
            return TermsOf(left).SelectMany(a => TermsOf(right).Select(b => MultiplyElements(a, b))).Aggregate(ZeroOf(left), Add);
        }

        var scalar = One(left);
        var factors = new List<Expression>();
        Outer? outer = null;
        foreach (var value in new[] { left, right })
        {
            var (multiple, rest) = value is Scaled scaled ? (scaled.Factor, scaled.Vector) : (One(left), value);
            scalar = MultiplyScalars(scalar, multiple);
            foreach (var factor in FactorsOf(rest))
            {
                switch (factor)
                {
                    case Number number:
                        scalar = MultiplyScalars(scalar, left.Graph.Number(number.Value));
                        break;

                    // a bᵀ ∘ c dᵀ = (a∘c)(b∘d)ᵀ
                    case Outer another:
                        outer = outer is null ? another
                            : left.Graph.Outer(MultiplyElements(outer.Left, another.Left), MultiplyElements(outer.Right, another.Right));
                        break;
                    default:
                        factors.Add(factor);
                        break;
                }
            }
        }

        if (outer is not null)
        {
            var column = Scale(scalar, outer.Left);
            if (IsZero(column))
            {
                return ZeroOf(left);
            }

            outer = left.Graph.Outer(column, outer.Right);
            return factors.Count == 0 ? outer : left.Graph.Product([.. Ordered(factors), outer]);
        }

        factors = Ordered(factors);
        return Scale(scalar, factors.Count switch
        {
            0 => Constant(1, left),
            1 => factors[0],
            _ => left.Graph.Product(factors),
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
            return Zero(left);
        }

        if (constant != 1 && factors.Count == 1 && factors[0] is Sum sum)
        {
            return sum.Terms.Select(term => Multiply(left.Graph.Number(constant), term)).Aggregate(Add);
        }

        factors = Ordered(factors);
        if (constant != 1 || factors.Count == 0)
        {
            factors.Insert(0, left.Graph.Number(constant));
        }

        return factors.Count == 1 ? factors[0] : left.Graph.Product(factors);
    }

    public static Expression Scale(Expression factor, Expression value) => value switch
    {
        _ when IsZero(factor) || IsZero(value) => ZeroOf(value),
        _ when factor is Number { Value: 1 } => value,
        Number number when factor is Number constant => Constant(number.Value * constant.Value, value),
        Outer outer => value.Graph.Outer(Scale(factor, outer.Left), outer.Right),
        Product { Shape.IsMatrix: true } product when product.Factors.Any(f => f is Outer) => value.Graph.Product(
            product.Factors.Select(f => f is Outer ? Scale(factor, f) : f)),
        Scaled scaled => Scale(Multiply(factor, scaled.Factor), scaled.Vector),
        Sum sum when factor is Number || sum.Shape.IsMatrix => sum.Terms.Select(term => Scale(factor, term)).Aggregate(Add),
        _ => value.Graph.Scaled(factor, value),
    };

    public static Expression Dot(Expression left, Expression right) => (left, right) switch
    {
        _ when IsZero(left) || IsZero(right) => Zero(left),
        (Scaled scaled, _) => Multiply(scaled.Factor, Dot(scaled.Vector, right)),
        (_, Scaled scaled) => Multiply(scaled.Factor, Dot(left, scaled.Vector)),
        (Number { Value: not 1 } number, _) => Multiply(left.Graph.Number(number.Value), Dot(Constant(1, left), right)),
        (_, Number { Value: not 1 } number) => Multiply(left.Graph.Number(number.Value), Dot(left, Constant(1, left))),
        _ when left.Id > right.Id => left.Graph.Dot(right, left),
        _ => left.Graph.Dot(left, right),
    };

    /// <summary>The matrix, or its transpose, times a vector; numbers are pulled out, (a bᵀ) v is (b·v) a, and of a matrix M of
    /// parameters (M ∘ a bᵀ) v is a ∘ M (b∘v).</summary>
    public static Expression MatrixVector(Expression matrix, Expression vector, bool isTransposed = false)
    {
        var rows = matrix.Graph.Number(0, new(isTransposed ? matrix.Length : matrix.Rows));
        switch (matrix, vector)
        {
            case var _ when IsZero(matrix) || IsZero(vector):
                return rows;
            case (Scaled scaled, _):
                return Scale(scaled.Factor, MatrixVector(scaled.Vector, vector, isTransposed));
            case (_, Scaled scaled):
                return Scale(scaled.Factor, MatrixVector(matrix, scaled.Vector, isTransposed));
            case (Sum sum, _):
                return sum.Terms.Select(term => MatrixVector(term, vector, isTransposed)).Aggregate(Add);
            case (Outer outer, _):
                return isTransposed ? Scale(Dot(outer.Left, vector), outer.Right) : Scale(Dot(outer.Right, vector), outer.Left);
            case (Product product, _) when TakeOuter(product) is var (fixedMatrix, outer) && outer is not null:
                var (inner, outside) = isTransposed ? (outer.Left, outer.Right) : (outer.Right, outer.Left);
                return Multiply(outside, MatrixVector(fixedMatrix, Multiply(inner, vector), isTransposed));
            case (Number { Value: var value }, _):
                // The same number everywhere: the sum of the vector's elements, in every row.
                return Scale(Multiply(matrix.Graph.Number(value), Dot(Constant(1, vector), vector)), matrix.Graph.Number(1, rows.Shape));
            default:
                return matrix.Graph.MatrixVector(matrix, vector, isTransposed);
        }
    }

    /// <summary>a bᵀ; numbers stand with the column.</summary>
    public static Expression Outer(Expression left, Expression right) => (left, right) switch
    {
        _ when IsZero(left) || IsZero(right) => left.Graph.Number(0, new(right.Length, left.Length)),
        (_, Scaled scaled) => Outer(Scale(scaled.Factor, left), scaled.Vector),
        (_, Number { Value: not 1 } number) => Outer(Scale(left.Graph.Number(number.Value), left), Constant(1, right)),
        _ => left.Graph.Outer(left, right),
    };

    /// <summary>
    /// The sum over all elements of the product of two values of one shape: a dot for vectors; for two outer products, the
    /// product of two dots; for one, a bᵀ, and a matrix W, a·(W b).
    /// </summary>
    public static Expression Inner(Expression left, Expression right)
    {
        if (!left.Shape.IsMatrix)
        {
            return left.IsScalar ? Multiply(left, right) : Dot(left, right);
        }

        switch (left, right)
        {
            case var _ when IsZero(left) || IsZero(right):
                return Zero(left);
            case (Sum, _) or (_, Sum):
                return TermsOf(left).SelectMany(a => TermsOf(right).Select(b => Inner(a, b))).Aggregate(Zero(left), Add);
            case (Scaled scaled, _):
                return Multiply(scaled.Factor, Inner(scaled.Vector, right));
            case (_, Scaled scaled):
                return Multiply(scaled.Factor, Inner(left, scaled.Vector));
            case (Outer a, Outer b):
                return Multiply(Dot(a.Left, b.Left), Dot(a.Right, b.Right));
            case (Outer a, _):
                return Dot(a.Left, MatrixVector(right, a.Right));
            case (_, Outer b):
                return Dot(b.Left, MatrixVector(left, b.Right));
        }

        // (M ∘ a bᵀ) and N: a·(M∘N) b; of parameters alone, the sum of the sums of their rows.
        var product = Multiply(left, right);
        return product is Product both && TakeOuter(both) is var (matrix, outer) && outer is not null
            ? Dot(outer.Left, MatrixVector(matrix, outer.Right))
            : Dot(left.Graph.Number(1, new(left.Rows)), MatrixVector(product, left.Graph.Number(1, new(left.Length))));
    }

    /// <summary>A matrix's factors but its outer product, and this.</summary>
    private static (Expression Matrix, Outer? Outer) TakeOuter(Product product)
    {
        var outer = product.Factors.OfType<Outer>().FirstOrDefault();
        if (outer is null)
        {
            return (product, null);
        }

        var rest = product.Factors.Where(factor => factor is not Expressions.Outer).ToList();
        return (rest.Count == 1 ? rest[0] : product.Graph.Product(rest), outer);
    }

    /// <summary>A scalar multiple of a value of any shape.</summary>
    public static Expression Times(Expression factor, Expression value) =>
        value.IsScalar ? Multiply(factor, value) : Scale(factor, value);

    public static Expression Apply(FunctionRule function, Expression argument) => argument.Graph.Apply(function, argument);

    /// <summary>
    /// The terms of a number when products, and dots, are multiplied out over the sums in them; named values stay whole.
    /// </summary>
    public static IEnumerable<Expression> Expand(Expression expression)
    {
        switch (expression)
        {
            case Sum sum:
                return sum.Terms.SelectMany(Expand);
            case Dot dot when dot.Left is Sum || dot.Right is Sum:
                return TermsOf(dot.Left).SelectMany(a => TermsOf(dot.Right).SelectMany(b => Expand(Dot(a, b))));
            case Product product when product.Factors.Any(factor => factor is Sum or Expressions.Dot { Left: Sum } or Expressions.Dot { Right: Sum }):
                var spread = product.Factors.First(factor => factor is Sum or Expressions.Dot { Left: Sum } or Expressions.Dot { Right: Sum });
                var isTaken = false;
                var rest = One(expression);
                foreach (var factor in product.Factors)
                {
                    // Once, where it stands more than once.
                    if (!isTaken && ReferenceEquals(factor, spread))
                    {
                        isTaken = true;
                    }
                    else
                    {
                        rest = Multiply(rest, factor);
                    }
                }

                return Expand(spread).SelectMany(term => Expand(Multiply(rest, term)));
            default:
                return [expression];
        }
    }

    /// <summary>Rebuilds an expression with some of its leaves or named values replaced.</summary>
    public static Expression Substitute(Expression expression, Func<Expression, Expression?> replacement) =>
        new Rebuilding(replacement).Of(expression);

    /// <summary>An expression's factors; itself if it is no product.</summary>
    public static IReadOnlyList<Expression> FactorsOf(Expression expression) =>
        expression is Product product ? product.Factors : [expression];

    /// <summary>An expression's terms: none of zero; itself if it is no sum.</summary>
    public static IReadOnlyList<Expression> TermsOf(Expression expression) =>
        IsZero(expression) ? [] : expression is Sum sum ? sum.Terms : [expression];

    private static (Expression Multiple, Expression Of) Coefficient(Expression term) => term switch
    {
        Scaled scaled => (scaled.Factor, scaled.Vector),
        Number number => (term.Graph.Number(number.Value), Constant(1, number)),
        Product product when product.Factors[0] is Number => (product.Factors[0],
            product.Factors.Skip(1).Aggregate(One(term), Multiply)),
        _ => (One(term), term),
    };

    private static Expression AddCoefficients(Expression left, Expression right) => (left, right) switch
    {
        (Number a, Number b) => left.Graph.Number(a.Value + b.Value),
        (Number { Value: 0 }, _) => right,
        _ => Add(left, right),
    };

    private static List<Expression> Ordered(List<Expression> factors) => factors.OrderBy(Rank).ThenBy(factor => factor.Id).ToList();

    private static int Rank(Expression expression) => expression switch
    {
        Number => 0,
        Symbol { Role: Role.Share or Role.Mask } => 1,
        Symbol => 2,
        Named => 3,
        _ => 4,
    };
}
