using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Numerics;

public class RandomSourceTests
{
    // From the published reference code of SplitMix64 and xoshiro256**, run apart from this library.
    [Theory]
    [InlineData(0, 11091344671253066420, 13793997310169335082, 1900383378846508768, 7684712102626143532)]
    [InlineData(1, 12966619160104079557, 9600361134598540522, 10590380919521690900, 7218738570589545383)]
    [InlineData(-1, 10328197420357168392, 14156678507024973869, 9357971779955476126, 13791585006304312367)]
    public void The_sequence_of_a_seed_is_that_of_the_published_algorithm(long seed, ulong first, ulong second, ulong third, ulong fourth)
    {
        var random = new RandomSource(seed);
        Assert.Equal([first, second, third, fourth],
            [random.NextUInt64(), random.NextUInt64(), random.NextUInt64(), random.NextUInt64()]);
    }

    [Fact]
    public void Uniform_numbers_lie_from_0_to_before_1_with_mean_and_variance_of_that()
    {
        var random = new RandomSource(2);
        var draws = Enumerable.Range(0, 40_000).Select(_ => random.NextDouble()).ToArray();
        Assert.All(draws, x => Assert.InRange(x, 0, Math.BitDecrement(1.0)));
        Assert.Equal(0.5, draws.Average(), 0.005);
        Assert.Equal(1.0 / 12, draws.Average(x => (x - 0.5) * (x - 0.5)), 0.002);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Whole_numbers_below_a_bound_are_equally_likely(int bound)
    {
        var random = new RandomSource(3);
        var counts = new int[bound];
        var draws = 100 * bound;
        for (var i = 0; i < draws; i++)
        {
            counts[random.NextBelow(bound)]++;
        }

        // Chi-squared with bound - 1 degrees of freedom: six standard deviations above its mean.
        var chiSquared = counts.Sum(c => (c - 100.0) * (c - 100.0) / 100);
        Assert.InRange(chiSquared, 0, bound - 1 + 6 * Math.Sqrt(2.0 * bound));
    }

    [Fact]
    public void The_largest_bound_is_not_exceeded_and_its_upper_half_is_reached()
    {
        var random = new RandomSource(4);
        var draws = Enumerable.Range(0, 1000).Select(_ => random.NextBelow(int.MaxValue)).ToArray();
        Assert.All(draws, x => Assert.InRange(x, 0, int.MaxValue - 1));
        Assert.InRange(draws.Count(x => x > int.MaxValue / 2), 400, 600);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_bound_that_is_not_positive_is_refused(int bound) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomSource(1).NextBelow(bound));

    [Fact]
    public void Gaussian_draws_have_the_moments_of_the_normal_distribution()
    {
        var random = new RandomSource(5);
        var draws = Enumerable.Range(0, 40_000).Select(_ => random.NextGaussian()).ToArray();
        Assert.Equal(0, draws.Average(), 0.02);
        Assert.Equal(1, draws.Average(x => x * x), 0.03);
        Assert.Equal(0, draws.Average(x => x * x * x), 0.08);
        Assert.Equal(3, draws.Average(x => x * x * x * x), 0.25);
        Assert.Equal(0, draws.Zip(draws.Skip(1), (a, b) => a * b).Average(), 0.02);
    }

    [Fact]
    public void Shuffling_keeps_the_items_and_reaches_every_order_equally_often()
    {
        var random = new RandomSource(6);
        var counts = new Dictionary<string, int>();
        for (var i = 0; i < 12_000; i++)
        {
            char[] items = ['a', 'b', 'c', 'd'];
            random.Shuffle<char>(items);
            var order = new string(items);
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(24, counts.Count);
        Assert.All(counts, order =>
        {
            Assert.Equal("abcd", string.Concat(order.Key.Order()));
            Assert.InRange(order.Value, 500 - 120, 500 + 120);
        });
    }
}
