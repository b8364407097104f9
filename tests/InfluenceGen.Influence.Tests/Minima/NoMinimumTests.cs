using InfluenceGen.Examples;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Minima;

[LinearModel(Loss = Loss.Poisson)]
internal sealed partial class Counts;

/// <summary>Objectives without a minimum are told from those that have one far away.</summary>
public class NoMinimumTests
{
    private static readonly GradientDescent _still = GradientDescent.FullBatch(0, 1);

    [Fact]
    public void A_column_that_separates_the_classes_is_named()
    {
        var train = Logistic.Read(Path.Combine(AppContext.BaseDirectory, "fixtures", "edges", "separable.csv"), label: "y");
        var fit = Logistic.Train(train, _still);
        var problem = Assert.Throws<InvalidOperationException>(() => fit.Converged());
        Assert.Contains("no minimum", problem.Message, StringComparison.Ordinal);
        Assert.Contains("'x'", problem.Message, StringComparison.Ordinal);
        Assert.Contains("no minimum", Assert.Throws<InvalidOperationException>(() => fit.Retrainer(Removal.Refit)).Message, StringComparison.Ordinal);
        Logistic.Train(train, _still with { WeightDecay = new(1e-6, "b") }).Converged();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1e-9)]
    [InlineData(1e9)]
    public void A_level_with_one_member_is_named_whatever_its_unit(double unit)
    {
        var set = WithLevel(Problems.Binary(40, 2, 1), member: [7], unit);
        var problem = Assert.Throws<InvalidOperationException>(() => Logistic.Train(set, _still).Converged());
        Assert.Contains("feature 2", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("feature 0", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_level_with_one_member_in_a_classifier_of_three_names_its_class()
    {
        var set = Problems.Classes(60, 2, 1);
        var x = new List<double>();
        for (var i = 0; i < set.Count; i++)
        {
            x.AddRange(set.Features.Slice(i * set.FeatureStride, 2));
            x.Add(i == 5 ? 1 : 0);
        }

        int[] y = [.. Enumerable.Range(0, set.Count).Select(i => set.Labels.Slice(i * set.LabelStride, 3).IndexOf(1.0))];
        var problem = Assert.Throws<InvalidOperationException>(
            () => Softmax.Train(ExampleSet<double>.FromClasses(x.ToArray(), 3, y, 3), _still with { WeightDecay = WeightDecay.OnAll(1e-3, "W") }).Converged());
        Assert.Contains($"feature 2 of class {y[5]}", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_column_given_twice_leaves_open_is_named_and_the_minimum_is_reached()
    {
        var set = Problems.Numbers(40, 2, 1);
        var x = new List<double>();
        for (var i = 0; i < set.Count; i++)
        {
            x.AddRange(set.Features.Slice(i * set.FeatureStride, 2));
            x.Add(3 * set.Features[i * set.FeatureStride] + 7);
        }

        var twice = ExampleSet<double>.FromFeatures(x.ToArray(), 3, set.Labels);
        var fit = Linear.Train(twice, _still).Converged();
        var (alone, note) = (Linear.Train(set, _still).Converged(), Assert.Single(fit.Notes));
        Assert.Contains("does not determine 1 of 4", note, StringComparison.Ordinal);
        Assert.Contains("feature 0", note, StringComparison.Ordinal);
        Assert.DoesNotContain("feature 1", note, StringComparison.Ordinal);
        for (var i = 0; i < set.Count; i++)
        {
            Assert.Equal(alone.Predict(set)[i], fit.Predict(twice)[i], 1e-10);
        }
    }

    [Fact]
    public void Without_the_other_member_of_a_level_retraining_names_who_was_left_out()
    {
        var set = Problems.Binary(40, 2, 1);
        var (one, zero) = (set.Labels.IndexOf(1.0), set.Labels.IndexOf(0.0));
        var train = WithLevel(set, [one, zero], 1);
        var retrainer = Logistic.Train(train, _still).Retrainer(Removal.Refit);
        var problem = Assert.Throws<InvalidOperationException>(() => retrainer.LossesWithout([[one]], train));
        Assert.Contains($"Without {retrainer.Training.Individuals[retrainer.Training.IndividualOf[one]]}", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_that_is_gone_has_no_minimum_of_its_bias()
    {
        double[] x = [0.3, -1.2, 0.7, 2.1, -0.4, 1.3], y = [1, 0, 1, 1, 1, 1];
        var train = ExampleSet<double>.FromFeatures(x, 1, y);
        var retrainer = Logistic.Train(train, _still with { WeightDecay = new(0.1, "b") }).Retrainer(Removal.Refit);
        var problem = Assert.Throws<InvalidOperationException>(() => retrainer.LossesWithout([[1]], train));
        Assert.Contains("the bias", problem.Message, StringComparison.Ordinal);
        Assert.Contains("row 1", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_that_are_all_zero_where_a_column_is_1_have_none()
    {
        double[] x = [1, 0, 1, 0, 0, 0], y = [0, 2, 0, 1, 0, 3];
        var problem = Assert.Throws<InvalidOperationException>(
            () => Counts.Train(ExampleSet<double>.FromFeatures(x, 1, y), _still).Converged());
        Assert.Contains("feature 0", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_without_an_example_has_none_either()
    {
        var set = Problems.Binary(30, 2, 1);
        double[] x = [.. Enumerable.Range(0, set.Count).SelectMany(i => set.Features.Slice(i * set.FeatureStride, 2).ToArray())];
        var train = ExampleSet<double>.FromClasses(x, 2, [.. set.Labels.ToArray().Select(label => (int)label)], 3);
        var problem = Assert.Throws<InvalidOperationException>(
            () => Softmax.Train(train, _still with { WeightDecay = new(0.1, "b") }).Converged());
        Assert.Contains("the bias of class 2", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Single_precision_tells_it_too()
    {
        float[] x = [-3, -2, -1, -0.5f, 0.5f, 1, 2, 3];
        var train = ExampleSet<float>.FromFeatures(x, 1, [0, 0, 0, 0, 1, 1, 1, 1]);
        Assert.Contains("feature 0", Assert.Throws<InvalidOperationException>(
            () => SingleLogistic.Train(train, _still).Converged()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e-4)]
    [InlineData(1e-8)]
    public void Classes_that_overlap_a_little_have_a_minimum_far_away(double overlap)
    {
        // By symmetry the bias is 0, and w solves σ(−w) = ε σ(ε w).
        double[] x = [1, -1, -overlap, overlap], y = [1, 0, 1, 0];
        var fit = Logistic.Train(ExampleSet<double>.FromFeatures(x, 1, y), _still).Converged();
        double low = 0, high = 200;
        for (var i = 0; i < 200; i++)
        {
            var w = (low + high) / 2;
            (low, high) = 1 / (1 + Math.Exp(w)) > overlap / (1 + Math.Exp(-overlap * w)) ? (w, high) : (low, w);
        }

        Assert.Equal(low, fit.Theta()[0], 1e-5 * low);
    }

    [Fact]
    public void An_exact_fit_is_a_minimum()
    {
        double[] x = [1, 2, 3, 4], y = [3, 5, 7, 9];
        var train = ExampleSet<double>.FromFeatures(x, 1, y);
        var fit = Linear.Train(train, _still).Converged();
        Assert.Equal(2, fit.Theta()[0], 1e-12);
        Assert.Empty(fit.Notes);
        var alike = ExampleSet<double>.FromFeatures(x, 1, [5, 5, 5, 5]);
        Assert.Equal(5, Linear.Train(alike, _still with { Start = Initialisation.At([3, 1]) }).Converged().Theta()[1], 1e-12);
        var stated = Linear.Train(train, _still with { Start = Initialisation.At([2, 1]) });
        Assert.DoesNotContain(stated.Influence(new InfluenceFunctions(), train).Notes, note => note.Contains("minimum", StringComparison.Ordinal));
    }

    [Fact]
    public void A_point_without_slope_where_the_objective_curves_down_is_none_and_is_left()
    {
        // Of weights that are all 0 but for the last biases the gradient of a tanh network vanishes by symmetry.
        var train = Problems.Classes(60, 3, 1);
        var plan = _still with { WeightDecay = WeightDecay.OnAll(0.001), Start = Initialisation.At(new double[new TanhSoftmax.Model().Layout.Count]) };
        var constant = TanhSoftmax.Train(train, plan).ConvergedLastLayer();
        Assert.Contains(constant.Influence(new InfluenceFunctions { Damping = 10 }, train).Notes,
            note => note.Contains("negative curvature", StringComparison.Ordinal));
        var minimum = constant.Converged();
        Assert.True(minimum.MeanLoss(train) < 0.5 * constant.MeanLoss(train));
        Assert.DoesNotContain(minimum.Influence(new InfluenceFunctions { Damping = 10 }, train).Notes,
            note => note.Contains("not a minimum", StringComparison.Ordinal));
    }

    /// <summary>A column that is as large as said for some examples and 0 for the others.</summary>
    private static ExampleSet<double> WithLevel(ExampleSet<double> set, int[] member, double unit)
    {
        var x = new List<double>();
        for (var i = 0; i < set.Count; i++)
        {
            x.AddRange(set.Features.Slice(i * set.FeatureStride, set.FeatureCount));
            x.Add(member.Contains(i) ? unit : 0);
        }

        return ExampleSet<double>.FromFeatures(x.ToArray(), set.FeatureCount + 1, set.Labels);
    }
}
