using InfluenceGen.Influence.Values;
using Xunit;

namespace InfluenceGen.Influence.Tests.Values;

/// <summary>Games whose values are in the literature.</summary>
public class KnownGameTests
{
    [Fact]
    public void Of_gloves_the_single_one_takes_two_thirds()
    {
        // A left glove and two right ones: a pair is worth 1. Shapley 2/3, 1/6, 1/6; Banzhaf 3/4, 1/4, 1/4.
        var game = Game.Of(3, coalition => coalition[0] && (coalition[1] || coalition[2]) ? 1 : 0);
        Same([2.0 / 3, 1.0 / 6, 1.0 / 6], new ExactShapley().Of(game));
        Same([0.75, 0.25, 0.25], new ExactBanzhaf().Of(game));
        Same([1, 0, 0], new LeaveOneOutValue().Of(game));
        Same([0, 0, 0], new AddOneInValue().Of(game));
        Assert.Equal(1.0 / 6, new ExactShapley().Of(game)[2, 0], 1e-15);
        Assert.Equal(-0.5, new ShapleyInteraction().Of(game).Of(1, 2)[0], 1e-15);
    }

    [Fact]
    public void Many_shoes_are_shared_by_how_scarce_they_are()
    {
        // Four left shoes and five right ones: a pair is worth 1. By symmetry left ones have 4 a + 5 b = 4, and a is the mean share by its definition.
        var game = Game.Of(9, coalition =>
        {
            var left = 0;
            foreach (var player in coalition)
            {
                left += player < 4 ? 1 : 0;
            }

            return Math.Min(left, coalition.Count - left);
        });
        var values = new ExactShapley().Of(game).OfUtility(0);
        Assert.All(values[1..4], value => Assert.Equal(values[0], value, 1e-14));
        Assert.All(values[5..], value => Assert.Equal(values[4], value, 1e-14));
        Assert.Equal(4, 4 * values[0] + 5 * values[4], 1e-13);

        // A left shoe adds a pair where left < right before it: hypergeometric, over all sizes alike.
        var expected = 0.0;
        for (var size = 0; size < 9; size++)
        {
            for (var left = Math.Max(0, size - 5); left <= Math.Min(3, size); left++)
            {
                expected += left < size - left ? Games.Binomial(3, left) * Games.Binomial(5, size - left) / Games.Binomial(8, size) / 9 : 0;
            }
        }

        Assert.Equal(expected, values[0], 1e-14);
    }

    [Fact]
    public void Whoever_needs_a_longer_runway_pays_for_the_rest_of_it()
    {
        // Littlechild and Owen (1973): the cost of a set is that of its largest; each stretch is shared by those who need it.
        double[] costs = [1, 2, 2, 5, 9];
        var game = Game.Of(5, coalition =>
        {
            var cost = 0.0;
            foreach (var player in coalition)
            {
                cost = Math.Max(cost, costs[player]);
            }

            return -cost;
        });
        Same([-1.0 / 5, -1.0 / 5 - 1.0 / 4, -1.0 / 5 - 1.0 / 4, -1.0 / 5 - 1.0 / 4 - 3.0 / 2, -1.0 / 5 - 1.0 / 4 - 3.0 / 2 - 4], new ExactShapley().Of(game));
    }

    [Fact]
    public void Votes_are_not_power()
    {
        // [4; 3, 2, 1, 1]: in 12 of 24 orders the first is pivotal, and in 4 each of the others.
        var game = Weighted(4, [3, 2, 1, 1]);
        Same([12 / 24.0, 4 / 24.0, 4 / 24.0, 4 / 24.0], new ExactShapley().Of(game));
        Same([6 / 8.0, 2 / 8.0, 2 / 8.0, 2 / 8.0], new ExactBanzhaf().Of(game));

        // The council of 1958, [12; 4, 4, 4, 2, 2, 1]: Luxembourg is nobody. Shapley 14/60, 9/60 and 0; Banzhaf 10/32, 6/32 and 0.
        var council = Weighted(12, [4, 4, 4, 2, 2, 1]);
        Same([14 / 60.0, 14 / 60.0, 14 / 60.0, 9 / 60.0, 9 / 60.0, 0], new ExactShapley().Of(council));
        Same([10 / 32.0, 10 / 32.0, 10 / 32.0, 6 / 32.0, 6 / 32.0, 0], new ExactBanzhaf().Of(council));
    }

    [Fact]
    public void A_majority_of_equals_shares_alike_and_unanimity_too()
    {
        var majority = Game.Of(15, coalition => coalition.Count >= 8 ? 1 : 0);
        var found = new ExactShapley().Of(majority);
        Assert.All(found.OfUtility(0), value => Assert.Equal(1.0 / 15, value, 1e-14));
        Assert.Equal(1 << 15, found.Evaluations);
        Same([1.0 / 3, 1.0 / 3, 1.0 / 3, 0, 0], new ExactShapley().Of(Game.Of(5, coalition => coalition[0] && coalition[1] && coalition[2] ? 1 : 0)));
        Assert.All(new ExactBanzhaf().Of(majority).OfUtility(0), value => Assert.Equal(Games.Binomial(14, 7) / (1 << 14), value, 1e-14));
    }

    private static Game Weighted(int quota, int[] votes) => Game.Of(votes.Length, coalition =>
    {
        var sum = 0;
        foreach (var player in coalition)
        {
            sum += votes[player];
        }

        return sum >= quota ? 1 : 0;
    });

    private static void Same(double[] expected, PlayerValues values)
    {
        Assert.Equal(expected.Length, values.PlayerCount);
        for (var player = 0; player < expected.Length; player++)
        {
            Assert.Equal(expected[player], values[player, 0], 1e-14);
        }
    }
}
