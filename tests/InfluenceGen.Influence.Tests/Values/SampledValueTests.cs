using InfluenceGen.Influence.Values;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Influence.Tests.Values;

/// <summary>Values by samples: exact where the sample is everything, without bias, as near as they say.</summary>
public class SampledValueTests
{
    private const int Players = 6;

    private static readonly Game _game = Games.Random(Players, 4, utilities: 2);

    private static readonly int[][] _everything =
        [.. Enumerable.Range(0, 1 << Players).Select(bits => Enumerable.Range(0, Players).Where(player => (bits >> player & 1) != 0).ToArray())];

    [Fact]
    public void All_permutations_are_Shapleys_value_and_nothing_is_truncated_at_zero()
    {
        int[][] orders = [.. Games.Orders(Players)];
        Assert.Equal(720, orders.Length);
        Same(new ExactShapley().Of(_game), new PermutationShapley { Orders = orders }.Of(_game), 1e-12);
        var truncated = new TruncatedMonteCarlo { Orders = orders }.Of(_game);
        Same(new ExactShapley().Of(_game), truncated, 1e-12);
        Assert.Empty(truncated.Notes);
        Assert.NotEmpty(new TruncatedMonteCarlo { Orders = orders, Tolerance = 1 }.Of(_game).Notes);
        Assert.Equal(2 + 720 * 5, truncated.Evaluations);
    }

    [Fact]
    public void All_subsets_reused_are_Banzhafs_value_and_so_is_the_average_marginal_effect_at_one_half()
    {
        var banzhaf = new ExactBanzhaf().Of(_game);
        Same(banzhaf, new BanzhafSampleReuse { Coalitions = _everything }.Of(_game), 1e-12);
        Same(banzhaf, new AverageMarginalEffect { Coalitions = _everything, Inclusion = [0.5] }.Of(_game), 1e-12);
        Same(banzhaf, new ExactSemivalue { Value = Semivalue.AverageMarginalEffect(0.5) }.Of(_game), 1e-12);
    }

    [Fact]
    public void The_lasso_without_a_penalty_worth_naming_is_least_squares_and_with_a_large_one_nothing()
    {
        var exact = new AverageMarginalEffect { Samples = 80, Seed = 3 }.Of(_game);
        Same(exact, new AverageMarginalEffect { Samples = 80, Seed = 3, Lasso = 1e-13 }.Of(_game), 1e-10);
        Assert.All(new AverageMarginalEffect { Samples = 80, Seed = 3, Lasso = 100 }.Of(_game).OfUtility(1), effect => Assert.Equal(0, effect));
        Assert.True(exact.HasErrors);
        Assert.False(new AverageMarginalEffect { Samples = 80, Lasso = 1 }.Of(_game).HasErrors);

        // Fewer coalitions than players are for the lasso alone.
        var wide = Games.Saturating(40, 1);
        Assert.Contains("lasso", Assert.Throws<InvalidOperationException>(() => new AverageMarginalEffect { Samples = 30 }.Of(wide)).Message, StringComparison.Ordinal);
        Assert.Equal(40, new AverageMarginalEffect { Samples = 30, Lasso = 0.01 }.Of(wide).PlayerCount);
    }

    [Fact]
    public void An_additive_game_is_found_exactly_by_few_samples()
    {
        // The surrogate is the game but for its small penalty, which the residual makes good on average.
        double[] brings = [3, -1, 0.5, 2, 0, 7, -4, 1, 1, 2.5];
        var game = Game.Of(10, coalition =>
        {
            var sum = 5.0;
            foreach (var player in coalition)
            {
                sum += brings[player];
            }

            return sum;
        });
        var sample = new RegressionAdjustedValue { Covers = [Semivalue.Shapley, Semivalue.Banzhaf], Stop = Stopping.After(200) }.Sample(game);
        foreach (var value in new[] { Semivalue.Shapley, Semivalue.Banzhaf })
        {
            var found = sample.Of(value);
            for (var player = 0; player < 10; player++)
            {
                Assert.Equal(brings[player], found[player, 0], 2e-3);
            }
        }

        Assert.InRange(sample.Modularity.Additive, 0.999, 1);
        Assert.InRange(sample.Modularity.Monotone, 0.999, 1);
    }

