using InfluenceGen.Influence.Values;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Influence.Tests.Values;

/// <summary>What values are defined by, on random games.</summary>
public class ValuePropertyTests
{
    public static TheoryData<int> Sizes => [1, 2, 3, 5, 8];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Exact_values_are_their_definitions(int players)
    {
        var game = Games.Random(players, players);
        var table = Games.Table(game);
        double Choose(int k) => Games.Binomial(players - 1, k);
        Close(Games.Semivalue(table, players, k => 1 / (players * Choose(k))), new ExactShapley().Of(game));
        Close(Games.Semivalue(table, players, _ => Math.Pow(2, 1 - players)), new ExactBanzhaf().Of(game));
        Close(Games.Semivalue(table, players, k => k == players - 1 ? 1 : 0), new LeaveOneOutValue().Of(game));
        Close(Games.Semivalue(table, players, k => k == 0 ? 1 : 0), new AddOneInValue().Of(game));
        Close(Games.Semivalue(table, players, k => Math.Pow(0.3, k) * Math.Pow(0.7, players - 1 - k)),
            new ExactSemivalue { Value = Semivalue.AverageMarginalEffect(0.3) }.Of(game));

        // Beta(2, 3) by whole factorials: B(k + 3, n − 1 − k + 2)/B(2, 3).
        double Beta(int a, int b) => 1 / (a * Games.Binomial(a + b - 1, a));
        Close(Games.Semivalue(table, players, k => Beta(k + 3, players - k + 1) / Beta(2, 3)), new BetaShapley(2, 3).Of(game));
        Assert.Equal(1L << players, new ExactShapley().Of(game).Evaluations);
        Assert.Equal(players + 2, new LeaveOneOutValue().Of(game).Evaluations);
    }

    [Fact]
    public void Shapley_is_efficient_and_others_are_not()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var game = Games.Random(6, seed, utilities: 2);
            var values = new ExactShapley().Of(game);
            for (var utility = 0; utility < 2; utility++)
            {
                Assert.Equal(values.UtilityOfAll[utility] - values.UtilityOfNobody[utility], values.SumOver(0, 1, 2, 3, 4, 5)[utility], 1e-12);
            }

