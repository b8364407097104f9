using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Sweeps;

/// <summary>Where a result of a sweep goes.</summary>
internal enum ResultKind
{
    /// <summary>A number or a row for each example.</summary>
    Example,

    /// <summary>A block's part of a packed row for each example.</summary>
    ExampleRow,

    /// <summary>One sum for each segment.</summary>
    Segment,

    /// <summary>A block of a gradient sum, for each segment.</summary>
    Gradient,

    /// <summary>One number for each pair of examples.</summary>
    Pair,
}

/// <summary>A part of a result: for a block that is a table, of the row that an index column names.</summary>
/// <param name="Value">Its value.</param>
/// <param name="Column">The index column; −1 where it is the whole block, or no block.</param>
internal sealed record ResultPart(Expression Value, int Column = -1);

/// <summary>One result: the span it goes to, its value, and for rows and gradients the block.</summary>
/// <param name="Kind">What it is one of.</param>
/// <param name="Target">The span it is written to.</param>
/// <param name="Parts">Its value; of a block that is read by several index columns, a part for each.</param>
/// <param name="Block">The block, where it is of one; else −1.</param>
internal sealed record SweepResult(ResultKind Kind, string Target, EquatableArray<ResultPart> Parts, int Block = -1)
{
    public SweepResult(ResultKind kind, string target, Expression value, int block = -1)
        : this(kind, target, new EquatableArray<ResultPart>([new ResultPart(value)]), block)
    {
    }

    /// <summary>The value of a result that is one part.</summary>
    public Expression Value => Parts[0].Value;

    /// <summary>Whether it is left out where its block is not differentiated.</summary>
    public bool IsGated => Kind is ResultKind.Gradient or ResultKind.Pair or ResultKind.ExampleRow && Block >= 0;
}

/// <summary>
/// One pass of one sweep: what to compute for each example, pair or segment. Only expressions; how it is computed is
/// decided by lowering.
/// </summary>
/// <param name="Method">The member of <c>IModel</c> it is part of.</param>
/// <param name="Pass">The pass, whose table's rows segments stand for.</param>
/// <param name="Results">What it computes.</param>
/// <param name="Repeats">The role of what it is repeated for on the same examples: directions, or the outputs' basis.</param>
internal sealed record Sweep(string Method, int Pass, EquatableArray<SweepResult> Results, Role? Repeats = null)
{
    public bool IsOverPairs => Results.Count > 0 && Results[0].Kind == ResultKind.Pair;

    /// <summary>All values it computes.</summary>
    public IEnumerable<Expression> Values => Results.SelectMany(result => result.Parts).Select(part => part.Value);
}
