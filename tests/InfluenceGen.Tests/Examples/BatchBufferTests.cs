using InfluenceGen.Examples;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Examples;

public class BatchBufferTests
{
    [Fact]
    public void A_batch_of_ratings_is_the_subset_with_segments_for_the_touched_rows_only() => Given.AnyRatings((set, positions) =>
    {
        var batch = new BatchBuffer<double>(set, Math.Max(1, positions.Length));
        foreach (var drawn in new[] { positions, positions.AsSpan(positions.Length / 2).ToArray(), [], positions })
        {
            batch.Fill(drawn);
            Assert.Equal(drawn.Order(), batch.Positions.ToArray());
            Assert.Equal(drawn.Order().Select(p => Given.Rows(set)[p]), Given.Rows(batch.Examples));
            for (var pass = 0; pass < 2; pass++)
            {
                var segments = Given.Segments(batch.Examples, pass);
                var rows = batch.Examples.SegmentsOf(pass).Rows.ToArray();
                Assert.Equal(batch.Examples.Index(pass).ToArray().Distinct().Order(), rows);
                Assert.Equal(rows, batch.Examples.SegmentsOf(pass).Targets.ToArray());
                for (var s = 0; s < rows.Length; s++)
                {
                    Assert.All(segments[s], i => Assert.Equal(rows[s], batch.Examples.Index(pass)[i]));
                    Assert.Equal(segments[s].Order(), segments[s]);
                }

                Assert.Equal(set.RowShares(pass).ToArray(), batch.Examples.RowShares(pass).ToArray());
            }

            Assert.Equal(0, batch.Examples.SegmentsOf(0).Order.Length);
        }
    });

    [Fact]
    public void A_batch_of_features_is_the_subset_in_ascending_position()
    {
        var set = Given.Features(1500, 5, 9);
        var batch = new BatchBuffer<double>(set, 1200);
        Assert.Equal(0, batch.Examples.Count);
        foreach (var size in new[] { 1200, 3, 600 })
        {
            var positions = Draw(set.Count, size, seed: size);
            batch.Fill(positions);
            var subset = set.Subset([.. positions.Order()]);
            Assert.Equal(Given.Rows(subset), Given.Rows(batch.Examples));
            Assert.Equal(subset.SegmentsOf(0).Offsets.ToArray(), batch.Examples.SegmentsOf(0).Offsets.ToArray());
            Assert.Equal(subset.SegmentsOf(0).Targets.ToArray(), batch.Examples.SegmentsOf(0).Targets.ToArray());
        }
    }

    [Fact]
    public void A_batch_can_hold_the_whole_set() => Given.AnyRatings((set, _) =>
    {
        var batch = new BatchBuffer<double>(set, set.Count);
        batch.Fill(Draw(set.Count, set.Count, seed: 1));
        Assert.Equal(Given.Rows(set), Given.Rows(batch.Examples));
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Filling_allocates_nothing(bool ratings)
    {
        var random = new RandomSource(1);
        const int n = 70_000;
        var set = ratings
            ? ExampleSet<double>.FromRatings([.. Draws(300)], [.. Draws(700)], new double[n], 300, 700)
            : Given.Features(n, 2, 10);
        var batch = new BatchBuffer<double>(set, 256);
        var order = Draw(n, n, seed: 2);
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (var end = 256; end <= n; end += 256)
            {
                batch.Fill(order.AsSpan(end - 256, 256));
            }

            batch.Fill(order.AsSpan(n - 256));
        }));
        Assert.Equal(order.AsSpan(n - 256).ToArray().Order(), batch.Positions.ToArray());

        IEnumerable<int> Draws(int bound) => Enumerable.Range(0, n).Select(_ => random.NextBelow(bound));
    }

    [Fact]
    public void What_does_not_fit_or_is_not_there_is_refused_and_the_batch_stays_as_it_was()
    {
        var set = Given.Features(5, 1, 1);
        var batch = new BatchBuffer<double>(set, 2);
        batch.Fill([4, 1]);
        Assert.Contains("3 positions for a batch of at most 2",
            Assert.Throws<ArgumentException>(() => batch.Fill([0, 1, 2])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Fill([0, 5]));
        Assert.Equal([1, 4], batch.Positions.ToArray());
        Assert.Equal([1, 4], batch.Examples.Source.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchBuffer<double>(set, 0));
    }

    private static int[] Draw(int n, int size, int seed)
    {
        var positions = Enumerable.Range(0, n).ToArray();
        new RandomSource(seed).Shuffle(positions.AsSpan());
        return positions[..size];
    }
}
