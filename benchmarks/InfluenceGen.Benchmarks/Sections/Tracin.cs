using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using InfluenceGen.Benchmarks.Limits;
using InfluenceGen.Benchmarks.Measuring;
using InfluenceGen.Examples;
using InfluenceGen.Influence;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Benchmarks.Sections;

/// <summary>TracInCP of a network, all pairs, and of one user's ratings, against NumPy and dense autograd.</summary>
internal static class Tracin
{
    private const int Count = 10;
    private const int StepsBetween = 20;

    public static void Show(Bench bench)
    {
        bench.Numpy();
        bench.Torch();
        Console.WriteLine();
        var peak = Machine.Measure()?.GigaFlops;
        var table = new Table("TracInCP, 10 checkpoints, one thread", "ms", "times ours", "MB", "of peak", "differs by");
        Digits(bench, table, peak);
        Ratings(bench, table, peak);
        table.Print();
        Console.WriteLine("MB: what a computation allocates, its scores included; of the Python programs, the most that the process held. A naive program is run in part and its time multiplied.");
        Console.WriteLine();
    }

    private static void Digits(Bench bench, Table table, double? peak)
    {
        var all = Digits64.Read(Path.Combine(AppContext.BaseDirectory, "data", "digits.csv"), "digit", "image");
        var (train, test) = all.Split(0.8, seed: 1);
        var scaling = Standardisation.Fit(train);
        (train, test) = (scaling.Apply(train), scaling.Apply(test));
        var fit = Digits64.Train(train, GradientDescent.MiniBatch(Count * StepsBetween, 64, 0.2, seed: 1) with { Threads = 1 },
            new Trajectory<double>(Checkpoints.Every(StepsBetween)));
        using var folder = new Folder();
        folder.Write("x", Rows(train.Features, train.FeatureStride, train.FeatureCount));
        folder.Write("y", Rows(train.Labels, train.LabelStride, train.LabelCount));
        folder.Write("xTest", Rows(test.Features, test.FeatureStride, test.FeatureCount));
        folder.Write("yTest", Rows(test.Labels, test.LabelStride, test.LabelCount));
        WriteCheckpoints(fit, folder);
        var program = new TracinProgram(bench.Options.Python, "tracin_numpy.py", folder.Name, "64-32-10", Text(train.Count), Text(test.Count), Text(Count));

        // Both layers' dots of every pair, and what they are taken of: forward, and back through the last layer.
        var (pairs, examples) = ((double)train.Count * test.Count, train.Count + test.Count);
        var flops = 2.0 * Count * (pairs * (64 + 1 + 32 + 32 + 1 + 10) + examples * (64 * 32 + 2 * 32 * 10));
        Compare($"64-32-10 on digits, {train.Count:N0} by {test.Count:N0} pairs", bench, table, peak, flops, fit, test, program,
            (result, scores) => Enumerable.Range(0, test.Count).SelectMany(t => Enumerable.Range(0, train.Count).Select(i => (result[i * test.Count + t], scores[i, t]))),
            ["NumPy, factored", "factored", "NumPy, gradients written out", "written", "NumPy, a loop over pairs", "naive"]);
    }

    private static void Ratings(Bench bench, Table table, double? peak)
    {
        var train = bench.Ratings.Training;
        var (deployment, counts) = (bench.Ratings.UnpenalisedDeployment, new int[bench.Ratings.Training.RowCount(0)]);
        foreach (var user in deployment.Index(0))
        {
            counts[user]++;
        }

        // The user whose number of ratings is the middle one.
        var chosen = counts.Select((count, user) => (count, user)).Order().ElementAt(counts.Length / 2).user;
        var test = deployment.Subset([.. Enumerable.Range(0, deployment.Count).Where(i => deployment.Index(0)[i] == chosen)], RowPenalty.None);
        var fit = Rank16.Train(train, Plans.Ratings(Count * StepsBetween, threads: 1), new Trajectory<double>(Checkpoints.Every(StepsBetween)));
        using var folder = new Folder();
        folder.Write<int>("u", [.. train.Index(0)]);
        folder.Write<int>("i", [.. train.Index(1)]);
        folder.Write<double>("r", [.. train.Labels]);
        folder.Write<int>("uTest", [.. test.Index(0)]);
        folder.Write<int>("iTest", [.. test.Index(1)]);
        folder.Write<double>("rTest", [.. test.Labels]);
        WriteCheckpoints(fit, folder);
        var program = new TracinProgram(bench.Options.Python, "tracin_torch.py", folder.Name, Text(train.RowCount(0)), Text(train.RowCount(1)), "16",
            Text(train.Count), Text(test.Count), Text(Count), "1");

        // A prediction of every rating, and a dot of rank 16 for every pair that shares an item or the user.
        var sharing = test.Index(1).ToArray().Sum(item => train.SegmentsOf(1).Offsets[item + 1] - train.SegmentsOf(1).Offsets[item])
            + (double)test.Count * (train.SegmentsOf(0).Offsets[chosen + 1] - train.SegmentsOf(0).Offsets[chosen]);
        var flops = 2.0 * 16 * Count * (train.Count + test.Count + sharing);
        Compare($"Factorization, d = 16, {test.Count} deployment ratings by {train.Count:N0}", bench, table, peak, flops, fit, test, program,
            (result, scores) => Enumerable.Range(0, test.Count).SelectMany(t => Enumerable.Range(0, train.Count).Select(i => (result[t * train.Count + i], scores[i, t]))),
            ["PyTorch, forward mode along dense gradients", "directions", "PyTorch, a dense gradient a rating", "naive"]);
    }

