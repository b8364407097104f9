using System.Globalization;

namespace InfluenceGen.Benchmarks.Limits;

/// <summary>Influence functions of a logistic model.</summary>
/// <param name="Training">Training examples.</param>
/// <param name="Features">Features.</param>
/// <param name="Test">Test examples.</param>
internal sealed record InfluenceSize(int Training, int Features, int Test)
{
    /// <summary>λ of the objective.</summary>
    public const double L2 = 0.01;

    /// <summary>Multiplications and additions of the product that the matrix of scores is.</summary>
    public double Flops => 2.0 * Training * Test * (Features + 1);
}

/// <summary>The NumPy program for influence functions, on one thread.</summary>
/// <param name="python">The interpreter.</param>
internal sealed class InfluenceProgram(string python)
{
    /// <summary>Computes all scores from files in a folder.</summary>
    /// <param name="size">The sizes.</param>
    /// <param name="way">closed, the best vectorised program, or naive, as the definition reads.</param>
    /// <param name="folder">Where the inputs are.</param>
    /// <param name="seconds">How long to go on.</param>
    /// <returns>Milliseconds of one computation.</returns>
    public double Run(InfluenceSize size, string way, string folder, double seconds) => double.Parse(
        Command.Run(python, Path.Combine(AppContext.BaseDirectory, "limits", "influence_limit.py"), folder, way, Text(size.Training),
            Text(size.Features), Text(size.Test), Text(InfluenceSize.L2), Text(seconds)), CultureInfo.InvariantCulture);

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
