using System;
using System.Collections.Generic;
using System.Linq;
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
        Dictionary<Expression, Expression>? known = null)
    {
        // Operands before what is made of them, without recursion: graphs may be deep.
        known ??= [];
        var open = new Stack<(Expression Node, bool AreOperandsDone)>();
        open.Push((expression, false));
        while (open.Count > 0)
        {
            var (node, areOperandsDone) = open.Pop();
            if (known.ContainsKey(node))
            {
                continue;
            }

            if (rate(node) is { } given)
            {
                known[node] = given;
            }
            else if (areOperandsDone || node.Operands.Count == 0)
            {
                known[node] = Of(node, e => known[e], prefix);
            }
            else
            {
                open.Push((node, true));
                foreach (var operand in node.Operands)
                {
                    open.Push((operand, false));
                }
            }
        }

        return known[expression];
    }

    private static Expression Of(Expression expression, Func<Expression, Expression> d, string prefix)
    {
        switch (expression)
        {
            // Constants, and leaves that stay put.
            case Number or Symbol:
                return Algebra.ZeroOf(expression);

            // d(a + b) = da + db
            case Sum sum:
                return sum.Terms.Select(d).Aggregate(Algebra.ZeroOf(sum), Algebra.Add);

            // d(a b c) = da b c + a db c + a b dc
            case Product product:
                return product.Factors.Select((factor, i) => Algebra.Multiply(d(factor), Others(product, i)))
                    .Aggregate(Algebra.ZeroOf(product), Algebra.Add);

            // d(s v) = ds v + s dv
            case Scaled scaled:
                return Algebra.Add(Algebra.Scale(d(scaled.Factor), scaled.Vector), Algebra.Scale(scaled.Factor, d(scaled.Vector)));

            // d(v·w) = dv·w + v·dw
            case Dot dot:
                return Algebra.Add(Algebra.Dot(d(dot.Left), dot.Right), Algebra.Dot(dot.Left, d(dot.Right)));

            // d f(x) = f'(x) dx, element by element
            case Apply apply:
                return d(apply.Argument) is var change && Algebra.IsZero(change)
                    ? Algebra.ZeroOf(apply)
                    : Algebra.Multiply(apply.Function.Derivative(apply), change);

            // d(W x) = dW x + W dx
            case MatrixVector product:
                return Algebra.Add(Algebra.MatrixVector(d(product.Matrix), product.Vector, product.IsTransposed),
                    Algebra.MatrixVector(product.Matrix, d(product.Vector), product.IsTransposed));

            // d(a bᵀ) = da bᵀ + a dbᵀ
            case Outer outer:
                return Algebra.Add(Algebra.Outer(d(outer.Left), outer.Right), Algebra.Outer(outer.Left, d(outer.Right)));

            case ApplyToRow apply:
                return apply.Function.Tangent(apply, [.. apply.Arguments.Select(d)]);

            // Computed once, however many use it.
            case Named named:
                return Called(prefix, named, d(named.Value));

            default:
                throw UnknownNodeException.In("Forward mode", expression);
        }
    }

    /// <summary>
    /// Reverse mode: <paramref name="seed"/> times the derivative of <paramref name="expression"/> in each leaf it depends
    /// on, for a value of any shape with a seed of that shape. A node is visited once, after all that use it; with
    /// a <paramref name="prefix"/> the adjoint of a named value, where it is more than a leaf, gets a name too: the prefix and its own.
    /// </summary>
    public static IReadOnlyDictionary<Expression, Expression> Adjoint(Expression expression, Expression seed,
        string prefix = "", Expression? leaf = null)
    {
        var adjoints = new Dictionary<Expression, Expression> { [expression] = seed };

        // Nodes have greater numbers than their operands.
        foreach (var node in ModelGraph.Reached([expression]).Reverse())
        {
            if (node is not (Symbol or Number) && !ReferenceEquals(node, leaf) && adjoints.TryGetValue(node, out var adjoint))
            {
                adjoints.Remove(node);
                if (!Algebra.IsZero(adjoint))
                {
                    Propagate(node, node is Named named ? Called(prefix, named, adjoint) : adjoint, To);
                }
            }
        }

        return adjoints;

        void To(Expression operand, Expression its) =>
            adjoints[operand] = adjoints.TryGetValue(operand, out var known) ? Algebra.Add(known, its) : its;
    }

    private static void Propagate(Expression expression, Expression adjoint, Action<Expression, Expression> to)
    {
        switch (expression)
        {
            // a + b: ā += s̄, b̄ += s̄
            case Sum sum:
                foreach (var term in sum.Terms)
                {
                    to(term, adjoint);
                }

                break;

            // a b c: ā += s̄ b c, and so on
            case Product product:
                for (var i = 0; i < product.Factors.Count; i++)
                {
                    to(product.Factors[i], Algebra.Multiply(adjoint, Others(product, i)));
                }

                break;

            // s v: s̄ += v̄·v, v̄ += s v̄
            case Scaled scaled:
                to(scaled.Factor, Algebra.Inner(adjoint, scaled.Vector));
                to(scaled.Vector, Algebra.Scale(scaled.Factor, adjoint));
                break;

            // v·w: v̄ += s̄ w, w̄ += s̄ v
            case Dot dot:
                to(dot.Left, Algebra.Scale(adjoint, dot.Right));
                to(dot.Right, Algebra.Scale(adjoint, dot.Left));
                break;

            // y = W x: W̄ += ȳ xᵀ, x̄ += Wᵀ ȳ;  y = Wᵀ x: W̄ += x ȳᵀ, x̄ += W ȳ
            case MatrixVector product:
                to(product.Matrix, product.IsTransposed
                    ? Algebra.Outer(product.Vector, adjoint)
                    : Algebra.Outer(adjoint, product.Vector));
                to(product.Vector, Algebra.MatrixVector(product.Matrix, adjoint, !product.IsTransposed));
                break;

            // Y = a bᵀ: ā += Ȳ b, b̄ += Ȳᵀ a
            case Outer outer:
                to(outer.Left, Algebra.MatrixVector(adjoint, outer.Right));
                to(outer.Right, Algebra.MatrixVector(adjoint, outer.Left, isTransposed: true));
                break;

            // f(x): x̄ += s̄ f'(x)
            case Apply apply:
                to(apply.Argument, Algebra.Multiply(adjoint, apply.Function.Derivative(apply)));
                break;

            case ApplyToRow apply:
                var adjointsOfArguments = apply.Function.Adjoints(apply, adjoint);
                for (var i = 0; i < adjointsOfArguments.Count; i++)
                {
                    to(apply.Arguments[i], adjointsOfArguments[i]);
                }

                break;

            case Named named:
                to(named.Value, adjoint);
                break;

            default:
                throw UnknownNodeException.In("Reverse mode", expression);
        }
    }

    /// <summary>A derivative of a named value, named after it where it is more than a leaf.</summary>
    private static Expression Called(string prefix, Named named, Expression derivative) =>
        prefix.Length == 0 || derivative is Number or Symbol ? derivative : named.Graph.Named(prefix + named.Name, derivative);

    private static Expression Others(Product product, int without)
    {
        var others = Algebra.Constant(1, product);
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
