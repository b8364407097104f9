using System.Numerics;

namespace InfluenceGen.Numerics;

/// <summary>
/// A seeded source of random numbers whose sequence is part of the library's promise: xoshiro256** (Blackman and Vigna,
/// 2018), its state filled from the seed by SplitMix64. The same seed gives the same splits, batches and initial weights
/// with every version of .NET, which <see cref="Random"/> does not promise.
/// </summary>
/// <remarks>Not safe for use from several threads at once, and not for secrets.</remarks>
public sealed class RandomSource : IRandomBits
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;
    private double _spareGaussian = double.NaN;

    /// <summary>Starts the sequence of a seed. Neighbouring seeds give unrelated sequences.</summary>
    public RandomSource(long seed)
    {
        var state = unchecked((ulong)seed);
        _s0 = SplitMix64(ref state);
        _s1 = SplitMix64(ref state);
        _s2 = SplitMix64(ref state);
        _s3 = SplitMix64(ref state);
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A number from 0 to before 1, one of 2⁵³ evenly spaced.</summary>
    public double NextDouble()
    {
        var self = this;
        return RandomDraws.NextDouble(ref self);
    }

    /// <summary>A whole number from 0 to before <paramref name="bound"/>, each equally likely (Lemire, 2019).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not positive.</exception>
    public int NextBelow(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        var self = this;
        return RandomDraws.NextBelow(ref self, bound);
    }

    /// <summary>
    /// A draw from the normal distribution of mean 0 and variance 1, by Marsaglia's polar method. Its last bit rests on
    /// the platform's logarithm; every other draw is the same everywhere.
    /// </summary>
    public double NextGaussian()
    {
        if (!double.IsNaN(_spareGaussian))
        {
            var spare = _spareGaussian;
            _spareGaussian = double.NaN;
            return spare;
        }

        while (true)
        {
            var x = 2 * NextDouble() - 1;
            var y = 2 * NextDouble() - 1;
            var square = x * x + y * y;
            if (square is > 0 and < 1)
            {
                var scale = Math.Sqrt(-2 * Math.Log(square) / square);
                _spareGaussian = y * scale;
                return x * scale;
            }
        }
    }

    /// <summary>Puts <paramref name="items"/> into a random order, each order equally likely (Fisher and Yates).</summary>
    public void Shuffle<TItem>(Span<TItem> items)
    {
        var self = this;
        RandomDraws.Shuffle(ref self, items);
    }

    private static ulong SplitMix64(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
