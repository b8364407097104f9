using System.Diagnostics;
using InfluenceGen.Benchmarks.Measuring;
using InfluenceGen.Examples;
using InfluenceGen.Reciprocity;
using InfluenceGen.Training;

namespace InfluenceGen.Benchmarks.Sections;

/// <summary>What accounting adds to training alone, one thread, d = 16.</summary>
internal static class LedgerCost
{
    public static void Compare(Bench bench)
    {
        var (options, ratings) = (bench.Options, bench.Ratings);
        var training = ratings.Training;
        var model = Rank16.Model.For(training);
        var repeating = Repeating(ratings);
        Contestant[] contestants =
        [
            new("training alone", () => Train(training, options.Steps)),
            new("ledger, deployment loss without penalty", () =>
                Train(training, options.Steps, new Ledger<Rank16.Model, double>(model, training, ratings.UnpenalisedDeployment))),
            new("ledger, penalty by deployment counts", () =>
                Train(training, options.Steps, new Ledger<Rank16.Model, double>(model, training, ratings.Deployment))),
            new("the same, a tenth of deployment repeating training pairs", () =>
                Train(training, options.Steps, new Ledger<Rank16.Model, double>(model, training, repeating))),
            new("ledger with first-order check", () =>
                Train(training, options.Steps, new Ledger<Rank16.Model, double>(model, training, ratings.Deployment) { ChecksFirstOrder = true })),
        ];
        var samples = Contest.Hold(options.Rounds, contestants);
        var table = new Table("d = 16, one thread", "ns a training rating and step", "times training alone");
        for (var i = 0; i < contestants.Length; i++)
        {
            table.Add(contestants[i].Name, samples[i].ToString("F2"), samples[i].Over(samples[0]).ToString("F2"));
        }

        table.Print();
        Console.WriteLine($"The deployment set holds {(double)ratings.Deployment.Count / training.Count:P0} of the training set's count, each rating of it visited twice.");
        Console.WriteLine();
    }

    private static double Train(ExampleSet<double> training, int steps, params ITrainingObserver<double>[] observers)
    {
        var start = Stopwatch.GetTimestamp();
        Rank16.Train(training, Plans.Ratings(steps, threads: 1), observers);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / steps / training.Count;
    }

    /// <summary>The deployment set with every tenth rating replaced by one of training, evenly spread.</summary>
    private static ExampleSet<double> Repeating(RatingsData ratings)
    {
        var (training, deployment) = (ratings.Training, ratings.Deployment);
        var (users, items, labels) = (deployment.Index(0).ToArray(), deployment.Index(1).ToArray(), deployment.Labels.ToArray());
        for (var i = 0; i < deployment.Count; i += 10)
        {
            var source = (int)((long)i * training.Count / deployment.Count);
            (users[i], items[i], labels[i]) = (training.Index(0)[source], training.Index(1)[source], training.Labels[source]);
        }

        return ExampleSet<double>.FromRatings(users, items, labels, training.RowCount(0), training.RowCount(1),
            training.Individuals);
    }
}
