using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Dynamic;

/// <summary>
/// A d × p matrix that gradients are multiplied by before their dot is taken, the same one at every step (TracInRP: Pruthi et al.,
/// 2020). With independent entries of mean 0 and variance 1/d the dots are unbiased estimates; their standard error is about
/// |g||g′| √(2/d).
/// </summary>
public sealed class RandomProjection
{
    private readonly long _seed;
    private readonly ImmutableArray<double> _entries;

    private RandomProjection(int dimension, long seed, ImmutableArray<double> entries)
    {
        Dimension = dimension;
        _seed = seed;
        _entries = entries;
    }

    /// <summary>d.</summary>
    public int Dimension { get; }

    /// <summary>Entries drawn from N(0, 1/d), row after row in the order of θ.</summary>
    /// <param name="dimension">d.</param>
    /// <param name="seed">Fixes the draws.</param>
    /// <exception cref="ArgumentOutOfRangeException">d is not positive.</exception>
    public static RandomProjection Gaussian(int dimension, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        return new RandomProjection(dimension, seed, default);
    }

    /// <summary>Stated entries, used as they are.</summary>
    /// <param name="dimension">d.</param>
    /// <param name="entries">d rows of p numbers in the order of θ.</param>
    /// <exception cref="ArgumentOutOfRangeException">d is not positive.</exception>
    public static RandomProjection Stated(int dimension, ReadOnlySpan<double> entries)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        return new RandomProjection(dimension, 0, [.. entries]);
    }

    /// <summary>The rows in storage order, one behind the other.</summary>
    /// <exception cref="InvalidOperationException">The stated entries are not d rows of p numbers.</exception>
    internal AlignedBuffer<T> Rows<T>(ParameterLayout layout) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!_entries.IsDefault && _entries.Length != (long)Dimension * layout.Count)
        {
            throw new InvalidOperationException(
                $"The projection has {_entries.Length} entries; {Dimension} rows for {layout.Count} parameters are {(long)Dimension * layout.Count}.");
        }

        var rows = new AlignedBuffer<T>(Dimension, layout.StorageLength);
        var (random, theta, deviation) = (new RandomSource(_seed), new T[layout.Count], 1 / Math.Sqrt(Dimension));
        for (var row = 0; row < Dimension; row++)
        {
            for (var j = 0; j < theta.Length; j++)
            {
                theta[j] = T.CreateChecked(_entries.IsDefault ? deviation * random.NextGaussian() : _entries[row * theta.Length + j]);
            }

            layout.Unpack<T>(theta, rows.Span.Slice(row * layout.StorageLength, layout.StorageLength));
        }

        return rows;
    }
}
