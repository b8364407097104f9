using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Minima;

/// <summary>The minimum, or that there is none, does not depend on where a training left the weights.</summary>
public class StartTests
{
    private static readonly GradientDescent _still = GradientDescent.FullBatch(0, 1);

    [Theory]
    [InlineData(1e-12)]
    [InlineData(0.005)]
    [InlineData(1)]
    [InlineData(1e6)]
    public void Retraining_a_model_of_counts_does_not_depend_on_a_features_unit(double unit)
    {
        var (plain, scaled) = (Numbers(1), Numbers(unit));
        var right = Counts.Train(plain, _still).Retrainer(Removal.Fixed).LossesWithout([[0], [1], [7]], plain);
        var found = Counts.Train(scaled, _still).Retrainer(Removal.Fixed).LossesWithout([[0], [1], [7]], scaled);
        var full = Counts.Train(plain, _still).Converged().Losses(plain);
        Assert.NotEqual(full[0], right[0, 0], 1e-6);
        foreach (var (expected, actual) in right.Cast<double>().Zip(found.Cast<double>()))
        {
            Assert.Equal(expected, actual, 1e-8 * Math.Max(1, Math.Abs(expected)));
        }
    }

    [Theory]
    [InlineData(2000)]
    [InlineData(1000)]
    [InlineData(1e5)]
    public void A_training_that_overshot_leads_to_the_same_minimum(double unit)
    {
        var (random, x, y) = (new RandomSource(1), new double[160], new double[80]);
        for (var i = 0; i < y.Length; i++)
        {
            (x[2 * i], x[2 * i + 1]) = (unit * (3 + random.NextGaussian()), random.NextGaussian());
            y[i] = random.NextDouble() < 1 / (1 + Math.Exp(1 - x[2 * i] / unit)) ? 1 : 0;
        }

        var train = ExampleSet<double>.FromFeatures(x, 2, y);
        var right = Logistic.Train(train, _still).Converged();
        var found = Logistic.Train(train, GradientDescent.FullBatch(100, 0.01)).Converged();
        Close.To(right.Predict(train), found.Predict(train), 1e-8);
        Assert.True(found.MeanLoss(train) < 0.7);
    }

    [Theory]
    [InlineData(800)]
    [InlineData(40)]
    [InlineData(1)]
    public void A_start_at_which_all_classes_are_certain_is_no_minimum_of_separable_ones(double start)
    {
        var train = ExampleSet<double>.FromFeatures([-2, -1, 1, 2], 1, [0, 0, 1, 1]);
        var fit = Logistic.Train(train, _still with { Start = Initialisation.At(start, 0) });
        Assert.Contains("no minimum", Assert.Throws<InvalidOperationException>(() => fit.Converged()).Message, StringComparison.Ordinal);
        double[] x = [0, 1, 0, 2, 0, 3, 0, 1.5, 1, 2, 1, 3];
        var quasi = Logistic.Train(ExampleSet<double>.FromFeatures(x, 2, [0, 1, 0, 1, 1, 1]), _still with { Start = Initialisation.At(start, 0, 0) });
        Assert.Contains("no minimum", Assert.Throws<InvalidOperationException>(() => quasi.Converged()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, 3)]
    [InlineData(5000, 1)]
    public void A_class_that_is_gone_leaves_no_minimum_where_the_bias_is_free(int count, int ones)
    {
        var (random, y) = (new RandomSource(3), new double[count]);
        y.AsSpan(0, ones).Fill(1);
        double[] x = [.. y.Select(_ => random.NextGaussian())];
        var train = ExampleSet<double>.FromFeatures(x, 1, y);
        var retrainer = Logistic.Train(train, _still with { WeightDecay = new(0.1) }).Retrainer(Removal.Refit);
        Assert.Contains("no minimum", Assert.Throws<InvalidOperationException>(
            () => retrainer.LossesWithout([[.. Enumerable.Range(0, ones)]], train)).Message, StringComparison.Ordinal);
        var others = train.Subset([.. Enumerable.Range(ones, count - ones)]);
        var gone = Logistic.Train(others, _still with { WeightDecay = new(0.1), Start = Initialisation.At(0, -40) });
        Assert.Contains("no minimum", Assert.Throws<InvalidOperationException>(() => gone.Converged()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e9, 1e-6)]
    [InlineData(1e10, 0.1)]
    public void A_small_penalty_in_large_units_is_a_minimum_all_the_same(double unit, double decay)
    {
        var train = ExampleSet<double>.FromFeatures([-2 * unit, -unit, unit, 2 * unit], 1, [0, 0, 1, 1]);
        var fit = Logistic.Train(train, _still with { WeightDecay = new(decay) });
        try
        {
            Assert.True(fit.Converged().Theta()[0] > 0);
        }
        catch (InvalidOperationException problem)
        {
            Assert.DoesNotContain("falls for ever", problem.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_small_factorization_is_no_saddle_at_its_minimum()
    {
        for (var seed = 1; seed <= 6; seed++)
        {
            var random = new RandomSource(seed);
            var (users, items, ratings) = (new List<int>(), new List<int>(), new List<double>());
            for (var user = 0; user < 15; user++)
            {
                for (var item = 0; item < 10; item++)
                {
                    if (random.NextDouble() < 0.6)
                    {
                        users.Add(user);
                        items.Add(item);
                        ratings.Add(1 + random.NextBelow(5));
                    }
                }
            }

            var train = ExampleSet<double>.FromRatings([.. users], [.. items], [.. ratings], 15, 10);
            var plan = GradientDescent.FullBatch(100, 0.05) with { Start = Initialisation.Gaussian(0.3, 1) };
            var fit = Trainer.Train(new Factors.Model(15, 10, 3), train, plan).Converged();
            Assert.True(fit.MeanLoss(train) < Trainer.Train(new Factors.Model(15, 10, 3), train, plan).MeanLoss(train));
        }
    }

    [Theory]
    [InlineData(1e300)]
    [InlineData(1e160)]
    public void Weights_beyond_squaring_are_no_minimum(double start)
    {
        var train = ExampleSet<double>.FromFeatures([1, 2, 3], 1, [1, 2, 4]);
        var fit = Linear.Train(train, _still with { Start = Initialisation.At(start, 1) });
        Assert.Equal(1.5, fit.Converged().Theta()[0], 1e-9);
    }

    private static ExampleSet<double> Numbers(double unit)
    {
        var random = new RandomSource(5);
        var (x, y) = (new double[60], new double[60]);
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = random.NextGaussian();
            y[i] = Math.Floor(Math.Exp(0.3 * x[i]) + random.NextDouble());
            x[i] *= unit;
        }

        return ExampleSet<double>.FromFeatures(x, 1, y);
    }
}