    private static void Compare<TModel>(string name, Bench bench, Table table, double? peak, double flops, Fit<TModel, double> fit,
        ExampleSet<double> test, TracinProgram program,
        Func<double[], InfluenceScores<double>, IEnumerable<(double Theirs, double Ours)>> pairs, string[] ways)
        where TModel : struct, IModel<double>
    {
        var options = new InfluenceOptions { Threads = 1 };
        InfluenceScores<double> Ours() => fit.Influence(new TracInCP(), test, options);
        Contestant ours = new("ours", () =>
        {
            var best = double.MaxValue;
            for (var repetition = 0; repetition < 3; repetition++)
            {
                var start = Stopwatch.GetTimestamp();
                Ours();
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            return best;
        });
        Samples samples;
        Samples? best = null;
        try
        {
            var held = Contest.Hold(bench.Options.Rounds, ours, new(ways[0], () => program.Run(ways[1])));
            (samples, best) = (held[0], held[1]);
        }
        catch (InvalidOperationException problem)
        {
            Console.WriteLine($"**MISSING: the Python program is not part of this run. {problem.Message}**");
            samples = Contest.Hold(bench.Options.Rounds, ours)[0];
        }

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var scores = Ours();
        var bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
        table.Add(name, Milliseconds(samples), "1", Number(bytes / 1048576.0, "F1"),
            peak is null ? "" : Number(flops / samples.Median / 1e9 / peak.Value, "P0"), "");
        for (var way = 0; best is not null && way < ways.Length; way += 2)
        {
            var seconds = way == 0 ? best.Median : program.Run(ways[way + 1]);
            var isWhole = ways[way + 1] != "naive";
            if (way == 0)
            {
                program.Run(ways[1]);
            }

            table.Add(ways[way], way == 0 ? Milliseconds(best) : Number(1000 * seconds, "N0"),
                way == 0 ? best.Over(samples).ToString("F1") : Number(seconds / samples.Median, "N0"), Number(program.Megabytes, "F0"), "",
                isWhole ? Number(Difference(pairs(program.Result(), scores)), "E0") : "");
        }
    }

    /// <summary>The greatest difference, relative to the root of the mean square.</summary>
    private static double Difference(IEnumerable<(double Theirs, double Ours)> pairs)
    {
        double greatest = 0, squares = 0, count = 0;
        foreach (var (theirs, ours) in pairs)
        {
            greatest = Math.Max(greatest, Math.Abs(theirs - ours));
            squares += theirs * theirs;
            count++;
        }

        return greatest / Math.Sqrt(squares / count);
    }

    private static void WriteCheckpoints<TModel>(Fit<TModel, double> fit, Folder folder) where TModel : struct, IModel<double>
    {
        // A training of fewer steps ends where a longer one passes.
        var thetas = new List<double>();
        var rates = new List<double>();
        for (var k = 0; k < Count; k++)
        {
            var plan = fit.Plan;
            thetas.AddRange(Trainer.Train(fit.Model, fit.Training, Shortened(plan, k * StepsBetween)).Theta());
            rates.Add(plan.Rate.At(k * StepsBetween));
        }

        folder.Write<double>("thetas", [.. thetas]);
        folder.Write<double>("rates", [.. rates]);
    }

    private static GradientDescent Shortened(GradientDescent plan, int steps) =>
        (plan.Objective == Objective.Sum
            ? GradientDescent.FullBatch(steps, plan.Rate, Objective.Sum)
            : GradientDescent.MiniBatch(steps, 64, plan.Rate, seed: 1)) with
        {
            Start = plan.Start,
            Threads = 1,
        };

    /// <summary>Rows without what pads them.</summary>
    private static double[] Rows(ReadOnlySpan<double> padded, int stride, int columns)
    {
        var rows = new double[padded.Length / stride * columns];
        for (var row = 0; row * stride < padded.Length; row++)
        {
            padded.Slice(row * stride, columns).CopyTo(rows.AsSpan(row * columns));
        }

        return rows;
    }

    private static string Milliseconds(Samples seconds)
    {
        var milliseconds = new Samples();
        foreach (var value in seconds.Values)
        {
            milliseconds.Add(1000 * value);
        }

        return milliseconds.ToString("F1");
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A folder that goes away.</summary>
    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("influencegen-tracin-");

        public string Name => _folder.FullName;

        public void Write<TValue>(string name, TValue[] values) where TValue : unmanaged =>
            File.WriteAllBytes(Path.Combine(Name, name), MemoryMarshal.AsBytes<TValue>(values));

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
