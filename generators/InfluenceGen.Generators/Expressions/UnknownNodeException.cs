using System;

namespace InfluenceGen.Generators.Expressions;

/// <summary>A stage met a node that it does not know. This is a fault of the compiler, never of a declaration.</summary>
internal sealed class UnknownNodeException(string message) : InvalidOperationException(message)
{
    /// <param name="stage">The stage.</param>
    /// <param name="node">The node.</param>
    public static UnknownNodeException In(string stage, Expression node) =>
        new($"{stage} does not know {node} (node {node.Id}, {node.GetType().Name}, {node.Shape}).");
}