    [Fact]
    public void Estimates_are_without_bias()
    {
        // The mean over many seeds is the value, to four standard errors of that mean as they spread.
        Semivalue[] values = [Semivalue.Shapley, Semivalue.Banzhaf, Semivalue.Beta(4, 1), Semivalue.AverageMarginalEffect()];
        var samples = Enumerable.Range(0, 400).Select(seed => new RegressionAdjustedValue { Covers = [.. values], Stop = Stopping.After(48), Seed = seed }.Sample(_game)).ToArray();
        foreach (var value in values)
        {
            Unbiased(new ExactSemivalue { Value = value }.Of(_game), [.. samples.Select(sample => sample.Of(value))]);
        }

        Unbiased(new ExactShapley().Of(_game), [.. Enumerable.Range(0, 400).Select(seed => new PermutationShapley { Stop = Stopping.After(8), Seed = seed }.Of(_game))]);
        Unbiased(new ExactBanzhaf().Of(_game), [.. Enumerable.Range(0, 400).Select(seed => new BanzhafSampleReuse { Stop = Stopping.After(60), Seed = seed }.Of(_game))]);
    }

    [Fact]
    public void Intervals_of_two_standard_errors_hold_the_value_as_often_as_they_say()
    {
        var game = Games.Saturating(8, 3);
        Covers(new ExactShapley().Of(game), seed => new PermutationShapley { Stop = Stopping.After(100), Seed = seed }.Of(game));
        Covers(new ExactBanzhaf().Of(game), seed => new BanzhafSampleReuse { Stop = Stopping.After(200), Seed = seed }.Of(game));
        Covers(new ExactShapley().Of(game), seed => new RegressionAdjustedValue { Stop = Stopping.After(200), Seed = seed }.Of(game));
        Covers(new ExactSemivalue { Value = Semivalue.Beta(4, 1) }.Of(game),
            seed => new RegressionAdjustedValue { Value = Semivalue.Beta(4, 1), Covers = [Semivalue.Shapley, Semivalue.Beta(4, 1)], Stop = Stopping.After(200), Seed = seed }.Of(game));
        Covers(new ExactSemivalue { Value = Semivalue.AverageMarginalEffect(0.5) }.Of(game), seed => new AverageMarginalEffect { Samples = 200, Inclusion = [0.5], Seed = seed }.Of(game));

        // Stopped by the error itself.
        Covers(new ExactShapley().Of(game), seed => new PermutationShapley { Stop = Stopping.AtStandardError(0.004, 5000), Seed = seed }.Of(game));
        Covers(new ExactShapley().Of(game), seed => new RegressionAdjustedValue { Stop = Stopping.AtStandardError(0.002, 5000), Seed = seed }.Of(game));
    }

