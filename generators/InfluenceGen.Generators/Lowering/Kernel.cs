using System.Collections.Generic;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Lowering;

/// <summary>
/// A sum kept over a segment's examples. With a vector it is Σ scalar·vector, with two the element by element product
/// of both, without one a sum of scalars (kept lane by lane until the segment ends).
/// </summary>
internal sealed record Accumulator(string Name, Expression Scalar, Symbol? Vector, Symbol? Other);

/// <summary>
/// What an accumulator contributes to a result once a segment is complete: <c>Factor</c> (the same for all examples of
/// the segment) times its value, where the value is the accumulated vector or scalar itself, the sum of its elements,
/// or its product with <c>Vector</c>, a vector of the segment.
/// </summary>
internal sealed record Contribution(Accumulator Accumulator, Expression Factor, Symbol? Vector);

/// <summary>A result written when a segment is complete.</summary>
internal sealed record SegmentResult(SweepResult Result, IReadOnlyList<Contribution> Contributions);

/// <summary>One sweep, laid out for one vector width: what is computed where, ready to be printed.</summary>
/// <param name="sweep">The sweep.</param>
/// <param name="lanes">Numbers in a vector register.</param>
/// <param name="line">Numbers on a 64-byte line, as many as the widest register has.</param>
/// <param name="unrolls">Whether rows may be unrolled.</param>
internal sealed class Kernel(Sweep sweep, int lanes, int line, bool unrolls)
{
    /// <summary>Rows of up to this many vectors are unrolled and kept in registers.</summary>
    public const int UnrollBudget = 4;

    /// <summary>Vector operations of one loop body beyond which rows are added up in a loop of their own: methods that go
    /// far beyond are compiled without optimisation.</summary>
    public const int StraightLineBudget = 64;

    /// <summary>Registers for shared rows and sums: three quarters of the 32 or 16 that the width has.</summary>
    public int RegisterBudget => 24 * Lanes / line;

    /// <summary>Whether rows that would fit the budget are read in loops because the kernel keeps too many of them.</summary>
    public bool IsOutOfRegisters => !unrolls;

    public Sweep Sweep { get; } = sweep;

    /// <summary>The kernel for coefficients that are all 1; null where there are none.</summary>
    public Kernel? Unweighted { get; set; }

    /// <summary>Numbers in a vector register.</summary>
    public int Lanes { get; } = lanes;

    /// <summary>Scalars that are the same for all examples of a segment, in an order in which they can be computed.</summary>
    public List<Expression> SegmentScalars { get; } = [];

    /// <summary>Scalars of an example, in an order in which they can be computed.</summary>
    public List<Expression> ExampleScalars { get; } = [];

    /// <summary>Leaves that rows of examples are multiplied by: read one by one from where they lie.</summary>
    public List<Symbol> RowFactors { get; } = [];

    /// <summary>Sums over the segment's examples.</summary>
    public List<Accumulator> Accumulators { get; } = [];

    /// <summary>Results written when a segment is complete.</summary>
    public List<SegmentResult> SegmentResults { get; } = [];

    /// <summary>All vectors that the kernel reads.</summary>
    public List<Symbol> Vectors { get; } = [];

    /// <summary>Vectors a row is unrolled into; 0 where it is read in a loop.</summary>
    public int Unrolled(Dimension dimension)
    {
        var vectors = (dimension.Size + Lanes - 1) / Lanes;
        return unrolls && vectors <= UnrollBudget ? vectors : 0;
    }

    /// <summary>
    /// Chains of accumulators: a fused multiply-add takes four cycles and two can start in each, so a few accumulators
    /// would wait for themselves; as long as registers last, they are kept twice and added at the end.
    /// </summary>
    public int Chains { get; set; } = 1;

    /// <summary>Registers that shared rows and sums take.</summary>
    public int Registers { get; set; }
}
