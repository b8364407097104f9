using InfluenceGen.Tests.Package;
using InfluenceGen.Tests.Reciprocity;
using Xunit;

namespace InfluenceGen.Tests.Documentation;

/// <summary>
/// Every code block that users are given works: C# is compiled, commands are run, and programs print what is said that
/// they print.
/// </summary>
public sealed class ReadmeTests(ExampleRuns runs) : IClassFixture<ExampleRuns>
{
    private const string OfPackage = "src/InfluenceGen/README.md";
    private const string MovieLensCommand =
        "dotnet run -c Release --project examples/Reciprocity -- movielens path/to/ml-100k/u.data";

    [Theory]
    [InlineData("README.md")]
    [InlineData(OfPackage)]
    [InlineData("examples/data/README.md")]
    [InlineData("docs/choosing-an-estimator.md")]
    public void Every_code_block_is_one_that_is_compiled_or_run(string file)
    {
        var blocks = CodeBlock.In(SourceText.Read(file));
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block =>
        {
            switch (block.Language)
            {
                case "csharp":
                    Assert.True(SourceText.RegionsIn("examples/Declare").Contains(block.Text)
                            || SourceText.RegionsIn("examples/Evaluate").Contains(block.Text)
                            || SourceText.Quotes("tests/InfluenceGen.Generators.Tests/Snapshots", block.Text.TrimEnd('\n').Split('\n')),
                        $"{file}, line {block.Line}: neither a region of examples/Declare or examples/Evaluate nor lines of a file that the compiler generates.");
                    break;
                case "sh":
                    Assert.All(block.Lines, line => Assert.True(
                        line == MovieLensCommand || SourceText.Read(".ci/run").Split('\n').Contains(line),
                        $"{file}, line {block.Line}: .ci/run does not run '{line}'."));
                    break;
                case "text":
                    string[] programs = [runs.Declare, runs.Evaluate, runs.Reciprocity, runs.Mislabelled, runs.Value];
                    Assert.True(programs.Any(output => IsPartOf(block.Lines, output)),
                        $"{file}, line {block.Line}: no example prints these lines. They print:\n{string.Join('\n', programs)}");
                    break;
                case "xml":
                    // The stranger's project of the package's tests takes it over.
                    Assert.Equal(OfPackage, file);
                    break;
                default:
                    Assert.Fail($"{file}, line {block.Line}: a block in the language '{block.Language}', which no test looks at.");
                    break;
            }
        });
    }

    [Fact]
    public void The_command_for_film_ratings_works()
    {
        var path = MovieLens.File("u.data");
        using var plots = new TemporaryFolder();
        string[] arguments = [.. MovieLensCommand.Split(" -- ")[1].Split(' ').Select(word => word.EndsWith("u.data", StringComparison.Ordinal) ? path : word)];
        var output = ExampleRuns.Run("examples/Reciprocity", "",
            [.. arguments, "--splits", "1", "--initialisations", "1", "--steps", "20", "--plots", plots.Path]);
        Assert.Contains("100000 ratings by 943 people of 1682 films", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_picture_is_what_the_main_job_draws() =>
        Assert.Equal(SourceText.Read("docs/images/diabetes-steps.svg"), runs.Plot("diabetes-steps.svg").ReplaceLineEndings("\n"));

    /// <summary>Whether a program prints these lines in this order; others may stand between them.</summary>
    private static bool IsPartOf(string[] lines, string output)
    {
        var found = 0;
        foreach (var line in output.ReplaceLineEndings("\n").Split('\n'))
        {
            found += found < lines.Length && line.TrimEnd() == lines[found] ? 1 : 0;
        }

        return found == lines.Length;
    }
}
