using System.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>
/// The Shapley interaction index of all sets A of some size, by all coalitions of up to 20 players (Grabisch and Roubens, 1999; Hammoudeh and Lowd,
/// Eq. (19)): Σ_{D without A} (n − |A| − |D|)! |D|!/(n − |A| + 1)! · Σ_{B ⊆ A} (−1)^{|A| − |B|} v(D ∪ B). Of single players it is Shapley's value.
/// </summary>
/// <remarks>2ⁿ evaluations. For several indices of one game evaluate it once (<see cref="Game.Tabulated"/>).</remarks>
public readonly record struct ShapleyInteraction()
{
    /// <summary>Players of a set, |A|; 2 where nothing is said.</summary>
    public int Order
    {
        get => field == 0 ? 2 : field;
        init;
    }

    /// <summary>The indices of a game's sets.</summary>
    /// <param name="game">Who plays, and what coalitions are worth.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no set of that size.</exception>
    /// <inheritdoc cref="IValueMethod.Of" path="/exception"/>
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
            weights[size] = 1 / (weights.Length * Interactions.Binomial(weights.Length - 1, size));
        }

        return Interactions.Of(new GameEvaluation(game, options, ofEachSeed: false), Interactions.SetsOf(players, order, order), (set, coalition) =>
        {
            var common = BitOperations.PopCount((ulong)(set & coalition));
            var weight = weights[BitOperations.PopCount((ulong)coalition) - common];
            return (order - common & 1) == 0 ? weight : -weight;
        });
    }
}
