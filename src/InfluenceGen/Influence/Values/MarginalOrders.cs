using System.Globalization;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>The orders in which players come: given, or sampled, of which order j is a function of the seed and j.</summary>
internal sealed class MarginalOrders
{
    private const int Block = 64;

    private readonly int _players;
    private readonly long _seed;
    private readonly IReadOnlyList<int[]>? _given;

    /// <exception cref="ArgumentException">An order is not one of all players, or there is none.</exception>
    public MarginalOrders(int players, long seed, IReadOnlyList<int[]>? given)
    {
        (_players, _seed, _given) = (players, seed, given);
        if (given is null)
        {
            return;
        }

        if (given.Count == 0)
        {
            throw new ArgumentException("There is no order.", nameof(given));
        }

        var seen = new int[players];
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

            if (length != players)
            {
                throw new ArgumentException($"Order {order} (counted from 0) does not name each of {players} players once.", nameof(given));
            }
        }
    }

    /// <summary>One of them.</summary>
    public int[] this[int number]
    {
        get
        {
            if (_given is not null)
            {
                return _given[number];
            }

            var order = new int[_players];
            for (var i = 0; i < order.Length; i++)
            {
                order[i] = i;
            }

            new CounterRandom(_seed, number).Shuffle(order);
            return order;
        }
    }

    /// <summary>How many orders a rule takes at most.</summary>
    /// <param name="stop">The rule.</param>
    /// <param name="values">Values that a bound is about.</param>
    public int MostOf(Stopping stop, long values) => _given is not null ? _given.Count
        : stop.Bound is { } bound ? Stopping.RequireCount(Math.Ceiling(2 * bound.Range * bound.Range * bound.Logarithm(values) / (bound.Error * bound.Error)))
        : stop.Most;

    /// <summary>Goes along orders until there are enough.</summary>
    /// <param name="stop">When there are.</param>
    /// <param name="most">Orders at most (<see cref="MostOf"/>).</param>
    /// <param name="sums">Where <paramref name="walk"/> adds up.</param>
    /// <param name="isPartial">Whether nothing may be decided by the sums.</param>
    /// <param name="walk">Goes along the orders from a number to before another.</param>
    /// <param name="report">Told which share is done.</param>
    /// <param name="asked">The standard errors that decide, of all of them; null for all.</param>
    /// <returns>The standard errors, which a single order has none of, and what a reader should know.</returns>
    /// <exception cref="InvalidOperationException">Utilities differ by more than was stated for a bound.</exception>
    public (double[]? Errors, string[] Notes) Visit(Stopping stop, int most, MarginalSums sums, bool isPartial, Action<int, int> walk, Action<double> report,
        Func<double[], double[]>? asked = null)
    {
        asked ??= errors => errors;
        for (var done = 0; done < most;)
        {
            var next = _given is not null ? most : stop.NextLook(done, most);
            for (; done < next; done = Math.Min(next, done + Block))
            {
                walk(done, Math.Min(next, done + Block));
                report((double)Math.Min(next, done + Block) / most);
            }

            if (_given is null && done < most && !isPartial && stop.IsReached(asked(sums.Errors(done))))
            {
                most = done;
            }
        }

        if (_given is null)
        {
            stop.RequireRange(sums.Span);
        }

        report(1);
        var errors = most > 1 ? sums.Errors(most) : null;
        return (errors,
        [
            .. errors is null || _given is not null ? [] : stop.NotesOf(asked(errors)),
            .. sums.Truncated == 0 ? (string[])[] : [string.Create(CultureInfo.InvariantCulture,
                $"Of {(long)most * _players} marginal contributions {sums.Truncated} were truncated and count as 0.")],
        ]);
    }
}
