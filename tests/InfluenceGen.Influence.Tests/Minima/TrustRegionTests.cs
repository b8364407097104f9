using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Influence.Tests.Static;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Minima;

/// <summary>The way to a minimum where the objective is not convex, and how far it goes.</summary>
public class TrustRegionTests
{
    [Fact]
    public void A_factorization_ends_where_every_row_is_a_ridge_regression()
    {
        var random = new RandomSource(1);
        int[] users = [.. Enumerable.Range(0, 400).Select(_ => (int)(30 * random.NextDouble()))];
        int[] items = [.. Enumerable.Range(0, 400).Select(_ => (int)(25 * random.NextDouble()))];
        double[] ratings = [.. users.Select(_ => 3 + random.NextGaussian())];
        var train = ExampleSet<double>.FromRatings(users, items, ratings, 31, 25);
        var fit = Factors.Train(train, GradientDescent.FullBatch(3, 0.1), rank: 3).Converged();
        var theta = fit.Theta();
        for (var side = 0; side < 2; side++)
        {
            for (var row = 0; row < (side == 0 ? 30 : 25); row++)
            {
                // Σ (p·q − y) q + λ p = 0, with λ = 0.2 as a whole and 1/count of it in each loss.
                var sums = new double[3];
                var count = 0;
                for (var i = 0; i < train.Count; i++)
                {
                    if (train.Index(side)[i] != row)
                    {
                        continue;
                    }

                    var (p, q) = (train.Index(0)[i] * 3, 31 * 3 + train.Index(1)[i] * 3);
                    var error = Enumerable.Range(0, 3).Sum(k => theta[p + k] * theta[q + k]) - train.Labels[i];
                    count++;
                    for (var k = 0; k < 3; k++)
                    {
                        sums[k] += error * theta[(side == 0 ? q : p) + k];
                    }
                }

                for (var k = 0; k < 3 && count > 0; k++)
                {
                    Assert.Equal(0, sums[k] + 0.2 * theta[(side == 0 ? row * 3 : 31 * 3 + row * 3) + k], 1e-6);
                }
            }
        }

        var initial = Factors.Train(train, GradientDescent.FullBatch(3, 0.1), rank: 3).Theta();
        Close.To(initial.AsSpan(90, 3), theta.AsSpan(90, 3), 1e-12);
    }

    [Fact]
    public void A_network_tells_how_far_it_is_and_can_be_stopped()
    {
        var images = DigitsNetwork.Read(Path.Combine(AppContext.BaseDirectory, "data", "digits.csv"), label: "digit", individual: "image");
        var train = Standardisation.Fit(images).Apply(images).Subset([.. Enumerable.Range(0, 200)]);
        var fit = DigitsNetwork.Train(train, GradientDescent.FullBatch(20, 0.5) with { WeightDecay = WeightDecay.OnAll(0.01) });
        var told = new List<double>();
        var minimum = fit.Converged(options: new() { Progress = told.Add });
        Assert.True(told.Count > 3);
        Assert.Equal(told.Order(), told);
        Assert.Equal(1, told[^1]);
        Assert.True(minimum.MeanLoss(train) + minimum.Penalty() < fit.MeanLoss(train) + fit.Penalty());

        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(
            () => fit.Converged(options: new() { Progress = _ => source.Cancel(), Cancellation = source.Token }));
        var problem = Assert.Throws<InvalidOperationException>(() => fit.Converged(iterations: 2));
        Assert.Contains("objective of", problem.Message, StringComparison.Ordinal);
        Assert.Contains("still promises", problem.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => fit.Converged(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => fit.Converged(iterations: 0));
    }

    [Fact]
    public void It_goes_on_to_rounding_and_retraining_does_too()
    {
        // Leave-one-out of least squares in closed form: the residual changes by h/(1 − h) of itself.
        var train = Problems.Numbers(200, 3, 1);
        var retrainer = Linear.Train(train, GradientDescent.FullBatch(0, 1)).Retrainer(Removal.Refit, RetrainBy.Minimum);
        Assert.Equal(0, Gradient(retrainer.Full), 1e-14);
        var effects = retrainer.LeaveOneOut(train, 5, seed: 1);
        for (var k = 0; k < 5; k++)
        {
            var left = effects.Groups[k][0];
            var alone = Linear.Train(train.Subset([.. Enumerable.Range(0, 200).Where(i => i != left)]), GradientDescent.FullBatch(0, 1)).Converged();
            Close.To([.. alone.Losses(train).Zip(retrainer.Full.Losses(train), (a, b) => a - b)], RetrainerTests.Row(effects.Effects, k), 1e-9, 1e-14);
        }
    }

    /// <summary>The largest element of the mean gradient of squared losses.</summary>
    private static double Gradient(Fit<Linear.Model, double> fit)
    {
        var (set, outputs, sums) = (fit.Training, fit.Predict(fit.Training), new double[fit.Training.FeatureCount + 1]);
        for (var i = 0; i < set.Count; i++)
        {
            var residual = outputs[i] - set.Labels[i];
            sums[^1] += residual;
            for (var j = 0; j < set.FeatureCount; j++)
            {
                sums[j] += residual * set.Features[i * set.FeatureStride + j];
            }
        }

        return sums.Max(Math.Abs) / set.Count;
    }
}
