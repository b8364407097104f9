using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Influence.Values;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Values;

/// <summary>Values over several seeds of a plan: means over trainings, and errors over trainings and samples.</summary>
public class SeedTests
{
    private const int Seeds = 3;

    private static readonly ExampleSet<double> _train = Problems.Classes(6, 3, 1);
    private static readonly ExampleSet<double> _test = Problems.Classes(4, 3, 2);

    [Fact]
    public void The_game_of_several_seeds_is_the_mean_of_as_many_games()
    {
        Game[] each = [.. Enumerable.Range(0, Seeds).Select(seed => FitOf(seed).Game(Players.Examples, _test, Utility.Losses))];
        var game = FitOf(0).Game(Players.Examples, _test, Utility.Losses, seeds: Seeds);
        Assert.Equal((6, _test.Count), (game.Players, game.Utilities));
        var tables = each.Select(Games.Table).ToArray();
        var found = Games.Table(game);
        for (var i = 0; i < found.Length; i++)
        {
            Assert.Equal(tables.Average(table => table[i]), found[i], 1e-13);
        }

        Assert.True(Math.Abs(tables[0][^1] - tables[1][^1]) > 1e-4);
    }

    [Fact]
    public void Exact_values_have_the_errors_of_a_mean_over_seeds()
    {
        PlayerValues[] each = [.. Enumerable.Range(0, Seeds).Select(seed => FitOf(seed).Value(new ExactShapley(), Players.Examples, _test, Utility.Losses))];
        var found = FitOf(0).Value(new ExactShapley(), Players.Examples, _test, Utility.Losses, seeds: Seeds);
        Assert.Equal((6, _test.Count, 64), (found.PlayerCount, found.UtilityCount, found.Evaluations));
        for (var player = 0; player < 6; player++)
        {
            for (var t = 0; t < _test.Count; t++)
            {
                double[] values = [.. each.Select(one => one[player, t])];
                Assert.Equal(values.Average(), found[player, t], 1e-12);
                Assert.Equal(Math.Sqrt(values.Sum(value => Math.Pow(value - values.Average(), 2)) / (Seeds - 1) / Seeds), found.ErrorsOf(player)[t], 1e-12);
            }
        }

        Assert.True(found.ErrorsOf(0)[0] > 1e-6);
        Assert.Contains(found.Notes, note => note.Contains("mean over 3 trainings of other seeds, which 100 % of", StringComparison.Ordinal));
        Assert.Equal(found.UtilityOfAll[1], -Enumerable.Range(0, Seeds).Average(seed => FitOf(seed).Losses(_test)[1]), 1e-12);
        var tabulated = FitOf(0).Game(Players.Examples, _test, Utility.Losses, seeds: Seeds).Tabulated();
        Assert.Equal(found.ToMatrix(), new ExactShapley().Of(tabulated).ToMatrix());
        Assert.Equal(found.ErrorsOf(3).ToArray(), new ExactShapley().Of(tabulated).ErrorsOf(3).ToArray());
    }

    [Fact]
    public void Errors_cover_a_game_whose_noise_is_known()
    {
        // v(S) = Σ (i + 1) + noise of each player and seed, with deviation ½: values are i + 1.
        var (within, all) = (0, 0);
        for (var trial = 0; trial < 200; trial++)
        {
            var random = new RandomSource(trial);
            const int Repeats = 8;
            var games = new Game[Repeats];
            for (var seed = 0; seed < Repeats; seed++)
            {
                double[] brings = [.. Enumerable.Range(0, 4).Select(i => i + 1 + 0.5 * random.NextGaussian())];
                games[seed] = Game.Of(4, coalition => coalition.Members().Sum(i => brings[i]));
            }

            var found = new ExactShapley().Of(new RepeatedGame(new SeededGames(games), Repeats));
            for (var player = 0; player < 4; player++, all++)
            {
                within += Math.Abs(found[player, 0] - (player + 1)) <= 2.36 * found.ErrorsOf(player)[0] ? 1 : 0;
            }
        }

        // Student's 95 % of 7 degrees of freedom, of 800.
        Assert.InRange(within, 0.93 * all, 0.97 * all);
    }

