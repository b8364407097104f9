namespace InfluenceGen.Reciprocity;

/// <summary>Quantiles of a sample, interpolated linearly between order statistics as NumPy does by default.</summary>
public static class Quantiles
{
    /// <summary>
    /// The q-quantile of n numbers: with x_0 ≤ … ≤ x_{n−1} in order and h = (n − 1) q, the value at h on the line from
    /// x_⌊h⌋ to the next (Hyndman and Fan, type 7).
    /// </summary>
    /// <param name="values">The sample, in any order, without NaN.</param>
    /// <param name="q">From 0, the smallest, to 1, the largest.</param>
    /// <exception cref="ArgumentException">The sample is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">q is not between 0 and 1.</exception>
    public static double Of(ReadOnlySpan<double> values, double q)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("An empty sample has no quantiles.", nameof(values));
        }

        if (!(q is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(q), q, "A quantile is asked for between 0 and 1.");
        }

        var sorted = values.ToArray();
        Array.Sort(sorted);
        var position = (sorted.Length - 1) * q;
        var below = (int)position;
        return below + 1 == sorted.Length
            ? sorted[below]
            : sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]);
    }
}
