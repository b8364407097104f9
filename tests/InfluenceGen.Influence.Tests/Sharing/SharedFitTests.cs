using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Sharing;

/// <summary>What one thread gets from a fit, its trajectory and its scores, several get at once, to the bit.</summary>
public class SharedFitTests
{
    private const int Threads = 6;

    [Fact]
    public void Predictions_and_losses_of_features_are_each_caller_s_own()
    {
        var fit = Logistic.Train(Problems.Binary(200, 5, 1), GradientDescent.FullBatch(20, 0.5));
        Shared(fit, [.. Enumerable.Range(0, Threads).Select(k => Problems.Binary(40 + k, 5, 10 + k))], 300);
    }

    [Fact]
    public void Predictions_and_losses_of_layers_are_each_caller_s_own()
    {
        var fit = Trainer.Train(default(TanhSoftmax.Model), Problems.Classes(150, 3, 2), GradientDescent.FullBatch(20, 0.5));
        Shared(fit, [.. Enumerable.Range(0, Threads).Select(k => Problems.Classes(70 + k, 3, 10 + k))], 60);
    }

    [Fact]
    public void Predictions_and_losses_of_ratings_are_each_caller_s_own()
    {
        var plan = GradientDescent.FullBatch(20, 0.05) with { Start = Initialisation.Gaussian(0.3, 1) };
        var fit = Trainer.Train(new Factors.Model(9, 7, 3), Ratings(60, 1), plan);
        Shared(fit, [.. Enumerable.Range(0, Threads).Select(k => Ratings(20 + k, 10 + k))], 300);
    }

    [Fact]
    public void Numbers_of_single_precision_are_each_caller_s_own()
    {
        var fit = SingleLogistic.Train(Problems.Single(Problems.Binary(200, 5, 1)), GradientDescent.FullBatch(20, 0.5));
        Shared(fit, [.. Enumerable.Range(0, Threads).Select(k => Problems.Single(Problems.Binary(40 + k, 5, 10 + k)))], 300);
    }

    [Fact]
    public void Errors_of_labels_that_are_predicted_are_each_caller_s_own()
    {
        var fit = Linear.Train(Problems.Numbers(200, 5, 1), GradientDescent.FullBatch(20, 0.1));
        ExampleSet<double>[] sets = [.. Enumerable.Range(0, Threads).Select(k => Problems.Numbers(40 + k, 5, 10 + k))];
        Everybody(k => fit.Rmse(sets[k]), 300);
    }

    [Fact]
    public void A_trajectory_in_a_file_is_read_by_several_methods_at_once()
    {
        using var folder = new TemporaryFolder();
        var (train, test) = (Problems.Binary(60, 4, 1), Problems.Binary(9, 4, 2));
        var plan = GradientDescent.MiniBatch(40, 10, 0.3, 1) with { Momentum = 0.5 };
        var fit = Trainer.Train(new Logistic.Model(4), train, plan, Trajectory<double>.InFile(folder.File("t"), Checkpoints.Every(3)));
        var one = new InfluenceOptions { Threads = 1 };
        Everybody(k => (k % 3) switch
        {
            0 => Bits(fit.Influence(new TracIn(), test, one)),
            1 => Bits(fit.Influence(new SgdInfluence(), test, one)),
            _ => Bits(fit.Influence(new HydraFull { MemoryBound = 4_000 }, test, one)),
        }, 8);
    }

