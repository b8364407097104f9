namespace InfluenceGen.Generators.Tests.Guest;

/// <summary>A small project that models are declared in: its settings and its sources. The same is compiled in memory and built from the package.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="Sources">Its files.</param>
public sealed record GuestProject(string Name, params string[] Sources)
{
    /// <summary>What the project file sets beside a project's defaults: nullable, documented, every warning there is, each an error.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The source of a library that the project refers to; null for none.</summary>
    public string? Library { get; init; }

    /// <summary>Whether it takes a build to see what it is about: what analyzers and publishing say.</summary>
    public bool NeedsBuild { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
