using System.Reflection;

namespace InfluenceGen.Generators.Tests;

/// <summary>The sources that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>The text of a file, its lines ending in line feeds however it was checked out.</summary>
    public static string Read(string path) => File.ReadAllText(path).ReplaceLineEndings("\n");
}