    [Fact]
    public void A_trajectory_is_saved_by_several_threads_at_once()
    {
        using var folder = new TemporaryFolder();
        var fit = Trainer.Train(new Logistic.Model(4), Problems.Binary(60, 4, 1), GradientDescent.MiniBatch(40, 10, 0.3, 1),
            Trajectory<double>.InFile(folder.File("t"), Checkpoints.Every(3)));
        var whole = File.ReadAllBytes(folder.File("t"));
        Everybody(k =>
        {
            fit.Trajectory!.Save(folder.File($"copy {k}"));
            return File.ReadAllBytes(folder.File($"copy {k}")).AsSpan().SequenceEqual(whole);
        }, 10);

        // Into one file, one at a time: whoever comes second is told, and what is there is whole at any time.
        var refused = 0;
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = Threads }, _ =>
        {
            try
            {
                fit.Trajectory!.Save(folder.File("copy 0"));
            }
            catch (InvalidOperationException problem) when (problem.Message.Contains("is being written", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref refused);
            }
        });
        Assert.InRange(refused, 0, 199);
        Assert.Equal(whole, File.ReadAllBytes(folder.File("copy 0")));
        Assert.False(File.Exists(folder.File("copy 0.partial")));
    }

    [Fact]
    public void Influence_groups_and_minima_are_asked_of_one_fit_at_once()
    {
        var (train, test) = (Problems.Binary(80, 4, 1), Problems.Binary(9, 4, 2));
        var fit = Problems.FitBinary(train, 0.05);
        var one = new InfluenceOptions { Threads = 1 };
        Everybody(k => (k % 4) switch
        {
            0 => Bits(fit.Influence(new InfluenceFunctions(), test, one)),
            1 => fit.GroupInfluence(new SecondOrderGroup(), [[0, 3], [5]], test, LossChange.Exact, one).OfTest(0),
            2 => fit.Converged(options: one).Theta(),
            _ => fit.SelfInfluence(new RepresenterPoints(), one),
        }, 20);
    }

    [Fact]
    public void Scores_are_read_by_several_threads_at_once()
    {
        var (train, test) = (Problems.Binary(80, 4, 1), Problems.Binary(9, 4, 2));
        var scores = Problems.FitBinary(train, 0.05).Influence(new InfluenceFunctions(), test);
        Everybody(k => (double[])
        [
            .. scores.OnAll(), .. scores.OfTraining(k), .. scores.OfGroups([[k, 7]]).Cast<double>(), .. scores.OfIndividuals().Cast<double>(),
            .. scores.Proponents(k, 5).Select(x => x.Score), .. scores.OfTest(k),
        ], 50);
    }

    [Fact]
    public void A_retrainer_and_leave_one_out_are_shared()
    {
        var (train, test) = (Problems.Binary(30, 3, 1), Problems.Binary(9, 3, 2));
        var options = new InfluenceOptions { Threads = 2 };
        var minimum = Problems.FitBinary(train, 0.05).Retrainer(Removal.Fixed, options: options);
        var plan = GradientDescent.FullBatch(10, 0.3) with { Threads = 1 };
        var byPlan = Logistic.Train(train, plan).Retrainer(Removal.Refit, RetrainBy.Plan, options);
        var leaveOneOut = new LeaveOneOut<Logistic.Model, double>(new Logistic.Model(3), train, plan, Removal.Refit);
        Everybody(k =>
        {
            if (k % 3 < 2)
            {
                return (k % 3 == 0 ? minimum : byPlan).LossesWithout([[k], [3, 9]], test).Cast<double>().ToArray();
            }

            var effects = new List<double>();
            leaveOneOut.InfluenceOn(test, (_, influence) => effects.AddRange(influence));
            return [.. effects];
        }, 4);
    }

    [Fact]
    public void A_scaling_and_a_set_are_shared()
    {
        var train = Problems.Numbers(200, 5, 1);
        var scaling = Standardisation.Fit(train);
        Everybody(k =>
        {
            var (part, _) = scaling.Apply(Problems.Numbers(50 + k, 5, k)).Split(0.5, k);
            return (double[])[.. part.Features, .. train.Subset([k, 7 + k]).Features, .. Standardisation.Fit(train).Means];
        }, 50);
    }

    [Fact]
    public void Trainings_of_one_set_run_at_once()
    {
        var (train, test) = Problems.Binary(100, 4, 1).Split(0.9, 1);
        Everybody(k =>
        {
            var ledger = Logistic.Ledger(train, test);
            var fit = Logistic.Train(train, GradientDescent.MiniBatch(20, 7, 0.3, k) with { Threads = 2 }, ledger, new Trajectory<double>());
            return (double[])[.. fit.Theta(), .. ledger.Flows.Outflow, .. fit.JointInfluence(new TracIn(), test)];
        }, 8);
    }

    [Fact]
    public void One_caller_pays_nothing_for_others()
    {
        // The numbers that are returned and the outputs they are copied from, and nothing that is made anew for each call.
        var (fit, set) = (Logistic.Train(Problems.Binary(200, 5, 1), GradientDescent.FullBatch(3, 0.5)), Problems.Binary(64, 5, 2));
        Assert.InRange(InfluenceGen.Tests.Numerics.Allocations.Of(() => fit.Predict(set)), 1, 2 * 64 * sizeof(double) + 272);
        Assert.InRange(InfluenceGen.Tests.Numerics.Allocations.Of(() => fit.Losses(set)), 1, 2 * 64 * sizeof(double) + 272);
    }

    private static void Shared<TModel, T>(Fit<TModel, T> fit, ExampleSet<T>[] sets, int rounds)
        where TModel : struct, IModel<T>
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        Everybody(k => fit.Predict(sets[k]), 10 * rounds);
        Everybody(k => fit.Losses(sets[k]), 10 * rounds);
        Everybody(k => (double[])
        [
            .. fit.Predict(sets[k]).Select(double.CreateChecked), fit.MeanLoss(sets[k]), fit.Penalty(),
            fit.Model.Labels == LabelDomain.Real ? fit.Rmse(sets[k]) : fit.Accuracy(sets[k]), .. fit.Theta().Select(double.CreateChecked),
        ], rounds);
    }

    /// <summary>Asks alone first, then from several threads that start together, again and again.</summary>
    private static void Everybody<TAnswer>(Func<int, TAnswer> ask, int rounds)
    {
        TAnswer[] alone = [.. Enumerable.Range(0, Threads).Select(ask)];
        using var start = new Barrier(Threads);
        var wrong = 0;
        Exception? problem = null;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(k => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                for (var round = 0; round < rounds; round++)
                {
                    if (!Same(alone[k], ask(k)))
                    {
                        Interlocked.Increment(ref wrong);
                    }
                }
            }
            catch (Exception thrown)
            {
                problem = thrown;
            }
        }))];
        foreach (var thread in threads)
        {
            thread.Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        Assert.Null(problem);
        Assert.Equal(0, wrong);
    }

    private static bool Same<TAnswer>(TAnswer a, TAnswer b) => (a, b) switch
    {
        (double[] left, double[] right) => left.AsSpan().SequenceEqual(right),
        (float[] left, float[] right) => left.AsSpan().SequenceEqual(right),
        _ => EqualityComparer<TAnswer>.Default.Equals(a, b),
    };

    private static double[] Bits(InfluenceScores<double> scores) => [.. Enumerable.Range(0, scores.TestCount).SelectMany(t => scores.OfTest(t).ToArray())];

    private static ExampleSet<double> Ratings(int count, long seed)
    {
        var random = new RandomSource(seed);
        return ExampleSet<double>.FromRatings([.. Enumerable.Range(0, count).Select(_ => random.NextBelow(9))],
            [.. Enumerable.Range(0, count).Select(_ => random.NextBelow(7))], [.. Enumerable.Range(0, count).Select(_ => 1.0 + random.NextBelow(5))], 9, 7);
    }
}
