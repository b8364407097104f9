using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Dynamic.Replays;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Dynamic;

/// <summary>HyDRA where not all fits at once.</summary>
public class HydraBlockTests
{
    // Bytes of an example's h of 16 numbers in storage and of what is computed with it on one thread: five vectors, features on a line
    // of 8, a label and two indices.
    private const long Each = (5 * 16 + 8 + 1 + 2) * sizeof(double);

    [Fact]
    public void The_memory_bound_counts_the_partial_sums_of_every_thread()
    {
        // Four chunks of 512, so that four threads hold four partial sums of every direction.
        var train = Problems.Binary(2_048, 20, 1);
        var fit = Logistic.Train(train, GradientDescent.FullBatch(2, 0.1) with { Threads = 1 }, new Trajectory<double>());
        foreach (var threads in new[] { 1, 4 })
        {
            const long Bound = 2_000_000;
            var (method, options) = (new HydraFull { MemoryBound = Bound }, new InfluenceOptions { Threads = threads });
            var expected = new HydraFull().Hypergradients(fit, new() { Threads = 1 });
            var before = GC.GetAllocatedBytesForCurrentThread();
            var found = method.Hypergradients(fit, options);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before - found.Length * (long)sizeof(double);
            Assert.Equal(expected, found);

            // Beside it the training is replayed: some vectors, r of all examples, and partial sums of one gradient.
            Assert.InRange(allocated, Bound / 4, Bound + 300_000);
        }
    }

    [Fact]
    public void A_matrix_of_scores_unrolls_each_training_example_once()
    {
        var (train, test) = (Problems.Binary(2_400, 2, 1), Problems.Binary(7_200, 2, 2));
        const int Steps = 3;
        var fit = Logistic.Train(train, GradientDescent.FullBatch(Steps, 0.1) with { Threads = 1 }, new Trajectory<double>());
        var shares = new List<double>();

        // Two blocks of 1,200 hypergradients of 16 numbers, of which 7,200 dots each do not fit a block of work.
        var method = new HydraFull { MemoryBound = 1_200 * Each };
        var blocked = fit.Influence(method, test, new() { Threads = 1, Progress = shares.Add });
        Assert.Equal(2 * Steps, shares.Count(share => share < 1) + 1);
        var (all, few) = (method with { MemoryBound = 1 << 30 }, test.Subset([0, 3_600, 7_199]));
        var scores = fit.Influence(all, few, new() { Threads = 1 });
        Near(scores.OfTest(0), blocked.OfTest(0));
        Near(scores.OfTest(1), blocked.OfTest(3_600));
        Near(scores.OfTest(2), blocked.OfTest(7_199));
    }

    [Fact]
    public void Blocks_of_test_examples_go_backwards_where_training_examples_come_in_blocks_too()
    {
        var (train, test) = (Problems.Binary(3_000, 2, 1), Problems.Binary(2_900, 2, 2));
        const int Steps = 3;
        var fit = Logistic.Train(train, GradientDescent.FullBatch(Steps, 0.1) with { Threads = 1 }, new Trajectory<double>());
        var (kept, rows) = (new int[] { 0, 1_000, 2_899 }, new List<double[]>());
        var bound = new HydraFull { MemoryBound = 1_600 * Each };
        var reports = 0;
        fit.VisitInfluence(bound, test, (t, scores) =>
        {
            if (kept.Contains(t))
            {
                rows.Add(scores.ToArray());
            }
        }, new() { Threads = 1, Progress = _ => reports++ });
        var whole = fit.Influence(new HydraFull(), test.Subset(kept), new() { Threads = 1 });
        for (var k = 0; k < kept.Length; k++)
        {
            Near(whole.OfTest(k), rows[k]);
        }

        // Two blocks of test examples, the larger backwards in two pieces, and one more report for each block; not two by two unrollings.
        Assert.Equal(3 * Steps + 2, reports);
    }

    private static void Near(ReadOnlySpan<double> expected, ReadOnlySpan<double> found)
    {
        var largest = expected.ToArray().Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], found[i], 1e-12 * largest);
        }
    }
}
