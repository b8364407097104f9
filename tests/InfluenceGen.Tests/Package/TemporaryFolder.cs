namespace InfluenceGen.Tests.Package;

/// <summary>A folder outside the repository, removed with everything in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("InfluenceGen.").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Write(string name, string text) => File.WriteAllText(this[name], text);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
