using System.Globalization;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Sources;

namespace InfluenceGen.Influence.Values;

/// <summary>
/// How far a game is one where players' contributions just add up: the share of the variance of held-out coalitions' utilities that an additive surrogate
/// explains (R²), and the share that it explains after the best rising transform. Selecting the players of the highest values is the best selection where
/// the second is 1, and can be no better than chance where it is not (Wang, Yang, Zou, Kwon and Jia, 2024).
/// </summary>
/// <param name="Additive">R² of the additive fit, its mean over utilities; below 0 where the mean is better.</param>
/// <param name="Monotone">R² after a rising transform (isotonic regression) of the additive fit, or of one to ranks of utilities where that explains
/// more.</param>
public readonly record struct Modularity(double Additive, double Monotone)
{
    // Below half of the variance, more of a coalition's utility is about who comes together than about who comes.
    private const double Low = 0.5;

    /// <summary>Whether values say little about which players to select: less than half of the variance is explained after a rising transform.</summary>
    public bool IsLow => Monotone < Low;

    /// <summary>Both shares in a sentence.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"Contributions that just add up explain {Additive:P0} of the variance of held-out coalitions, {Monotone:P0} after a monotone transform.");

    /// <summary>Compares what was foretold and what was observed, a row for each coalition.</summary>
    /// <param name="foretold">By a surrogate of the utilities.</param>
    /// <param name="ranks">By one of their ranks.</param>
    /// <param name="observed">The utilities.</param>
    /// <param name="utilities">Numbers of a row.</param>
    /// <param name="asked">How many of them it is about.</param>
    internal static Modularity Of(double[] foretold, double[] ranks, double[] observed, int utilities, int asked)
    {
        var (additive, monotone, counted) = (0.0, 0.0, 0);
        var count = observed.Length / utilities;
        var (f, r, v) = (new double[count], new double[count], new double[count]);
        for (var utility = 0; utility < asked; utility++)
        {
            var mean = 0.0;
            for (var i = 0; i < count; i++)
            {
                (f[i], r[i], v[i]) = (foretold[i * utilities + utility], ranks[i * utilities + utility], observed[i * utilities + utility]);
                mean += v[i] / count;
            }

            var (total, residual) = (0.0, 0.0);
            for (var i = 0; i < count; i++)
            {
                total += (v[i] - mean) * (v[i] - mean);
                residual += (v[i] - f[i]) * (v[i] - f[i]);
            }

            if (total > 0)
            {
                additive += 1 - residual / total;
                monotone += 1 - Math.Min(IsotonicResidual(f, v), IsotonicResidual(r, v)) / total;
                counted++;
            }
        }

        return counted > 0 ? new(additive / counted, monotone / counted) : new(1, 1);
    }

    /// <summary>Each utility's ranks.</summary>
    internal static double[] Ranks(double[] observed, int utilities)
    {
        var (ranks, column) = (new double[observed.Length], new double[observed.Length / utilities]);
        for (var utility = 0; utility < utilities; utility++)
        {
            for (var i = 0; i < column.Length; i++)
            {
                column[i] = observed[i * utilities + utility];
            }

            var rank = Correlation.Ranks(column);
            for (var i = 0; i < column.Length; i++)
            {
                ranks[i * utilities + utility] = rank[i];
            }
        }

        return ranks;
    }

    /// <summary>The squares that the best rising function of f leaves of v, by pooling adjacent violators (Ayer et al., 1955).</summary>
    private static double IsotonicResidual(double[] f, double[] v)
    {
        var order = Ranking.Descending(f);
        Array.Reverse(order);
        var pools = new Stack<(double Sum, int Count)>();
        for (var first = 0; first < order.Length;)
        {
            // Equal f have one value.
            var (last, sum) = (first, 0.0);
            for (; last < order.Length && f[order[last]] == f[order[first]]; last++)
            {
                sum += v[order[last]];
            }

            var pool = (Sum: sum, Count: last - first);
            while (pools.TryPeek(out var before) && before.Sum / before.Count >= pool.Sum / pool.Count)
            {
                pools.Pop();
                pool = (pool.Sum + before.Sum, pool.Count + before.Count);
            }

            pools.Push(pool);
            first = last;
        }

        var (residual, end) = (0.0, order.Length);
        foreach (var (sum, length) in pools)
        {
            end -= length;
            for (var i = end; i < end + length; i++)
            {
                var difference = v[order[i]] - sum / length;
                residual += difference * difference;
            }
        }

        return residual;
    }
}
