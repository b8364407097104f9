using System.Globalization;
using InfluenceGen.Numerics;

namespace InfluenceGen.Examples;

public sealed partial class ExampleSet<T>
{
    /// <summary>A set of examples with features, perhaps none, and index columns, each of which names a row of tables, for models that
    /// read tables whole: its only pass is one of chunks. It keeps the order that it was given.</summary>
    /// <param name="features">Row by row, n × <paramref name="featureCount"/> numbers without padding.</param>
    /// <param name="featureCount">Features of an example, 0 or more.</param>
    /// <param name="indices">For each column, n rows of its tables.</param>
    /// <param name="rows">For each column, the number of rows of its tables.</param>
    /// <param name="labels">Row by row, n × <paramref name="labelCount"/> numbers without padding.</param>
    /// <param name="labelCount">Labels of an example, 1 or more.</param>
    /// <param name="individuals">The people; each row its own where none are given.</param>
    /// <param name="individualOf">n codes of <paramref name="individuals"/>.</param>
    /// <param name="weights">n weights; empty where every one is 1.</param>
    /// <param name="offsets">n offsets; empty where there are none.</param>
    /// <exception cref="ArgumentException">There is no example, lengths do not fit together, a number is not finite, or an index names
    /// no row; the message says where.</exception>
    internal static ExampleSet<T> FromColumns(ReadOnlySpan<T> features, int featureCount, int[][] indices, ReadOnlySpan<int> rows,
        ReadOnlySpan<T> labels, int labelCount = 1, Individuals? individuals = null, ReadOnlySpan<int> individualOf = default,
        ReadOnlySpan<T> weights = default, ReadOnlySpan<T> offsets = default)
    {
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentOutOfRangeException.ThrowIfNegative(featureCount);
        var count = RowsOf(labels.Length, labelCount);
        if (indices.Length != rows.Length)
        {
            throw new ArgumentException($"{rows.Length} numbers of rows for {indices.Length} index columns.", nameof(rows));
        }

        for (var column = 0; column < indices.Length; column++)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows[column], nameof(rows));
            RequireLength(indices[column].Length, count, nameof(indices));
            for (var row = 0; row < count; row++)
            {
                RequireBelow(indices[column][row], rows[column], row, nameof(indices));
            }
        }

        var set = individuals is null
            ? OfFeatures(features, featureCount, count, labelCount, Individuals.OfRows(count), EachItsOwn(count), null, rows.ToArray())
            : OfFeatures(features, featureCount, count, labelCount, individuals, individualOf, null, rows.ToArray());
        set.WriteLabels(labels);
        for (var column = 0; column < indices.Length; column++)
        {
            indices[column].CopyTo(set._indices[column].AsSpan());
        }

        set.SetColumns(weights, offsets);
        set.SetPenalty(RowPenalty.OwnCounts);
        return set;
    }

    /// <summary>What a weight is not: the end of a message.</summary>
    internal const string WeightIsExpected = "expected a weight, a finite number of 0 or more";

    /// <summary>Takes weights and offsets of the rows that the examples came from, none where a list is empty; the segments and shares of
    /// the penalty come after.</summary>
    /// <exception cref="ArgumentException">They are not as many as examples, a number is not finite, a weight is negative, or all are
    /// 0.</exception>
    private void SetColumns(ReadOnlySpan<T> weights, ReadOnlySpan<T> offsets)
    {
        if (!weights.IsEmpty)
        {
            RequireLength(weights.Length, Count, nameof(weights));
            RequireWeights(weights, nameof(weights));
            _weights = new AlignedBuffer<T>(Count);
            Gather(weights, Source, _weights.Span);
            AddUpWeights();
        }

        if (!offsets.IsEmpty)
        {
            RequireLength(offsets.Length, Count, nameof(offsets));
            for (var row = 0; row < offsets.Length; row++)
            {
                if (!T.IsFinite(offsets[row]))
                {
                    throw NotFinite(offsets[row], row, nameof(offsets), "the offset");
                }
            }

            _offsets = new AlignedBuffer<T>(Count);
            Gather(offsets, Source, _offsets.Span);
        }
    }

    /// <summary>Takes weights and offsets that a reader has checked, one for each example, or none.</summary>
    private void SetColumns(AlignedBuffer<T>? weights, AlignedBuffer<T>? offsets)
    {
        (_weights, _offsets) = (weights, offsets);
        AddUpWeights();
    }

    private static void RequireWeights(ReadOnlySpan<T> weights, string name)
    {
        for (var row = 0; row < weights.Length; row++)
        {
            if (!T.IsFinite(weights[row]) || weights[row] < T.Zero)
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"Row {row} (counted from 0): the weight is {weights[row]}; {WeightIsExpected}."), name);
            }
        }

        if (weights.IndexOfAnyExcept(T.Zero) < 0)
        {
            throw new ArgumentException("Every weight is 0, so that no example counts. Give one of them a weight at least.", name);
        }
    }

    private void AddUpWeights()
    {
        _totalWeight = 0;
        foreach (var weight in Weights)
        {
            _totalWeight += double.CreateChecked(weight);
        }
    }

    private ArgumentException OutOfRange(int column, int row, double count) => new(string.Create(CultureInfo.InvariantCulture,
        $"The weights of {(column == 0 ? "user " + Individuals[row] : "item " + (ItemNames.IsEmpty ? row.ToString(CultureInfo.InvariantCulture) : ItemNames[row]))} add up to {count}, and a row's penalty is shared by their inverse, which is no finite number above 0. Give weights nearer to 1."));
}
