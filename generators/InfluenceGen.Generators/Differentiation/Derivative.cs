using System;
using System.Collections.Generic;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;

namespace InfluenceGen.Generators.Differentiation;

/// <summary>
/// Both modes of differentiation, one rule each for every kind of node; elementary functions bring their own from
/// <see cref="FunctionRules"/>. Results are expressions, so derivatives of derivatives need nothing more.
/// </summary>
internal static class Derivative
{
    /// <summary>
    /// Forward mode: the derivative of <paramref name="expression"/> along a direction that gives each leaf its rate of
    /// change (null for a leaf that stays put). With a <paramref name="prefix"/>, the rate of a named value that is more
    /// than a leaf is named too: the prefix and its name.
    /// </summary>
    public static Expression Tangent(Expression expression, Func<Expression, Expression?> rate, string prefix = "")
    {
        Expression Of(Expression e) => Tangent(e, rate, prefix);

        if (rate(expression) is { } given)
        {
            return given;
        }

        switch (expression)
        {
            // d(a + b) = da + db
            case Sum sum:
                var total = Algebra.ZeroOf(sum);
                foreach (var term in sum.Terms)
                {
                    total = Algebra.Add(total, Of(term));
                }

                return total;

            // d(a b c) = da b c + a db c + a b dc
            case Product product:
                Expression derivative = Algebra.Zero;
                for (var i = 0; i < product.Factors.Count; i++)
                {
                    derivative = Algebra.Add(derivative, Algebra.Multiply(Of(product.Factors[i]), Others(product, i)));
                }

                return derivative;

            // d(s v) = ds v + s dv
            case Scaled scaled:
                return Algebra.Add(Algebra.Scale(Of(scaled.Factor), scaled.Vector),
                    Algebra.Scale(scaled.Factor, Of(scaled.Vector)));

            // d(v·w) = dv·w + v·dw
            case Dot dot:
                return Algebra.Add(Algebra.Dot(Of(dot.Left), dot.Right), Algebra.Dot(dot.Left, Of(dot.Right)));

            // d f(x) = f'(x) dx
            case Apply apply:
                return Algebra.Multiply(apply.Function.Derivative(apply), Of(apply.Argument));

            case Named named:
                var changes = Of(named.Value);
                return prefix.Length == 0 || changes is Number or Symbol or Named || Algebra.IsZero(changes)
                    ? changes
                    : new Named(prefix + named.Name, changes);

            default:
                return Algebra.ZeroOf(expression);
        }
    }

    /// <summary>
    /// Reverse mode: <paramref name="seed"/> times the derivative of the scalar <paramref name="expression"/> in each
    /// leaf it depends on.
    /// </summary>
    public static IReadOnlyDictionary<Expression, Expression> Adjoint(Expression expression, Expression seed)
    {
        var adjoints = new Dictionary<Expression, Expression>();
        Propagate(expression, seed, adjoints);
        return adjoints;
    }

    private static void Propagate(Expression expression, Expression adjoint, Dictionary<Expression, Expression> leaves)
    {
        switch (expression)
        {
            // a + b: ā += s̄, b̄ += s̄
            case Sum sum:
                foreach (var term in sum.Terms)
                {
                    Propagate(term, adjoint, leaves);
                }

                break;

            // a b c: ā += s̄ b c, and so on
            case Product product:
                for (var i = 0; i < product.Factors.Count; i++)
                {
                    Propagate(product.Factors[i], Algebra.Multiply(adjoint, Others(product, i)), leaves);
                }

                break;

            // s v: s̄ += v̄·v, v̄ += s v̄
            case Scaled scaled:
                Propagate(scaled.Factor, Algebra.Dot(adjoint, scaled.Vector), leaves);
                Propagate(scaled.Vector, Algebra.Scale(scaled.Factor, adjoint), leaves);
                break;

            // v·w: v̄ += s̄ w, w̄ += s̄ v
            case Dot dot:
                Propagate(dot.Left, Algebra.Scale(adjoint, dot.Right), leaves);
                Propagate(dot.Right, Algebra.Scale(adjoint, dot.Left), leaves);
                break;

            // f(x): x̄ += s̄ f'(x)
            case Apply apply:
                Propagate(apply.Argument, Algebra.Multiply(adjoint, apply.Function.Derivative(apply)), leaves);
                break;

            case Named named:
                Propagate(named.Value, adjoint, leaves);
                break;

            case Symbol symbol:
                leaves[symbol] = leaves.TryGetValue(symbol, out var known) ? Algebra.Add(known, adjoint) : adjoint;
                break;
        }
    }

    private static Expression Others(Product product, int without)
    {
        Expression others = Algebra.One;
        for (var i = 0; i < product.Factors.Count; i++)
        {
            if (i != without)
            {
                others = Algebra.Multiply(others, product.Factors[i]);
            }
        }

        return others;
    }
}
