using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Sweeps;

namespace InfluenceGen.Generators.Lowering;

/// <summary>For whom a value is the same, and so how often it is computed.</summary>
internal enum Level
{
    /// <summary>For all examples: it depends on parameters alone.</summary>
    Sweep,

    /// <summary>For the examples of a segment, which share a table's row.</summary>
    Segment,

    /// <summary>For one example.</summary>
    Example,
}

/// <summary>How a value lies in memory.</summary>
internal enum Access
{
    /// <summary>One number, or one row, or a matrix, for all examples of a tile.</summary>
    Shared,

    /// <summary>One for each example, side by side.</summary>
    Own,

    /// <summary>One for each example, where an index says.</summary>
    Gathered,
}

/// <summary>A value that lies in memory: what the caller holds, or scratch memory that a step fills.</summary>
internal sealed class Value(int number, string hint, Expression meaning, Level level, Access access, bool isRepeated, Side side)
{
    /// <summary>Its number in the kernel; a step reads values of smaller numbers only.</summary>
    public int Number { get; } = number;

    /// <summary>What a reader would call it; the printer makes it unique.</summary>
    public string Hint { get; } = hint;

    /// <summary>What it is.</summary>
    public Expression Meaning { get; } = meaning;

    public Level Level { get; } = level;

    public Access Access { get; } = access;

    /// <summary>Whether it belongs to one of the directions, or one row of the output's Hessian.</summary>
    public bool IsRepeated { get; } = isRepeated;

    /// <summary>Which example of a pair it belongs to.</summary>
    public Side Side { get; } = side;

    /// <summary>The caller's leaf; null for scratch memory.</summary>
    public Symbol? Leaf => IsScratch ? null : (Symbol)Meaning;

    /// <summary>Whether a step fills it.</summary>
    public bool IsScratch { get; set; }

    /// <summary>The results that need it, by their blocks; null where one of them is always wanted.</summary>
    public HashSet<int>? NeededBy { get; set; } = [];

    public Shape Shape => Meaning.Shape;
}

/// <summary>One step of a kernel: fills a value from others.</summary>
/// <param name="Target">What it fills, or adds to.</param>
/// <param name="Reads">What it reads.</param>
internal abstract record Step(Value Target, IReadOnlyList<Value> Reads);

/// <summary>target = source, gathered or repeated for every example.</summary>
internal sealed record CopyStep(Value Target, Value Source) : Step(Target, [Source]);

/// <summary>target = a constant, everywhere.</summary>
internal sealed record FillStep(Value Target, double Constant) : Step(Target, []);

/// <summary>target = a formula of the values read, element by element.</summary>
/// <param name="Formula">The formula, whose leaves are the meanings of the values read, and constants.</param>
internal sealed record MapStep(Value Target, IReadOnlyList<Value> Reads, Expression Formula) : Step(Target, Reads);

/// <summary>target += matrix, or its transpose, times each row.</summary>
/// <param name="Mask">The block without which nothing is added; −1 where it is always.</param>
internal sealed record ProductStep(Value Target, Value Matrix, Value Rows, bool IsTransposed, int Mask) : Step(Target, [Matrix, Rows]);

/// <summary>target = dot of the rows of both.</summary>
internal sealed record DotStep(Value Target, Value Left, Value Right) : Step(Target, [Left, Right]);

/// <summary>target = a function of whole rows.</summary>
internal sealed record RowFunctionStep(Value Target, IReadOnlyList<Value> Reads, ApplyToRow Application) : Step(Target, Reads);

/// <summary>target = left rightᵀ of each example, times a matrix of parameters element by element, as one long row: what dots of pairs
/// are taken of that are no product of dots.</summary>
internal sealed record OuterRowsStep(Value Target, MatrixTerm Term) : Step(Target, Term.Reads);

/// <summary>target = 1 where two index columns of an example name the same row, else 0.</summary>
internal sealed record SameRowStep(Value Target, Symbol Columns) : Step(Target, []);

/// <summary>A number that a segment's examples share, and that a sum of theirs is multiplied by.</summary>
/// <param name="Product">The number, where it is a product of constants, shares of a penalty and masks alone.</param>
/// <param name="Kept">The value that holds it otherwise.</param>
internal sealed record SharedNumber(Expression? Product, Value? Kept);

/// <summary>One thing that is written, or added to what is.</summary>
/// <param name="Result">The result it is of.</param>
/// <param name="Reads">What it reads.</param>
internal abstract record Output(SweepResult Result, IReadOnlyList<Value> Reads)
{
    public virtual IReadOnlyList<Value> Reads { get; } = Reads;

    /// <summary>All results that it is of.</summary>
    public virtual IEnumerable<SweepResult> Results => [Result];

    /// <summary>The blocks whose results need a value that it reads; null where one of them is always wanted.</summary>
    public virtual HashSet<int>? NeedsFor(Value value) => Results.All(result => result.IsGated) ? [.. Results.Select(result => result.Block)] : null;

    protected static IEnumerable<Value> Some(Value? value) => value is null ? [] : [value];

