namespace InfluenceGen.Numerics;

/// <summary>
/// Random numbers that are a function of a seed, a stream and a place in it: Philox-4x32-10 (Salmon, Moraes, Dror and Shaw, 2011, "Parallel
/// Random Numbers: As Easy as 1, 2, 3"). What is drawn for number j needs nothing that was drawn for others, so that draws can be shared out
/// over threads and machines.
/// </summary>
/// <remarks>The sequence is part of the library's promise, as <see cref="RandomSource"/>'s is.</remarks>
internal struct CounterRandom : IRandomBits
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

    /// <inheritdoc cref="RandomDraws.NextDouble"/>
    public double NextDouble() => RandomDraws.NextDouble(ref this);

    /// <inheritdoc cref="RandomDraws.NextBelow"/>
    public int NextBelow(int bound) => RandomDraws.NextBelow(ref this, bound);

    /// <inheritdoc cref="RandomDraws.Shuffle"/>
    public void Shuffle(Span<int> items) => RandomDraws.Shuffle(ref this, items);

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
