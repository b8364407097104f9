using InfluenceGen.Examples;
using InfluenceGen.Influence;
using InfluenceGen.Models;
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
[LinearModel(Features = 1, Bias = false, L2 = 2)] internal sealed partial class SlopePenalised;
[LinearModel(Features = 1, Loss = Loss.Poisson, L2 = 0.3, RegulariseBias = true)] internal sealed partial class CountsPenalisedThroughout;
[LogisticModel(Features = 1, L2 = 0.3, RegulariseBias = true)] internal sealed partial class OddsPenalisedThroughout;
[SoftmaxModel(Features = 1, Classes = 3, L2 = 0.3, RegulariseBias = true)] internal sealed partial class ClassesPenalisedThroughout;
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

    [Fact]
    public void Every_declaration_that_covers_biases_shrinks_them_in_a_step()
    {
        // s = w x + b of each output; (λ/2)|θ|² over weights and biases.
        Step((training, plan) => PenalisedThroughout.Train(training, plan), _y, [0.7, -1.2], (s, y) => (s[0] - y) * (s[0] - y) / 2);
        Step((training, plan) => CountsPenalisedThroughout.Train(training, plan), _y, [0.1, -0.6], (s, y) => Math.Exp(s[0]) - y * s[0]);
        Step((training, plan) => OddsPenalisedThroughout.Train(training, plan), [0, 1, 1, 0, 1, 0], [0.2, -0.9], (s, y) => Math.Log(1 + Math.Exp(s[0])) - y * s[0]);
        Step((_, plan) => ClassesPenalisedThroughout.Train(ExampleSet<double>.FromClasses(_x, 1, [0, 1, 2, 2, 1, 0], 3), plan),
            [0, 1, 2, 2, 1, 0], [0.2, -0.1, 0.05, 0.4, -0.8, 1.1], (s, y) => Math.Log(s.Sum(Math.Exp)) - s[(int)y]);

        static void Step<TModel>(Func<ExampleSet<double>, GradientDescent, Fit<TModel, double>> train, double[] labels,
            double[] theta, Func<double[], double, double> loss)
            where TModel : struct, IModel<double>
        {
            var outputs = theta.Length / 2;
            double Objective(double[] at) => _x.Zip(labels, (x, y) => loss([.. Enumerable.Range(0, outputs).Select(j => at[j] * x + at[outputs + j])], y)).Average()
                + 0.15 * at.Sum(w => w * w);
            var plan = GradientDescent.FullBatch(1, 0.01) with { Start = Initialisation.At(theta) };
            var fit = train(ExampleSet<double>.FromFeatures(_x, 1, labels), plan);
            Close.To([.. theta.Select((w, k) => w - 0.01 * Slope(Objective, theta, k))], fit.Theta(), 1e-9);
            Assert.Equal(0.15 * fit.Theta().Sum(w => w * w), fit.Penalty(), 1e-14);
        }

        static double Slope(Func<double[], double> function, double[] at, int k)
        {
            const double Width = 1e-5;
            double At(double shift) => function([.. at.Select((w, j) => j == k ? w + shift : w)]);
            return (8 * (At(Width) - At(-Width)) - (At(2 * Width) - At(-2 * Width))) / (12 * Width);
        }
    }

    [Fact]
    public void A_step_size_that_is_suggested_counts_the_penalty_once_a_loss_where_the_objective_is_their_sum()
    {
        // ½(w − y)² for four examples and λ = 2: the sum's curvature is 4 (1 + 2), the mean's 1 + 2.
        var training = ExampleSet<double>.FromFeatures([1, 1, 1, 1], 1, [3, 1, 4, 1]);
        double? Suggested(Objective objective) => Assert.Throws<TrainingDivergedException>(() =>
            SlopePenalised.Train(training, GradientDescent.FullBatch(1000, 100, objective))).SuggestedStepSize;
        Assert.Equal(0.5 / 12, Suggested(Objective.Sum)!.Value, 1e-12);
        Assert.Equal(0.5 / 3, Suggested(Objective.Mean)!.Value, 1e-12);
    }

    private static ExampleSet<double> Set() => ExampleSet<double>.FromFeatures(_x, 1, _y);

    private static double[] Minimum(WeightDecay decay) =>
        Unpenalised.Train(Set(), GradientDescent.FullBatch(0, 1) with { WeightDecay = decay }).Converged().Theta();
}
