using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json.Serialization;
using InfluenceGen.Numerics;

namespace InfluenceGen.Examples;

/// <summary>
/// Labelled examples in flat buffers: features row by row on 64-byte lines, or a user and an item for each rating; a label
/// each, one number or a row of them; perhaps a weight and an offset; the individual each belongs to. Ratings are kept sorted by user, then item; every other set keeps
/// the order it was given. <see cref="Source"/> leads back to the rows they came from.
/// </summary>
/// <remarks>Safe for any number of threads at once: a set never changes (a training's batches do, from step to step).</remarks>
/// <typeparam name="T">double or float.</typeparam>
[JsonConverter(typeof(JsonRefusal))]
[HiddenFromJson("its examples: they are in Features, Labels and IndividualOf")]
public sealed partial class ExampleSet<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Examples in one chunk of a sweep over features.</summary>
    internal const int ChunkLength = 512;

    private AlignedBuffer<T> _features;
    private AlignedBuffer<T> _labels;
    private AlignedBuffer<T>? _weights;
    private AlignedBuffer<T>? _offsets;
    private double _totalWeight;
    private readonly int[][] _indices;
    private readonly int[][] _ordered;
    private readonly int[] _rows;
    private int[] _individualOf;
    private readonly int[] _source;
    private AlignedBuffer<T>[] _shares = [];
    private Segments[] _segments;

    /// <summary>Room for as many examples, with zeros in it where no rows are given, and without segments.</summary>
    private ExampleSet(int capacity, int featureCount, int labelCount, int[] rows, bool isOfRatings, Individuals individuals,
        AlignedBuffer<T>? features = null, AlignedBuffer<T>? labels = null)
    {
        FeatureCount = featureCount;
        FeatureStride = StrideOf(featureCount);
        LabelCount = labelCount;
        LabelStride = LabelStrideOf(labelCount);
        if ((long)capacity * Math.Max(FeatureStride, LabelStride) > MostNumbers)
        {
            throw new ArgumentException(
                $"{capacity} examples of {featureCount} features and labels of {labelCount} do not fit buffers of {MostNumbers} numbers.");
        }

        Individuals = individuals;
        _features = features ?? new AlignedBuffer<T>(capacity, FeatureStride);
        _labels = labels ?? new AlignedBuffer<T>(capacity, LabelStride);
        _rows = rows;
        IsOfRatings = isOfRatings;
        _indices = new int[rows.Length][];
        for (var column = 0; column < rows.Length; column++)
        {
            _indices[column] = new int[capacity];
        }

        // The first pass and that of chunks visit examples as they stand; a pass between them reads the rows of every column but its own.
        _ordered = new int[(isOfRatings ? rows.Length + 1L : 1) * rows.Length][];
        for (var slot = 0; slot < _ordered.Length; slot++)
        {
            var (pass, column) = (slot / rows.Length, slot % rows.Length);
            _ordered[slot] = pass == 0 || pass == rows.Length ? _indices[column] : pass == column ? [] : new int[capacity];
        }

        _individualOf = new int[capacity];
        _source = new int[capacity];
        _segments = [];
    }

    /// <summary>The same examples in the same buffers.</summary>
    private ExampleSet(ExampleSet<T> other)
    {
        Count = other.Count;
        FeatureCount = other.FeatureCount;
        FeatureStride = other.FeatureStride;
        LabelCount = other.LabelCount;
        LabelStride = other.LabelStride;
        FeatureNames = other.FeatureNames;
        LabelNames = other.LabelNames;
        HasClasses = other.HasClasses;
        ItemNames = other.ItemNames;
        FileColumns = other.FileColumns;
        Individuals = other.Individuals;
        Penalty = other.Penalty;
        PenaltyCounts = other.PenaltyCounts;
        _features = other._features;
        _labels = other._labels;
        _weights = other._weights;
        _offsets = other._offsets;
        _totalWeight = other._totalWeight;
        _indices = other._indices;
        _ordered = other._ordered;
        _rows = other._rows;
        IsOfRatings = other.IsOfRatings;
        _individualOf = other._individualOf;
        _source = other._source;
        _shares = other._shares;
        _segments = other._segments;
    }

    /// <summary>The number of examples.</summary>
    public int Count { get; private set; }

    /// <summary>Features of an example; 0 for ratings.</summary>
    public int FeatureCount { get; }

    /// <summary>Elements from one example's features to the next's; what lies between is zero.</summary>
    public int FeatureStride { get; }

    /// <summary>Numbers that an example's label has: 1, or a target for each output, or a share for each class.</summary>
    public int LabelCount { get; private init; }

    /// <summary>Elements from one example's label to the next's: 1 for a single number, otherwise
    /// <see cref="LabelCount"/> rounded up to whole 64-byte lines; what lies between is zero.</summary>
    public int LabelStride { get; private init; }

    /// <summary>A name for each feature; empty where none were given.</summary>
    public ImmutableArray<string> FeatureNames { get; private init; } = [];

    /// <summary>A name for each label of an example: the classes' names, or those of the columns they were read from; empty
    /// where none were given.</summary>
    public ImmutableArray<string> LabelNames { get; private set; } = [];

    /// <summary>A name for each item that is rated; empty where none were given.</summary>
    public ImmutableArray<string> ItemNames { get; private init; } = [];

    /// <summary>The people, by code.</summary>
    public Individuals Individuals { get; private init; }

    /// <summary>Features, <see cref="FeatureStride"/> for each example.</summary>
    public ReadOnlySpan<T> Features => _features.Span[..(Count * FeatureStride)];

    /// <summary>Labels, <see cref="LabelStride"/> for each example.</summary>
    public ReadOnlySpan<T> Labels => _labels.Span[..(Count * LabelStride)];

    /// <summary>
    /// The weight w_i of each example, which multiplies its loss and all derivatives of it; empty where none were given. What is a mean
    /// elsewhere is then Σ w_i ℓ_i / Σ w_i: an example of weight 2 is as good as two of weight 1, and one of weight 0 is as good as none.
    /// Only models that declare weights (<see cref="WeightAttribute"/>) read them.
    /// </summary>
    public ReadOnlySpan<T> Weights => _weights is null ? [] : _weights.Span[..Count];

    /// <summary>
    /// The offset o_i of each example, which is added to the model's output, s_i = f(x_i) + o_i; empty where none were given. Only models
    /// that declare offsets (<see cref="OffsetAttribute"/>) read them.
    /// </summary>
    public ReadOnlySpan<T> Offsets => _offsets is null ? [] : _offsets.Span[..Count];

    /// <summary>What means over the examples divide by: Σ w_i, or <see cref="Count"/> where there are no weights.</summary>
    public double TotalWeight => _weights is null ? Count : _totalWeight;

    /// <summary>Each example's individual.</summary>
    public ReadOnlySpan<int> IndividualOf => _individualOf.AsSpan(0, Count);

    /// <summary>The row, counted from 0 in what the set was first read from, that each example came from.</summary>
    public ReadOnlySpan<int> Source => _source.AsSpan(0, Count);

    /// <summary>Index columns, each of which names a row of one or more tables: 2 for ratings, 0 for features.</summary>
    public int TableCount => _rows.Length;

    /// <summary>Each example's row by index <paramref name="column"/>: of ratings, 0 the user, 1 the item.</summary>
    public ReadOnlySpan<int> Index(int column) => _indices[Table(column)].AsSpan(0, Count);

    /// <summary>
    /// The row by index <paramref name="column"/> of the example at each position of a pass's segments:
    /// <see cref="Index(int)"/> in the order that the pass visits examples, so that it reads memory in order. Of the
    /// own column of a pass after the first there is none, as a segment names the row once.
    /// </summary>
    public ReadOnlySpan<int> Index(int column, int pass) => _ordered[pass * TableCount + column].AsSpan(0, Count);

    /// <summary>Rows of the tables that index <paramref name="column"/> names rows of.</summary>
    public int RowCount(int column) => _rows[Table(column)];

    /// <summary>By which counts a row's L2 penalty is shared; <see cref="RowPenalty.OwnCounts"/> at first.</summary>
    public RowPenalty Penalty { get; private set; } = RowPenalty.OwnCounts;

    /// <summary>
    /// The share of a row's L2 penalty that each example naming it carries: 1/count, or 0 where this set carries none. Where examples have
    /// weights, the count is the sum of those that name the row, and each carries the share times its weight.
    /// One number for each row of table <paramref name="column"/>.
    /// </summary>
    public ReadOnlySpan<T> RowShares(int column) => _shares[Table(column)].Span;

    /// <summary>The segments of a sweep's pass. Ratings have one pass for each index column, whose segments are the examples that name one
    /// row, and one more, whose segments are chunks of neighbouring examples; that is the only pass of other sets.</summary>
    public Segments SegmentsOf(int pass) => (uint)pass < (uint)_segments.Length
        ? _segments[pass]
        : throw new ArgumentOutOfRangeException(nameof(pass), pass, $"Passes are counted from 0; these examples have {_segments.Length}.");

    private int Table(int column) => (uint)column < (uint)_rows.Length
        ? column
        : throw new ArgumentOutOfRangeException(nameof(column), column, $"Tables are counted from 0; these examples name rows of {_rows.Length}.");

    /// <summary>The segments of the last pass.</summary>
    internal Segments Chunks => _segments[^1];

    /// <summary>Whether examples are kept by user, then item, and have segments by the rows that they name.</summary>
    internal bool IsOfRatings { get; }

    /// <summary>Whether each example was given as one of several classes. Of those some may have no example, and then be left
    /// out of the set.</summary>
    internal bool HasClasses { get; private set; }

    /// <summary>The columns of the file that the set was read from, so that another one is read alike; null where it was not
    /// read from columns.</summary>
    internal FileColumns? FileColumns { get; set; }

    /// <summary>The counts, or sums of weights, behind <see cref="RowShares"/>, table by table.</summary>
    internal double[][] PenaltyCounts { get; private set; } = [];

    /// <summary>Room for <paramref name="capacity"/> examples of <paramref name="like"/>'s kind, with its penalty.</summary>
    internal static ExampleSet<T> Allocate(ExampleSet<T> like, int capacity, params Segments[] segments) =>
        new(capacity, like.FeatureCount, like.LabelCount, like._rows, like.IsOfRatings, like.Individuals)
        {
            FeatureNames = like.FeatureNames,
            LabelNames = like.LabelNames,
            HasClasses = like.HasClasses,
            ItemNames = like.ItemNames,
            FileColumns = like.FileColumns,
            Penalty = like.Penalty,
            PenaltyCounts = like.PenaltyCounts,
            _weights = like._weights is null ? null : new AlignedBuffer<T>(capacity),
            _offsets = like._offsets is null ? null : new AlignedBuffer<T>(capacity),
            _shares = like._shares,
            _segments = segments,
        };

    /// <summary>
    /// Replaces the examples by those of <paramref name="from"/> at <paramref name="positions"/>, in that order, within
    /// the room there is; allocates nothing. The positions have been checked, and the segments are the caller's to set,
    /// with <see cref="OrderIndices"/> afterwards.
    /// </summary>
    internal void Gather(ExampleSet<T> from, ReadOnlySpan<int> positions)
    {
        Count = positions.Length;
        if (FeatureStride > 0)
        {
            GatherRows(from._features.Span, FeatureStride, positions, _features.Span);
        }

        if (LabelStride == 1)
        {
            Gather<T>(from._labels.Span, positions, _labels.Span);
        }
        else
        {
            GatherRows(from._labels.Span, LabelStride, positions, _labels.Span);
        }

        if (_weights is not null)
        {
            Gather<T>(from._weights!.Span, positions, _weights.Span);
            AddUpWeights();
        }

        if (_offsets is not null)
        {
            Gather<T>(from._offsets!.Span, positions, _offsets.Span);
        }

        for (var column = 0; column < _indices.Length; column++)
        {
            Gather<int>(from._indices[column], positions, _indices[column]);
        }

        Gather<int>(from._individualOf, positions, _individualOf);
        Gather<int>(from._source, positions, _source);
    }

    /// <summary>Brings <see cref="Index(int, int)"/> into the order of the segments; allocates nothing.</summary>
    internal void OrderIndices()
    {
        for (var pass = 1; IsOfRatings && pass < TableCount; pass++)
        {
            for (var column = 0; column < TableCount; column++)
            {
                if (pass != column)
                {
                    Gather<int>(_indices[column], _segments[pass].Order, _ordered[pass * TableCount + column]);
                }
            }
        }
    }

    private static void Gather<TValue>(ReadOnlySpan<TValue> from, ReadOnlySpan<int> positions, Span<TValue> to)
    {
        to = to[..positions.Length];
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = from[positions[i]];
        }
    }

    private static void GatherRows(ReadOnlySpan<T> from, int stride, ReadOnlySpan<int> positions, Span<T> to)
    {
        for (var i = 0; i < positions.Length; i++)
        {
            from.Slice(positions[i] * stride, stride).CopyTo(to[(i * stride)..]);
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">A position is not one of this set's.</exception>
    internal void RequirePositions(ReadOnlySpan<int> positions)
    {
        for (var i = 0; i < positions.Length; i++)
        {
            if ((uint)positions[i] >= (uint)Count)
            {
                throw new ArgumentOutOfRangeException(nameof(positions), positions[i],
                    $"Entry {i} is not a position of a set of {Count} examples.");
            }
        }
    }

    /// <summary>Positions in ascending order, each once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A position is not one of this set's.</exception>
    internal int[] PositionsOf(ReadOnlySpan<int> named) => Positions(named, areNamed: true);

    /// <summary>The positions of all others, in ascending order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A position is not one of this set's.</exception>
    internal int[] PositionsWithout(ReadOnlySpan<int> named) => Positions(named, areNamed: false);

    private int[] Positions(ReadOnlySpan<int> named, bool areNamed)
    {
        RequirePositions(named);
        var isNamed = new bool[Count];
        foreach (var position in named)
        {
            isNamed[position] = true;
        }

        var positions = new int[isNamed.AsSpan().Count(areNamed)];
        for (int i = 0, next = 0; i < isNamed.Length; i++)
        {
            if (isNamed[i] == areNamed)
            {
                positions[next++] = i;
            }
        }

        return positions;
    }

    /// <summary>What to call a feature in a message.</summary>
    internal string NameOfFeature(int feature) =>
        FeatureNames.IsEmpty ? $"feature {feature}" : $"feature '{FeatureNames[feature]}'";

    /// <summary>The same examples with other features, laid out alike.</summary>
    internal ExampleSet<T> WithFeatures(AlignedBuffer<T> features) => new(this) { _features = features };

    /// <summary>The same examples in the same buffers, in other segments of the pass of chunks.</summary>
    internal ExampleSet<T> With(Segments chunks) => new(this) { _segments = [.. _segments[..^1], chunks] };

    /// <summary>Holds as many examples as the set whose buffers it shares, which may be a batch that was filled anew.</summary>
    internal void CountAs(ExampleSet<T> shared) => (Count, _totalWeight) = (shared.Count, shared._totalWeight);

    /// <summary>Makes the segments of a whole set: chunks, and before them each user's and each item's ratings.</summary>
    private void SegmentWhole()
    {
        var chunks = Segments.Chunks(Count, ChunkLength);
        _segments = IsOfRatings
            ? [Segments.Contiguous(Index(0), RowCount(0)), Segments.Ordered(Index(1), RowCount(1)), chunks]
            : [chunks];
        OrderIndices();
    }

    private void SetPenalty(RowPenalty penalty)
    {
        PenaltyCounts = penalty.CountsFor(this);
        Penalty = penalty.Of(this);
        _shares = new AlignedBuffer<T>[TableCount];
        for (var column = 0; column < TableCount; column++)
        {
            var shares = _shares[column] = new AlignedBuffer<T>(RowCount(column));
            for (var row = 0; row < shares.Length; row++)
            {
                var count = PenaltyCounts[column][row];
                shares[row] = count == 0 ? T.Zero : T.One / T.CreateChecked(count);
                if (count != 0 && (shares[row] == T.Zero || !T.IsFinite(shares[row])))
                {
                    throw OutOfRange(column, row, count);
                }
            }
        }
    }
}
