using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Evaluation;

/// <summary>What coalitions get that have no minimum, or several.</summary>
public class CoalitionTests
{
    [Fact]
    public void Of_several_minima_the_limit_of_a_vanishing_penalty_is_taken()
    {
        // Three rows, four features and a bias: the smallest v with (z_i − z_0)·v = y_i − y_0, z being standardised by all rows.
        var (train, test) = (Problems.Numbers(12, 4, 1), Problems.Numbers(5, 4, 2));
        var retrainer = new Retrainer<Linear.Model, double>(Linear.Train(train, GradientDescent.FullBatch(0, 1)), Removal.Refit, RetrainBy.Minimum, null, null, ofCoalitions: true);
        int[] kept = [2, 5, 9];
        Fit<Linear.Model, double>? found = null;
        retrainer.Train(5, part => part == 4 ? kept : [.. Enumerable.Range(0, 12).Where(i => i != part)], (part, fit) => found = part == 4 ? fit : found, null);

        var (means, deviations) = (new double[4], new double[4]);
        for (var j = 0; j < 4; j++)
        {
            means[j] = Enumerable.Range(0, 12).Average(i => X(train, i, j));
            deviations[j] = Math.Sqrt(Enumerable.Range(0, 12).Average(i => Math.Pow(X(train, i, j) - means[j], 2)));
        }

        double Z(ExampleSet<double> set, int i, int j) => (X(set, i, j) - means[j]) / deviations[j];
        double[][] rows = [.. kept[1..].Select(i => Enumerable.Range(0, 4).Select(j => Z(train, i, j) - Z(train, kept[0], j)).ToArray())];
        double[] wanted = [.. kept[1..].Select(i => train.Labels[i] - train.Labels[kept[0]])];
        double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
        var (a, b, c) = (Dot(rows[0], rows[0]), Dot(rows[0], rows[1]), Dot(rows[1], rows[1]));
        var (first, second) = ((c * wanted[0] - b * wanted[1]) / (a * c - b * b), (a * wanted[1] - b * wanted[0]) / (a * c - b * b));
        double[] v = [.. Enumerable.Range(0, 4).Select(j => first * rows[0][j] + second * rows[1][j])];
        double[] expected = [.. Enumerable.Range(0, test.Count).Select(i => train.Labels[kept[0]] + Enumerable.Range(0, 4).Sum(j => v[j] * (Z(test, i, j) - Z(train, kept[0], j))))];
        Close.To(expected, found!.Predict(test), 1e-10, 1e-11);
        Assert.Contains("1 trainings had several minima", Assert.Single(retrainer.CoalitionNotes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_penalty_on_all_weights_leaves_one_minimum()
    {
        var train = Problems.Numbers(12, 4, 1);
        var retrainer = new Retrainer<Linear.Model, double>(Linear.Train(train, Problems.Penalised(0.1)), Removal.Refit, RetrainBy.Minimum, null, null, ofCoalitions: true);
        var losses = new double[6][];
        retrainer.Train(6, part => [part, part + 3], (part, fit) => losses[part] = fit.Losses(train), null);
        Assert.Empty(retrainer.CoalitionNotes);
        for (var part = 0; part < 6; part++)
        {
            var alone = Linear.Train(train.Subset([part, part + 3]), Problems.Penalised(0.1)).Converged().Losses(train);
            Close.To(alone, losses[part], 1e-9, 1e-10);
        }
    }

    [Theory, InlineData(RetrainBy.Minimum), InlineData(RetrainBy.Plan)]
    public void Of_one_class_the_plans_weights_are_taken_from_everybodys_start(RetrainBy by)
    {
        var train = Problems.Binary(30, 3, 1);
        var plan = GradientDescent.FullBatch(25, 0.3);
        var fit = Logistic.Train(train, plan);
        var retrainer = new Retrainer<Logistic.Model, double>(fit, Removal.Refit, by, null, null, ofCoalitions: true);
        int[] ones = [.. Enumerable.Range(0, 30).Where(i => train.Labels[i] == 1).Take(6)];
        var found = new Fit<Logistic.Model, double>[5];
        retrainer.Train(5, part => part == 2 ? ones : [.. Enumerable.Range(0, 30).Where(i => i != part)], (part, trained) => found[part] = trained.At(Copy(trained)), null);

        var share = train.Labels.ToArray().Average();
        var start = new double[4];
        start[3] = Math.Log(share / (1 - share));
        var expected = Logistic.Train(train.Subset(ones), plan with { Start = Initialisation.At(start) });
        Close.To(expected.Theta(), found[2].Theta(), 1e-12, 1e-13);
        Assert.Contains("1 trainings", Assert.Single(retrainer.CoalitionNotes), StringComparison.Ordinal);

        static AlignedBuffer<double> Copy(Fit<Logistic.Model, double> trained) =>
            AlignedBuffer<double>.CopyOf(trained.Weights.Span);
    }

    [Fact]
    public void Everybody_may_have_no_minimum_either()
    {
        double[] x = [-3, -2, -1, 1, 2, 3];
        var train = ExampleSet<double>.FromFeatures(x, 1, [0, 0, 0, 1, 1, 1.0]);
        var plan = GradientDescent.FullBatch(40, 0.5);
        var retrainer = new Retrainer<Logistic.Model, double>(Logistic.Train(train, plan), Removal.Refit, RetrainBy.Minimum, null, null, ofCoalitions: true);
        Close.To(Logistic.Train(train, plan).Theta(), retrainer.Full.Theta(), 1e-14, 1e-15);
        Assert.Contains("no minimum", Assert.Single(retrainer.CoalitionNotes), StringComparison.Ordinal);
    }

    private static double X(ExampleSet<double> set, int example, int feature) => set.Features[example * set.FeatureStride + feature];
}
