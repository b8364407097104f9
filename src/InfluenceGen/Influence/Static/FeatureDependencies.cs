using System.Globalization;
using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>Combinations of columns that are the same in every training example, in words.</summary>
internal static class FeatureDependencies
{
    // Of the largest, below which a coefficient is rounding.
    private const double Rounding = 1e-6;
    private const int MostNamed = 6;

    // What a name of one column of several ends with, before that which tells them apart.
    private const string Separators = "=:_-. [(/";

    /// <summary>The combinations: coefficients of each input, and what is the case.</summary>
    /// <param name="matrix">Σ over outputs of the inputs' curvature, the bias first where there is one, in coordinates counted from means.</param>
    /// <param name="stride">From row to row.</param>
    /// <param name="hasBias">Whether there is a bias.</param>
    /// <param name="rounding">As for <see cref="SemidefiniteFactor"/>.</param>
    /// <param name="means">What each input was counted from.</param>
    /// <param name="nameOf">What to call an input.</param>
    public static List<(double[] Coefficients, string Words)> Of(ReadOnlySpan<double> matrix, int stride, bool hasBias,
        ReadOnlySpan<double> rounding, double[] means, Func<int, string> nameOf)
    {
        var first = hasBias ? 1 : 0;
        var factor = new SemidefiniteFactor(matrix, stride, means.Length + first, first, rounding);
        var scales = new double[factor.Order];
        factor.WriteScales(scales);
        var found = new List<(double[], string)>();
        foreach (var direction in factor.NullSpace)
        {
            var coefficients = direction[first..];
            var sizes = coefficients.Select((c, k) => Math.Abs(c) * (scales[k + first] > 0 ? scales[k + first] : 1)).ToArray();
            var largest = sizes.Max();
            int[] involved = [.. Enumerable.Range(0, sizes.Length).Where(k => sizes[k] > Rounding * largest && sizes[k] > 0)];
            if (involved.Length > 0)
            {
                found.Add((coefficients, Words(coefficients, involved, hasBias ? -direction[0] : 0, hasBias, means, nameOf)));
            }
        }

        return found;
    }

    private static string Words(double[] coefficients, int[] involved, double constant, bool hasBias, double[] means, Func<int, string> nameOf)
    {
        // Σ c_k (x_k − m_k) is the constant.
        var (sum, size) = (constant, Math.Abs(constant));
        foreach (var k in involved)
        {
            sum += coefficients[k] * means[k];
            size += Math.Abs(coefficients[k] * means[k]);
        }

        var withBias = hasBias && Math.Abs(sum) > Rounding * size;
        if (involved.Length == 1)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{nameOf(involved[0])} is {(withBias ? $"{means[involved[0]]:G6} in every training example, as constant as the bias" : "0 in every training example")}");
        }

        var unit = coefficients[involved[0]];
        if (withBias && involved.All(k => Math.Abs(coefficients[k] - unit) <= Rounding * Math.Abs(unit)))
        {
            var total = sum / unit;
            return string.Create(CultureInfo.InvariantCulture, $"{Columns(involved, nameOf)} add up to {(Math.Abs(total - 1) <= Rounding ? "" : $"{total:G6}, a multiple of ")}the bias");
        }

        return involved.Length == 2
            ? $"{nameOf(involved[0])} and {nameOf(involved[1])} are the same up to a factor{(withBias ? " and a constant" : "")}"
            : $"{nameOf(involved[0])} is a combination of {Listed(involved.AsSpan(1), nameOf)}{(withBias ? " and the bias" : "")}";
    }

    /// <summary>"the columns of Ward (…)" where their names begin alike, otherwise their names.</summary>
    private static string Columns(int[] involved, Func<int, string> nameOf)
    {
        string[] names = [.. involved.Select(k => nameOf(k))];
        var shared = names[0];
        foreach (var name in names)
        {
            var length = 0;
            while (length < Math.Min(shared.Length, name.Length) && shared[length] == name[length])
            {
                length++;
            }

            shared = shared[..length];
        }

        var (start, end) = (shared.IndexOf('\'', StringComparison.Ordinal) + 1, shared.AsSpan().LastIndexOfAny(Separators));
        return start > 0 && end > start
            ? $"the columns of {shared[start..end]} ({Listed(involved, nameOf)})"
            : Listed(involved, nameOf);
    }

    private static string Listed(ReadOnlySpan<int> inputs, Func<int, string> nameOf)
    {
        var names = new List<string>();
        foreach (var k in inputs[..Math.Min(inputs.Length, MostNamed)])
        {
            names.Add(nameOf(k));
        }

        return inputs.Length > MostNamed
            ? string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", names)} and {inputs.Length - MostNamed} others")
            : names.Count == 1 ? names[0] : $"{string.Join(", ", names[..^1])} and {names[^1]}";
    }
}
