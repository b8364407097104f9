using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Evaluation;

/// <summary>Training on parts.</summary>
public class RetrainerTests
{
    private static readonly GradientDescent _plan = GradientDescent.MiniBatch(60, 8, 0.1, seed: 3) with { WeightDecay = WeightDecay.OnAll(0.01) };

    [Fact]
    public void A_minimum_of_a_part_is_that_of_a_fit_of_the_part()
    {
        var (train, test) = (Problems.Classes(60, 4, 1), Problems.Classes(9, 4, 2));
        var fit = Softmax.Train(train, Problems.Penalised(0.1));
        int[][] parts = [[.. Enumerable.Range(0, 59)], [.. Enumerable.Range(20, 25)], [5, 17, 31]];
        var losses = fit.Retrainer(Removal.Refit).Losses(parts, test);
        var shared = fit.Retrainer(Removal.Fixed).Losses(parts, test);
        for (var part = 0; part < parts.Length; part++)
        {
            var alone = train.Subset(parts[part]);
            Close.To(Softmax.Train(alone, Problems.Penalised(0.1)).Converged().Losses(test), Row(losses, part), 1e-8, 1e-9);
            var weighed = Problems.Penalised(0.1 * train.Count / alone.Count);
            Close.To(Softmax.Train(alone, weighed).Converged().Losses(test), Row(shared, part), 1e-8, 1e-9);
        }
    }

    [Fact]
    public void Of_a_sum_of_losses_the_decay_stays_what_it_is()
    {
        // Σ_S ℓ + (0.5/2)|θ|² is |S| times the mean with a decay of 0.5/|S|, whichever way the others go.
        var (train, test) = (Problems.Binary(40, 3, 1), Problems.Binary(5, 3, 2));
        var plan = GradientDescent.FullBatch(0, 1, Objective.Sum) with { WeightDecay = WeightDecay.OnAll(0.5) };
        int[] kept = [.. Enumerable.Range(0, 25)];
        var alone = Logistic.Train(train.Subset(kept), Problems.Penalised(0.5 / 25)).Converged().Losses(test);
        foreach (var removal in Enum.GetValues<Removal>())
        {
            Close.To(alone, Row(Logistic.Train(train, plan).Retrainer(removal).Losses([kept], test), 0), 1e-8, 1e-9);
        }
    }

    [Fact]
    public void By_the_plan_it_is_what_leave_one_out_finds()
    {
        var (train, test) = (Problems.Classes(24, 3, 1), Problems.Classes(5, 3, 2));
        var fit = TanhSoftmax.Train(train, _plan);
        foreach (var removal in Enum.GetValues<Removal>())
        {
            var retrainer = fit.Retrainer(removal);
            Assert.False(retrainer.Converges);
            var effects = retrainer.LeaveOneOut(test).Effects;
            new LeaveOneOut<TanhSoftmax.Model, double>(fit.Model, train, _plan, removal)
                .InfluenceOn(test, (individual, influence) => Assert.Equal(influence, Row(effects, individual)));
        }
    }

    [Fact]
    public void Without_a_user_a_factorization_keeps_the_counts_of_its_penalty()
    {
        var random = new RandomSource(1);
        int[] users = [.. Enumerable.Range(0, 60).Select(i => i / 6)];
        int[] items = [.. Enumerable.Range(0, 60).Select(i => i % 6 + i / 30)];
        double[] ratings = [.. users.Select(_ => 3 + random.NextGaussian())];
        var train = ExampleSet<double>.FromRatings(users, items, ratings, 10, 7);
        var test = ExampleSet<double>.FromRatings([0, 4, 9], [6, 2, 3], [4, 3, 2], 10, 7).WithPenalty(RowPenalty.None);
        var fit = Factors.Train(train, GradientDescent.FullBatch(40, 0.02, Objective.Sum), rank: 2);
        int[][] ofUsers = [.. Enumerable.Range(0, 10).Select(user => Enumerable.Range(6 * user, 6).ToArray())];
        foreach (var removal in Enum.GetValues<Removal>())
        {
            var effects = fit.Retrainer(removal).LeaveOut(test, ofUsers).Effects;
            new LeaveOneOut<Factors.Model, double>(fit.Model, train, fit.Plan, removal)
                .InfluenceOn(test, (user, influence) => Assert.Equal(influence, Row(effects, user)));
        }
    }

    [Fact]
    public void In_single_precision_it_is_the_same_to_its_tolerance()
    {
        var (train, test) = (Problems.Binary(60, 4, 1), Problems.Binary(8, 4, 2));
        int[][] groups = [[.. Enumerable.Range(0, 12)], [.. Enumerable.Range(20, 15)]];
        var expected = Problems.FitBinary(train, 0.1).Retrainer(Removal.Fixed).LeaveOut(test, groups).Effects;
        var single = SingleLogistic.Train(Problems.Single(train), Problems.Penalised(0.1)).Retrainer(Removal.Fixed);
        Close.To([.. expected.Cast<double>()], [.. single.LeaveOut(Problems.Single(test), groups).Effects.Cast<double>()], 1e-3, 1e-5);
    }

