using System.Text.RegularExpressions;

namespace InfluenceGen.Tests.Documentation;

/// <summary>A fenced block of a Markdown file.</summary>
/// <param name="Language">The word after the opening fence; empty if there is none.</param>
/// <param name="Text">Its lines, ending in line feeds.</param>
/// <param name="Line">The line of the opening fence, counted from 1.</param>
internal sealed partial record CodeBlock(string Language, string Text, int Line)
{
    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>All blocks of a file, in order.</summary>
    public static CodeBlock[] In(string markdown)
    {
        var text = markdown.ReplaceLineEndings("\n");
        return [.. Fenced().Matches(text).Select(match => new CodeBlock(
            match.Groups["language"].Value, match.Groups["text"].Value, 1 + text[..match.Index].Count(character => character == '\n')))];
    }

    [GeneratedRegex("^```(?<language>[^\n`]*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();
}
