using System.Diagnostics;
using InfluenceGen.Benchmarks.Measuring;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Reciprocity;
using InfluenceGen.Training;

namespace InfluenceGen.Benchmarks.Sections;

/// <summary>
/// The hand-written kernel's own mode (unregularised deployment loss, no self-influence through items, unique pairs) on
/// one thread, at several ranks.
/// </summary>
internal static class KernelMode
{
    /// <summary>Everybody at d = 16.</summary>
    public static void Compare(Bench bench)
    {
        var (options, training) = (bench.Options, bench.Ratings.Training);
        var deployment = bench.Ratings.UnpenalisedDeployment;
        var model = Rank16.Model.For(training);
        var (sweepsRmse, trainerRmse) = (double.NaN, double.NaN);
        var contestants = new List<Contestant>
        {
            new("generated sweeps, called one by one", () => Raw(model, training, deployment, options.Steps, out sweepsRmse)),
            new("trainer and ledger", () => Library(model, training, deployment, options.Steps, out trainerRmse)),
        };
        var kernel = bench.Kernel(16);
        if (kernel is not null)
        {
            contestants.Insert(0, new("hand-written kernel", () => kernel.Run(options.Steps)));
        }

        if (bench.Torch() is { } torch)
        {
            contestants.Add(new("PyTorch, one thread", () => torch.Run(options.TorchSteps, 1)));
            contestants.Add(new("PyTorch, two threads", () => torch.Run(options.TorchSteps, 2)));
        }

        var samples = Contest.Hold(options.Rounds, contestants);
        var table = new Table("d = 16, one thread", "ns a training rating and step", "times the " + (kernel is null ? "sweeps'" : "kernel's"));
        for (var i = 0; i < contestants.Count; i++)
        {
            table.Add(contestants[i].Name, samples[i].ToString("F2"), samples[i].Over(samples[0]).ToString("F2"));
        }

        table.Print();
        Console.WriteLine($"The same work: after {options.Steps} steps the deployment RMSE is "
            + (kernel is null ? "" : $"{kernel.Rmse:F4} (kernel), ") + $"{sweepsRmse:F4} (sweeps), {trainerRmse:F4} (trainer); splits differ.");
        Console.WriteLine();
    }

    /// <summary>The kernel, the sweeps and the library at several ranks.</summary>
    public static void Ranks(Bench bench)
    {
        var table = new Table("d", "kernel, ns a rating", "sweeps, ns a rating", "sweeps, ns a row", "sweeps / kernel",
            "trainer and ledger / kernel");
        Rank(bench, table, 8, Rank8.Model.For(bench.Ratings.Training));
        Rank(bench, table, 16, Rank16.Model.For(bench.Ratings.Training));
        Rank(bench, table, 24, Rank24.Model.For(bench.Ratings.Training));
        Rank(bench, table, 32, Rank32.Model.For(bench.Ratings.Training));
        table.Print();
        Console.WriteLine("Of a step; a row is one of the embedding tables' (users and items), a rating one of the training set's.");
        Console.WriteLine();
    }

    private static void Rank<TModel>(Bench bench, Table table, int rank, TModel model)
        where TModel : struct, IModel<double>
    {
        var (options, training) = (bench.Options, bench.Ratings.Training);
        var deployment = bench.Ratings.UnpenalisedDeployment;
        var rows = (double)model.Layout.Blocks.Sum(block => block.Rows);
        var contestants = new List<Contestant>
        {
            new("sweeps", () => Raw(model, training, deployment, options.Steps, out _)),
            new("library", () => Library(model, training, deployment, options.Steps, out _)),
        };
        var kernel = bench.Kernel(rank);
        if (kernel is not null)
        {
            contestants.Add(new("kernel", () => kernel.Run(options.Steps)));
        }

        var samples = Contest.Hold(options.Rounds, contestants);
        table.Add($"{rank}", kernel is null ? "missing" : samples[2].ToString("F2"), samples[0].ToString("F2"),
            $"{samples[0].Median * training.Count / rows:F0}",
            kernel is null ? "" : samples[0].Over(samples[2]).ToString("F2"),
            kernel is null ? "" : samples[1].Over(samples[2]).ToString("F2"));
    }

    // In new buffers each time, as training is: where they lie in memory moves the figure by some percent.
    private static double Raw<TModel>(TModel model, ExampleSet<double> training, ExampleSet<double> deployment, int steps,
        out double rmse)
        where TModel : struct, IModel<double>
    {
        var sweeps = new RawSweeps<TModel>(model, training, deployment);
        sweeps.Start(seed: 1);
        var start = Stopwatch.GetTimestamp();
        sweeps.Run(steps);
        var time = Stopwatch.GetElapsedTime(start).TotalNanoseconds / steps / training.Count;
        rmse = sweeps.Rmse();
        return time;
    }

    private static double Library<TModel>(TModel model, ExampleSet<double> training, ExampleSet<double> deployment,
        int steps, out double rmse)
        where TModel : struct, IModel<double>
    {
        var plan = Plans.Ratings(steps, threads: 1);
        var ledger = new Ledger<TModel, double>(model, training, deployment);
        var start = Stopwatch.GetTimestamp();
        var fit = Trainer.Train(model, training, plan, ledger);
        var time = Stopwatch.GetElapsedTime(start).TotalNanoseconds / steps / training.Count;
        rmse = fit.Rmse(deployment);
        return time;
    }
}
