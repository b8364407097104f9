using System.Diagnostics;
using InfluenceGen.Benchmarks.Measuring;
using InfluenceGen.Reciprocity;

namespace InfluenceGen.Benchmarks.Sections;

/// <summary>Several trainings side by side, and several threads for one.</summary>
internal static class Threads
{
    private const int StudyTrainings = 100;
    private const int StudySteps = 1000;

    /// <summary>One training with accounting on one thread and on two, and whether they give the same bits.</summary>
    public static void Compare(Bench bench)
    {
        var steps = bench.Options.Steps;
        double[] one = [], two = [];
        var samples = Contest.Hold(bench.Options.Rounds,
            new("one", () => Train(bench, steps, 1, out one)),
            new("two", () => Train(bench, steps, 2, out two)));
        var table = new Table("d = 16, full ledger", "ms a training");
        table.Add("one thread", samples[0].ToString("F1"));
        table.Add("two threads", samples[1].ToString("F1"));
        table.Add("speed-up", samples[0].Over(samples[1]).ToString("F2"));
        table.Print();
        Console.WriteLine(one.AsSpan().SequenceEqual(two)
            ? "The weights, inflows and outflows are the same to the bit."
            : "**WRONG: two threads do not give the bits of one.**");
        Console.WriteLine();
    }

    /// <summary>The MovieLens study, a training a thread on two threads, reckoned from a few of its trainings.</summary>
    public static void Study(Bench bench)
    {
        var trainings = bench.Options.Study;
        var samples = Contest.Hold(Math.Max(1, bench.Options.Rounds / 2), new Contestant("study", () =>
        {
            var start = Stopwatch.GetTimestamp();
            Parallel.For(0, trainings, new ParallelOptions { MaxDegreeOfParallelism = 2 },
                _ => Train(bench, StudySteps, 1, out double[] _));
            return Stopwatch.GetElapsedTime(start).TotalSeconds * StudyTrainings / trainings;
        }));
        Console.WriteLine($"{StudyTrainings} trainings of {StudySteps} steps with the full ledger, two at a time: "
            + $"{samples[0].ToString("F1")} s, reckoned from {trainings} of them.");
        Console.WriteLine();
    }

    private static double Train(Bench bench, int steps, int threads, out double[] result)
    {
        var (training, deployment) = (bench.Ratings.Training, bench.Ratings.Deployment);
        var start = Stopwatch.GetTimestamp();
        var ledger = Rank16.Ledger(training, deployment);
        var fit = Rank16.Train(training, Plans.Ratings(steps, threads), ledger);
        var time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        result = [.. fit.Theta(), .. ledger.Flows.Inflow, .. ledger.Flows.Outflow];
        return time;
    }
}
