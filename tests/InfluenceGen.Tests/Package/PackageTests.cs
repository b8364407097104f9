using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;
using Xunit;

namespace InfluenceGen.Tests.Package;

/// <summary>What the package holds and says of itself.</summary>
[Collection(Builds.Name)]
public sealed class PackageTests(BuiltPackage package)
{
    [Fact]
    public void It_holds_the_library_its_documentation_the_generator_and_the_code_fixes()
    {
        string[] expected =
        [
            "README.md",
            "analyzers/dotnet/cs/InfluenceGen.CodeFixes.dll",
            "analyzers/dotnet/cs/InfluenceGen.Generators.dll",
            "build/InfluenceGen.props",
            "buildTransitive/InfluenceGen.props",
            "icon.png",
            "lib/net10.0/InfluenceGen.dll",
            "lib/net10.0/InfluenceGen.xml",
            "lib/net9.0/InfluenceGen.dll",
            "lib/net9.0/InfluenceGen.xml",
        ];
        Assert.Equal(expected, Payload(package.Content));
    }

    [Fact]
    public void The_symbols_are_those_of_its_assemblies()
    {
        Assert.Equal(["lib/net10.0/InfluenceGen.pdb", "lib/net9.0/InfluenceGen.pdb"], Payload(package.Symbols));
        foreach (var (path, symbols) in package.Symbols.Where(file => file.Key.EndsWith(".pdb", StringComparison.Ordinal)))
        {
            using var assembly = new PEReader([.. package.Content[Path.ChangeExtension(path, ".dll")]]);
            var codeView = assembly.ReadCodeViewDebugDirectoryData(Debug(assembly, DebugDirectoryEntryType.CodeView));
            using var pdb = MetadataReaderProvider.FromPortablePdbImage([.. symbols]);
            Assert.Equal(codeView.Guid, new BlobContentId(pdb.GetMetadataReader().DebugMetadataHeader!.Id).Guid);
        }
    }

    [Fact]
    public void It_says_what_it_is_and_what_it_needs()
    {
        var document = XDocument.Load(new MemoryStream(package.Content["InfluenceGen.nuspec"]));
        var names = document.Root!.Name.Namespace;
        var metadata = document.Root.Element(names + "metadata")!;
        string? Value(string name) => metadata.Element(names + name)?.Value;
        Assert.Equal("InfluenceGen", Value("id"));
        Assert.Equal("MIT", Value("license"));
        Assert.Equal("README.md", Value("readme"));
        Assert.Equal("icon.png", Value("icon"));
        Assert.NotEmpty(Value("description")!);
        foreach (var framework in new[] { "net10.0", "net9.0" })
        {
            var group = metadata.Descendants(names + "group").Single(g => g.Attribute("targetFramework")!.Value == framework);
            Assert.Equal(["Sep", "System.Numerics.Tensors"],
                group.Elements().Select(dependency => dependency.Attribute("id")!.Value).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void It_does_not_depend_on_where_and_when_it_was_built()
    {
        foreach (var (path, bytes) in package.Content.Concat(package.Symbols))
        {
            foreach (var encoding in new[] { Encoding.UTF8, Encoding.Unicode })
            {
                Assert.True(bytes.AsSpan().IndexOf(encoding.GetBytes(Dotnet.Repository)) < 0, $"{path} names the folder it was built in.");
            }
        }

        foreach (var path in Payload(package.Content).Where(path => path.EndsWith(".dll", StringComparison.Ordinal)))
        {
            using var assembly = new PEReader([.. package.Content[path]]);
            Assert.Contains(assembly.ReadDebugDirectory(), entry => entry.Type == DebugDirectoryEntryType.Reproducible);
        }
    }

    private static DebugDirectoryEntry Debug(PEReader assembly, DebugDirectoryEntryType type) =>
        assembly.ReadDebugDirectory().Single(entry => entry.Type == type);

    /// <summary>The files that are not the package format's own.</summary>
    private static IEnumerable<string> Payload(IReadOnlyDictionary<string, byte[]> files) => files.Keys
        .Where(path => !path.StartsWith("_rels/", StringComparison.Ordinal) && !path.StartsWith("package/", StringComparison.Ordinal)
            && path is not "[Content_Types].xml" and not "InfluenceGen.nuspec")
        .Order(StringComparer.Ordinal);
}
