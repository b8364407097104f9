using System.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>
/// The Shapley-Taylor interaction index of all sets A of up to k players, by all coalitions of up to 20 players (Sundararajan, Dhamdhere and Agarwal,
/// 2020): for |A| = k, (k/n) Σ_{D without A} Σ_{B ⊆ A} (−1)^{k − |B|} v(D ∪ B)/C(n − 1, |D|) (Hammoudeh and Lowd, Eq. (21)), and for smaller sets
/// Σ_{B ⊆ A} (−1)^{|A| − |B|} v(B). Together they add up to v(all) − v(nobody).
/// </summary>
/// <inheritdoc cref="ShapleyInteraction" path="/remarks"/>
public readonly record struct ShapleyTaylor()
{
    /// <summary>Players of the largest sets, k; 2 where nothing is said.</summary>
    public int Order
    {
        get => field == 0 ? 2 : field;
        init;
    }

    /// <inheritdoc cref="ShapleyInteraction.Of"/>
    public InteractionValues Of(Game game, InfluenceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(game);
        AllCoalitions.Require(game.Players);
        var (order, players) = (Order, game.Players);
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1, nameof(Order));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, players, nameof(Order));
        var weights = new double[players - order + 1];
        for (var size = 0; size < weights.Length; size++)
        {
            weights[size] = order / (players * Interactions.Binomial(players - 1, size));
        }

        return Interactions.Of(new GameEvaluation(game, options, ofEachSeed: false), Interactions.SetsOf(players, 1, order), (set, coalition) =>
        {
            var (members, common) = (BitOperations.PopCount((ulong)set), BitOperations.PopCount((ulong)(set & coalition)));
            var others = BitOperations.PopCount((ulong)coalition) - common;
            var weight = members == order ? weights[others] : others == 0 ? 1 : 0;
            return (members - common & 1) == 0 ? weight : -weight;
        });
    }
}
