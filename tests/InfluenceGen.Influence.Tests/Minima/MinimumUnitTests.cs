using InfluenceGen.Examples;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Static;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Minima;

/// <summary>Units and offsets of features change no verdict on a minimum, and nothing of what follows.</summary>
public class MinimumUnitTests
{
    private static readonly GradientDescent _still = GradientDescent.FullBatch(0, 1);

    [Fact]
    public void Tiny_units_are_a_minimum_where_large_ones_are()
    {
        var train = Linear.Read(Edge("small-units.csv"), label: "y");
        var fit = Linear.Train(train, _still).Converged();
        Close.To(LeastSquares(train, 1e13), fit.Predict(train), 1e-9);
        Assert.Empty(fit.Influence(new InfluenceFunctions(), train).Notes);
        Assert.Contains(Linear.Train(train, _still).Influence(new InfluenceFunctions(), train).Notes,
            note => note.Contains("not a minimum", StringComparison.Ordinal));
    }

    [Fact]
    public void A_counter_beside_the_feature_neither_hides_that_there_is_slope_nor_makes_any()
    {
        var train = Logistic.Read(Edge("offset-column.csv"), label: "y");
        var early = Logistic.Train(train, GradientDescent.FullBatch(10, 1e-10));
        Assert.Contains(early.Influence(new InfluenceFunctions(), train).Notes, note => note.Contains("not a minimum", StringComparison.Ordinal));
        var fit = early.Converged();
        Assert.Empty(fit.Notes);
        var again = Logistic.Train(train, _still with { Start = Initialisation.At(fit.Theta()) });
        Assert.DoesNotContain(again.Influence(new InfluenceFunctions(), train).Notes, note => note.Contains("not a minimum", StringComparison.Ordinal));
        Close.To(Logistic.Train(Moved(train, 1, -100_000), _still).Converged().Predict(Moved(train, 1, -100_000)), fit.Predict(train), 1e-8);
    }

    [Theory]
    [InlineData(1e-12)]
    [InlineData(1e-7)]
    [InlineData(1e-3)]
    [InlineData(1e5)]
    [InlineData(1e12)]
    public void A_unit_changes_no_output_of_a_minimum_and_none_of_retraining(double unit)
    {
        var (train, test) = (Problems.Binary(60, 3, 1), Problems.Binary(7, 3, 2));
        var (scaled, scaledTest) = (Moved(train, unit, 0), Moved(test, unit, 0));
        var (fit, other) = (Logistic.Train(train, _still).Converged(), Logistic.Train(scaled, _still).Converged());
        Close.To(fit.Predict(test), other.Predict(scaledTest), 1e-8);
        Assert.Empty(other.Notes);
        int[][] groups = [[0], [3, 17, 41], [.. Enumerable.Range(20, 10)]];
        Close.To([.. fit.Retrainer(Removal.Refit).LeaveOut(test, groups).Effects.Cast<double>()],
            [.. other.Retrainer(Removal.Refit).LeaveOut(scaledTest, groups).Effects.Cast<double>()], 1e-8);
        Close.To([.. fit.Influence(new InfluenceFunctions(), test).OfTest(0)], [.. other.Influence(new InfluenceFunctions(), scaledTest).OfTest(0)], 1e-8);
        Close.To([.. fit.GroupInfluence(new SecondOrderGroup(), groups, test).OfGroup(1)],
            [.. other.GroupInfluence(new SecondOrderGroup(), groups, scaledTest).OfGroup(1)], 1e-8);
        var (early, same) = (Logistic.Train(train, _still), Logistic.Train(scaled, _still));
        Assert.Equal(early.Influence(new InfluenceFunctions(), test).Notes.Length,
            same.Influence(new InfluenceFunctions(), scaledTest).Notes.Length);
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(1e9)]
    public void A_network_converges_to_the_same_outputs_in_any_unit(double unit)
    {
        var train = Problems.Classes(60, 3, 1);
        var theta = Enumerable.Range(0, new TanhSoftmax.Model().Layout.Count).Select(k => Math.Sin(k + 1.0)).ToArray();
        var scaledTheta = (double[])theta.Clone();
        for (var row = 0; row < 4; row++)
        {
            scaledTheta[3 * row] /= unit;
        }

        var names = new TanhSoftmax.Model().Layout.Blocks.Select(block => block.Name).ToArray();
        var plan = _still with { WeightDecay = WeightDecay.OnAll(0.05, names[0]) };
        var fit = TanhSoftmax.Train(train, plan with { Start = Initialisation.At(theta) }).Converged();
        var other = TanhSoftmax.Train(Moved(train, unit, 0), plan with { Start = Initialisation.At(scaledTheta) }).Converged();
        Close.To(fit.Predict(train), other.Predict(Moved(train, unit, 0)), 1e-8);
    }

