using System.Numerics;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Examples;

/// <summary>
/// Labelled examples in flat buffers: features row by row on 64-byte lines, or a user and an item for each rating;
/// one label each; the individual each belongs to. Ratings are kept sorted by user, then item; every other set keeps
/// the order it was given. <see cref="Source"/> leads back to the rows they came from.
/// </summary>
/// <typeparam name="T">double or float.</typeparam>
public sealed class ExampleSet<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Examples in one chunk of a sweep over features.</summary>
    internal const int ChunkLength = 512;

    private readonly AlignedBuffer<T> _features;
    private readonly AlignedBuffer<T> _labels;
    private readonly int[][] _indices;
    private readonly int[] _rows;
    private readonly AlignedBuffer<T>[] _shares;
    private readonly int[] _individualOf;
    private readonly int[] _source;
    private readonly Segments[] _segments;

    private ExampleSet(int featureCount, AlignedBuffer<T> features, AlignedBuffer<T> labels, int[][] indices, int[] rows,
        AlignedBuffer<T>[] shares, Individuals individuals, int[] individualOf, int[] source, Segments[] segments)
    {
        Count = labels.Length;
        FeatureCount = featureCount;
        FeatureStride = ParameterLayout.RoundUp(featureCount);
        Individuals = individuals;
        _features = features;
        _labels = labels;
        _indices = indices;
        _rows = rows;
        _shares = shares;
        _individualOf = individualOf;
        _source = source;
        _segments = segments;
    }

    /// <summary>The number of examples.</summary>
    public int Count { get; private set; }

    /// <summary>Features of an example; 0 for ratings.</summary>
    public int FeatureCount { get; }

    /// <summary>Elements from one example's features to the next's; what lies between is zero.</summary>
    public int FeatureStride { get; }

    /// <summary>The people, by code.</summary>
    public Individuals Individuals { get; }

    /// <summary>Features, <see cref="FeatureStride"/> for each example.</summary>
    public ReadOnlySpan<T> Features => _features.Span;

    /// <summary>Labels.</summary>
    public ReadOnlySpan<T> Labels => _labels.Span[..Count];

    /// <summary>Each example's individual.</summary>
    public ReadOnlySpan<int> IndividualOf => _individualOf.AsSpan(0, Count);

    /// <summary>The row, counted from 0 in what the set was first read from, that each example came from.</summary>
    public ReadOnlySpan<int> Source => _source.AsSpan(0, Count);

    /// <summary>Each example's row in table <paramref name="column"/>: 0 the user, 1 the item.</summary>
    public ReadOnlySpan<int> Index(int column) => _indices[column].AsSpan(0, Count);

    /// <summary>Rows of table <paramref name="column"/>.</summary>
    public int RowCount(int column) => _rows[column];

    /// <summary>
    /// The share of a row's L2 penalty that each example naming it carries: 1/count, or 0 where this set carries none.
    /// </summary>
    public ReadOnlySpan<T> RowShares(int column) => _shares[column].Span;

    /// <summary>The segments of a sweep's pass.</summary>
    public Segments SegmentsOf(int pass) => _segments[pass];
}
