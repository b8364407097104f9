using Xunit;

namespace InfluenceGen.Generators.Tests;

/// <summary>
/// Compares text with what was accepted before. Files are named as Verify names them: <c>X.verified.cs</c> is accepted;
/// a text that differs is written beside it as <c>X.received.cs</c>. To accept, move the one over the other, or run the
/// tests with <c>ACCEPT_SNAPSHOTS=1</c> in the environment and read the diff before committing it.
/// </summary>
internal static class Snapshot
{
    private static readonly bool _accepts = Environment.GetEnvironmentVariable("ACCEPT_SNAPSHOTS") == "1";

    /// <param name="name">The name of the files, without ending.</param>
    /// <param name="ending">Their ending.</param>
    /// <param name="text">What it is now.</param>
    public static void Matches(string name, string ending, string text) =>
        Matches(Repository.PathOf("tests", "InfluenceGen.Generators.Tests", "Snapshots"), name, ending, text, _accepts);

    internal static void Matches(string folder, string name, string ending, string text, bool accepts)
    {
        var verified = Path.Combine(folder, $"{name}.verified.{ending}");
        var received = Path.Combine(folder, $"{name}.received.{ending}");
        var expected = File.Exists(verified) ? Repository.Read(verified) : "";
        if (text == expected)
        {
            File.Delete(received);
            return;
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(accepts ? verified : received, text);
        if (accepts)
        {
            File.Delete(received);
            return;
        }

        Assert.Fail($"{Path.GetFileName(verified)} {FirstDifference(expected, text)}\n"
            + $"If the new text is right, accept it: mv '{received}' '{verified}', or run the tests with ACCEPT_SNAPSHOTS=1.");
    }

    private static string FirstDifference(string expected, string actual)
    {
        if (expected.Length == 0)
        {
            return "does not exist yet.";
        }

        var (before, now) = (expected.Split('\n'), actual.Split('\n'));
        var line = 0;
        while (line < before.Length && line < now.Length && before[line] == now[line])
        {
            line++;
        }

        string At(string[] lines) => line < lines.Length ? lines[line] : "(end of file)";
        return $"differs from line {line + 1} on:\n  verified: {At(before)}\n  received: {At(now)}";
    }
}
