using System.IO.Compression;

namespace InfluenceGen.Tests.Package;

/// <summary>The package as <c>dotnet pack</c> makes it, once it is asked for, in a folder that serves as a package source.</summary>
public sealed class BuiltPackage : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<(string File, Dictionary<string, byte[]> Content, Dictionary<string, byte[]> Symbols)> _packed;

    public BuiltPackage() => _packed = new(() =>
    {
        Dotnet.Run(Path.Combine(Dotnet.Repository, "src", "InfluenceGen"), ["pack", "-c", "Release", "-o", Source]);
        var file = Directory.GetFiles(Source, "*.nupkg").Single();
        return (file, Read(file), Read(Path.ChangeExtension(file, ".snupkg")));
    });

    /// <summary>The folder that the package lies in.</summary>
    public string Source => _folder.Path;

    public string Version => Path.GetFileNameWithoutExtension(_packed.Value.File)["InfluenceGen.".Length..];

    /// <summary>The package's files, by path.</summary>
    public IReadOnlyDictionary<string, byte[]> Content => _packed.Value.Content;

    /// <summary>The symbol package's files, by path.</summary>
    public IReadOnlyDictionary<string, byte[]> Symbols => _packed.Value.Symbols;

    public void Dispose() => _folder.Dispose();

    private static Dictionary<string, byte[]> Read(string file)
    {
        using var archive = ZipFile.OpenRead(file);
        var files = new Dictionary<string, byte[]>();
        foreach (var entry in archive.Entries)
        {
            using var stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            files.Add(entry.FullName, bytes.ToArray());
        }

        return files;
    }
}
