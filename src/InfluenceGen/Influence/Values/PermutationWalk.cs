using System.Numerics.Tensors;

namespace InfluenceGen.Influence.Values;

/// <summary>Marginal contributions along permutations, which go side by side, so that coalitions come in lists.</summary>
internal sealed class PermutationWalk
{
    private readonly Game _game;
    private readonly MarginalOrders _orders;
    private readonly double _tolerance;

    public PermutationWalk(Game game, long seed, IReadOnlyList<int[]>? given, double tolerance) =>
        (_game, _orders, _tolerance) = (game, new MarginalOrders(game.Players, seed, given), tolerance);

    public PlayerValues Run(Stopping stop, InfluenceOptions? options)
    {
        var most = _orders.MostOf(stop, (long)_game.Players * _game.Utilities);
        var evaluation = new GameEvaluation(_game, options);
        var sums = new MarginalSums(evaluation.Players, evaluation.Empty);
        sums.See(evaluation.All);
        var (errors, notes) = _orders.Visit(stop, most, sums, _game.IsPartial, (first, last) => Walk(evaluation, sums, first, last), evaluation.Report, evaluation.AskedOf);
        return evaluation.Result(sums.Means, errors, notes);
    }

    /// <summary>Goes along the permutations from <paramref name="first"/> to before <paramref name="last"/>.</summary>
    private void Walk(GameEvaluation evaluation, MarginalSums sums, int first, int last)
    {
        var (players, utilities) = (_game.Players, evaluation.Utilities);
        var orders = new int[last - first][];
        var stride = (players - 1 >> 6) + 1;
        var (bits, before) = (new ulong[orders.Length, stride], evaluation.Rows(orders.Length));
        for (var i = 0; i < orders.Length; i++)
        {
            orders[i] = _orders[first + i];
            evaluation.Empty.CopyTo(before.AsSpan(i * utilities));
        }

        var (coalitions, walking, after, marginal) = (new Coalitions(players, orders.Length), new List<int>(), evaluation.Rows(orders.Length), new double[utilities]);
        for (var place = 0; place < players; place++)
        {
            coalitions.Clear();
            walking.Clear();
            for (var i = 0; i < orders.Length; i++)
            {
                if (IsNear(before.AsSpan(i * utilities, utilities), evaluation.All))
                {
                    sums.Add(orders[i][place], []);
                    continue;
                }

                var player = orders[i][place];
                bits[i, player >> 6] |= 1UL << player;
                walking.Add(i);
                var words = coalitions.Append();
                for (var word = 0; word < stride; word++)
                {
                    words[word] = bits[i, word];
                }
            }

            if (place == players - 1)
            {
                for (var k = 0; k < walking.Count; k++)
                {
                    evaluation.All.CopyTo(after.AsSpan(k * utilities));
                }
            }
            else if (walking.Count > 0)
            {
                evaluation.Write(coalitions, after);
            }

            for (var k = 0; k < walking.Count; k++)
            {
                var now = after.AsSpan(k * utilities, utilities);
                var was = before.AsSpan(walking[k] * utilities, utilities);
                TensorPrimitives.Subtract(now, was, marginal);
                sums.Add(orders[walking[k]][place], marginal);
                sums.See(now);
                now.CopyTo(was);
            }
        }

        bool IsNear(ReadOnlySpan<double> utility, ReadOnlySpan<double> all)
        {
            TensorPrimitives.Subtract(all, utility, marginal);
            return Math.Abs(TensorPrimitives.MaxMagnitude<double>(marginal.AsSpan(0, evaluation.Asked))) < _tolerance;
        }
    }
}
