using System.Globalization;

namespace InfluenceGen.Benchmarks.Limits;

/// <summary>The PyTorch program.</summary>
/// <param name="python">The interpreter.</param>
/// <param name="ratings">The ratings it reads.</param>
/// <param name="trainingCount">How many of them it trains on.</param>
internal sealed class TorchProgram(string python, string ratings, int trainingCount)
{
    /// <summary>PyTorch's version.</summary>
    /// <exception cref="InvalidOperationException">There is no such interpreter, or it has no PyTorch.</exception>
    public string Version() => Command.Run(python, "-c", "import torch; print(torch.__version__)").Trim();

    /// <summary>Trains with accounting.</summary>
    /// <returns>Nanoseconds for a training rating and step.</returns>
    public double Run(int steps, int threads)
    {
        var output = Command.Run(python, Path.Combine(AppContext.BaseDirectory, "limits", "mf_torch.py"), ratings,
            steps.ToString(CultureInfo.InvariantCulture), "1", threads.ToString(CultureInfo.InvariantCulture));

        // torch mf seconds 0.364 steps 20 …
        var words = output.Split(' ');
        var seconds = double.Parse(words[Array.IndexOf(words, "seconds") + 1], CultureInfo.InvariantCulture);
        return seconds * 1e9 / steps / trainingCount;
    }
}
