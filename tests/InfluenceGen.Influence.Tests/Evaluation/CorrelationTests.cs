using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Evaluation;

/// <summary>Correlation with retraining and the linear datamodeling score.</summary>
public class CorrelationTests
{
    [Fact]
    public void Ranks_share_their_mean_among_equals() =>
        Assert.Equal([3.5, 1, 3.5, 2, 5.5, 5.5, 7], Correlation.Ranks([3, -1, 3, 0, 4, 4, 9]));

    [Fact]
    public void Of_a_few_numbers_it_is_what_the_formulas_give()
    {
        // Means 2 and 4; sums of squares 2 and 14, of products 5.
        var found = Correlation.Between([1, 2, 3], [1, 5, 6])!.Value;
        Assert.Equal(5 / Math.Sqrt(2 * 14), found.Pearson, 1e-15);
        Assert.Equal(5.0 / 14, found.Slope, 1e-15);
        Assert.Equal(1, found.Spearman, 1e-15);
        Assert.Equal(3, found.Count);

        // One exchange of neighbours in four: 1 − 6·2/(4·15).
        Assert.Equal(0.8, Correlation.SpearmanOf([1, 2, 4, 3], [10, 20, 30, 40])!.Value, 1e-15);
        Assert.Equal(-1, Correlation.SpearmanOf([1, 2, 4], [0, -2, -2.5])!.Value, 1e-15);
        Assert.Equal("Pearson 0.9449, Spearman 1.0000, slope 0.3571 over 3 pairs", found.ToString());
    }

