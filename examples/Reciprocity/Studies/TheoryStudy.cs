using System.Globalization;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;
using InfluenceGen.Reciprocity;
using InfluenceGen.Training;
using ReciprocityStudies.Plots;
using ReciprocityStudies.Reporting;

namespace ReciprocityStudies.Studies;

/// <summary>
/// Theorem 4.1 and Remarks 1.2, 4.1 and 4.2 of Sundararajan and Krichene as experiments: a small linear model is trained
/// many times on fresh draws of everything, and mean inflow is compared with mean outflow, person by person.
/// </summary>
internal static class TheoryStudy
{
    /// <summary>A difference of more standard errors than this is taken for real: among twelve people who are all in
    /// balance, one in 180 experiments shows one by chance.</summary>
    public const double Limit = 3.5;

    /// <summary>How many experiments there are.</summary>
    public const int Experiments = 5;

    // Replicates in one piece of work. Pieces are added up in order, so that sums do not depend on the threads.
    private const int PieceLength = 100;

    private const int DeploymentCount = 60;
    private const int BatchSize = 16;
    private const int Steps = 25;
    private const int Late = 7;

    /// <summary>How many times <c>done</c> is called.</summary>
    public static int Parts(int replicates) => Experiments * Pieces(replicates);

    /// <summary>Runs all experiments.</summary>
    /// <param name="replicates">Trainings for each.</param>
    /// <param name="seed">Fixes every draw.</param>
    /// <param name="threads">Trainings at a time.</param>
    /// <param name="done">Called <see cref="Parts"/> times.</param>
    /// <param name="cancellation">Stops between two trainings.</param>
    public static Report Run(int replicates, long seed, int threads, Action done, CancellationToken cancellation)
    {
        var report = new Report($"theory --replicates {replicates} --seed {seed}");
        var everybody = new Population();
        var once = GradientDescent.MiniBatch(Steps, BatchSize, 0.1, seed) with
        {
            // Not the default, which looks at the training labels: the first weights must not depend on the examples.
            Start = Initialisation.At(0, 0, 0),
            Threads = 1,
        };
        var again = GradientDescent.FullBatch(4 * Steps, 0.2) with { Start = once.Start, Threads = 1 };
        var fresh = new Experiment(everybody, Steps * BatchSize, once);

        Add("Theorem 4.1, fresh batches", "theory-fresh",
            "Every batch is drawn anew: expected inflow equals expected outflow for everybody.", fresh);
        Add("Remark 4.1, revisited batches", "theory-revisited",
            "One batch is visited again and again, so the weights depend on the examples.", new Experiment(everybody, BatchSize, again));
        Add("Remark 4.2, clipped gradients", "theory-clipped",
            "Fresh batches, but each training gradient is clipped to length 0.5, and no deployment gradient.",
            fresh with { Plan = once with { Scaling = GradientScaling.Clip(0.5) } });
        Add("Remark 4.2, normalised gradients", "theory-normalised",
            "Fresh batches, but each training gradient is scaled to length 1, and no deployment gradient.",
            fresh with { Plan = once with { Scaling = GradientScaling.Normalise } });

        var late = Measure(fresh with { Training = new Population(absent: Late) });
        report.Balances.Add(new BalanceTable("Remark 1.2, late arrivals",
            $"Fresh batches, but {Population.NameOf(Late)} turns up in deployment only: inflow and no outflow.",
            string.Create(CultureInfo.InvariantCulture,
                $"{late[Late].Name} gets {late[Late].Inflow:F4} ± {late[Late].StandardError:F4} and gives {late[Late].Outflow:F4}."),
            late));
        return report;

        void Add(string title, string file, string claim, Experiment experiment)
        {
            var balances = Measure(experiment);
            report.Balances.Add(new BalanceTable(title, claim, Verdict(balances), balances));
            report.Pictures.Add(new Picture($"{file}.svg", ScatterPlot.Draw(
                new Caption(title, $"mean of {replicates} trainings, a dot for each of {Population.Count} people", "mean inflow", "mean outflow"),
                [.. balances.Select(balance => new FlowPoint(balance.Name, balance.Inflow, balance.Outflow))])));
        }

        Balance[] Measure(Experiment experiment)
        {
            var pieces = InParallel.Map(Pieces(replicates), threads, cancellation, piece =>
            {
                var sums = new Sums();
                for (var n = piece * PieceLength; n < Math.Min(replicates, (piece + 1) * PieceLength); n++)
                {
                    sums.Add(experiment.Replicate(unchecked(seed * 1_000_003 + n), cancellation));
                }

                done();
                return sums;
            });
            var all = new Sums();
            foreach (var piece in pieces)
            {
                all.Add(piece);
            }

            return all.Balances(replicates);
        }
    }

    private static int Pieces(int replicates) => (replicates + PieceLength - 1) / PieceLength;

    private static string Verdict(Balance[] balances)
    {
        var beyond = balances.Count(balance => Math.Abs(balance.Z) > Limit);
        var largest = balances.Max(balance => Math.Abs(balance.Z));
        return string.Create(CultureInfo.InvariantCulture,
            $"The largest |z| is {largest:F1}; {beyond} of {balances.Length} people are beyond {Limit:F1}: {(beyond == 0 ? "in balance" : "out of balance")}.");
    }

    /// <summary>One way to draw and train.</summary>
    /// <param name="Training">Who the training examples are drawn from; deployment examples are drawn from everybody.</param>
    /// <param name="TrainingCount">How many.</param>
    /// <param name="Plan">How to train.</param>
    private sealed record Experiment(Population Training, int TrainingCount, GradientDescent Plan)
    {
        private static readonly Population _everybody = new();

        public Flows Replicate(long seed, CancellationToken cancellation)
        {
            var random = new RandomSource(seed);
            var training = Training.Draw(TrainingCount, random);
            var deployment = _everybody.Draw(DeploymentCount, random);
            var ledger = Response.Ledger(training, deployment);
            Trainer.Train(new Response.Model(), training, Plan, null, cancellation, ledger);
            return ledger.Flows;
        }
    }

    /// <summary>Sums over replicates of inflow, outflow, and their difference and its square.</summary>
    private sealed class Sums
    {
        private readonly double[] _inflow = new double[Population.Count];
        private readonly double[] _outflow = new double[Population.Count];
        private readonly double[] _squaredDifference = new double[Population.Count];

        public void Add(Flows flows)
        {
            for (var u = 0; u < Population.Count; u++)
            {
                var difference = flows.Inflow[u] - flows.Outflow[u];
                _inflow[u] += flows.Inflow[u];
                _outflow[u] += flows.Outflow[u];
                _squaredDifference[u] += difference * difference;
            }
        }

        public void Add(Sums sums)
        {
            for (var u = 0; u < Population.Count; u++)
            {
                _inflow[u] += sums._inflow[u];
                _outflow[u] += sums._outflow[u];
                _squaredDifference[u] += sums._squaredDifference[u];
            }
        }

        public Balance[] Balances(int replicates) => [.. Enumerable.Range(0, Population.Count).Select(u =>
        {
            var mean = (_inflow[u] - _outflow[u]) / replicates;
            var variance = (_squaredDifference[u] - replicates * mean * mean) / (replicates - 1);
            return new Balance(Population.NameOf(u), _inflow[u] / replicates, _outflow[u] / replicates, mean,
                Math.Sqrt(variance / replicates));
        })];
    }
}
