using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using InfluenceGen.Benchmarks.Limits;
using InfluenceGen.Benchmarks.Measuring;
using InfluenceGen.Examples;
using InfluenceGen.Influence;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Benchmarks.Sections;

/// <summary>The influence of all training on all test examples, from the weights to the scores, against NumPy on one thread.</summary>
internal static class InfluenceFunctionScores
{
    private const double Seconds = 1;

    public static void Show(Bench bench)
    {
        var numpy = bench.Numpy() is null ? null : new InfluenceProgram(bench.Options.Python);
        var peak = Machine.Measure()?.GigaFlops;
        var table = new Table("logistic, double", "all scores, ms", "product, of peak", "ten strongest of each, ms", "MB held", "NumPy's closed form, ms",
            "as fast as it", "naive NumPy, ms", "as fast as it", "differs by");
        Measure<Logistic51.Model>(bench, table, numpy, peak, new(2000, 50, 100), Logistic51.Model.For);
        Measure<Logistic21.Model>(bench, table, numpy, peak, new(50_000, 20, 1000), Logistic21.Model.For);
        table.Print();
    }

    private static void Measure<TModel>(Bench bench, Table table, InfluenceProgram? numpy, double? peak, InfluenceSize size,
        Func<ExampleSet<double>, TModel> modelFor)
        where TModel : struct, IModel<double>
    {
        var folder = Directory.CreateTempSubdirectory("influencegen-scores-").FullName;
        var random = new RandomSource(1);
        var (training, test) = (MadeUp(size.Training, size.Features, random), MadeUp(size.Test, size.Features, random));
        var options = new InfluenceOptions { Threads = 1 };
        var fit = Trainer.Train(modelFor(training), training,
            GradientDescent.FullBatch(0, 1) with { WeightDecay = WeightDecay.OnAll(InfluenceSize.L2), Threads = 1 }).Converged(options: options);
        Write(folder, "x", training);
        Write(folder, "xTest", test);
        Write(folder, "y", training.Labels);
        Write(folder, "yTest", test.Labels);
        Write(folder, "theta", fit.Theta());
        InfluenceScores<double>? scores = null;
        var method = new InfluenceFunctions { Solver = Solver.Cholesky };
        var before = GC.GetTotalMemory(forceFullCollection: true);
        List<Contestant> contestants =
        [
            new("ours", () => Best(() => scores = fit.Influence(method, test, options))),
            new("top", () => Best(() => fit.TopInfluence(method, test, 10, options))),
        ];
        if (numpy is not null)
        {
            contestants.Add(new("closed", () => numpy.Run(size, "closed", folder, Seconds)));
            contestants.Add(new("naive", () => numpy.Run(size, "naive", folder, 0)));
        }

        var samples = Contest.Hold(bench.Options.Rounds, contestants);
        var held = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6;
        table.Add($"{size.Training} × {size.Features} by {size.Test}", samples[0].ToString("G3"),
            peak is null ? "" : (size.Flops / samples[0].Median / 1e6 / peak.Value).ToString("P0", CultureInfo.InvariantCulture),
            samples[1].ToString("G3"), held.ToString("F0", CultureInfo.InvariantCulture),
            numpy is null ? "" : samples[2].ToString("G3"), numpy is null ? "" : samples[2].Over(samples[0]).ToString("F2"),
            numpy is null ? "" : samples[3].ToString("G3"), numpy is null ? "" : samples[3].Over(samples[0]).ToString("F0"),
            numpy is null ? "" : Difference(folder, scores!).ToString("E0", CultureInfo.InvariantCulture));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Milliseconds of the best of some runs, after one that does not count.</summary>
    private static double Best(Action work)
    {
        var best = double.PositiveInfinity;
        var clock = Stopwatch.StartNew();
        for (var run = 0; run < 2 || clock.Elapsed.TotalSeconds < Seconds; run++)
        {
            var start = Stopwatch.GetTimestamp();
            work();
            if (run > 0)
            {
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        return best;
    }

    private static ExampleSet<double> MadeUp(int count, int features, RandomSource random)
    {
        var (x, y) = (new double[count * features], new double[count]);
        for (var i = 0; i < count; i++)
        {
            var score = 0.0;
            for (var k = 0; k < features; k++)
            {
                x[i * features + k] = random.NextGaussian();
                score += (k % 3 - 1) * x[i * features + k] / Math.Sqrt(features);
            }

            y[i] = random.NextDouble() * (1 + Math.Exp(-score)) < 1 ? 1 : 0;
        }

        return ExampleSet<double>.FromFeatures(x, features, y);
    }

    private static double Difference(string folder, InfluenceScores<double> scores)
    {
        using var file = File.OpenRead(Path.Combine(folder, "result"));
        var row = new double[scores.TrainingCount];
        double squares = 0, greatest = 0;
        for (var test = 0; test < scores.TestCount; test++)
        {
            file.ReadExactly(MemoryMarshal.AsBytes(row.AsSpan()));
            var ours = scores.OfTest(test);
            for (var i = 0; i < row.Length; i++)
            {
                squares += row[i] * row[i];
                greatest = Math.Max(greatest, Math.Abs(row[i] - ours[i]));
            }
        }

        return greatest / Math.Sqrt(squares / ((double)scores.TrainingCount * scores.TestCount));
    }

    private static void Write(string folder, string name, ExampleSet<double> examples)
    {
        using var file = File.Create(Path.Combine(folder, name));
        for (var i = 0; i < examples.Count; i++)
        {
            file.Write(MemoryMarshal.AsBytes(examples.Features.Slice(i * examples.FeatureStride, examples.FeatureCount)));
        }
    }

    private static void Write(string folder, string name, ReadOnlySpan<double> values)
    {
        using var file = File.Create(Path.Combine(folder, name));
        file.Write(MemoryMarshal.AsBytes(values));
    }
}
