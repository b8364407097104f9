using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>
/// Examples as submodels in lanes read them: four at a time, input by input, so that a number which all submodels share stands beside
/// those that are read next. A model's bias is a last input that is 1. The last four are filled up with examples of zeros,
/// which count for nobody.
/// </summary>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class LaneExamples<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Examples that are taken together.</summary>
    internal const int Together = 4;

    private readonly AlignedBuffer<T> _features;
    private readonly AlignedBuffer<T> _labels;
    private readonly AlignedBuffer<T> _offsets;

    /// <summary>Makes room.</summary>
    /// <param name="capacity">The most examples.</param>
    /// <param name="features">Features of an example.</param>
    /// <param name="hasBias">Whether a constant 1 follows them.</param>
    /// <param name="hasOffsets">Whether examples have offsets.</param>
    public LaneExamples(int capacity, int features, bool hasBias, bool hasOffsets)
    {
        (Features, HasBias, Inputs) = (features, hasBias, features + (hasBias ? 1 : 0));
        Capacity = RoundUp(capacity);
        _features = new AlignedBuffer<T>(Capacity, Inputs);
        _labels = new AlignedBuffer<T>(Capacity);
        _offsets = new AlignedBuffer<T>(hasOffsets ? Capacity : 0);
    }

    /// <summary>Submodels that stand side by side: two vectors of 512 bits full of them.</summary>
    public static int Lanes => 128 / Unsafe.SizeOf<T>();

    /// <summary>Numbers that an output is a weighted sum of: the features, and 1 where there is a bias.</summary>
    public int Inputs { get; }

    /// <summary>Features of an example.</summary>
    public int Features { get; }

    /// <summary>Whether the last input is 1.</summary>
    public bool HasBias { get; }

    /// <summary>Whether examples have offsets.</summary>
    public bool HasOffsets => _offsets.Length > 0;

    /// <summary>Examples, those that fill up the last four among them.</summary>
    public int Count { get; private set; }

    /// <summary>The most there can be.</summary>
    public int Capacity { get; }

    internal ref T First => ref _features[0];

    internal ref T Labels => ref _labels[0];

    /// <summary>A null reference where there are none.</summary>
    internal ref T Offsets => ref (_offsets.Length == 0 ? ref Unsafe.NullRef<T>() : ref _offsets[0]);

    /// <summary>Takes examples.</summary>
    /// <param name="positions">Which of them; empty for all, in their order.</param>
    /// <param name="features">Rows of features.</param>
    /// <param name="stride">From row to row.</param>
    /// <param name="labels">A label for each row.</param>
    /// <param name="offsets">An offset for each row; empty where there are none.</param>
    /// <exception cref="ArgumentException">There are more than there is room for.</exception>
    public void Fill(ReadOnlySpan<int> positions, ReadOnlySpan<T> features, int stride, ReadOnlySpan<T> labels, ReadOnlySpan<T> offsets)
    {
        var count = positions.IsEmpty ? labels.Length : positions.Length;
        if (count > Capacity)
        {
            throw new ArgumentException($"There is room for {Capacity} examples, and not for {count}.", nameof(positions));
        }

        Count = RoundUp(count);
        var into = _features.Span;
        var labelsHere = _labels.Span;
        var offsetsHere = _offsets.Span;
        for (var i = 0; i < Count; i++)
        {
            var first = i / Together * Together * Inputs + i % Together;
            if (i >= count)
            {
                for (var j = 0; j < Inputs; j++)
                {
                    into[first + j * Together] = T.Zero;
                }

                labelsHere[i] = T.Zero;
                continue;
            }

            var position = positions.IsEmpty ? i : positions[i];
            var row = features.Slice(position * stride, Features);
            for (var j = 0; j < row.Length; j++)
            {
                into[first + j * Together] = row[j];
            }

            if (HasBias)
            {
                into[first + Features * Together] = T.One;
            }

            labelsHere[i] = labels[position];
            if (!offsetsHere.IsEmpty)
            {
                offsetsHere[i] = offsets[position];
            }
        }

        if (!offsetsHere.IsEmpty)
        {
            offsetsHere[count..Count].Clear();
        }
    }

    /// <summary>Examples with those that fill up the last four.</summary>
    internal static int RoundUp(int count) => checked((int)(((long)count + Together - 1) / Together * Together));
}
