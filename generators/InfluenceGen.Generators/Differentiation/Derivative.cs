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
    /// than a leaf is named too: the prefix and its name. What is <paramref name="known"/> is not derived again.
    /// </summary>
    public static Expression Tangent(Expression expression, Func<Expression, Expression?> rate, string prefix = "",
        Dictionary<Named, Expression>? known = null) => Of(expression, rate, prefix, known ?? []);

    private static Expression Of(Expression expression, Func<Expression, Expression?> rate, string prefix,
        Dictionary<Named, Expression> known)
    {
        Expression Of(Expression e) => Derivative.Of(e, rate, prefix, known);

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
                var derivative = Algebra.ZeroOf(product);
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

            // d f(x) = f'(x) dx, element by element
            case Apply apply:
                return Algebra.Multiply(apply.Function.Derivative(apply), Of(apply.Argument));

            // d(W x) = dW x + W dx
            case MatrixVector product:
                return Algebra.Add(Algebra.MatrixVector(Of(product.Matrix), product.Vector, product.IsTransposed),
                    Algebra.MatrixVector(product.Matrix, Of(product.Vector), product.IsTransposed));

            // d(a bᵀ) = da bᵀ + a dbᵀ
            case Outer outer:
                return Algebra.Add(Algebra.Outer(Of(outer.Left), outer.Right), Algebra.Outer(outer.Left, Of(outer.Right)));

            case ApplyToRow apply:
                return apply.Function.Tangent(apply, Of(apply.Arguments[0]));

            // Computed once, however many use it.
            case Named named:
                if (!known.TryGetValue(named, out var changes))
                {
                    changes = Of(named.Value);
                    changes = prefix.Length == 0 || changes is Number or Symbol or Named || Algebra.IsZero(changes)
                        ? changes
                        : new Named(prefix + named.Name, changes);
                    known[named] = changes;
                }

                return changes;

            default:
                return Algebra.ZeroOf(expression);
        }
    }

    /// <summary>
    /// Reverse mode: <paramref name="seed"/> times the derivative of <paramref name="expression"/> in each leaf it depends
    /// on, for a value of any shape with a seed of that shape. A named value is visited once, after all that use it; with
    /// a <paramref name="prefix"/> its adjoint, where it is more than a leaf, gets a name too: the prefix and its own.
    /// </summary>
    public static IReadOnlyDictionary<Expression, Expression> Adjoint(Expression expression, Expression seed,
        string prefix = "", Expression? leaf = null)
    {
        var adjoints = new Dictionary<Expression, Expression>();
        Propagate(expression, seed, adjoints, leaf);
        foreach (var named in UsersFirst(expression, leaf))
        {
            if (adjoints.TryGetValue(named, out var adjoint))
            {
                adjoints.Remove(named);
                Propagate(named.Value, prefix.Length == 0 || adjoint is Symbol or Named or Number
                    ? adjoint
                    : new Named(prefix + named.Name, adjoint), adjoints, leaf);
            }
        }

        return adjoints;
    }

    private static IEnumerable<Named> UsersFirst(Expression expression, Expression? leaf)
    {
        var order = new List<Named>();
        var seen = new HashSet<Expression>();
        Visit(expression);
        order.Reverse();
        return order;

        void Visit(Expression e)
        {
            if (e.Equals(leaf))
            {
                return;
            }

            if (e is Named named)
            {
                if (seen.Add(named))
                {
                    Visit(named.Value);
                    order.Add(named);
                }

                return;
            }

            foreach (var operand in e.Operands)
            {
                Visit(operand);
            }
        }
    }

    private static void Propagate(Expression expression, Expression adjoint, Dictionary<Expression, Expression> adjoints,
        Expression? leaf)
    {
        void To(Expression operand, Expression its) => Propagate(operand, its, adjoints, leaf);

        switch (expression)
        {
            // a + b: ā += s̄, b̄ += s̄
            case Sum sum:
                foreach (var term in sum.Terms)
                {
                    To(term, adjoint);
                }

                break;

            // a b c: ā += s̄ b c, and so on
            case Product product:
                for (var i = 0; i < product.Factors.Count; i++)
                {
                    To(product.Factors[i], Algebra.Multiply(adjoint, Others(product, i)));
                }

                break;

            // s v: s̄ += v̄·v, v̄ += s v̄
            case Scaled scaled:
                To(scaled.Factor, Algebra.Inner(adjoint, scaled.Vector));
                To(scaled.Vector, Algebra.Scale(scaled.Factor, adjoint));
                break;

            // v·w: v̄ += s̄ w, w̄ += s̄ v
            case Dot dot:
                To(dot.Left, Algebra.Scale(adjoint, dot.Right));
                To(dot.Right, Algebra.Scale(adjoint, dot.Left));
                break;

            // y = W x: W̄ += ȳ xᵀ, x̄ += Wᵀ ȳ;  y = Wᵀ x: W̄ += x ȳᵀ, x̄ += W ȳ
            case MatrixVector product:
                To(product.Matrix, product.IsTransposed
                    ? Algebra.Outer(product.Vector, adjoint)
                    : Algebra.Outer(adjoint, product.Vector));
                To(product.Vector, Algebra.MatrixVector(product.Matrix, adjoint, !product.IsTransposed));
                break;

            // Y = a bᵀ: ā += Ȳ b, b̄ += Ȳᵀ a
            case Outer outer:
                To(outer.Left, Algebra.MatrixVector(adjoint, outer.Right));
                To(outer.Right, Algebra.MatrixVector(adjoint, outer.Left, isTransposed: true));
                break;

            // f(x): x̄ += s̄ f'(x)
            case Apply apply:
                To(apply.Argument, Algebra.Multiply(adjoint, apply.Function.Derivative(apply)));
                break;

            case ApplyToRow apply:
                To(apply.Arguments[0], apply.Function.Adjoint(apply, adjoint));
                break;

            case Symbol or Named:
                adjoints[expression] = adjoints.TryGetValue(expression, out var known) ? Algebra.Add(known, adjoint) : adjoint;
                break;
        }
    }

    private static Expression Others(Product product, int without)
    {
        Expression others = Algebra.Constant(1, product);
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