    [Fact]
    public void A_time_stamp_in_single_precision_is_a_minimum_too()
    {
        var random = new RandomSource(1);
        var (x, y) = (new float[400], new float[200]);
        for (var i = 0; i < y.Length; i++)
        {
            var time = random.NextGaussian();
            (x[2 * i], x[2 * i + 1]) = ((float)(1.7e9 + 1e5 * time), (float)random.NextGaussian());
            y[i] = time + x[2 * i + 1] + 2 * random.NextGaussian() > 0 ? 1 : 0;
        }

        var train = ExampleSet<float>.FromFeatures(x, 2, y);
        var fit = SingleLogistic.Train(train, _still with { WeightDecay = new(1e-3, "b") }).Converged();
        Assert.DoesNotContain(fit.Influence(new InfluenceFunctions { Damping = 1e-3 }, train).Notes,
            note => note.Contains("not a minimum", StringComparison.Ordinal));
    }

    /// <summary>The first feature in another unit, and counted from elsewhere.</summary>
    private static ExampleSet<double> Moved(ExampleSet<double> set, double unit, double offset)
    {
        double[] x = [.. Enumerable.Range(0, set.Count).SelectMany(i => set.Features.Slice(i * set.FeatureStride, set.FeatureCount).ToArray())];
        for (var i = 0; i < set.Count; i++)
        {
            x[i * set.FeatureCount] = (x[i * set.FeatureCount] + offset) * unit;
        }

        return set.LabelCount == 1
            ? ExampleSet<double>.FromFeatures(x, set.FeatureCount, set.Labels)
            : ExampleSet<double>.FromClasses(x, set.FeatureCount, [.. Enumerable.Range(0, set.Count)
                .Select(i => set.Labels.Slice(i * set.LabelStride, set.LabelCount).IndexOf(1.0))], set.LabelCount);
    }

    /// <summary>The predictions of least squares with a bias: Gram and Schmidt's projections, twice, of features in units of theirs.</summary>
    private static double[] LeastSquares(ExampleSet<double> set, double unit)
    {
        var columns = new List<double[]> { Enumerable.Repeat(1.0, set.Count).ToArray() };
        for (var j = 0; j < set.FeatureCount; j++)
        {
            var feature = j;
            columns.Add([.. Enumerable.Range(0, set.Count).Select(i => set.Features[i * set.FeatureStride + feature] * unit)]);
        }

        var fitted = new double[set.Count];
        var basis = new List<double[]>();
        foreach (var column in columns)
        {
            foreach (var other in basis.Concat(basis))
            {
                var dot = column.Zip(other, (a, b) => a * b).Sum();
                for (var i = 0; i < column.Length; i++)
                {
                    column[i] -= dot * other[i];
                }
            }

            var length = Math.Sqrt(column.Sum(value => value * value));
            basis.Add([.. column.Select(value => value / length)]);
            var share = basis[^1].Zip(set.Labels.ToArray(), (a, b) => a * b).Sum();
            for (var i = 0; i < fitted.Length; i++)
            {
                fitted[i] += share * basis[^1][i];
            }
        }

        return fitted;
    }

    private static string Edge(string file) => Path.Combine(AppContext.BaseDirectory, "fixtures", "edges", file);
}
