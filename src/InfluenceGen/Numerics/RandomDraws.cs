namespace InfluenceGen.Numerics;

/// <summary>A source of random bits.</summary>
internal interface IRandomBits
{
    /// <summary>The next 64 random bits.</summary>
    ulong NextUInt64();
}

/// <summary>What is drawn from random bits, the same way from every source.</summary>
internal static class RandomDraws
{
    /// <summary>A number from 0 to before 1, one of 2⁵³ evenly spaced.</summary>
    public static double NextDouble<TBits>(ref TBits bits) where TBits : IRandomBits => (bits.NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number from 0 to before <paramref name="bound"/>, each equally likely (Lemire, 2019).</summary>
    public static int NextBelow<TBits>(ref TBits bits, int bound) where TBits : IRandomBits
    {
        var product = (bits.NextUInt64() >> 32) * (ulong)bound;
        if ((uint)product < (uint)bound)
        {
            // 2^32 mod bound values of the low half would be hit once too often; they are drawn again.
            var surplus = unchecked(0u - (uint)bound) % (uint)bound;
            while ((uint)product < surplus)
            {
                product = (bits.NextUInt64() >> 32) * (ulong)bound;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>Puts items into a random order, each order equally likely (Fisher and Yates).</summary>
    public static void Shuffle<TBits, TItem>(ref TBits bits, Span<TItem> items) where TBits : IRandomBits
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = NextBelow(ref bits, last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }
}
