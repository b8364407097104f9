using System.Globalization;

namespace InfluenceGen.Influence.Values;

/// <summary>When an estimate has samples enough: after so many, when its standard errors are small, or as many as a bound asks for that is known
/// before anything is sampled.</summary>
public sealed class Stopping
{
    // Samples before errors are looked at first, and between looks at least; later a quarter more each time.
    private const int Look = 64;

    // Samples whose utilities are kept at a time.
    private const int Kept = 1024;

    private Stopping(int most, double? error, Hoeffding? bound) => (Most, StandardError, Bound) = (most, error, bound);

    /// <summary>A bound on the probability of a large error.</summary>
    internal sealed record Hoeffding(double Error, double Confidence, double Range)
    {
        /// <summary>ln(2 k/δ), for k values that all have to be right.</summary>
        public double Logarithm(long values) => Math.Log(2.0 * values / (1 - Confidence));
    }

    /// <summary>Samples at most.</summary>
    internal int Most { get; }

    /// <summary>The standard error that is small enough.</summary>
    internal double? StandardError { get; }

    /// <summary>The bound that decides.</summary>
    internal Hoeffding? Bound { get; }

    internal static Stopping Thousand { get; } = After(1000);

    internal static Stopping Hundred { get; } = After(100);

    /// <summary>After so many samples.</summary>
    /// <param name="samples">Permutations, or coalitions.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public static Stopping After(int samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        return new(samples, null, null);
    }

    /// <summary>When every value's standard error is small enough. It is looked at after 64 samples and then after a quarter more each time, at least
    /// 64. An interval of ±2 standard errors around one value then holds the true one in some 95 of 100 cases.</summary>
    /// <param name="largest">The standard error that is small enough, in the unit of the utility.</param>
    /// <param name="most">Samples at most; where the errors are larger then, the notes say so.</param>
    /// <exception cref="ArgumentOutOfRangeException">The error is not positive, or there is no sample.</exception>
    public static Stopping AtStandardError(double largest, int most)
    {
        Settings.RequirePositive(largest);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        return new(most, largest, null);
    }

    /// <summary>As many as it takes, by Hoeffding's inequality, for all values to be within an error at once with a probability (Maleki et al., 2013).
    /// That is certain, and many more than <see cref="AtStandardError"/> takes.</summary>
    /// <param name="error">ε, in the unit of the utility.</param>
    /// <param name="confidence">1 − δ, the probability.</param>
    /// <param name="range">The difference of the largest and the smallest utility that a coalition can have: 1 for an accuracy. A sample with more of it is
    /// refused.</param>
    /// <exception cref="ArgumentOutOfRangeException">The error or range is not positive, or the probability not between 0 and 1.</exception>
    public static Stopping Within(double error, double confidence, double range)
    {
        Settings.RequirePositive(error);
        Settings.RequirePositive(range);
        return confidence is > 0 and < 1
            ? new(int.MaxValue, null, new(error, confidence, range))
            : throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A probability is between 0 and 1.");
    }

    /// <summary>How many samples there are when errors are looked at next.</summary>
    internal int NextLook(int done, int most) =>
        (int)Math.Min(most, StandardError is null ? (long)done + Kept : done == 0 ? Look : (long)done + Math.Max(Look, done / 4));

    /// <summary>Whether errors are small enough.</summary>
    internal bool IsReached(double[] errors) => StandardError is { } enough && errors.Max() <= enough;

    /// <summary>That errors are larger than was asked for.</summary>
    internal string[] NotesOf(double[] errors) => StandardError is { } enough && errors.Max() > enough
        ? [string.Create(CultureInfo.InvariantCulture, $"The largest standard error is {errors.Max():G3} after {Most} samples, above the {enough:G3} that was asked for.")]
        : [];

    /// <exception cref="InvalidOperationException">Utilities differ by more than was stated.</exception>
    internal void RequireRange(double span)
    {
        if (Bound is { } bound && span > bound.Range)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"Utilities that were seen differ by {span:G6}; the bound was for a range of {bound.Range:G6}. State the range that they can have (Stopping.Within)."));
        }
    }

    /// <exception cref="InvalidOperationException">There would be more samples than can be counted.</exception>
    internal static int RequireCount(double samples) => samples <= int.MaxValue - Look
        ? (int)samples
        : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The bound asks for {samples:G3} samples. Allow a larger error, or stop at a standard error."));
}
