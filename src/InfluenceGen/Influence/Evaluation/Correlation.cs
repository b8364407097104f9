using System.Globalization;
using System.Numerics.Tensors;

namespace InfluenceGen.Influence.Evaluation;

/// <summary>How well estimates go with the truth.</summary>
/// <param name="Pearson">The linear correlation, from −1 to 1.</param>
/// <param name="Spearman">The linear correlation of ranks, equal values sharing the mean of theirs: whether the order is right.</param>
/// <param name="Slope">Of the least-squares line through the estimates over the truth, cov(e, t) / var(t): whether the size is right.
/// 1 where the estimates are the truth, 0.5 where they are half of it.</param>
/// <param name="Count">Pairs.</param>
public readonly record struct Correlation(double Pearson, double Spearman, double Slope, int Count)
{
    /// <summary>The correlation of estimates with the truth.</summary>
    /// <param name="estimates">The estimates.</param>
    /// <param name="truth">What they are estimates of, in the same order.</param>
    /// <returns>Null where either is the same number throughout, so that there is no correlation.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or a number is not finite.</exception>
    public static Correlation? Between(ReadOnlySpan<double> estimates, ReadOnlySpan<double> truth)
    {
        Require(estimates, truth);
        if (LinearOf(estimates, truth) is not var (pearson, slope))
        {
            return null;
        }

        return new(pearson, LinearOf(Ranks(estimates), Ranks(truth))!.Value.Pearson, slope, truth.Length);
    }

    /// <summary>The rank correlation alone.</summary>
    /// <inheritdoc cref="Between"/>
    public static double? SpearmanOf(ReadOnlySpan<double> estimates, ReadOnlySpan<double> truth)
    {
        Require(estimates, truth);
        return LinearOf(Ranks(estimates), Ranks(truth))?.Pearson;
    }

    /// <summary>The three numbers in one line.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"Pearson {Pearson:F4}, Spearman {Spearman:F4}, slope {Slope:F4} over {Count} pairs");

    /// <summary>Each number's rank, from 1; equal numbers have the mean of theirs.</summary>
    internal static double[] Ranks(ReadOnlySpan<double> values)
    {
        var (sorted, order, ranks) = (values.ToArray(), new int[values.Length], new double[values.Length]);
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(sorted, order);
        for (var first = 0; first < sorted.Length;)
        {
            var last = first + 1;
            while (last < sorted.Length && sorted[last] == sorted[first])
            {
                last++;
            }

            for (var rank = (first + 1 + last) / 2.0; first < last; first++)
            {
                ranks[order[first]] = rank;
            }
        }

        return ranks;
    }

    private static (double Pearson, double Slope)? LinearOf(ReadOnlySpan<double> estimates, ReadOnlySpan<double> truth)
    {
        if (IsConstant(estimates) || IsConstant(truth))
        {
            return null;
        }

        var (e, t) = (Centred(estimates), Centred(truth));
        var (both, ofE, ofT) = (TensorPrimitives.Dot<double>(e, t), TensorPrimitives.SumOfSquares<double>(e), TensorPrimitives.SumOfSquares<double>(t));
        return ofE > 0 && ofT > 0 ? (Math.Clamp(both / (Math.Sqrt(ofE) * Math.Sqrt(ofT)), -1, 1), both / ofT) : null;
    }

    private static double[] Centred(ReadOnlySpan<double> values)
    {
        var centred = new double[values.Length];
        TensorPrimitives.Subtract(values, TensorPrimitives.Sum(values) / values.Length, centred);
        return centred;
    }

    private static bool IsConstant(ReadOnlySpan<double> values) => !values.ContainsAnyExcept(values.IsEmpty ? 0 : values[0]);

    private static void Require(ReadOnlySpan<double> estimates, ReadOnlySpan<double> truth)
    {
        if (estimates.Length != truth.Length)
        {
            throw new ArgumentException($"{estimates.Length} estimates of {truth.Length} numbers.", nameof(estimates));
        }

        RequireFinite(estimates, nameof(estimates));
        RequireFinite(truth, nameof(truth));
    }

    private static void RequireFinite(ReadOnlySpan<double> values, string name)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"Number {i} (counted from 0) is {values[i]}; only finite numbers correlate. Leave out examples that a method does not score."), name);
            }
        }
    }
}