    [Theory]
    [InlineData(RetrainBy.Minimum)]
    [InlineData(RetrainBy.Plan)]
    public void The_bits_do_not_depend_on_threads(RetrainBy by)
    {
        var (train, test) = (Problems.Binary(50, 4, 1), Problems.Binary(7, 4, 2));
        var fit = Logistic.Train(train, _plan);
        double[,] Losses(int threads) => fit.Retrainer(Removal.Fixed, by, new() { Threads = threads }).RandomSubsets(test, 0.4, 21).Losses;
        Assert.Equal(Losses(1), Losses(3));
    }

    [Fact]
    public void Random_subsets_are_of_the_share_asked_for_and_of_the_seed()
    {
        var fit = Problems.FitBinary(Problems.Binary(40, 3, 1), 0.1);
        var retrainer = fit.Retrainer(Removal.Refit);
        var subsets = retrainer.RandomSubsets(fit.Training, 0.3, 6, seed: 4).Subsets;
        Assert.All(subsets, subset => Assert.Equal(12, subset.Distinct().Count()));
        Assert.All(subsets, subset => Assert.Equal(subset.Order(), subset));
        Assert.Equal(subsets, retrainer.RandomSubsets(fit.Training, 0.3, 6, seed: 4).Subsets);
        Assert.NotEqual(subsets[0], subsets[1]);
        Assert.NotEqual(subsets, retrainer.RandomSubsets(fit.Training, 0.3, 6, seed: 5).Subsets);
        Assert.Throws<ArgumentOutOfRangeException>(() => retrainer.RandomSubsets(fit.Training, 1, 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => retrainer.RandomSubsets(fit.Training, 0.5, 1));
    }

    [Fact]
    public void Some_examples_are_left_out_where_some_are_asked_for()
    {
        var fit = Problems.FitBinary(Problems.Binary(40, 3, 1), 0.1);
        var retrainer = fit.Retrainer(Removal.Fixed);
        var all = retrainer.LeaveOneOut(fit.Training);
        var some = retrainer.LeaveOneOut(fit.Training, examples: 7, seed: 2);
        Assert.Equal(Enumerable.Range(0, 40), all.Groups.Select(group => Assert.Single(group)));
        Assert.Equal(7, some.Groups.Select(group => group[0]).Distinct().Count());
        for (var i = 0; i < 7; i++)
        {
            Assert.Equal(Row(all.Effects, some.Groups[i][0]), Row(some.Effects, i));
        }
    }

    [Fact]
    public void Progress_ends_at_one_and_cancelling_stops()
    {
        var fit = Problems.FitBinary(Problems.Binary(40, 3, 1), 0.1);
        var told = new List<double>();
        fit.Retrainer(Removal.Fixed, options: new() { Threads = 2, Progress = told.Add }).LeaveOneOut(fit.Training);
        Assert.True(told.Count > 1);
        Assert.Equal(told.Order(), told);
        Assert.Equal(1, told[^1]);

        using var source = new CancellationTokenSource();
        var retrainer = fit.Retrainer(Removal.Fixed, options: new() { Threads = 2, Progress = _ => source.Cancel(), Cancellation = source.Token });
        Assert.ThrowsAny<OperationCanceledException>(() => retrainer.LeaveOneOut(fit.Training));
    }

    [Fact]
    public void What_cannot_be_retrained_is_refused_with_the_reason()
    {
        var train = Problems.Binary(40, 3, 1);
        var retrainer = Problems.FitBinary(train, 0.1).Retrainer(Removal.Refit);
        Assert.Contains("nothing to train on", Assert.Throws<ArgumentException>(() => retrainer.Losses([[]], train)).Message, StringComparison.Ordinal);
        Assert.Contains("once", Assert.Throws<ArgumentException>(() => retrainer.Losses([[1, 1]], train)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => retrainer.Losses([[40]], train));
        Assert.Throws<ArgumentOutOfRangeException>(() => retrainer.LossesWithout([[-1]], train));
        Assert.Throws<ArgumentException>(() => retrainer.Losses([[1]], Problems.Binary(4, 2, 1)));

        Assert.Contains("no step", Assert.Throws<InvalidOperationException>(
            () => Problems.FitBinary(train, 0.1).Retrainer(Removal.Refit, RetrainBy.Plan)).Message, StringComparison.Ordinal);
        Assert.Contains("not those that its plan gives", Assert.Throws<InvalidOperationException>(
            () => Logistic.Train(train, _plan).Converged().Retrainer(Removal.Refit, RetrainBy.Plan)).Message, StringComparison.Ordinal);
    }

    internal static double[] Row(double[,] matrix, int row) => [.. Enumerable.Range(0, matrix.GetLength(1)).Select(column => matrix[row, column])];
}
