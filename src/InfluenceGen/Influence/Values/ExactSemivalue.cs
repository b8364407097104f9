using System.Numerics;
using System.Numerics.Tensors;

namespace InfluenceGen.Influence.Values;

/// <summary>Any semivalue by all coalitions, of up to 20 players: φ_i = Σ_{S without i} q(|S|)/C(n − 1, |S|) · (v(S ∪ i) − v(S)).</summary>
/// <remarks>2ⁿ evaluations, in chunks of 1,024; memory is a number for each player and utility beside a chunk. For several values of one game
/// evaluate it once (<see cref="Game.Tabulated"/>).</remarks>
public readonly record struct ExactSemivalue() : IValueMethod
{
    /// <summary>Which; <see cref="Semivalue.Shapley"/> where nothing is said.</summary>
    public Semivalue Value
    {
        get => field ?? Semivalue.Shapley;
        init;
    }

    /// <inheritdoc/>
    public PlayerValues Of(Game game, InfluenceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(game);
        AllCoalitions.Require(game.Players);
        var sizes = Value.SizeProbabilities(game.Players);
        var evaluation = new GameEvaluation(game, options);
        var (players, utilities) = (game.Players, evaluation.Utilities);

        // What v(S) counts with, by |S|: for members and, with a minus, for the others.
        var (inside, outside) = (new double[players + 1], new double[players + 1]);
        for (var (k, binomial) = (0, 1.0); k < players; k++)
        {
            inside[k + 1] = sizes[k] / binomial;
            outside[k] = -sizes[k] / binomial;
            binomial = binomial * (players - 1 - k) / (k + 1);
        }

        // The weights of each player add up to 0, so that v may be counted from v(nobody).
        var (values, chunk, row) = (evaluation.Matrix(), evaluation.Matrix(), new double[utilities]);
        Add(values, (1L << players) - 1, evaluation.All);
        AllCoalitions.Visit(evaluation, (first, rows) =>
        {
            Array.Clear(chunk);
            for (var i = 0; i < rows.Length / utilities; i++)
            {
                Add(chunk, first + i, rows.Slice(i * utilities, utilities));
            }

            TensorPrimitives.Add(values, chunk, values);
        });
        return evaluation.Result(values, null);

        void Add(double[] sums, long bits, ReadOnlySpan<double> utility)
        {
            TensorPrimitives.Subtract(utility, evaluation.Empty, row);
            var size = BitOperations.PopCount((ulong)bits);
            for (var player = 0; player < players; player++)
            {
                var sum = sums.AsSpan(player * utilities, utilities);
                TensorPrimitives.MultiplyAdd(row, (bits >> player & 1) != 0 ? inside[size] : outside[size], sum, sum);
            }
        }
    }
}
