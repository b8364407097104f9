using System.Globalization;
using System.Text.Json;

namespace InfluenceGen.Benchmarks.Limits;

/// <summary>The hand-written C++ kernel that leaves out each example of a linear model, eight submodels a register, and the NumPy program
/// for the same.</summary>
internal sealed class LanesProgram
{
    private readonly string _program;

    private LanesProgram(string program) => _program = program;

    /// <summary>Compiles the kernel.</summary>
    /// <param name="features">Features beside the bias.</param>
    /// <param name="folder">Where the program goes.</param>
    /// <exception cref="InvalidOperationException">There is no compiler, or it failed.</exception>
    public static LanesProgram Compile(int features, string folder)
    {
        var f = features.ToString(CultureInfo.InvariantCulture);
        var program = Path.Combine(folder, "lanes_limit_" + f);
        Command.Run("g++", "-O3", "-march=native", "-DF=" + f, Path.Combine(AppContext.BaseDirectory, "limits", "lanes_limit.cpp"), "-o", program);
        return new LanesProgram(program);
    }

    /// <summary>Trains all.</summary>
    /// <returns>Milliseconds.</returns>
    public double Run(int examples, int steps)
    {
        using var json = JsonDocument.Parse(Command.Run(_program, examples.ToString(CultureInfo.InvariantCulture), steps.ToString(CultureInfo.InvariantCulture)));
        return 1000 * json.RootElement.GetProperty("seconds").GetDouble();
    }

    /// <summary>The same by NumPy.</summary>
    /// <returns>Milliseconds.</returns>
    public static double RunNumpy(string python, int examples, int features, int steps) => 1000 * double.Parse(
        Command.Run(python, Path.Combine(AppContext.BaseDirectory, "limits", "retraining_numpy.py"), examples.ToString(CultureInfo.InvariantCulture),
            features.ToString(CultureInfo.InvariantCulture), steps.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
}
