using InfluenceGen.Examples;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Training;

[LinearModel] internal sealed partial class Unpenalised;
[LinearModel(L2 = 0.3)] internal sealed partial class PenalisedWeights;
[LinearModel(L2 = 0.3, RegulariseBias = true)] internal sealed partial class PenalisedThroughout;
[Mlp(Inputs = 2, Hidden = [3], Outputs = 2)] internal sealed partial class UnpenalisedLayers;
[Mlp(Inputs = 2, Hidden = [3], Outputs = 2, L2 = 0.3)] internal sealed partial class PenalisedLayers;
[Mlp(Inputs = 2, Hidden = [3], Outputs = 2, L2 = 0.3, RegulariseBias = true)] internal sealed partial class LayersPenalisedThroughout;
[MatrixFactorization(Rank = 2)] internal sealed partial class UnpenalisedFactors;

/// <summary>A penalty spares biases wherever it is declared, unless it is asked to cover them.</summary>
public class PenaltyTests
{
    private static readonly double[] _x = [1, 2, 4, 7, 11, 3];
    private static readonly double[] _y = [3, 1, 4, 9, 9, 6];

    [Fact]
    public void A_ridge_regression_keeps_its_intercept()
    {
        // Minimum of the mean of ½(wx + b − y)² plus (λ/2)w²: the slope of centred data, and an intercept through their means.
        var (meanX, meanY) = (_x.Average(), _y.Average());
        var covariance = _x.Zip(_y, (x, y) => (x - meanX) * (y - meanY)).Average();
        var slope = covariance / (_x.Average(x => (x - meanX) * (x - meanX)) + 0.3);
        Close.To([slope, meanY - slope * meanX], Minimum(new WeightDecay(0.3)), 1e-12);
        Close.To([slope, meanY - slope * meanX],
            PenalisedWeights.Train(Set(), GradientDescent.FullBatch(0, 1)).Converged().Theta(), 1e-12);
    }

    [Fact]
    public void A_penalty_on_all_bears_on_the_intercept_too()
    {
        // (x², x; x, 1) in means, plus λ on both diagonal elements.
        var (xx, x, xy, y) = (_x.Average(v => v * v) + 0.3, _x.Average(), _x.Zip(_y, (a, b) => a * b).Average(), _y.Average());
        var determinant = xx * 1.3 - x * x;
        double[] minimum = [(1.3 * xy - x * y) / determinant, (xx * y - x * xy) / determinant];
        Close.To(minimum, Minimum(WeightDecay.OnAll(0.3)), 1e-12);
        Close.To(minimum, PenalisedThroughout.Train(Set(), GradientDescent.FullBatch(0, 1)).Converged().Theta(), 1e-12);
    }

    [Fact]
    public void Of_several_layers_every_bias_is_spared_or_none()
    {
        var training = ExampleSet<double>.FromFeatures([1, 2, 3, -1, 0.5, 2, -2, 1], 2, [1, 0, 2, 1, 0, 1, 1, 1], 2);
        var plan = GradientDescent.FullBatch(8, 0.1) with { Start = Initialisation.At([.. Enumerable.Range(1, 17).Select(k => Math.Sin(k))]) };
        double[] After(WeightDecay decay) => UnpenalisedLayers.Train(training, plan with { WeightDecay = decay }).Theta();
        Assert.Equal(PenalisedLayers.Train(training, plan).Theta(), After(new WeightDecay(0.3)));
        Assert.Equal(LayersPenalisedThroughout.Train(training, plan).Theta(), After(WeightDecay.OnAll(0.3)));
        Assert.Equal(After(new WeightDecay(0.3)), After(WeightDecay.OnAll(0.3, "b1", "b2")));
        Assert.NotEqual(After(new WeightDecay(0.3)), After(new WeightDecay(0.3, "W2")));
    }

    [Fact]
    public void Tables_have_no_biases()
    {
        var ratings = ExampleSet<double>.FromRatings([0, 0, 1, 1], [0, 1, 0, 1], [3, 1, 2, 5], 2, 2);
        var plan = GradientDescent.FullBatch(5, 0.1) with { Start = Initialisation.Gaussian(0.5, 1) };
        Assert.Equal(UnpenalisedFactors.Train(ratings, plan with { WeightDecay = WeightDecay.OnAll(0.2) }).Theta(),
            UnpenalisedFactors.Train(ratings, plan with { WeightDecay = new WeightDecay(0.2) }).Theta());
    }

    private static ExampleSet<double> Set() => ExampleSet<double>.FromFeatures(_x, 1, _y);

    private static double[] Minimum(WeightDecay decay) =>
        Unpenalised.Train(Set(), GradientDescent.FullBatch(0, 1) with { WeightDecay = decay }).Converged().Theta();
}