    [Fact]
    public void Without_variation_there_is_none()
    {
        Assert.Null(Correlation.Between([1, 1, 1], [1, 2, 3]));
        Assert.Null(Correlation.Between([1, 2, 3], [0.1, 0.1, 0.1]));
        Assert.Null(Correlation.Between([], []));
        Assert.Throws<ArgumentException>(() => Correlation.Between([1, 2], [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => Correlation.Between([1, double.NaN], [1, 2]));
    }

    [Fact]
    public void Influence_functions_go_with_exact_retraining_of_convex_models()
    {
        Goes(Linear.Train(Problems.Numbers(300, 4, 1), Problems.Penalised(0.05)), Problems.Numbers(12, 4, 2));
        Goes(Logistic.Train(Problems.Binary(400, 4, 1), Problems.Penalised(0.02)), Problems.Binary(12, 4, 2));
        Goes(Softmax.Train(Problems.Classes(400, 4, 1), Problems.Penalised(0.05)), Problems.Classes(12, 4, 2));
    }

    [Fact]
    public void Influence_at_a_fixed_divisor_is_not_that_of_refitting_under_a_penalty()
    {
        var (fit, test) = (Problems.FitBinary(Problems.Binary(60, 4, 1), 0.5), Problems.Binary(12, 4, 2));
        var scores = fit.Influence(new InfluenceFunctions(), test);
        double Slope(Removal removal) => RetrainingCorrelation.Of(scores, fit.Retrainer(removal).LeaveOneOut(test)).Overall!.Value.Slope;
        Assert.InRange(Slope(Removal.Fixed), 0.95, 1.05);
        Assert.True(Math.Abs(Slope(Removal.Refit) - 1) > Math.Abs(Slope(Removal.Fixed) - 1));
    }

    [Fact]
    public void The_datamodeling_score_of_exact_effects_is_one_and_of_noise_near_zero()
    {
        var (fit, test) = (Problems.FitBinary(Problems.Binary(120, 4, 1), 0.05), Problems.Binary(30, 4, 2));
        var truth = fit.Retrainer(Removal.Refit).RandomSubsets(test, count: 60);
        var effects = new double[60, test.Count];
        for (var part = 0; part < 60; part++)
        {
            for (var t = 0; t < test.Count; t++)
            {
                effects[part, t] = 3 - truth.Losses[part, t];
            }
        }

        var exact = LinearDatamodelingScore.Of(effects, truth);
        Assert.Equal(1, exact.Mean, 1e-14);
        Assert.Equal(0, exact.StandardError, 1e-14);

        var functions = LinearDatamodelingScore.Of(fit.Influence(new InfluenceFunctions(), test), truth);
        Assert.True(functions.Mean > 0.8, functions.ToString());

        var random = new RandomSource(1);
        double[] noise = [.. Enumerable.Range(0, 120 * test.Count).Select(_ => random.NextGaussian())];
        var chance = LinearDatamodelingScore.Of(InfluenceScores<double>.From(fit.Training, test.Count, noise), truth);
        Assert.InRange(chance.Mean, -0.1, 0.1);
        Assert.InRange(chance.StandardError, 0.01, 0.05);

        // The wrong sign is seen.
        var reversed = InfluenceScores<double>.From(fit.Training, test.Count,
            [.. Enumerable.Range(0, test.Count).SelectMany(t => fit.Influence(new InfluenceFunctions(), test).OfTest(t).ToArray()).Select(score => -score)]);
        Assert.Equal(-functions.Mean, LinearDatamodelingScore.Of(reversed, truth).Mean, 1e-12);
    }

    [Fact]
    public void Mean_and_error_are_over_the_tests_that_have_a_correlation()
    {
        // Rank correlations 1 and 1/2 (one exchange of neighbours in three: 1 − 6·2/24); the last test never changes.
        var truth = new RandomSubsets([[0], [1], [2]], new double[,] { { 3, 3, 1 }, { 2, 1, 1 }, { 1, 2, 1 } });
        var found = LinearDatamodelingScore.Of(new double[,] { { 1, 1, 1 }, { 2, 2, 2 }, { 3, 3, 3 } }, truth);
        Assert.Equal(0.75, found.Mean, 1e-14);
        Assert.Equal(Math.Sqrt(2 * 0.25 * 0.25 / 1 / 2), found.StandardError, 1e-14);
        Assert.Null(found.PerTest[2]);
        Assert.StartsWith("LDS 0.7500 ± 0.2500 over 2 test examples", found.ToString(), StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => LinearDatamodelingScore.Of(new double[3, 3], truth));
        Assert.Throws<ArgumentException>(() => LinearDatamodelingScore.Of(new double[3, 2], truth));
    }

    [Fact]
    public void Scores_from_elsewhere_have_the_size_they_say()
    {
        var train = Problems.Binary(6, 3, 1);
        var scores = InfluenceScores<double>.From(train, 2, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
        Assert.Equal(8, scores[1, 1]);
        Assert.Throws<ArgumentException>(() => InfluenceScores<double>.From(train, 2, new double[11]));
    }

    private static void Goes<TModel>(Fit<TModel, double> start, ExampleSet<double> test) where TModel : struct, IModel<double>
    {
        var fit = start.Converged();
        var scores = fit.Influence(new InfluenceFunctions(), test);
        var truth = fit.Retrainer(Removal.Fixed).LeaveOneOut(test);
        var found = RetrainingCorrelation.Of(scores, truth);
        Assert.True(found.Overall is { Pearson: > 0.999, Spearman: > 0.99, Slope: > 0.95 and < 1.05 }, found.ToString());
        Assert.All(found.PerTest, each => Assert.True(each is { Pearson: > 0.995 }, each?.ToString()));

        // Half of the scores are as well correlated and half as steep.
        var half = InfluenceScores<double>.From(fit.Training, test.Count,
            [.. Enumerable.Range(0, test.Count).SelectMany(t => scores.OfTest(t).ToArray()).Select(score => score / 2)]);
        var halved = RetrainingCorrelation.Of(half, truth).Overall!.Value;
        Assert.Equal(found.Overall.Value.Pearson, halved.Pearson, 1e-12);
        Assert.Equal(found.Overall.Value.Slope / 2, halved.Slope, 1e-12);

        var exact = RetrainingCorrelation.Of(truth.Effects, truth);
        Assert.True(exact.Overall is { Pearson: > 1 - 1e-14, Spearman: > 1 - 1e-14, Slope: > 1 - 1e-14 and < 1 + 1e-14 }, exact.ToString());
    }
}
