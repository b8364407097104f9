using Xunit;

namespace InfluenceGen.Examples.Tests;

public sealed class ValueTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("influencegen-value-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Shards_put_together_print_what_one_run_prints()
    {
        var whole = Run("--coalitions", "400");
        for (var k = 0; k < 3; k++)
        {
            Assert.EndsWith(" coalitions.", Run("--coalitions", "400", "--shard", $"{k}/3", "--folder", _folder.FullName).TrimEnd(), StringComparison.Ordinal);
        }

        Assert.Equal(whole, Run("--coalitions", "400", "--merge", "--folder", _folder.FullName));
        Assert.Contains("353 patients, 89 test patients, 400 trainings", whole, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--shard: found '3/3'", "--shard", "3/3")]
    [InlineData("--shard: found 'one'", "--shard", "one")]
    [InlineData("--coalitions: found '9', expected a whole number from 64", "--coalitions", "9")]
    [InlineData("Unrecognized command or argument '--colour'", "--colour")]
    public void What_cannot_be_gets_one_line_and_exit_code_2(string line, params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        Assert.Equal(2, Value.CommandLine.Run(arguments, output, errors));
        Assert.Empty(output.ToString());
        Assert.Contains(line, Assert.Single(errors.ToString().TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    private static string Run(params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        Assert.Equal(0, Value.CommandLine.Run(arguments, output, errors));
        Assert.Empty(errors.ToString());
        return output.ToString();
    }
}
