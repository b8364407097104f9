using System.Text;
using System.Text.RegularExpressions;
using InfluenceGen.Tests.Package;

namespace InfluenceGen.Tests.Documentation;

/// <summary>C# that other tests compile, for comparison with what documents quote.</summary>
internal static partial class SourceText
{
    /// <summary>The text of a file of the repository, its lines ending in line feeds however it was checked out.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Dotnet.Repository, path)).ReplaceLineEndings("\n");

    /// <summary>The regions of a folder's sources, without the indentation that all their lines share.</summary>
    public static IEnumerable<string> RegionsIn(string folder) =>
        from file in FilesIn(folder)
        from Match region in Region().Matches(file)
        select Dedent(region.Groups["text"].Value.Split('\n')[..^1]);

    /// <summary>Whether some file of a folder has these lines, one after another, all indented by the same number of
    /// blanks more.</summary>
    public static bool Quotes(string folder, string[] lines) => FilesIn(folder).Select(file => file.Split('\n')).Any(file =>
        Enumerable.Range(0, Math.Max(0, file.Length - lines.Length + 1))
            .Where(start => file[start].EndsWith(lines[0], StringComparison.Ordinal))
            .Any(start => Dedent(file[start..(start + lines.Length)]) == Dedent(lines)));

    private static IEnumerable<string> FilesIn(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Dotnet.Repository, folder), "*.cs").Order(StringComparer.Ordinal).Select(Read);

    private static string Dedent(string[] lines)
    {
        var indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart(' ').Length);
        return lines.Aggregate(new StringBuilder(),
            (text, line) => text.Append(line.Length > 0 ? line[indent..] : line).Append('\n')).ToString();
    }

    [GeneratedRegex("^ *#region [^\n]*\n(?<text>.*?)^ *#endregion", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Region();
}