    /// <summary>Whether it is done for each direction.</summary>
    public bool IsRepeated => Reads.Any(value => value.IsRepeated);
}

/// <summary>Each example's number or row.</summary>
internal sealed record WriteOutput(SweepResult Result, Value Value) : Output(Result, [Value]);

/// <summary>Each example's packed gradient in a matrix: the sum of outer products, perhaps times a matrix of parameters.</summary>
internal sealed record WriteMatrixOutput(SweepResult Result, IReadOnlyList<MatrixTerm> Terms)
    : Output(Result, [.. Terms.SelectMany(term => term.Reads)]);

/// <summary>Each example's packed gradient in a table that is summed as a whole: its row, or rows, in it.</summary>
internal sealed record WriteTableOutput(SweepResult Result, Value Rows, int Column) : Output(Result, [Rows]);

/// <summary>sum += multiple · Σ numbers.</summary>
/// <param name="Multiple">A number that the segment's examples share; null where it is 1.</param>
internal sealed record AddNumberOutput(SweepResult Result, Value Numbers, SharedNumber? Multiple = null)
    : Output(Result, [Numbers, .. Some(Multiple?.Kept)]);

/// <summary>sum += Σ factor · row.</summary>
/// <param name="Factor">The factor; null where it is 1.</param>
internal sealed record AddRowsOutput(SweepResult Result, Value? Factor, Value Rows)
    : Output(Result, [.. Some(Factor), Rows]);

/// <summary>sum += multiple · (Σ factor) · row, of a row that the segment's examples share.</summary>
/// <param name="Factor">The factor; null where it is 1.</param>
/// <param name="Multiple">A number that they share as well; null where it is 1.</param>
internal sealed record AddSharedRowOutput(SweepResult Result, Value? Factor, Value Row, SharedNumber? Multiple)
    : Output(Result, [.. Some(Factor), Row, .. Some(Multiple?.Kept)]);

/// <summary>sum += Σ left rightᵀ, perhaps times a matrix of parameters.</summary>
internal sealed record AddMatrixOutput(SweepResult Result, MatrixTerm Term) : Output(Result, Term.Reads);

/// <summary>sum[index] += factor · row, of a table that is summed as a whole.</summary>
internal sealed record ScatterOutput(SweepResult Result, Value? Factor, Value Rows, int Column)
    : Output(Result, [.. Some(Factor), Rows]);

/// <summary>sum += multiple · p·Σ factor · row, where p is shared by the segment's examples: one multiply-add an example in place of a dot.</summary>
/// <param name="Factor">The factor; null where it is 1.</param>
/// <param name="Total">The row that is added up to first.</param>
/// <param name="Multiple">A number that the segment's examples share; null where it is 1.</param>
internal sealed record AddDotOutput(SweepResult Result, Value? Factor, Value Rows, Value Shared, Value Total, SharedNumber? Multiple)
    : Output(Result, [.. Some(Factor), Rows, Shared, .. Some(Multiple?.Kept)]);

/// <summary>sum += multiple · Σ factor · (left · right), of two rows of each example.</summary>
/// <param name="Factor">The factor; null where it is 1.</param>
/// <param name="Multiple">A number that the segment's examples share; null where it is 1.</param>
internal sealed record AddDotsOutput(SweepResult Result, Value? Factor, Value Left, Value Right, SharedNumber? Multiple)
    : Output(Result, [.. Some(Factor), Left, Right, .. Some(Multiple?.Kept)]);

/// <summary>A number of each example, times one that its segment's share: a term of what a pass multiplies by or adds up.</summary>
/// <param name="Number">The number; null where it is 1.</param>
/// <param name="Multiple">The other; null where it is 1.</param>
internal sealed record PassTerm(Value? Number, SharedNumber? Multiple);

/// <summary>
/// Several outputs in one loop over the examples, with the dots and numbers that they need: where rows are short, reading them once
/// is most of the work.
/// </summary>
internal sealed record PassOutput(SweepResult Result) : Output(Result, [])
{
    /// <summary>The rows that dots are taken of and that are added up, and others in the same order.</summary>
    public List<Value> Rows { get; } = [];

    /// <summary>Rows that the examples of a segment share, each with the value that its dots with the first rows are; null where nothing reads them.</summary>
    public List<(Value? Dot, Value With)> Dots { get; } = [];

    /// <summary>Numbers of examples that are read.</summary>
    public List<Value> Numbers { get; } = [];

    /// <summary>Numbers of segments that are read.</summary>
    public List<Value> SegmentNumbers { get; } = [];

    /// <summary>The formulas, each after those it needs.</summary>
    public List<MapStep> Formulas { get; } = [];

    /// <summary>What is written for each example.</summary>
    public List<WriteOutput> Stores { get; } = [];

    /// <summary>What rows are multiplied by; null where no rows are added up.</summary>
    public Value? Factor { get; set; }

    /// <summary>What the first rows are added up in.</summary>
    public AddRowsOutput? Sum { get; set; }

    /// <summary>What the other rows are added up in.</summary>
    public AddRowsOutput? OtherSum { get; set; }

