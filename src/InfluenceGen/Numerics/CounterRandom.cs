namespace InfluenceGen.Numerics;

/// <summary>
/// Random numbers that are a function of a seed, a stream and a place in it: Philox-4x32-10 (Salmon, Moraes, Dror and Shaw, 2011, "Parallel
/// Random Numbers: As Easy as 1, 2, 3"). What is drawn for number j needs nothing that was drawn for others, so that draws can be shared out
/// over threads and machines.
/// </summary>
/// <remarks>The sequence is part of the library's promise, as <see cref="RandomSource"/>'s is.</remarks>
internal struct CounterRandom
{
    private const int Rounds = 10;

    private readonly ulong _key;
    private readonly ulong _stream;
    private ulong _block;
    private ulong _spare;
    private bool _hasSpare;

    /// <summary>The start of a stream.</summary>
    /// <param name="seed">The key.</param>
    /// <param name="stream">The counter's upper half.</param>
    public CounterRandom(long seed, long stream) => (_key, _stream) = (unchecked((ulong)seed), unchecked((ulong)stream));

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spare;
        }

        var (low, high) = Philox((_block++, _stream), _key);
        (_spare, _hasSpare) = (high, true);
        return low;
    }

    /// <summary>A number from 0 to before 1, one of 2⁵³ evenly spaced.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number from 0 to before <paramref name="bound"/>, each equally likely (Lemire, 2019).</summary>
    public int NextBelow(int bound)
    {
        var product = (NextUInt64() >> 32) * (ulong)bound;
        if ((uint)product < (uint)bound)
        {
            var surplus = unchecked(0u - (uint)bound) % (uint)bound;
            while ((uint)product < surplus)
            {
                product = (NextUInt64() >> 32) * (ulong)bound;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>Puts numbers into a random order, each order equally likely (Fisher and Yates).</summary>
    public void Shuffle(Span<int> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = NextBelow(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    /// <summary>The generator itself.</summary>
    /// <param name="counter">Four words of 32 bits, the lowest first.</param>
    /// <param name="key">Two words of 32 bits, the lowest first.</param>
    public static (ulong Low, ulong High) Philox((ulong Low, ulong High) counter, ulong key)
    {
        const ulong M0 = 0xD2511F53, M1 = 0xCD9E8D57;
        const uint W0 = 0x9E3779B9, W1 = 0xBB67AE85;
        var (c0, c1, c2, c3) = ((uint)counter.Low, (uint)(counter.Low >> 32), (uint)counter.High, (uint)(counter.High >> 32));
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            var (product0, product1) = (M0 * c0, M1 * c2);
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
            k0 = unchecked(k0 + W0);
            k1 = unchecked(k1 + W1);
        }

        return (c0 | (ulong)c1 << 32, c2 | (ulong)c3 << 32);
    }
}
