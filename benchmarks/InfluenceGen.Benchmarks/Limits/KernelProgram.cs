using System.Globalization;
using System.Text.Json;

namespace InfluenceGen.Benchmarks.Limits;

/// <summary>The hand-written C++ kernel, compiled for one rank.</summary>
internal sealed class KernelProgram
{
    private readonly string _program;
    private readonly string _ratings;

    private KernelProgram(string program, string ratings)
    {
        _program = program;
        _ratings = ratings;
    }

    /// <summary>The deployment RMSE of the last run.</summary>
    public double Rmse { get; private set; }

    /// <summary>Compiles the kernel.</summary>
    /// <param name="rank">d.</param>
    /// <param name="folder">Where the program goes.</param>
    /// <param name="ratings">The ratings it will read.</param>
    /// <exception cref="InvalidOperationException">There is no compiler, or it failed.</exception>
    public static KernelProgram Compile(int rank, string folder, string ratings)
    {
        var d = rank.ToString(CultureInfo.InvariantCulture);
        var program = Path.Combine(folder, "mf_limit_" + d);
        Command.Run("g++", "-O3", "-march=native", "-DD=" + d,
            Path.Combine(AppContext.BaseDirectory, "limits", "mf_limit.cpp"), "-o", program);
        return new KernelProgram(program, ratings);
    }

    /// <summary>Trains with accounting.</summary>
    /// <returns>Nanoseconds for a training rating and step.</returns>
    public double Run(int steps)
    {
        var output = Command.Run(_program, _ratings, steps.ToString(CultureInfo.InvariantCulture), "1");
        using var json = JsonDocument.Parse(output);
        Rmse = json.RootElement.GetProperty("rmse").GetDouble();
        return json.RootElement.GetProperty("ns_per_train_rating_step").GetDouble();
    }
}
