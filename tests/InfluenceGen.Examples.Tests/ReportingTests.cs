using ReciprocityStudies.Reporting;
using Xunit;

namespace InfluenceGen.Examples.Tests;

public sealed class ReportingTests
{
    [Fact]
    public void A_figure_tells_its_mean_its_spread_and_its_distance_from_the_paper()
    {
        var figure = Figure.Over("alpha", 0.76, [0.6, 0.7, 0.8], "F2", "sets");
        Assert.Equal("0.70 ± 0.10", figure.Here);
        Assert.Equal("0.76", figure.Paper);
        Assert.Equal(-0.6, figure.Distance!.Value, 1e-12);
        Assert.Equal("standard deviation over 3 sets", figure.Spread);
    }

    [Fact]
    public void A_single_measurement_has_no_spread_and_no_distance()
    {
        var figure = Figure.Over("alpha", 0.76, [0.6], "F2", "sets");
        Assert.Equal("0.60", figure.Here);
        Assert.Null(figure.Deviation);
        Assert.Null(figure.Distance);
    }

    [Theory]
    [InlineData(-0.04, "F1", "0.0")]
    [InlineData(-0.06, "F1", "-0.1")]
    [InlineData(12, "F0", "12")]
    public void A_number_that_rounds_to_zero_has_no_sign(double value, string format, string expected) =>
        Assert.Equal(expected, Numbers.Text(value, format));

    [Fact]
    public void The_jackknife_of_a_mean_is_its_standard_error()
    {
        double[] values = [1, 2, 4, 8, 16];
        var leftOut = values.Select(out_ => (values.Sum() - out_) / (values.Length - 1)).ToArray();
        Assert.Equal(Spreads.Deviation(values) / Math.Sqrt(values.Length), Spreads.Jackknife(leftOut), 1e-12);
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_nothing_behind()
    {
        var folder = Directory.CreateTempSubdirectory("reciprocity-");
        try
        {
            var taken = folder.CreateSubdirectory("taken");
            Assert.ThrowsAny<Exception>(() => WholeFile.Write(taken.FullName, "text"));
            Assert.Equal([taken.FullName], folder.EnumerateFileSystemInfos().Select(entry => entry.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
