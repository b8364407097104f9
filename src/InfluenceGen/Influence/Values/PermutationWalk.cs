using System.Globalization;
using System.Numerics.Tensors;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>Marginal contributions along permutations, which go side by side, so that coalitions come in lists.</summary>
internal sealed class PermutationWalk
{
    private const int Block = 64;

    private readonly Game _game;
    private readonly long _seed;
    private readonly IReadOnlyList<int[]>? _given;
    private readonly double _tolerance;

    public PermutationWalk(Game game, long seed, IReadOnlyList<int[]>? given, double tolerance)
    {
        (_game, _seed, _given, _tolerance) = (game, seed, given, tolerance);
        if (given is null)
        {
            return;
        }

        if (given.Count == 0)
        {
            throw new ArgumentException("There is no order.", nameof(given));
        }

        var seen = new int[game.Players];
        for (var order = 0; order < given.Count; order++)
        {
            ArgumentNullException.ThrowIfNull(given[order], nameof(given));
            var length = given[order].Length;
            foreach (var player in given[order])
            {
                length = (uint)player < (uint)seen.Length && seen[player] == order ? length : -1;
                if (length >= 0)
                {
                    seen[player]++;
                }
            }

            if (length != game.Players)
            {
                throw new ArgumentException($"Order {order} (counted from 0) does not name each of {game.Players} players once.", nameof(given));
            }
        }
    }

    public PlayerValues Run(Stopping stop, InfluenceOptions? options)
    {
        var values = (long)_game.Players * _game.Utilities;
        var most = _given is not null ? _given.Count
            : stop.Bound is { } bound ? Stopping.RequireCount(Math.Ceiling(2 * bound.Range * bound.Range * bound.Logarithm(values) / (bound.Error * bound.Error)))
            : stop.Most;
        var evaluation = new GameEvaluation(_game, options);
        var sums = new Sums(evaluation);
        for (var done = 0; done < most;)
        {
            var next = _given is not null ? most : stop.NextLook(done, most);
            for (; done < next; done = Math.Min(next, done + Block))
            {
                Walk(evaluation, sums, done, Math.Min(next, done + Block));
                evaluation.Report((double)done / most);
            }

            if (_given is null && done < most && !_game.IsPartial && stop.IsReached(sums.Errors(done)))
            {
                most = done;
            }
        }

        stop.RequireRange(sums.Span);
        evaluation.Report(1);
        var errors = most > 1 ? sums.Errors(most) : null;
        string[] notes =
        [
            .. errors is null || _given is not null ? [] : stop.NotesOf(errors),
            .. sums.Truncated == 0 ? (string[])[] : [string.Create(CultureInfo.InvariantCulture,
                $"Of {(long)most * _game.Players} marginal contributions {sums.Truncated} were truncated and count as 0.")],
        ];
        return evaluation.Result(sums.Means, errors, notes);
    }

    private int[] Order(int number)
    {
        if (_given is not null)
        {
            return _given[number];
        }

        var order = new int[_game.Players];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        new CounterRandom(_seed, number).Shuffle(order);
        return order;
    }

    /// <summary>Goes along the permutations from <paramref name="first"/> to before <paramref name="last"/>.</summary>
    private void Walk(GameEvaluation evaluation, Sums sums, int first, int last)
    {
        var (players, utilities) = (_game.Players, _game.Utilities);
        var orders = new int[last - first][];
        var stride = (players - 1 >> 6) + 1;
        var (bits, before) = (new ulong[orders.Length, stride], evaluation.Rows(orders.Length));
        for (var i = 0; i < orders.Length; i++)
        {
            orders[i] = Order(first + i);
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
                    sums.Add(orders[i][place], null);
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
            return Math.Abs(TensorPrimitives.MaxMagnitude<double>(marginal)) < _tolerance;
        }
    }

    /// <summary>Means and squared deviations (Welford, 1962).</summary>
    private sealed class Sums
    {
        private readonly int _utilities;
        private readonly double[] _squares;
        private readonly int[] _counts;
        private readonly double[] _least;
        private readonly double[] _most;

        public Sums(GameEvaluation evaluation)
        {
            _utilities = evaluation.Utilities;
            (Means, _squares, _counts) = (evaluation.Matrix(), evaluation.Matrix(), new int[evaluation.Players]);
            (_least, _most) = (evaluation.Empty.ToArray(), evaluation.Empty.ToArray());
            See(evaluation.All);
        }

        public double[] Means { get; }

        public long Truncated { get; private set; }

        public double Span
        {
            get
            {
                var spans = new double[_utilities];
                TensorPrimitives.Subtract(_most, _least, spans);
                return TensorPrimitives.Max<double>(spans);
            }
        }

        public void See(ReadOnlySpan<double> utility)
        {
            TensorPrimitives.Min(_least, utility, _least);
            TensorPrimitives.Max(_most, utility, _most);
        }

        /// <summary>Adds a player's marginal contribution; null for one that was truncated.</summary>
        public void Add(int player, double[]? marginal)
        {
            Truncated += marginal is null ? 1 : 0;
            var count = ++_counts[player];
            for (var utility = 0; utility < _utilities; utility++)
            {
                var place = player * _utilities + utility;
                var deviation = (marginal?[utility] ?? 0) - Means[place];
                Means[place] += deviation / count;
                _squares[place] += deviation * ((marginal?[utility] ?? 0) - Means[place]);
            }
        }

        public double[] Errors(int permutations)
        {
            var errors = new double[_squares.Length];
            for (var i = 0; i < errors.Length; i++)
            {
                errors[i] = Math.Sqrt(_squares[i] / (permutations - 1.0) / permutations);
            }

            return errors;
        }
    }
}
