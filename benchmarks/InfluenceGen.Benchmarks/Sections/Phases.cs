using System.Diagnostics;
using System.Globalization;
using InfluenceGen.Benchmarks.Measuring;

namespace InfluenceGen.Benchmarks.Sections;

/// <summary>Where a step's time goes, sweep by sweep, against what the machine can do at most.</summary>
internal static class Phases
{
    private const int Rank = 16;

    // An index, and a number, in bytes.
    private const int Index = sizeof(int);
    private const int Number = sizeof(double);
    private const int Row = Rank * Number;

    /// <summary>A sweep of a step.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Run">Runs it.</param>
    /// <param name="Units">Ratings, or parameters, that it visits.</param>
    /// <param name="Flops">Multiplications and additions for each, by the formula.</param>
    /// <param name="Bytes">What each reads and writes, an operand counted once.</param>
    private sealed record Phase(string Name, Action Run, int Units, int Flops, int Bytes);

    public static void Show(Bench bench)
    {
        var training = bench.Ratings.Training;
        var deployment = bench.Ratings.UnpenalisedDeployment;
        var sweeps = new RawSweeps<Rank16.Model>(Rank16.Model.For(training), training, deployment);
        Phase[] phases =
        [
            // p·q, Σ r q; q, index, label, r.
            new("deployment, users", sweeps.DeploymentUsers, deployment.Count, 4 * Rank + 1, Row + Index + 2 * Number),

            // Σ r p; p, example, index, r.
            new("deployment, items", sweeps.DeploymentItems, deployment.Count, 2 * Rank, Row + 2 * Index + Number),

            // p·q, Σ r q, Σ r h, share (q·h); q, h, index, label, r, share.
            new("training, users, outflow", sweeps.TrainingUsersWithOutflow, training.Count, 9 * Rank + 1,
                2 * Row + Index + 3 * Number),
            new("training, items", sweeps.TrainingItems, training.Count, 2 * Rank, Row + 2 * Index + Number),

            // Σ r g, share (q·g); q, g, index, r, share.
            new("inflow", sweeps.Inflow, deployment.Count, 5 * Rank, 2 * Row + Index + 2 * Number),

            // w − η g, by parameter.
            new("update", sweeps.Update, sweeps.Parameters, 2, 3 * Number),
        ];

        var times = Measure(bench, sweeps, phases);
        var machine = Machine.Measure();
        var table = new Table("sweep (d = 16)", "share of a step", "ns a visit", "flops", "bytes", "GFLOP/s", "GB/s");
        var step = times.Sum(time => time.Median);
        for (var i = 0; i < phases.Length; i++)
        {
            var (phase, time) = (phases[i], times[i].Median / phases[i].Units);
            table.Add(phase.Name, Text(100 * times[i].Median / step, "F0") + "%", Text(time, "F2"), $"{phase.Flops}",
                $"{phase.Bytes}", Text(phase.Flops / time, "F1"), Text(phase.Bytes / time, "F1"));
        }

        var flops = phases.Sum(phase => (double)phase.Units * phase.Flops) / step;
        var bytes = phases.Sum(phase => (double)phase.Units * phase.Bytes) / step;
        table.Add("the step", "100%", Text(step / training.Count, "F2") + " a training rating", "", "", Text(flops, "F1"),
            Text(bytes, "F1"));
        if (machine is not null)
        {
            table.Add("this machine at most", "", "", "", "", Text(machine.GigaFlops, "F0"),
                $"{Text(machine.FirstCache, "F0")} from L1, {Text(machine.SecondCache, "F0")} from L2");
        }

        table.Print();
        Console.WriteLine(machine is null
            ? "The machine's limits were not measured: it has no vectors of 512 bits."
            : "A visit is one rating of the sweep's set, or one parameter of the update. Times are medians over steps; the "
                + "limits are the best of loops that do nothing else, in order from a small buffer.");
        Console.WriteLine();
    }

    private static Samples[] Measure(Bench bench, RawSweeps<Rank16.Model> sweeps, Phase[] phases)
    {
        var samples = phases.Select(_ => new Samples()).ToArray();
        for (var round = -1; round < bench.Options.Rounds; round++)
        {
            sweeps.Start(seed: 1);
            for (var step = 0; step < bench.Options.Steps; step++)
            {
                for (var i = 0; i < phases.Length; i++)
                {
                    var start = Stopwatch.GetTimestamp();
                    phases[i].Run();
                    var time = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
                    if (round >= 0)
                    {
                        samples[i].Add(time);
                    }
                }
            }
        }

        return samples;
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
