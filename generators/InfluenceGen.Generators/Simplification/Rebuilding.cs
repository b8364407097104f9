using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Simplification;

/// <summary>Builds expressions again from the leaves up, each node once, with some nodes replaced.</summary>
/// <param name="replacement">What stands for a node; null where it is built from its operands.</param>
internal sealed class Rebuilding(Func<Expression, Expression?> replacement)
{
    private readonly Dictionary<Expression, Expression> _known = [];

    public Expression Of(Expression expression)
    {
        if (!_known.TryGetValue(expression, out var built))
        {
            _known[expression] = built = replacement(expression) ?? Build(expression);
        }

        return built;
    }

    private Expression Build(Expression expression) => expression switch
    {
        Number or Symbol => expression,
        Sum sum => sum.Terms.Select(Of).Aggregate(Algebra.Add),
        Product product => product.Factors.Select(Of).Aggregate(Algebra.Multiply),
        Scaled scaled => Algebra.Times(Of(scaled.Factor), Of(scaled.Vector)),
        Dot dot => Algebra.Dot(Of(dot.Left), Of(dot.Right)),
        Apply apply => Algebra.Apply(apply.Function, Of(apply.Argument)),
        ApplyToRow apply => expression.Graph.ApplyToRow(apply.Function, [.. apply.Arguments.Select(Of)]),
        MatrixVector product => Algebra.MatrixVector(Of(product.Matrix), Of(product.Vector), product.IsTransposed),
        Outer outer => Algebra.Outer(Of(outer.Left), Of(outer.Right)),
        Named named => Of(named.Value) is var value && ReferenceEquals(value, named.Value) ? named
            : value is Number or Symbol ? value
            : expression.Graph.Named(named.Name + "'", value),
        _ => throw UnknownNodeException.In("Simplification", expression),
    };
}

/// <summary>The normal form as a pass: every node built again by <see cref="Algebra"/>. Applied twice it is applied once.</summary>
internal static class NormalForm
{
    public static Expression Of(Expression expression) => new Rebuilding(static _ => null).Of(expression);
}
