using System.Globalization;
using System.Runtime.InteropServices;

namespace InfluenceGen.Benchmarks.Limits;

/// <summary>A Python program that computes TracInCP from files in a folder and leaves the scores there.</summary>
/// <param name="python">The interpreter.</param>
/// <param name="script">The program's file name.</param>
/// <param name="folder">The folder.</param>
/// <param name="arguments">What the program is told, its way of computing apart, which comes last.</param>
internal sealed class TracinProgram(string python, string script, string folder, params string[] arguments)
{
    /// <summary>Megabytes that the last run took at most, the interpreter included.</summary>
    public double Megabytes { get; private set; }

    /// <summary>Runs it.</summary>
    /// <returns>Seconds of one computation.</returns>
    /// <exception cref="InvalidOperationException">There is no such interpreter, or the program failed.</exception>
    public double Run(string way)
    {
        var words = Command.Run(python, [Path.Combine(AppContext.BaseDirectory, "limits", script), folder, .. arguments, way]).Trim().Split(' ');
        Megabytes = double.Parse(words[1], CultureInfo.InvariantCulture);
        return double.Parse(words[0], CultureInfo.InvariantCulture);
    }

    /// <summary>The scores that the last run left.</summary>
    public double[] Result() => [.. MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(Path.Combine(folder, "result")))];
}
