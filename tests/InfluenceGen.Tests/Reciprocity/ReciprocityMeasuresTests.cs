using FsCheck;
using FsCheck.Fluent;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;
using InfluenceGen.Reciprocity;
using InfluenceGen.Tests.Models;
using Xunit;

namespace InfluenceGen.Tests.Reciprocity;

public class ReciprocityMeasuresTests
{
    [Theory]
    [InlineData(2, 4, 0.5)]
    [InlineData(4, 2, 0.5)]
    [InlineData(-2, -8, 0.25)]
    [InlineData(3, 3, 1)]
    [InlineData(2, -2, 0)]
    [InlineData(-2, 2, 0)]
    [InlineData(5, 0, 0)]
    [InlineData(0, -5, 0)]
    [InlineData(0, 0, 1)]
    public void Reciprocity_is_the_smaller_share_of_the_larger_flow(double inflow, double outflow, double expected) =>
        Assert.Equal(expected, ReciprocityMeasures.Ratio(inflow, outflow));

    [Fact]
    public void Reciprocity_knows_neither_direction_nor_unit() => Prop.ForAll(
        ArbMap.Default.ArbFor<(NormalFloat Inflow, NormalFloat Outflow)>(), flows =>
        {
            var (i, o) = (flows.Inflow.Get, flows.Outflow.Get);
            var ratio = ReciprocityMeasures.Ratio(i, o);
            Assert.InRange(ratio, 0, 1);
            Assert.Equal(ratio, ReciprocityMeasures.Ratio(o, i));
            Assert.Equal(ratio, ReciprocityMeasures.Ratio(-i, -o));
            Assert.Equal(ratio, ReciprocityMeasures.Ratio(8 * i, 8 * o));
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithReplay(new Replay(new Rnd(7, 1), null)));

    [Fact]
    public void Alpha_at_p_is_a_quantile_interpolated_as_NumPy_does()
    {
        // h = 3 q is 0.75, 1.5 and 2.7.
        Close.To([0.175, 0.3, 0.68], [.. new[] { 0.25, 0.5, 0.9 }.Select(q => Quantiles.Of([0.4, 0.1, 0.8, 0.2], q))], 1e-15);
        Assert.Equal(0.1, Quantiles.Of([0.4, 0.1], 0));
        Assert.Equal(0.4, Quantiles.Of([0.4, 0.1], 1));
        Assert.Throws<ArgumentException>(() => Quantiles.Of([], 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Quantiles.Of([1], 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Quantiles.Of([1], double.NaN));
        var measures = Of([1, 2, 4, 8], [10, 10, 10, 10]).Reciprocity;
        Assert.Equal(0.175, measures.Alpha(0.75), 1e-15);
        Assert.Equal(0.1, measures.Alpha(1), 1e-15);
    }

    [Fact]
    public void The_share_at_alpha_counts_those_who_reach_it()
    {
        var measures = Of([1, 2, 4, 8], [10, 10, 10, 10]).Reciprocity;
        Assert.Equal(1, measures.Share(0));
        Assert.Equal(0.75, measures.Share(0.2));
        Assert.Equal(0, measures.Share(0.9));
    }

    [Fact]
    public void Correlation_is_Pearsons()
    {
        // Python: statistics.correlation([1, 2, 4, 8], [2, 1, 5, 6])
        Assert.Equal(0.8820459824122062, Of([1, 2, 4, 8], [2, 1, 5, 6]).Reciprocity.Correlation(), 1e-14);
        Assert.Equal(-1, Of([1, 2, 3], [3, 2, 1]).Reciprocity.Correlation(), 1e-15);
        Assert.Throws<InvalidOperationException>(() => Of([1, 1], [2, 3]).Reciprocity.Correlation());
        Assert.Throws<InvalidOperationException>(() => Of([1], [2]).Reciprocity.Correlation());
    }

    [Fact]
    public void Only_those_with_examples_on_both_sides_are_measured()
    {
        var flows = Of([1, 2, 0, 0], [2, 0, -3, 0], trains: [true, false, true, false], predicted: [true, true, false, false]);
        var measures = flows.Reciprocity;
        Assert.Equal([0], measures.Measured);
        Assert.Equal([0.5], measures.Values);
        Assert.Equal(0.5, measures.Of(0));
        Assert.Contains("'2' has no training", Assert.Throws<InvalidOperationException>(() => measures.Of(1)).Message);
        Assert.Contains("'3' has no deployment", Assert.Throws<InvalidOperationException>(() => measures.Of(2)).Message);
        Assert.Equal(0, measures.NegativeInflowShare);
        Assert.Equal(0.5, measures.NegativeOutflowShare);
    }

    [Fact]
    public void A_summary_says_how_reciprocal_and_who()
    {
        var text = Of([1, -2, 4, 8], [10, -10, 10, 10]).Reciprocity.ToString();
        Assert.Contains("(0.75, 0.18)-reciprocal over 4 of 4 individuals", text);
        Assert.Contains("negative inflow 25.0%", text);
        Assert.Contains("gets most:  4 (8), 3 (4), 1 (1)", text);
        var oneSided = Of([1, 0], [0, 1], trains: [false, true], predicted: [true, false]).Reciprocity;
        Assert.Contains("average over splits", oneSided.ToString());
        Assert.Contains("FlowAverage", Assert.Throws<InvalidOperationException>(() => oneSided.Alpha(0.75)).Message);
    }

    [Fact]
    public void An_average_over_every_run_is_the_plain_mean()
    {
        var average = new FlowAverage(Averaging.EveryRun);
        Assert.Throws<InvalidOperationException>(() => average.Mean);
        average.Add(Of([1, 5], [2, 0], [true, false], [true, true]));
        average.Add(Of([3, 0], [4, 2], [true, true], [true, false]));
        Assert.Equal([2, 2.5], average.Mean.Inflow);
        Assert.Equal([3, 1], average.Mean.Outflow);
        Assert.Equal([0, 1], average.Mean.Reciprocity.Measured);
        Assert.Equal(2, average.Runs);
    }

    [Fact]
    public void An_average_over_measured_runs_leaves_out_the_others()
    {
        var average = new FlowAverage(Averaging.RunsMeasured);
        average.Add(Of([1, 0], [0, 2], [false, true], [true, false]));
        average.Add(Of([3, 0], [0, 4], [false, true], [true, false]));
        average.Add(Of([0, 6], [8, 0], [true, false], [false, true]));
        Assert.Equal([2, 6], average.Mean.Inflow);
        Assert.Equal([8, 3], average.Mean.Outflow);
        Assert.Equal([0.25, 0.5], average.Mean.Reciprocity.Values);
    }

    [Fact]
    public void Flows_per_example_are_divided_by_the_opposite_set()
    {
        var flows = Of([6, 12], [9, 18]).PerExample();
        Assert.Equal([1, 2], flows.Inflow);
        Assert.Equal([3, 6], flows.Outflow);
        Assert.Equal((1, 1), (flows.TrainingCount, flows.DeploymentCount));
    }

    [Fact]
    public void Signal_to_noise_is_the_mean_over_the_population_deviation()
    {
        var random = new RandomSource(5);
        var runs = Enumerable.Range(0, 30).Select(_ => 100 + random.NextGaussian()).ToArray();
        var average = new FlowAverage(Averaging.EveryRun);
        foreach (var inflow in runs)
        {
            average.Add(Of([inflow, 7], [-inflow, 7]));
        }

        var mean = runs.Average();
        var expected = mean / Math.Sqrt(runs.Average(x => (x - mean) * (x - mean)));
        Close.To([expected], average.InflowSignalToNoise());
        Close.To([-expected], average.OutflowSignalToNoise());
    }

    [Fact]
    public void Runs_that_cannot_be_averaged_are_refused()
    {
        var average = new FlowAverage(Averaging.EveryRun);
        average.Add(Of([1, 2], [2, 1]));
        Assert.Contains("individuals", Assert.Throws<ArgumentException>(() => average.Add(Of([1], [2]))).Message);
        Assert.Contains("per example", Assert.Throws<ArgumentException>(() => average.Add(Of([1, 2], [2, 1]).PerExample())).Message);
    }

    [Theory]
    [InlineData("fresh")]
    [InlineData("revisit")]
    [InlineData("clip")]
    [InlineData("norm")]
    public void Reciprocities_of_the_theory_fixture_are_those_of_its_mean_flows(string part)
    {
        var fixture = Fixture.Read("reciprocity/theorem_check")[part];
        var measures = Of(fixture["mean_inflow"].Numbers, fixture["mean_outflow"].Numbers).Reciprocity;
        Close.To(fixture["reciprocity"].Numbers, [.. measures.Values]);
    }

    private static Flows Of(double[] inflow, double[] outflow, bool[]? trains = null, bool[]? predicted = null)
    {
        var all = Enumerable.Repeat(true, inflow.Length).ToArray();
        return new Flows(Individuals.Numbered(inflow.Length), inflow, outflow, new double[inflow.Length], trains ?? all,
            predicted ?? all, 6, 3);
    }
}
