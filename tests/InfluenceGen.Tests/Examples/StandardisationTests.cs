using InfluenceGen.Examples;
using Xunit;

namespace InfluenceGen.Tests.Examples;

public class StandardisationTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(50, 3)]
    [InlineData(400, 30)]
    public void Standardised_training_features_have_mean_0_and_population_variance_1(int n, int d)
    {
        var set = Given.Features(n, d, 4, seed: n);
        var result = Standardisation.Fit(set).Apply(set);
        for (var feature = 0; feature < d; feature++)
        {
            var x = Column(result, feature);
            Assert.Equal(0, x.Average(), 1e-13);
            Assert.Equal(1, x.Average(v => v * v), 1e-13);
        }

        Assert.Equal(set.Labels.ToArray(), result.Labels.ToArray());
        Assert.Equal(set.FeatureNames, result.FeatureNames);
    }

    [Fact]
    public void Padding_stays_zero_and_the_given_set_stays_as_it_was()
    {
        var set = Given.Features(9, 3, 2);
        var before = Given.Rows(set);
        var result = Standardisation.Fit(set).Apply(set);
        for (var i = 0; i < result.Count; i++)
        {
            Assert.Equal(-1, result.Features.Slice(i * result.FeatureStride + 3, result.FeatureStride - 3).IndexOfAnyExcept(0.0));
        }

        Assert.Equal(before, Given.Rows(set));
    }

    [Fact]
    public void Deployment_is_shifted_and_scaled_as_training_is()
    {
        var fit = Standardisation.Fit(Column(2, 4, 6, 8));
        Assert.Equal([5.0], fit.Means.ToArray());
        Assert.Equal([Math.Sqrt(5)], fit.Deviations.ToArray());
        Assert.Equal([95 / Math.Sqrt(5)], Column(fit.Apply(Column(100)), 0));
    }

    [Fact]
    public void A_feature_that_is_constant_in_training_is_listed_and_only_shifted()
    {
        // Three times 0.1 and divided by 3 is not 0.1: a mean computed by adding up would leave a remainder here.
        var training = ExampleSet<double>.FromFeatures([0.1, 1, 0.1, 2, 0.1, 3], 2, [0, 0, 0]);
        var fit = Standardisation.Fit(training);
        Assert.Equal([0], fit.ConstantFeatures.ToArray());
        Assert.Equal((0.1, 1.0), (fit.Means[0], fit.Deviations[0]));
        Assert.Equal([0.0, 0.0, 0.0], Column(fit.Apply(training), 0));
        Assert.Equal([0.5 - 0.1], Column(fit.Apply(ExampleSet<double>.FromFeatures([0.5, 1], 2, [0])), 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1e-12)]
    [InlineData(1e-5)]
    [InlineData(1e12)]
    public void A_feature_that_is_constant_but_for_rounding_is_constant(double unit)
    {
        double[] values = [.. Enumerable.Range(0, 30).Select(i => (i % 3 == 0 ? 0.1 + 0.2 : 0.3) * unit)];
        var fit = Standardisation.Fit(Column(values));
        Assert.Equal([0], fit.ConstantFeatures.ToArray());
        Assert.Equal(1, fit.Deviations[0]);
        Assert.All(Column(fit.Apply(Column(values)), 0), value => Assert.Equal(0, value));
        Assert.Equal(0.05 * unit, Column(fit.Apply(Column(0.35 * unit)), 0)[0], 1e-12 * unit);

        var single = ExampleSet<float>.FromFeatures([.. values.Select((value, i) => i % 2 == 0 ? (float)value : MathF.BitIncrement((float)value))],
            1, new float[30]);
        Assert.Equal([0], Standardisation.Fit(single).ConstantFeatures.ToArray());
        Assert.All(Standardisation.Fit(single).Apply(single).Features.ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void The_file_with_an_almost_constant_column_is_read_and_scaled_without_it()
    {
        var set = CsvExamples.Read<double>(Path.Combine(AppContext.BaseDirectory, "fixtures", "edges", "almost-constant-column.csv"), "y");
        var fit = Standardisation.Fit(set);
        Assert.Equal([1], fit.ConstantFeatures.ToArray());
        Assert.Equal(0.05, Column(fit.Apply(ExampleSet<double>.FromFeatures([0.1, 0.35], 2, [0])), 1)[0], 1e-12);
    }

    [Theory]
    [InlineData(1e5, 1)]
    [InlineData(1.7e9, 1)]
    [InlineData(1.7e18, 1000)]
    [InlineData(-1e15, 1)]
    public void A_counter_or_time_stamp_is_not_constant(double start, double step)
    {
        double[] values = [.. Enumerable.Range(0, 20_000).Select(i => start + i % 100 * step)];
        var fit = Standardisation.Fit(Column(values));
        Assert.Empty(fit.ConstantFeatures.ToArray());
        Assert.Equal(step * Math.Sqrt((100 * 100 - 1) / 12.0), fit.Deviations[0], step * 0.2);
        if (start == 1e5)
        {
            Assert.Empty(Standardisation.Fit(ExampleSet<float>.FromFeatures([.. values.Select(value => (float)value)], 1, new float[20_000]))
                .ConstantFeatures.ToArray());
        }
    }

    [Theory]
    [InlineData(1e-200)]
    [InlineData(1e200)]
    public void Very_small_and_very_large_spreads_are_standardised_too(double unit) =>
        Assert.Equal([-Math.Sqrt(1.5), 0, Math.Sqrt(1.5)],
            Column(Fitted(Column(-unit, 0, unit)), 0), (a, b) => Math.Abs(a - b) < 1e-14);

    [Fact]
    public void Numbers_of_single_precision_are_fitted_in_double()
    {
        var set = ExampleSet<float>.FromFeatures([16_777_214f, 16_777_215f, 16_777_216f, 16_777_215f], 1, [0, 0, 0, 0]);
        Assert.Equal(16_777_215, Standardisation.Fit(set).Means[0]);
        Assert.Equal(-MathF.Sqrt(2), Standardisation.Fit(set).Apply(set).Features[0]);
    }

    [Fact]
    public void What_cannot_be_standardised_is_refused_by_saying_which()
    {
        var ratings = ExampleSet<double>.FromRatings([0], [0], [1], 1, 1);
        Assert.Contains("ratings", Assert.Throws<ArgumentException>(() => Standardisation.Fit(ratings)).Message, StringComparison.Ordinal);
        var huge = ExampleSet<double>.FromFeatures([1e308, -1e308, 1e308, 1e308], 1, [0, 0, 0, 0], ["income"]);
        Assert.Contains("'income' has values too large", Assert.Throws<ArgumentException>(() => Standardisation.Fit(huge)).Message, StringComparison.Ordinal);
        var fit = Standardisation.Fit(Column(0, 1e-300));
        Assert.Contains("Row 1 (counted from 0): the feature 0 lies too far",
            Assert.Throws<ArgumentException>(() => fit.Apply(Column(0, 1e300))).Message, StringComparison.Ordinal);
        Assert.Contains("Fitted on 1 features, applied to 2",
            Assert.Throws<ArgumentException>(() => fit.Apply(Given.Features(3, 2, 1))).Message, StringComparison.Ordinal);
    }

    private static ExampleSet<double> Fitted(ExampleSet<double> set) => Standardisation.Fit(set).Apply(set);

    private static ExampleSet<double> Column(params double[] values) =>
        ExampleSet<double>.FromFeatures(values, 1, new double[values.Length]);

    private static double[] Column(ExampleSet<double> set, int feature) =>
        [.. Enumerable.Range(0, set.Count).Select(i => set.Features[i * set.FeatureStride + feature])];
}
