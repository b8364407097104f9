using System.Globalization;

namespace ReciprocityStudies.Reporting;

/// <summary>One quantity: what the paper prints, and what came out here.</summary>
/// <param name="Quantity">What it is.</param>
/// <param name="Paper">What the paper prints; empty where it prints nothing.</param>
/// <param name="Here">What came out, with its spread where there is one.</param>
/// <param name="Mean">The number, or the mean of the repetitions; null where the answer is not a number.</param>
/// <param name="Deviation">Standard deviation over repetitions, or a standard error where <paramref name="Spread"/> says
/// so; null where there is only one.</param>
/// <param name="Spread">What the spread is over.</param>
/// <param name="Distance">How many of these spreads the mean lies above the paper's number; null where either is
/// missing.</param>
internal sealed record Figure(string Quantity, string Paper, string Here, double? Mean = null, double? Deviation = null,
    string? Spread = null, double? Distance = null)
{
    /// <summary>A quantity that was measured several times.</summary>
    /// <param name="quantity">What it is.</param>
    /// <param name="paper">The paper's number, if it prints one.</param>
    /// <param name="values">Each measurement, at least one.</param>
    /// <param name="format">How numbers are printed.</param>
    /// <param name="spread">What the measurements differ in.</param>
    public static Figure Over(string quantity, double? paper, IReadOnlyCollection<double> values, string format, string spread)
    {
        var mean = values.Average();
        return values.Count < 2
            ? Measured(quantity, paper, mean, null, format, null)
            : Measured(quantity, paper, mean, Spreads.Deviation(values), format, $"standard deviation over {values.Count} {spread}");
    }

    /// <summary>A quantity with a spread that was estimated otherwise.</summary>
    public static Figure Measured(string quantity, double? paper, double mean, double? deviation, string format, string? spread)
    {
        var here = Numbers.Text(mean, format);
        return new Figure(quantity, paper is { } printed ? Numbers.Text(printed, format) : "",
            deviation is { } some ? $"{here} ± {Numbers.Text(some, format)}" : here,
            mean, deviation, spread, deviation is > 0 ? (mean - paper) / deviation : null);
    }
}

/// <summary>How far measurements spread.</summary>
internal static class Spreads
{
    /// <summary>The standard deviation of a sample of two or more, divided by n − 1.</summary>
    public static double Deviation(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }

    /// <summary>The jackknife's standard error of a statistic, from its values with each of n parts left out in turn:
    /// √((n − 1)/n Σ (θ_i − mean θ)²).</summary>
    public static double Jackknife(IReadOnlyCollection<double> leftOut) =>
        Deviation(leftOut) * (leftOut.Count - 1) / Math.Sqrt(leftOut.Count);
}

/// <summary>Numbers in tables.</summary>
internal static class Numbers
{
    /// <summary>A number with fixed decimals; one that is rounded to 0 has no sign.</summary>
    public static string Text(double value, string format)
    {
        var text = value.ToString(format, CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAnyExcept("-0.") ? text : text.TrimStart('-');
    }
}
