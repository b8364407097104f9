using System.Text.RegularExpressions;
using InfluenceGen.Tests.Package;
using Xunit;

namespace InfluenceGen.Tests.Documentation;

public sealed partial class LinkTests
{
    private static readonly EnumerationOptions _recursive =
        new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden };

    public static TheoryData<string> Documents => [.. Directory
        .EnumerateFiles(Dotnet.Repository, "*.md", _recursive)
        .Select(file => Path.GetRelativePath(Dotnet.Repository, file).Replace('\\', '/'))
        .Where(file => !file.Split('/').Any(folder => folder is "bin" or "obj"))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_to_files_of_the_repository_lead_somewhere(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Dotnet.Repository, document))!;
        Assert.All(RelativeLinks(document), link => Assert.True(Path.Exists(Path.Combine(folder, link)),
            $"{document} links to {link}, which is not there."));
    }

    [Fact]
    public void The_package_links_to_nothing_that_is_not_in_it() => Assert.Empty(RelativeLinks("src/InfluenceGen/README.md"));

    private static IEnumerable<string> RelativeLinks(string document) => Link().Matches(SourceText.Read(document))
        .Select(match => match.Groups["path"].Value)
        .Where(path => path.Length > 0 && !path.Contains("://", StringComparison.Ordinal));

    [GeneratedRegex("""(?:\]\(|src=")(?<path>[^)"#\s]*)""")]
    private static partial Regex Link();
}
