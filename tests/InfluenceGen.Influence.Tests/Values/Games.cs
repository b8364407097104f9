using InfluenceGen.Influence.Values;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Tests.Values;

/// <summary>Games to be held against.</summary>
internal static class Games
{
    /// <summary>A game of random utilities.</summary>
    public static Game Random(int players, long seed, int utilities = 1)
    {
        var random = new RandomSource(seed);
        var table = new double[1 << players, utilities];
        for (var coalition = 0; coalition < 1 << players; coalition++)
        {
            for (var utility = 0; utility < utilities; utility++)
            {
                table[coalition, utility] = random.NextGaussian();
            }
        }

        return Game.OfTable(table);
    }

    /// <summary>A game that is nearly additive, as utilities of trained models are: what members bring, of which more is worth less, and a little
    /// between pairs.</summary>
    public static Game Saturating(int players, long seed)
    {
        var random = new RandomSource(seed);
        double[] brings = [.. Enumerable.Range(0, players).Select(_ => random.NextDouble() + 0.2 * random.NextGaussian())];
        var pairs = new double[players, players];
        for (var i = 0; i < players; i++)
        {
            for (var j = 0; j < i; j++)
            {
                pairs[i, j] = 0.1 * random.NextGaussian();
            }
        }

        return Game.Of(players, coalition =>
        {
            var (sum, between) = (0.0, 0.0);
            foreach (var i in coalition)
            {
                sum += brings[i];
                foreach (var j in coalition)
                {
                    between += j < i ? pairs[i, j] : 0;
                }
            }

            return Math.Tanh(2 * sum / players) + between / players;
        });
    }

    /// <summary>v by bitmask.</summary>
    public static double[] Table(Game game)
    {
        var coalitions = new Coalitions(game.Players);
        for (var bits = 0; bits < 1 << game.Players; bits++)
        {
            coalitions.Add([.. Enumerable.Range(0, game.Players).Where(player => (bits >> player & 1) != 0)]);
        }

        var table = new double[coalitions.Count * game.Utilities];
        game.Write(coalitions, table);
        return table;
    }

    /// <summary>All orders of some players.</summary>
    public static IEnumerable<int[]> Orders(int players) => players == 0 ? [[]]
        : Orders(players - 1).SelectMany(order => Enumerable.Range(0, players).Select(place => (int[])[.. order[..place], players - 1, .. order[place..]]));

    /// <summary>A semivalue by its definition, in the order of the formula: marginal contributions to every coalition of others.</summary>
    public static double[] Semivalue(double[] table, int players, Func<int, double> weightOfSize) =>
        [.. Enumerable.Range(0, players).Select(player => Enumerable.Range(0, table.Length).Where(bits => (bits >> player & 1) == 0)
            .Sum(bits => weightOfSize(int.PopCount(bits)) * (table[bits | 1 << player] - table[bits])))];

    public static double Binomial(int n, int k) => k == 0 ? 1 : Binomial(n - 1, k - 1) * n / k;
}
