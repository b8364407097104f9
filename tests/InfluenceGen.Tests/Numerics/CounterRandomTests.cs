using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Numerics;

public class CounterRandomTests
{
    // Random123 (Salmon et al., 2011), kat_vectors, philox4x32 of ten rounds; the lowest word of a pair is its lower half.
    [Theory]
    [InlineData(0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0xe169c58d6627e8d5, 0x9b00dbd8bc57ac4c)]
    [InlineData(0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0x41c83b0e408f276d, 0x6d5451fda20bc7c6)]
    [InlineData(0x85a308d3243f6a88, 0x0370734413198a2e, 0x299f31d0a4093822, 0x94fdccebd16cfe09, 0x24126ea15001e420)]
    public void Blocks_are_the_published_ones(ulong low, ulong high, ulong key, ulong expectedLow, ulong expectedHigh) =>
        Assert.Equal((expectedLow, expectedHigh), CounterRandom.Philox((low, high), key));

    [Fact]
    public void A_stream_is_the_blocks_of_its_counter()
    {
        var random = new CounterRandom(-5, 7);
        var key = unchecked((ulong)-5L);
        var (first, second) = (CounterRandom.Philox((0, 7), key), CounterRandom.Philox((1, 7), key));
        Assert.Equal([first.Low, first.High, second.Low, second.High], [random.NextUInt64(), random.NextUInt64(), random.NextUInt64(), random.NextUInt64()]);
        Assert.NotEqual(new CounterRandom(-5, 8).NextUInt64(), first.Low);
        Assert.NotEqual(new CounterRandom(-4, 7).NextUInt64(), first.Low);
    }

    [Fact]
    public void Numbers_below_a_bound_and_orders_are_evenly_spread()
    {
        var (counts, orders, random) = (new int[3], new Dictionary<string, int>(), new CounterRandom(1, 0));
        for (var i = 0; i < 30_000; i++)
        {
            counts[random.NextBelow(3)]++;
            int[] order = [0, 1, 2];
            new CounterRandom(1, i + 1).Shuffle(order);
            orders[string.Join(' ', order)] = orders.GetValueOrDefault(string.Join(' ', order)) + 1;
        }

        // Five standard deviations of a count.
        Assert.All(counts, count => Assert.InRange(count, 10_000 - 410, 10_000 + 410));
        Assert.Equal(6, orders.Count);
        Assert.All(orders.Values, count => Assert.InRange(count, 5_000 - 325, 5_000 + 325));
    }
}
