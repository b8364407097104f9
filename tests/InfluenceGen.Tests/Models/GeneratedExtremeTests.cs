using InfluenceGen.Examples;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>Logistic models far from zero, where 1/(1 + e⁻ˢ) and log(1 + eˢ) written down naively overflow or vanish.</summary>
public class GeneratedExtremeTests
{
    /// <summary>Enough examples for a vector of eight, one of four and a remainder.</summary>
    private const int Copies = 13;

    [Theory]
    [InlineData(1000, 0, 1000, 1)]
    [InlineData(1000, 1, 0, 0)]
    [InlineData(-1000, 0, 0, 0)]
    [InlineData(-1000, 1, 1000, -1)]
    [InlineData(1e300, 0, 1e300, 1)]
    [InlineData(-1e300, 1, 1e300, -1)]
    [InlineData(0, 0, 0.69314718055994531, 0.5)]
    [InlineData(0, 1, 0.69314718055994531, -0.5)]
    public void Losses_far_from_zero_are_finite_and_right(double s, double y, double loss, double outputGradient)
    {
        var c = At(s, y);
        Close.To(c.EachExample(_ => s), c.Predict(), 0, 0);
        Close.To(c.EachExample(_ => loss), c.Loss(), 1e-15, 0);
        Close.To(c.EachExample(_ => outputGradient), c.OutputGradient(), 1e-15, 0);
        Close.To(c.EachExample(_ => outputGradient), [.. c.Gradients().Select(g => g[0])], 1e-15, 0);
    }

    [Theory]
    [InlineData(-40)]
    [InlineData(-300)]
    [InlineData(-700)]
    public void A_small_probability_keeps_its_digits(double s)
    {
        // σ(s) = log(1 + eˢ) = eˢ to the last digit, where 1 + eˢ is 1.
        var c = At(s, 0);
        Close.To(c.EachExample(_ => Math.Exp(s)), c.Loss(), 1e-15, 0);
        Close.To(c.EachExample(_ => Math.Exp(s)), c.OutputGradient(), 1e-15, 0);
    }

    [Fact]
    public void A_weight_that_is_not_a_number_shows_in_every_result()
    {
        var c = At(double.NaN, 0);
        Assert.All(c.Loss().Concat(c.OutputGradient()).Concat(c.GradientSum(0, new double[Copies]).Take(1)),
            value => Assert.True(double.IsNaN(value)));
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.75, 1.0986122886681098)]
    [InlineData(0, double.NegativeInfinity)]
    [InlineData(1, double.PositiveInfinity)]
    public void The_baseline_of_a_logistic_model_is_the_logit(double mean, double expected) =>
        Assert.Equal(expected, At(0, 0).Model.Baseline(mean), 15);

    [Theory]
    [InlineData("Linear4")]
    [InlineData("Mf3")]
    public void The_baseline_of_a_squared_loss_is_the_mean(string name) =>
        Assert.Equal(-2.5, GeneratedCase.Random(name, 1, 3).Model.Baseline(-2.5));

    private static GeneratedCase At(double s, double y)
    {
        double[] ones = [.. Enumerable.Repeat(1.0, Copies)], labels = [.. Enumerable.Repeat(y, Copies)];
        return new GeneratedCase("Logistic1", ExampleSet<double>.FromFeatures(ones, 1, labels), 0, new(1)) { Theta = [s, 0] };
    }
}
