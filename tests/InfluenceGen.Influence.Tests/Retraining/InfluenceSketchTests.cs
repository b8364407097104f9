using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Retraining;

/// <summary>Cook's distances, with and without projections.</summary>
public class InfluenceSketchTests
{
    [Fact]
    public void Without_a_projection_they_are_by_how_much_retraining_moves_the_predictions()
    {
        var train = Problems.Numbers(30, 3, 1);
        var fit = Linear.Train(train, GradientDescent.FullBatch(0, 1)).Converged();
        var found = new InfluenceSketch().Of(fit);
        var moved = fit.Retrainer(Removal.Refit).CookDifferences();
        var square = fit.Losses(train).Sum(loss => 2 * loss) / (30 - 4);
        double[] expected = [.. Enumerable.Range(0, 30).Select(i => Enumerable.Range(0, 30).Sum(j => Math.Pow(moved[i, 3]
            + Enumerable.Range(0, 3).Sum(k => moved[i, k] * train.Features[j * train.FeatureStride + k]), 2)) / (4 * square))];
        Close.To(expected, [.. found.Distances], 1e-8, 1e-10);
        Assert.Equal(4, found.Leverages.Sum(), 1e-10);
        Assert.Empty(found.Notes);
    }

    [Theory, InlineData(0), InlineData(0.3)]
    public void A_projection_to_as_many_dimensions_changes_nothing(double penalty)
    {
        var train = Problems.Numbers(40, 6, 1);
        var fit = Linear.Train(train, Problems.Penalised(penalty)).Converged();
        var (exact, square) = (new InfluenceSketch().Of(fit), new InfluenceSketch { Projection = RandomProjection.Gaussian(7, 3) }.Of(fit));
        Close.To([.. exact.Distances], [.. square.Distances], 1e-9, 1e-11);
        Assert.True(penalty == 0 ? Math.Abs(exact.Leverages.Sum() - 7) < 1e-9 : exact.Leverages.Sum() < 6.5);
        var identity = new double[49];
        for (var k = 0; k < 7; k++)
        {
            identity[8 * k] = 1;
        }

        Close.To([.. exact.Distances], [.. new InfluenceSketch { Projection = RandomProjection.Stated(7, identity) }.Of(fit).Distances], 1e-12, 1e-13);
    }

    [Fact]
    public void Fewer_dimensions_keep_the_order_of_what_is_far_apart()
    {
        // A few rows far out, whose labels the others contradict.
        var (random, n, d) = (new RandomSource(5), 300, 60);
        double[] x = [.. Enumerable.Range(0, n * d).Select(_ => random.NextGaussian())], y = [.. Enumerable.Range(0, n).Select(_ => random.NextGaussian())];
        for (var i = 0; i < 5; i++)
        {
            y[i] += 8;
            for (var k = 0; k < d; k++)
            {
                x[i * d + k] *= 2;
            }
        }

        var fit = Linear.Train(ExampleSet<double>.FromFeatures(x, d, y), GradientDescent.FullBatch(0, 1)).Converged();
        var (exact, sketch) = (new InfluenceSketch().Of(fit), new InfluenceSketch { Projection = RandomProjection.Gaussian(20, 1) }.Of(fit));
        Assert.True(Correlation.Between([.. exact.Distances], [.. sketch.Distances])!.Value.Spearman > 0.9);
        Assert.Equal([0, 1, 2, 3, 4], Enumerable.Range(0, n).OrderByDescending(i => sketch.Distances[i]).Take(5).Order());
        Assert.Contains("20 projections", Assert.Single(sketch.Notes), StringComparison.Ordinal);
        Assert.Equal(20, sketch.Leverages.Sum(), 1e-8);
    }

    [Fact]
    public void What_has_no_distance_is_refused()
    {
        var binary = Problems.FitBinary(Problems.Binary(30, 3, 1), 0.1);
        Assert.Throws<InvalidOperationException>(() => new InfluenceSketch().Of(binary));
        Assert.Throws<ArgumentNullException>("fit", () => new InfluenceSketch().Of<Linear.Model, double>(null!));
        var few = Linear.Train(Problems.Numbers(4, 3, 1), Problems.Penalised(0.1)).Converged();
        Assert.Throws<InvalidOperationException>(() => new InfluenceSketch().Of(few));
        var twice = ExampleSet<double>.FromFeatures([1, 1, 2, 2, 4, 4, 3, 3, 7, 7], 2, [1, 2, 3, 5, 4]);
        Assert.Contains("collinear", Assert.Throws<InvalidOperationException>(() => new InfluenceSketch().Of(Linear.Train(twice, GradientDescent.FullBatch(3, 0.01)))).Message, StringComparison.Ordinal);
        var started = Linear.Train(Problems.Numbers(30, 3, 1), GradientDescent.FullBatch(3, 0.01));
        Assert.Contains("not a minimum", new InfluenceSketch().Of(started).Notes[0], StringComparison.Ordinal);
    }
}