    [Fact]
    public void A_bound_in_advance_holds_and_takes_more_samples_than_an_error_that_is_seen()
    {
        var game = Game.Of(5, coalition => coalition.Count >= 3 ? 3 : 0);
        var missed = 0;
        for (var seed = 0; seed < 20; seed++)
        {
            var stop = Stopping.Within(0.3, 0.9, range: 3);
            var (shapley, banzhaf) = (new PermutationShapley { Stop = stop, Seed = seed }.Of(game), new BanzhafSampleReuse { Stop = stop, Seed = seed }.Of(game));
            missed += Largest(new ExactShapley().Of(game), shapley) > 0.3 ? 1 : 0;
            missed += Largest(new ExactBanzhaf().Of(game), banzhaf) > 0.3 ? 1 : 0;

            // 2 R² ln(2 n/δ)/ε² permutations, each of four trainings.
            Assert.Equal(2 + 4 * (long)Math.Ceiling(200 * Math.Log(100)), shapley.Evaluations);
            Assert.InRange(banzhaf.Evaluations, 2 + 2 * 100 * Math.Log(100), 1.15 * 2 * 100 * Math.Log(100));
        }

        Assert.InRange(missed, 0, 4);
        Assert.Contains("range", Assert.Throws<InvalidOperationException>(() => new PermutationShapley { Stop = Stopping.Within(0.3, 0.9, 2) }.Of(game)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => new BanzhafSampleReuse { Stop = Stopping.Within(0.3, 0.9, 2) }.Of(game));
        Assert.Throws<InvalidOperationException>(() => new RegressionAdjustedValue { Stop = Stopping.Within(0.1, 0.9, 1) }.Of(game));
        Assert.Throws<ArgumentException>(() => new TruncatedMonteCarlo { Tolerance = 0.1, Stop = Stopping.Within(0.1, 0.9, 1) }.Of(game));
        Assert.Throws<ArgumentOutOfRangeException>("confidence", () => Stopping.Within(0.1, 1, 1));
    }

    [Fact]
    public void Regression_adjustment_is_nearer_than_permutations_at_equal_trainings()
    {
        foreach (var players in new[] { 8, 12 })
        {
            for (var which = 1; which <= 3; which++)
            {
                var game = Games.Saturating(players, which);
                var exact = new ExactShapley().Of(game);
                var (adjusted, permuted) = (0.0, 0.0);
                const int Budget = 300;
                for (var seed = 0; seed < 20; seed++)
                {
                    var by = new RegressionAdjustedValue { Stop = Stopping.After(Budget), Seed = seed }.Of(game);
                    var permutations = new PermutationShapley { Stop = Stopping.After((Budget + players - 2) / (players - 1)), Seed = seed }.Of(game);
                    Assert.True(by.Evaluations <= permutations.Evaluations);
                    adjusted += Squares(exact, by);
                    permuted += Squares(exact, permutations);
                }

                Assert.True(adjusted < permuted / 4, $"game {which} of {players}: {adjusted:E2} and {permuted:E2}");
            }
        }
    }

    [Fact]
    public void Every_coalition_of_equal_weight_counts_and_what_was_not_sampled_is_refused()
    {
        var game = Games.Saturating(10, 1);
        var one = new RegressionAdjustedValue { Stop = Stopping.After(400) }.Sample(game);
        Assert.Equal(400, one.Count);
        Assert.Equal(400, one.EffectiveCount(Semivalue.Shapley), 1e-6);
        Assert.InRange(one.EffectiveCount(Semivalue.Banzhaf), 1, 350);
        Assert.Contains(one.Of(Semivalue.Shapley).Notes, note => note.StartsWith("Shapley by 400 sampled coalitions, which count as 400 ", StringComparison.Ordinal));
        var ends = new RegressionAdjustedValue { Value = Semivalue.LeaveOneOut }.Sample(game);
        Assert.Contains("Covers", Assert.Throws<InvalidOperationException>(() => ends.Of(Semivalue.Shapley)).Message, StringComparison.Ordinal);
        Assert.Equal(new ExactShapley().Of(Games.Random(1, 1))[0, 0], new RegressionAdjustedValue().Of(Games.Random(1, 1))[0, 0]);
        Assert.Throws<ArgumentOutOfRangeException>("Folds", () => new RegressionAdjustedValue { Folds = 1 }.Of(game));
    }

    [Fact]
    public void Modularity_tells_sums_from_monotone_functions_of_sums_from_neither()
    {
        Modularity Of(CoalitionUtility utility) => new RegressionAdjustedValue { Value = Semivalue.Banzhaf, Stop = Stopping.After(1000) }.Sample(Game.Of(12, utility)).Modularity;
        double Sum(Coalition coalition)
        {
            var sum = 0.0;
            foreach (var player in coalition)
            {
                sum += player + 1;
            }

            return sum;
        }

        var sums = Of(coalition => Sum(coalition));
        var steep = Of(coalition => Math.Exp(Sum(coalition) / 6));
        var parity = Of(coalition => coalition.Count & 1);
        Assert.InRange(sums.Additive, 0.999, 1);
        Assert.InRange(steep.Additive, 0, 0.8);
        Assert.InRange(steep.Monotone, 0.9, 1);
        Assert.False(steep.IsLow);
        Assert.True(parity.IsLow);
        Assert.Contains("no better than chance", string.Join(' ', new RegressionAdjustedValue().Of(Game.Of(12, coalition => coalition.Count & 1)).Notes), StringComparison.Ordinal);
        Assert.DoesNotContain("no better than chance", string.Join(' ', new RegressionAdjustedValue().Of(Games.Saturating(12, 1)).Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sample_is_a_function_of_its_seed_and_longer_ones_begin_alike()
    {
        var seen = new List<string>();
        var game = Game.Of(9, coalition =>
        {
            seen.Add(coalition.ToString());
            return coalition.Count;
        });
        List<string> Of<TMethod>(TMethod method) where TMethod : struct, IValueMethod
        {
            seen.Clear();
            method.Of(game);
            return [.. seen];
        }

        var reuse = Of(new BanzhafSampleReuse { Stop = Stopping.After(40), Seed = 5 });
        Assert.Equal(reuse, Of(new BanzhafSampleReuse { Stop = Stopping.After(90), Seed = 5 })[..42]);
        Assert.NotEqual(reuse, Of(new BanzhafSampleReuse { Stop = Stopping.After(40), Seed = 6 }));
        var adjusted = Of(new RegressionAdjustedValue { Stop = Stopping.After(40), Seed = 5 });
        Assert.Equal(adjusted, Of(new RegressionAdjustedValue { Stop = Stopping.After(90), Seed = 5 })[..42]);
        Assert.NotEqual(adjusted, Of(new RegressionAdjustedValue { Stop = Stopping.After(40), Seed = 6 }));
        Assert.Equal(Of(new AverageMarginalEffect { Samples = 40, Seed = 5 }), Of(new AverageMarginalEffect { Samples = 90, Seed = 5 })[..42]);
        Assert.NotEqual(Of(new PermutationShapley { Seed = 1 }), Of(new PermutationShapley { Seed = 2 }));
    }

    [Fact]
    public void Samples_that_say_nothing_are_refused()
    {
        Assert.Contains("Stop", Assert.Throws<InvalidOperationException>(() => new BanzhafSampleReuse { Stop = Stopping.After(3) }.Of(_game)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => new AverageMarginalEffect { Coalitions = [.. _everything.Where(set => set.Contains(2))], Inclusion = [0.5] }.Of(_game));
        Assert.Throws<ArgumentException>(() => new PermutationShapley { Orders = [[0, 1, 2, 3, 4, 4]] }.Of(_game));
        Assert.Throws<ArgumentException>(() => new PermutationShapley { Orders = [[0, 1, 2, 3, 4]] }.Of(_game));
        Assert.Throws<ArgumentException>(() => new PermutationShapley { Orders = [[0, 1, 2, 3, 4, 6]] }.Of(_game));
        Assert.Throws<ArgumentException>(() => new PermutationShapley { Orders = [] }.Of(_game));
        Assert.Throws<ArgumentException>(() => new BanzhafSampleReuse { Coalitions = [] }.Of(_game));
        Assert.Throws<ArgumentOutOfRangeException>("Tolerance", () => new TruncatedMonteCarlo { Tolerance = -1 }.Of(_game));
        Assert.Throws<ArgumentOutOfRangeException>("Lasso", () => new AverageMarginalEffect { Lasso = double.NaN }.Of(_game));
        Assert.Throws<ArgumentOutOfRangeException>("Inclusion", () => new AverageMarginalEffect { Inclusion = [0] }.Of(_game));
        var unreached = new PermutationShapley { Stop = Stopping.AtStandardError(1e-9, 100) }.Of(_game);
        Assert.Contains(unreached.Notes, note => note.Contains("above the 1E-09 that was asked for", StringComparison.Ordinal));
    }

    /// <summary>Requires that 95% intervals hold the value between 91% and 99% of the time: over 200 seeds, and over players, who are not independent.</summary>
    private static void Covers(PlayerValues exact, Func<int, PlayerValues> estimate)
    {
        var (held, all) = (0, 0);
        for (var seed = 0; seed < 200; seed++)
        {
            var found = estimate(seed);
            for (var player = 0; player < found.PlayerCount; player++)
            {
                held += Math.Abs(found[player, 0] - exact[player, 0]) <= 1.96 * found.ErrorsOf(player)[0] ? 1 : 0;
                all++;
            }
        }

        Assert.InRange((double)held / all, 0.91, 0.985);
    }

    private static void Unbiased(PlayerValues exact, PlayerValues[] estimates)
    {
        for (var player = 0; player < exact.PlayerCount; player++)
        {
            for (var utility = 0; utility < exact.UtilityCount; utility++)
            {
                double[] found = [.. estimates.Select(each => each[player, utility])];
                var mean = found.Average();
                var error = Math.Sqrt(found.Sum(value => (value - mean) * (value - mean)) / (found.Length - 1.0) / found.Length);
                Assert.InRange(mean - exact[player, utility], -4 * error, 4 * error);
            }
        }
    }

    private static double Squares(PlayerValues exact, PlayerValues found) =>
        exact.OfUtility(0).Zip(found.OfUtility(0), (a, b) => (a - b) * (a - b)).Sum();

    private static double Largest(PlayerValues exact, PlayerValues found) =>
        exact.OfUtility(0).Zip(found.OfUtility(0), (a, b) => Math.Abs(a - b)).Max();

    private static void Same(PlayerValues expected, PlayerValues found, double within)
    {
        for (var player = 0; player < expected.PlayerCount; player++)
        {
            for (var utility = 0; utility < expected.UtilityCount; utility++)
            {
                Assert.Equal(expected[player, utility], found[player, utility], within);
            }
        }
    }
}