            Assert.True(Math.Abs(values.UtilityOfAll[0] - values.UtilityOfNobody[0] - new ExactBanzhaf().Of(game).SumOver(0, 1, 2, 3, 4, 5)[0]) > 1e-6);
        }
    }

    [Fact]
    public void Equals_have_equal_values_and_who_adds_nothing_has_none()
    {
        // Players 1 and 3 are the same to the game, and 2 is nobody.
        var random = new RandomSource(3);
        var worth = new double[3, 3, 2];
        for (var i = 0; i < worth.Length; i++)
        {
            worth[i / 6, i / 2 % 3, i % 2] = random.NextGaussian();
        }

        var game = Game.Of(5, coalition => worth[(coalition[1] ? 1 : 0) + (coalition[3] ? 1 : 0), coalition[0] ? 1 : 0, coalition[4] ? 1 : 0]);
        foreach (var value in new[] { Semivalue.Shapley, Semivalue.Banzhaf, Semivalue.Beta(4, 1), Semivalue.Beta(0.5, 2), Semivalue.AverageMarginalEffect() })
        {
            var found = new ExactSemivalue { Value = value }.Of(game);
            Assert.Equal(found[1, 0], found[3, 0], 1e-14);
            Assert.Equal(0, found[2, 0], 1e-14);
            Assert.True(Math.Abs(found[1, 0] - found[0, 0]) > 1e-6);
        }
    }

    [Fact]
    public void Values_are_linear_in_the_utility_and_do_not_see_a_constant()
    {
        var (a, b) = (Games.Table(Games.Random(7, 1)), Games.Table(Games.Random(7, 2)));
        var sum = Game.OfTable([.. a.Zip(b, (x, y) => 3 * x - 2 * y + 1e6)]);
        foreach (var value in new[] { Semivalue.Shapley, Semivalue.Beta(16, 1) })
        {
            double[] Of(Game game) => new ExactSemivalue { Value = value }.Of(game).OfUtility(0);
            var (ofA, ofB, ofSum) = (Of(Game.OfTable(a)), Of(Game.OfTable(b)), Of(sum));
            for (var player = 0; player < 7; player++)
            {
                Assert.Equal(3 * ofA[player] - 2 * ofB[player], ofSum[player], 1e-9);
            }
        }
    }

    [Fact]
    public void Weights_of_sizes_are_probabilities_however_many_players()
    {
        Semivalue[] values =
        [
            Semivalue.Shapley, Semivalue.Banzhaf, Semivalue.LeaveOneOut, Semivalue.AddOneIn, Semivalue.Beta(1, 1), Semivalue.Beta(16, 1), Semivalue.Beta(1, 16),
            Semivalue.Beta(0.1, 0.1), Semivalue.AverageMarginalEffect(), Semivalue.AverageMarginalEffect(0.01),
        ];
        foreach (var players in new[] { 1, 2, 3, 20, 1000, 100_000 })
        {
            foreach (var value in values)
            {
                var sizes = value.SizeProbabilities(players);
                Assert.Equal(players, sizes.Length);
                Assert.Equal(1, sizes.Sum(), 1e-10);
                Assert.All(sizes, share => Assert.InRange(share, 0, 1));
            }

            Assert.All(Semivalue.Beta(1, 1).SizeProbabilities(players), share => Assert.Equal(1.0 / players, share, 1e-12));
        }

        // The mean of a beta-binomial is (n − 1) β/(α + β), of a binomial (n − 1) p.
        Assert.Equal(999 / 17.0, Mean(Semivalue.Beta(16, 1)), 1e-9);
        Assert.Equal(99.9, Mean(Semivalue.AverageMarginalEffect(0.1)), 1e-9);

        static double Mean(Semivalue value) => value.SizeProbabilities(1000).Select((share, size) => share * size).Sum();
    }

    [Fact]
    public void Any_semivalue_can_be_stated_and_others_are_refused()
    {
        var game = Games.Random(4, 5);
        Close(new ExactBanzhaf().Of(game).OfUtility(0), new ExactSemivalue { Value = Semivalue.OfSizes("mine", 1 / 8.0, 3 / 8.0, 3 / 8.0, 1 / 8.0) }.Of(game));
        Assert.Throws<ArgumentException>(() => Semivalue.OfSizes("mine", 0.5, 0.6));
        Assert.Throws<ArgumentException>(() => Semivalue.OfSizes("mine", 1.5, -0.5));
        Assert.Throws<ArgumentException>(() => Semivalue.OfSizes("mine", double.NaN, 1));
        Assert.Throws<InvalidOperationException>(() => new ExactSemivalue { Value = Semivalue.OfSizes("mine", 0.5, 0.5) }.Of(game));
        Assert.Throws<ArgumentOutOfRangeException>("alpha", () => Semivalue.Beta(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>("beta", () => Semivalue.Beta(1, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>("Alpha", () => default(BetaShapley).Of(game));
        Assert.Throws<ArgumentOutOfRangeException>("inclusion", () => Semivalue.AverageMarginalEffect(0.5, 1));
    }

    [Fact]
    public void Interactions_of_one_are_Shapleys_and_Taylors_add_up()
    {
        var game = Games.Random(6, 9);
        var shapley = new ExactShapley().Of(game);
        var (single, taylor) = (new ShapleyInteraction { Order = 1 }.Of(game), new ShapleyTaylor { Order = 1 }.Of(game));
        Assert.Equal(6, single.Sets.Length);
        for (var player = 0; player < 6; player++)
        {
            Assert.Equal(shapley[player, 0], single.OfSet(player)[0], 1e-13);
            Assert.Equal(shapley[player, 0], taylor.Of(player)[0], 1e-13);
        }

        for (var order = 1; order <= 6; order++)
        {
            var all = new ShapleyTaylor { Order = order }.Of(game);
            Assert.Equal(Enumerable.Range(1, order).Sum(size => Games.Binomial(6, size)), all.Sets.Length, 1e-9);
            Assert.Equal(shapley.UtilityOfAll[0] - shapley.UtilityOfNobody[0], Enumerable.Range(0, all.Sets.Length).Sum(set => all.OfSet(set)[0]), 1e-12);
        }

        // An additive game has none, and what a pair brings together is its own.
        var pair = new ShapleyInteraction().Of(Game.Of(5, coalition => coalition.Count + (coalition[1] && coalition[4] ? 3 : 0)));
        for (var set = 0; set < pair.Sets.Length; set++)
        {
            Assert.Equal(pair.Sets[set].SequenceEqual([1, 4]) ? 3 : 0, pair.OfSet(set)[0], 1e-13);
        }

        Assert.Throws<ArgumentException>(() => pair.Of(1, 1));
        Assert.Throws<ArgumentOutOfRangeException>("Order", () => new ShapleyInteraction { Order = 7 }.Of(game));
        Assert.Throws<ArgumentOutOfRangeException>("Order", () => new ShapleyTaylor { Order = -1 }.Of(game));
    }

    [Fact]
    public void Too_many_players_are_told_what_to_use()
    {
        var game = Game.Of(21, coalition => coalition.Count);
        foreach (var problem in new[]
        {
            Assert.Throws<InvalidOperationException>(() => new ExactShapley().Of(game)), Assert.Throws<InvalidOperationException>(() => new BetaShapley(2, 1).Of(game)),
            Assert.Throws<InvalidOperationException>(() => new ShapleyInteraction().Of(game)), Assert.Throws<InvalidOperationException>(() => game.Tabulated()),
        })
        {
            Assert.Contains("RegressionAdjustedValue", problem.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Coalitions_are_sets_of_any_number_of_players()
    {
        foreach (var players in new[] { 1, 63, 64, 65, 128, 200 })
        {
            var list = new Coalitions(players);
            list.Add();
            list.AppendAll();
            list.Add(players - 1);
            list.AppendOthers();
            Assert.Equal([0, players, 1, players - 1], Enumerable.Range(0, 4).Select(i => list[i].Count));
            Assert.Equal(Enumerable.Range(0, players), list[1].Members());
            Assert.Equal(Enumerable.Range(0, players - 1), list[3].Members());
            Assert.True(list[2][players - 1]);
            Assert.False(list[3][players - 1]);
            Assert.Throws<ArgumentOutOfRangeException>(() => list[1][players]);
            Assert.Throws<ArgumentOutOfRangeException>(() => list.Add(players));
            Assert.Throws<ArgumentException>(() => list.Add(0, 0));
            Assert.Equal(4, list.Count);
            Assert.Throws<ArgumentOutOfRangeException>(() => list[4].Count);
            for (var more = 0; more < 100; more++)
            {
                list.Add(more % players);
            }

            Assert.Equal([99 % players], list[103].Members());
        }
    }

    [Fact]
    public void Utilities_that_are_no_numbers_are_refused_and_cancelling_stops()
    {
        var odd = Game.Of(3, coalition => coalition[1] && !coalition[2] ? double.NaN : 0);
        Assert.Contains("{1}", Assert.Throws<ArithmeticException>(() => new AddOneInValue().Of(odd)).Message, StringComparison.Ordinal);
        using var source = new CancellationTokenSource();
        var game = Game.Of(12, coalition =>
        {
            source.Cancel();
            return coalition.Count;
        });
        Assert.Throws<OperationCanceledException>(() => new ExactShapley().Of(game, new InfluenceOptions { Cancellation = source.Token }));
    }

    [Fact]
    public void Groups_have_two_values()
    {
        var game = Games.Random(4, 8);
        var values = new ExactShapley().Of(game);
        Assert.Equal(values[1, 0] + values[3, 0], values.SumOver(1, 3)[0], 1e-15);
        Assert.Throws<ArgumentException>(() => values.SumOver(1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => values.SumOver(4));
        Assert.Throws<InvalidOperationException>(() => values.ErrorsOf(0));
        Assert.False(values.HasErrors);
    }

    private static void Close(double[] expected, PlayerValues values)
    {
        for (var player = 0; player < expected.Length; player++)
        {
            Assert.Equal(expected[player], values[player, 0], 1e-12);
        }
    }
}