    [Fact]
    public void Variances_of_sample_and_trainings_add_up()
    {
        // The noise of trainings is 10 for player 0 whatever the coalition; what the sample leaves open is the same for all seeds.
        var between = Games.Random(5, 4);
        Game[] games = [.. Enumerable.Range(0, 2).Select(seed => Plus(between, seed == 0 ? -10 : 10))];
        var game = new RepeatedGame(new SeededGames(games), 2);
        foreach (var (sampled, alone, isApart) in new[]
        {
            (new PermutationShapley { Stop = Stopping.After(50) }.Of(game), new PermutationShapley { Stop = Stopping.After(50) }.Of(between), true),
            (new BanzhafSampleReuse { Stop = Stopping.After(50) }.Of(game), new BanzhafSampleReuse { Stop = Stopping.After(50) }.Of(between), false),
            (new RegressionAdjustedValue { Stop = Stopping.After(64) }.Of(game), new RegressionAdjustedValue { Stop = Stopping.After(64) }.Of(between), false),
        })
        {
            for (var player = 0; player < 5; player++)
            {
                Assert.True(Math.Abs(sampled[player, 0] - alone[player, 0]) <= (isApart ? 1e-12 : 3 * alone.ErrorsOf(player)[0]));
                Assert.True(sampled.ErrorsOf(player)[0] >= 0.5 * alone.ErrorsOf(player)[0]);

                // Where others' noise stays out of a player's estimates, as it does not in differences of means.
                Assert.True(!isApart || player == 0 || sampled.ErrorsOf(player)[0] <= 3 * alone.ErrorsOf(player)[0]);
            }

            Assert.Equal(10, sampled.ErrorsOf(0)[0], 1.5);
        }

        // A standard error that is asked for is the sample's, which more coalitions lower: the noise of trainings does not keep it going.
        var stopped = new PermutationShapley { Stop = Stopping.AtStandardError(1, 100_000) }.Of(game);
        Assert.Equal(2 + 64 * 4, stopped.Evaluations);

        static Game Plus(Game game, double noise)
        {
            var table = Games.Table(game);
            return Game.OfTable([.. table.Select((v, bits) => v + ((bits & 1) != 0 ? noise : 0))]);
        }
    }

    [Fact]
    public void Journals_and_shards_keep_every_seed()
    {
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            var game = FitOf(0).Game(Players.Examples, _test, seeds: 2);
            var method = new PermutationShapley { Stop = Stopping.After(5) };
            var whole = method.Of(game);
            string Path(string name) => System.IO.Path.Combine(directory.FullName, name);
            Same(method.Of(game.Recorded(Path("journal"))));
            Same(method.Of(game.Recorded(Path("journal"))));
            game.WriteShard(method, 0, 2, Path("0"));
            game.WriteShard(method, 1, 2, Path("1"));
            Same(method.Of(game.Merged(Path("1"), Path("0"))));
            Assert.Throws<ArgumentException>(() => FitOf(0).Game(Players.Examples, _test, seeds: 3).Recorded(Path("journal")));

            void Same(PlayerValues found)
            {
                Assert.Equal(whole.ToMatrix(), found.ToMatrix());
                Assert.Equal(whole.ErrorsOf(1).ToArray(), found.ErrorsOf(1).ToArray());
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void Losses_over_seeds_are_means_with_errors()
    {
        int[][] parts = [[0, 1, 2, 3], [1, 5]];
        var (means, errors) = FitOf(0).Retrainer(Removal.Refit).LossesOverSeeds(parts, _test, Seeds);
        double[][,] each = [.. Enumerable.Range(0, Seeds).Select(seed => FitOf(seed).Retrainer(Removal.Refit).Losses(parts, _test))];
        double[] losses = [.. each.Select(one => one[1, 2])];
        Assert.Equal(losses.Average(), means[1, 2], 1e-12);
        Assert.Equal(Math.Sqrt(losses.Sum(loss => Math.Pow(loss - losses.Average(), 2)) / (Seeds - 1) / Seeds), errors[1, 2], 1e-12);
        Assert.True(errors[1, 2] > 1e-6);
        Assert.Throws<ArgumentOutOfRangeException>("seeds", () => FitOf(0).Retrainer(Removal.Refit).LossesOverSeeds(parts, _test, 1));
    }

    [Fact]
    public void Trainings_that_draw_nothing_are_not_repeated()
    {
        var binary = Problems.Binary(8, 2, 1);
        Assert.Contains("minimum", Assert.Throws<InvalidOperationException>(() => Problems.FitBinary(binary, 0.1).Game(Players.Examples, binary, seeds: 2)).Message, StringComparison.Ordinal);
        var planned = Logistic.Train(binary, GradientDescent.FullBatch(5, 0.1));
        Assert.Contains("draws neither", Assert.Throws<InvalidOperationException>(() => planned.Game(Players.Examples, binary, by: RetrainBy.Plan, seeds: 2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("seeds", () => planned.Game(Players.Examples, binary, seeds: 0));
        var batches = Logistic.Train(binary, GradientDescent.MiniBatch(5, 3, 0.1, seed: 1));
        Assert.Equal(8, batches.Game(Players.Examples, binary, by: RetrainBy.Plan, seeds: 2).Players);
        Assert.Throws<InvalidOperationException>(() => new ClassWiseShapley().Of(batches.Game(Players.Examples, binary, Utility.ClassAccuracies, by: RetrainBy.Plan, seeds: 2),
            [0, 0, 0, 0, 0, 0, 0, 0]));
    }

    /// <summary>A network by mini-batches from a start that is drawn; seed s of the plan.</summary>
    private static Fit<TanhSoftmax.Model, double> FitOf(int seed) => TanhSoftmax.Train(_train,
        GradientDescent.MiniBatch(12, 2, 0.3, seed: 7 + seed) with { Start = Initialisation.Glorot(20 + seed), Threads = 1 });
}
