using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Lowering;

/// <summary>
/// A value that a kernel keeps for every example of a block: a number each, or a row each, one below the other.
/// </summary>
internal sealed class BlockValue(string name, Expression meaning, Side side)
{
    public string Name { get; } = name;

    /// <summary>What it is, for the comment above and to find it again.</summary>
    public Expression Meaning { get; } = meaning;

    public Side Side { get; } = side;

    /// <summary>The length of a row; null for a number.</summary>
    public Dimension? Length => Meaning.Length;

    /// <summary>The results that need it, by their blocks; null where one of them is always wanted.</summary>
    public HashSet<int>? NeededBy { get; set; } = [];
}

/// <summary>One step of a kernel over blocks: fills a value from others.</summary>
/// <param name="Target">What it fills.</param>
/// <param name="Inputs">What it reads.</param>
/// <param name="IsRepeated">Whether it belongs to one direction of several, or one row of the output's Hessian.</param>
internal abstract record BlockStep(BlockValue Target, IReadOnlyList<BlockValue> Inputs, bool IsRepeated);

/// <summary>Takes the block's numbers from where the caller's lie.</summary>
internal sealed record CopyStep(BlockValue Target, Symbol Source) : BlockStep(Target, [], false);

/// <summary>Computes a value element by element; null fills with zeros, to be added to.</summary>
internal sealed record ElementwiseStep(BlockValue Target, IReadOnlyList<BlockValue> Inputs, bool IsRepeated, Expression? Value)
    : BlockStep(Target, Inputs, IsRepeated);

/// <summary>Adds a matrix, or its transpose, times each row.</summary>
/// <param name="Matrix">The matrix.</param>
/// <param name="IsTransposed">Whether its transpose is meant.</param>
/// <param name="Vector">The rows.</param>
/// <param name="Mask">The mask without which nothing is added.</param>
internal sealed record ProductStep(BlockValue Target, IReadOnlyList<BlockValue> Inputs, bool IsRepeated, Symbol Matrix,
    bool IsTransposed, Expression Vector, Symbol? Mask) : BlockStep(Target, Inputs, IsRepeated);

/// <summary>Takes the dot of two rows, each of them computed element by element.</summary>
internal sealed record DotStep(BlockValue Target, IReadOnlyList<BlockValue> Inputs, bool IsRepeated, Dot Dot)
    : BlockStep(Target, Inputs, IsRepeated);

/// <summary>Applies a function of whole rows.</summary>
internal sealed record RowFunctionStep(BlockValue Target, IReadOnlyList<BlockValue> Inputs, bool IsRepeated, ApplyToRow Application)
    : BlockStep(Target, Inputs, IsRepeated);

/// <summary>
/// A result and the values it is written from.
/// </summary>
/// <param name="Result">The result.</param>
/// <param name="IsRepeated">As for steps.</param>
internal sealed record BlockResult(SweepResult Result, bool IsRepeated);

/// <summary>
/// A sweep laid out for blocks of examples: each value of the graph is kept for all examples of a block, so that a
/// matrix is read once for the whole block and the work is matrix products.
/// </summary>
internal sealed class BlockKernel(Sweep sweep)
{
    /// <summary>Examples of a block, and left ones of a Gram: enough that reading the weights costs little beside the products with them, few enough
    /// that the block's rows stay in the second cache.</summary>
    public const int Length = 64;

    // Elements of a matrix, 256 KB of double, that the second cache does not keep for a whole sweep.
    private const int LargeMatrix = 1 << 15;
    private const int LengthBesideLargeMatrices = 256;

    /// <summary>Examples of a block: more of them where a matrix, and each direction's, comes from further away.</summary>
    public static int LengthFor(ModelGraph model) => model.Blocks.Any(block =>
        block is { Columns: { IsOpen: false } columns, Height: { IsOpen: false } height } && columns.Size * height.Size >= LargeMatrix)
        ? LengthBesideLargeMatrices
        : Length;

    /// <summary>Right examples of a Gram whose factors are kept while the left ones pass by.</summary>
    public const int TileLength = 512;

    /// <summary>Right examples whose dots with a block of left ones are taken at once: few enough that a number for each
    /// pair stays in the second cache.</summary>
    public const int PanelLength = 128;

    /// <summary>From row to row of those numbers: not a power of two, which would send rows to the same places of a cache.</summary>
    public const int PanelStride = 144;

    public Sweep Sweep { get; } = sweep;

    public List<BlockValue> Values { get; } = [];

    public List<BlockStep> Steps { get; } = [];

    /// <summary>What is computed: all of the sweep's results but sums that are zero.</summary>
    public List<BlockResult> Results { get; } = [];
}
