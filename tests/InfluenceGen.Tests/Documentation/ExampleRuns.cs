using InfluenceGen.Tests.Package;

namespace InfluenceGen.Tests.Documentation;

/// <summary>The example programs as they were built with these tests, each run once and in the folder that
/// <c>dotnet run</c> runs it in.</summary>
public sealed class ExampleRuns : IDisposable
{
    private readonly TemporaryFolder _plots = new();
    private readonly Lazy<string> _reciprocity;
    private readonly Lazy<string> _declare = new(() => Run("examples/Declare", "examples/data"));
    private readonly Lazy<string> _evaluate = new(() => Run("examples/Evaluate", "examples/data"));
    private readonly Lazy<string> _mislabelled = new(() => Run("examples/Mislabelled", ""));

    private readonly Lazy<string> _value = new(() => Run("examples/Value", ""));

    public ExampleRuns()
    {
        _reciprocity = new(() => Run("examples/Reciprocity", "", "--plots", _plots.Path));
    }

    /// <summary>What the main job prints.</summary>
    public string Reciprocity => _reciprocity.Value;

    /// <summary>What the quick start prints.</summary>
    public string Declare => _declare.Value;

    /// <summary>What the guide's program prints.</summary>
    public string Evaluate => _evaluate.Value;

    /// <summary>What the search for flipped labels prints.</summary>
    public string Mislabelled => _mislabelled.Value;

    /// <summary>What the values of patients' data are, as printed.</summary>
    public string Value => _value.Value;

    /// <summary>A plot of the main job.</summary>
    public string Plot(string name)
    {
        _ = _reciprocity.Value;
        return File.ReadAllText(_plots[name]);
    }

    /// <summary>Runs an example.</summary>
    public static string Run(string project, string folder, params string[] arguments) =>
        Dotnet.Execute(Path.Combine(Dotnet.Repository, folder), "dotnet", [Dotnet.Built(project), .. arguments]);

    public void Dispose() => _plots.Dispose();
}