    /// <summary>The product of the other rows' sum with the first shared row.</summary>
    public AddDotOutput? Inner { get; set; }

    /// <summary>What the first shared row is multiplied by in the first rows' sum.</summary>
    public List<PassTerm> Decay { get; } = [];

    /// <summary>What dots of both rows are multiplied by.</summary>
    public List<PassTerm> Cross { get; } = [];

    /// <summary>Numbers that are added up for a gradient.</summary>
    public List<PassTerm> Total { get; } = [];

    /// <summary>The gradient they are of.</summary>
    public SweepResult? TotalResult { get; set; }

    /// <summary>What is summed for each segment beside gradients.</summary>
    public SweepResult? SegmentResult { get; set; }

    /// <summary>Numbers that are added up for a segment, beside dots of both rows and the other rows' sum with a shared row.</summary>
    public List<PassTerm> SegmentTotal { get; } = [];

    /// <summary>Whether it is all that the kernel does for examples: then it goes over all segments at once.</summary>
    public bool IsWhole { get; set; }

    public override IReadOnlyList<Value> Reads => [.. Rows, .. Dots.Select(dot => dot.With), .. Numbers, .. SegmentNumbers];

    public override IEnumerable<SweepResult> Results => Stores.Select(store => store.Result).Concat(Gradients)
        .Concat(new[] { SegmentResult }.OfType<SweepResult>());

    /// <summary>The gradients that it sums.</summary>
    public IEnumerable<SweepResult> Gradients => new[] { Sum?.Result, OtherSum?.Result, TotalResult }.OfType<SweepResult>();
}

/// <summary>gram += a formula of numbers of both sides and of dots across them.</summary>
/// <param name="Blocks">The results whose terms it adds: of several ones each term is times its block's mask.</param>
/// <param name="Formula">The formula.</param>
/// <param name="Dots">The dots across, each with the value it is kept in.</param>
/// <param name="Sames">Where two index columns name the same row, with the value it is kept in.</param>
internal sealed record PairOutput(IReadOnlyList<SweepResult> Blocks, IReadOnlyList<Value> Reads, Expression Formula, IReadOnlyList<PairDot> Dots,
    IReadOnlyList<(Symbol Columns, Value Target)> Sames) : Output(Blocks[0], Reads)
{
    public override IEnumerable<SweepResult> Results => Blocks;

    public override HashSet<int>? NeedsFor(Value value) => Dots.Where(dot => dot.Left == value || dot.Right == value).ToList() is { Count: > 0 } dots
        ? [.. dots.SelectMany(dot => dot.Blocks)] : base.NeedsFor(value);
}

/// <summary>A dot of a left and a right row, for every pair of a tile.</summary>
/// <param name="Blocks">The blocks whose terms have it.</param>
internal sealed record PairDot(Value Target, Value Left, Value Right, HashSet<int> Blocks);

/// <summary>A term of a matrix: M ∘ left rightᵀ.</summary>
/// <param name="Matrix">M; null where there is none.</param>
internal sealed record MatrixTerm(Value? Matrix, Value Left, Value Right)
{
    public IReadOnlyList<Value> Reads => Matrix is null ? [Left, Right] : [Matrix, Left, Right];
}

/// <summary>
/// A sweep laid out over tiles of examples: which values are kept for all examples of a tile, in which order steps fill them,
/// and what is written. The printer looks nothing up.
/// </summary>
internal sealed class Kernel(Sweep sweep)
{
    /// <summary>Examples of a tile where no row is kept for each: as many as a chunk has.</summary>
    public const int LongTileLength = 512;

    /// <summary>Examples of a tile: enough that reading the weights costs little beside the products with them, few enough
    /// that the tile's rows stay in the second cache.</summary>
    public const int TileLength = 64;

    // Elements of a matrix, 256 KB of double, that the second cache does not keep for a whole sweep.
    private const long LargeMatrix = 1 << 15;
    private const int LengthBesideLargeMatrices = 256;

    /// <summary>Examples of a tile: more of them where a matrix, and each direction's, comes from further away.</summary>
    public static int TileLengthFor(ModelGraph model) => model.Blocks.Any(block =>
        block is { Columns: { IsOpen: false } columns, Height: { IsOpen: false } height } && (long)columns.Size * height.Size >= LargeMatrix)
        ? LengthBesideLargeMatrices
        : TileLength;

    /// <summary>Right examples of a Gram whose values are kept while the left ones pass by.</summary>
    public const int PairTileLength = 576;

    /// <summary>Right examples whose dots with a tile of left ones are taken at once: few enough that a number for each pair stays in
    /// the second cache, and no power of two, which would send rows to the same places of a cache.</summary>
    public const int PanelLength = 144;

    public Sweep Sweep { get; } = sweep;

    public List<Value> Values { get; } = [];

    public List<Step> Steps { get; } = [];

    public List<Output> Outputs { get; } = [];

    /// <summary>Examples that are taken at once.</summary>
    public int Length { get; set; } = TileLength;
}
