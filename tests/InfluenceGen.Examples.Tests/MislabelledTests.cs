using System.Globalization;
using InfluenceGen.Examples;
using Mislabelled;
using Xunit;

namespace InfluenceGen.Examples.Tests;

public sealed class MislabelledTests
{
    private static readonly Lazy<ExampleSet<double>> _digits =
        new(() => Digits.Read(Path.Combine(AppContext.BaseDirectory, "data", "digits.csv"), "digit", "image"));

    [Theory]
    [InlineData("Unrecognized command or argument '--colour'", "--colour")]
    [InlineData("--repetitions: found '0', expected a whole number from 1", "--repetitions", "0")]
    [InlineData("--share: found '1', expected a share between 0 and 1", "--share", "1")]
    [InlineData("--l2: found '0,01', expected a positive number", "--l2", "0,01")]
    public async Task What_cannot_be_gets_one_line_and_exit_code_2(string line, params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        Assert.Equal(2, await Mislabelled.CommandLine.RunAsync(arguments, output, errors));
        Assert.Empty(output.ToString());
        Assert.Contains(line, errors.ToString(), StringComparison.Ordinal);
        Assert.Single(errors.ToString().TrimEnd().Split('\n'));
    }

    [Fact]
    public void A_tenth_of_the_labels_is_wrong_and_the_rest_is_as_it_was()
    {
        var (examples, isFlipped) = FlippedLabels.Of(_digits.Value, 0.1, seed: 3);
        Assert.Equal(180, isFlipped.Count(flipped => flipped));
        for (var i = 0; i < examples.Count; i++)
        {
            var before = _digits.Value.Labels.Slice(i * examples.LabelStride, 10);
            var after = examples.Labels.Slice(i * examples.LabelStride, 10);
            Assert.Equal(isFlipped[i], !before.SequenceEqual(after));
            Assert.Equal(1, after.Count(1.0));
        }

        Assert.NotEqual(isFlipped, FlippedLabels.Of(_digits.Value, 0.1, seed: 4).IsFlipped);
    }

    [Fact]
    public async Task Every_method_finds_most_of_them_first_on_any_number_of_threads_and_under_any_culture()
    {
        var findings = Study.Run(_digits.Value, new Settings(1, 0.1, 0.01, 1, 2), () => { }, CancellationToken.None);
        Assert.All(findings, found => Assert.True(found.Repetitions[0].FoundIn(0.1) > 0.5 && found.Repetitions[0].FoundIn(0.3) > 0.85, found.Method));

        var one = await Printed("1");
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = HostileCulture.Instance;
            Assert.Equal(one, await Printed("2"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.All(findings, found => Assert.Contains(found.Method, one, StringComparison.Ordinal));
        Assert.DoesNotContain('\e', one);

        static async Task<string> Printed(string threads)
        {
            var (output, errors) = (new StringWriter(), new StringWriter());
            Assert.Equal(0, await Mislabelled.CommandLine.RunAsync(["--repetitions", "2", "--threads", threads], output, errors));
            Assert.Empty(errors.ToString());
            return output.ToString();
        }
    }
}
