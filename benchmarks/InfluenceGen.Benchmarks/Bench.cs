using InfluenceGen.Benchmarks.Limits;

namespace InfluenceGen.Benchmarks;

/// <summary>What was asked for on the command line.</summary>
/// <param name="Data">MovieLens' <c>u.data</c>, or null to look for it.</param>
/// <param name="Python">An interpreter with PyTorch and NumPy.</param>
/// <param name="Rounds">Rounds of each comparison.</param>
/// <param name="Steps">Training steps in one run.</param>
/// <param name="TorchSteps">Training steps in one run of the PyTorch program.</param>
/// <param name="Study">Trainings that the time of the whole study is reckoned from.</param>
internal sealed record Options(string? Data, string Python, int Rounds, int Steps, int TorchSteps, int Study);

/// <summary>What all sections share.</summary>
internal sealed class Bench : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("influencegen-benchmarks-");
    private readonly Dictionary<int, KernelProgram?> _kernels = [];

    public Bench(Options options)
    {
        Options = options;
        Ratings = RatingsData.Load(options.Data, _folder.FullName);
    }

    public Options Options { get; }

    public RatingsData Ratings { get; }

    /// <summary>The kernel that leaves out each example; null, said loudly, where it cannot be built.</summary>
    public LanesProgram? Lanes(int features) => OrMissing("The hand-written kernel", () => LanesProgram.Compile(features, _folder.FullName));

    /// <summary>The kernel for a rank; null, said loudly, where it cannot be built.</summary>
    public KernelProgram? Kernel(int rank)
    {
        if (!_kernels.TryGetValue(rank, out var kernel))
        {
            kernel = OrMissing("The hand-written kernel", () => KernelProgram.Compile(rank, _folder.FullName, Ratings.File));
            _kernels.Add(rank, kernel);
        }

        return kernel;
    }

    /// <summary>The PyTorch program; null, said loudly, where it cannot run.</summary>
    public TorchProgram? Torch() => OrMissing("The PyTorch program", () =>
    {
        var torch = new TorchProgram(Options.Python, Ratings.File, Ratings.Training.Count);
        Console.WriteLine($"PyTorch {torch.Version()}.");
        return torch;
    });

    /// <summary>The NumPy program; null, said loudly, where it cannot run.</summary>
    public NumpyProgram? Numpy() => OrMissing("The NumPy program", () =>
    {
        var numpy = new NumpyProgram(Options.Python);
        Console.WriteLine($"{numpy.Version()}.");
        Console.WriteLine();
        return numpy;
    });

    public void Dispose() => _folder.Delete(recursive: true);

    private static T? OrMissing<T>(string what, Func<T> make) where T : class
    {
        try
        {
            return make();
        }
        catch (InvalidOperationException problem)
        {
            Console.WriteLine($"**MISSING: {what} is not part of this run. {problem.Message}**");
            Console.WriteLine();
            return null;
        }
    }
}
