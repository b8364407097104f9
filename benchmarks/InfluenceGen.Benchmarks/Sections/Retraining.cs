using System.Diagnostics;
using InfluenceGen.Benchmarks.Limits;
using InfluenceGen.Benchmarks.Measuring;
using InfluenceGen.Examples;
using InfluenceGen.Influence;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Benchmarks.Sections;

/// <summary>Training again without each example, and on every coalition of ten.</summary>
internal static class Retraining
{
    private const int Examples = 353;
    private const int Steps = 200;
    private const int Players = 10;
    private const int Tests = 20;

    public static void Show(Bench bench)
    {
        LeaveOneOut(bench);
        Coalitions(bench);
    }

    /// <summary>The work of the hand-written kernel: a linear model of 353 examples without each of them, by 200 full-batch steps.</summary>
    private static void LeaveOneOut(Bench bench)
    {
        var table = new Table("353 linear models by 200 steps", "one thread, ms", "of the C++ kernel's time", "C++ kernel, ms", "NumPy, ms", "two threads, of one's time");
        var hasNumpy = bench.Numpy() is not null;
        foreach (var features in (ReadOnlySpan<int>)[4, 10, 30])
        {
            var training = Draw(Examples, features, binary: false);
            var kernel = bench.Lanes(features);
            var model = new Lanes.Model(features);
            var contestants = new List<Contestant>
            {
                new("one", () => Run(model, training, 1)),
                new("two", () => Run(model, training, 2)),
            };
            if (kernel is not null)
            {
                contestants.Add(new("kernel", () => kernel.Run(Examples, Steps)));
            }

            var samples = Contest.Hold(bench.Options.Rounds, contestants);
            var numpy = hasNumpy ? new Samples() : null;
            for (var round = 0; numpy is not null && round < bench.Options.Rounds; round++)
            {
                numpy.Add(LanesProgram.RunNumpy(bench.Options.Python, Examples, features, Steps));
            }

            table.Add($"p = {features + 1}", samples[0].ToString("F1"), kernel is null ? "" : samples[0].Over(samples[2]).ToString("F2"),
                kernel is null ? "" : samples[2].ToString("F1"), numpy?.ToString("F0") ?? "", samples[1].Over(samples[0]).ToString("F2"));
        }

        table.Print();
        Console.WriteLine();
    }

    private static double Run(Lanes.Model model, ExampleSet<double> training, int threads)
    {
        var start = Stopwatch.GetTimestamp();
        new LeaveOneOut<Lanes.Model, double>(model, training, GradientDescent.FullBatch(Steps, 0.01) with { Threads = threads }, Removal.Refit)
            .InfluenceOn(training, (_, _) => { });
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>The trainings of an exact Shapley value: every coalition of ten examples but the empty one, to the minimum.</summary>
    private static void Coalitions(Bench bench)
    {
        var (training, test) = (Draw(Players, 4, binary: true), Draw(Tests, 4, binary: true));
        var fit = Tenth.Train(training, GradientDescent.FullBatch(0, 1)).Converged();
        int[][] parts = [.. Enumerable.Range(1, (1 << Players) - 1).Select(set => Enumerable.Range(0, Players).Where(i => (set >> i & 1) != 0).ToArray())];
        var samples = Contest.Hold(bench.Options.Rounds, new Contestant("all", () =>
        {
            var start = Stopwatch.GetTimestamp();
            fit.Retrainer(Removal.Refit, options: new() { Threads = 1 }).Losses(parts, test);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }));
        Console.WriteLine($"{parts.Length} logistic models of up to {Players} examples, p = 5, L2 = 0.01, to the minimum, with {Tests} test losses each, one thread: {samples[0].ToString("F1")} ms.");
    }

    private static ExampleSet<double> Draw(int count, int features, bool binary)
    {
        var random = new RandomSource(count + features);
        double[] x = [.. Enumerable.Range(0, count * features).Select(_ => random.NextGaussian())];
        double[] y = [.. Enumerable.Range(0, count).Select(i => x[i * features] + random.NextGaussian())];
        return ExampleSet<double>.FromFeatures(x, features, binary ? [.. y.Select(value => value > 0 ? 1.0 : 0)] : y);
    }
}
