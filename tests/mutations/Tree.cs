using System.Diagnostics;

namespace InfluenceGen.Mutations;

/// <summary>A copy of the sources that mutations are made to, one at a time.</summary>
/// <param name="source">The repository's root.</param>
/// <param name="copy">An empty folder for the copy.</param>
internal sealed class Tree(string source, string copy)
{
    private static readonly string[] _left = ["bin", "obj", ".git", ".vs"];
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(30);

    /// <summary>Copies all sources.</summary>
    public void Fill() => Copy(new DirectoryInfo(source), copy);

    /// <summary>Writes a file of the copy.</summary>
    public void Write(string file, string text) => File.WriteAllText(Path.Combine(copy, file), text);

    /// <summary>Puts a file back, as if it had just been written: builds compare times.</summary>
    public void Restore(string file) => Write(file, File.ReadAllText(Path.Combine(source, file)));

    /// <summary>Builds a test project.</summary>
    /// <returns>What the compiler said where it failed; null where it did not.</returns>
    public string? Build(string project)
    {
        var (code, output) = Run("dotnet", ["build", Path.Combine(copy, "tests", project), "-c", "Release", "-f", "net10.0", "-v", "quiet", "-p:RunAnalyzers=false"]);
        return code == 0 ? null : Lines(output, ": error ") is { Length: > 0 } errors ? errors : output;
    }

    /// <summary>Runs test classes.</summary>
    /// <returns>How many tests there were, and the names of those that failed.</returns>
    /// <exception cref="InvalidOperationException">No test of the classes ran.</exception>
    public (bool Passed, string[] Failed) Test(string project, string[] classes)
    {
        var program = Path.Combine(copy, "tests", project, "bin", "Release", "net10.0", project);
        var (code, output) = Run(program, ["--no-progress", "--no-ansi", .. classes.SelectMany(name => new[] { "--filter-class", $"*.{name}" })]);
        return code switch
        {
            0 => (true, []),
            8 => throw new InvalidOperationException($"{project} has no test class {string.Join(" or ", classes)}."),
            _ => (false, [.. output.Split('\n').Where(line => line.StartsWith("failed ", StringComparison.Ordinal)).Select(line => line["failed ".Length..].Trim())]),
        };
    }

    private static string Lines(string output, string part) =>
        string.Join('\n', output.Split('\n').Where(line => line.Contains(part, StringComparison.Ordinal)).Distinct().Take(3));

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in from.GetFiles())
        {
            file.CopyTo(Path.Combine(to, file.Name));
        }

        foreach (var folder in from.GetDirectories().Where(folder => !_left.Contains(folder.Name)))
        {
            Copy(folder, Path.Combine(to, folder.Name));
        }
    }

    private static (int Code, string Output) Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(_patience))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return (-1, $"failed (nothing came of it in {_patience.TotalMinutes} minutes)");
        }

        return (process.ExitCode, output.Result + errors.Result);
    }
}
