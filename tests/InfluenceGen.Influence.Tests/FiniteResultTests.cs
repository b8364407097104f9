using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Static;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests;

/// <summary>What is not a finite number is refused by name, and nothing else is.</summary>
public class FiniteResultTests
{
    [Theory]
    [InlineData(1e-300)]
    [InlineData(1e-160)]
    [InlineData(1e-20)]
    [InlineData(1.0)]
    [InlineData(1e30)]
    [InlineData(1e75)]
    [InlineData(1e150)]
    [InlineData(1e300)]
    public void No_method_gives_anything_else_at_any_scale_of_features(double scale)
    {
        Run<Logistic.Model, double>(new(2), scale);
        Run<Linear.Model, double>(new(2), scale);
        RunClasses<TanhSoftmax.Model, double>(new(), scale);
        if (scale is > 1e-30 and <= 1e30)
        {
            Run<Numerics.LogisticSingle.Model, float>(new(2), scale);
            RunClasses<TanhSoftmaxSingle.Model, float>(new(), scale);
        }
    }

    [Fact]
    public void An_output_and_a_loss_out_of_range_name_their_row()
    {
        var fit = Trainer.Train(new Linear.Model(1), ExampleSet<double>.FromFeatures([1.0, 2.0], 1, [1.0, 2.0]),
            GradientDescent.FullBatch(0, 1) with { Start = Initialisation.At(1e200, 0) });
        var people = new Individuals(["Ann", "Bob", "Cy"]);
        var test = ExampleSet<double>.FromFeatures([1.0, 1e-9, 1e200], 1, [0.0, 0.0, 0.0], people, [0, 1, 2]).Subset([2, 1]);
        Assert.Contains("example 0 (row 2, 'Cy')", Assert.Throws<ArithmeticException>(() => fit.Predict(test)).Message, StringComparison.Ordinal);
        Assert.Contains("example 1 (row 0, 'Ann')", Assert.Throws<ArithmeticException>(() => fit.Losses(
            ExampleSet<double>.FromFeatures([1.0, 1e-300], 1, [0.0, 0.0], people, [0, 1]).Subset([1, 0]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mean_and_a_root_of_squares_that_are_in_range_are_given()
    {
        // The squared error is 5e307 for each of four: their sum is out of range, their mean is not.
        var far = 1e154;
        var set = ExampleSet<double>.FromFeatures([1.0, 1.0, 1.0, 1.0], 1, [0.0, 0.0, 0.0, 0.0]);
        var fit = Trainer.Train(new Linear.Model(1), set, GradientDescent.FullBatch(0, 1) with { Start = Initialisation.At(far, 0) });
        Assert.Equal(1, fit.MeanLoss(set) / 5e307, 1e-12);
        Assert.Equal(1, fit.Rmse(set) / far, 1e-15);
        var further = Trainer.Train(new Linear.Model(1), set, GradientDescent.FullBatch(0, 1) with { Start = Initialisation.At(1e200, 0) });
        Assert.Equal(1, further.Rmse(set) / 1e200, 1e-15);
        Assert.Throws<ArithmeticException>(() => further.MeanLoss(set));
    }

    [Fact]
    public void A_score_out_of_range_names_both_examples()
    {
        var train = ExampleSet<double>.FromFeatures([1.0, 2.0, 1e150, 3.0], 1, [1.0, 2.0, 1e150, 1.0]);
        var fit = Trainer.Train(new Linear.Model(1), train, GradientDescent.FullBatch(1, 1e-3) with { Start = Initialisation.At(0, 0) }, new Trajectory<double>());
        var test = train.Subset([0, 2]);
        var cp = new TracInCP { Checkpoints = CheckpointSelection.Stored };
        foreach (var refused in new Action[] { () => fit.TopInfluence(cp, test, 1), () => fit.SelfInfluence(cp) })
        {
            var problem = Assert.Throws<ArithmeticException>(refused);
            Assert.Contains("training example 2 (row 2, '3')", problem.Message, StringComparison.Ordinal);
            Assert.Contains("Standardisation", problem.Message, StringComparison.Ordinal);
        }

        Assert.Contains("test example 1 (row 2, '3')", Assert.Throws<ArithmeticException>(() => fit.Influence(cp, test)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Large_results_are_looked_at_on_their_way_past_the_caches()
    {
        // 700 by 1,600 numbers are more than the 4 MB from which on results are written past the caches.
        var random = new RandomSource(1);
        var (x, y) = (new double[2 * 1600], new double[1600]);
        foreach (ref var value in x.AsSpan())
        {
            value = random.NextGaussian();
        }

        ExampleSet<double> Set() => ExampleSet<double>.FromFeatures(x, 2, y);
        x[2 * 1000] = 1e80;
        y[1000] = 1e80;
        var fit = Trainer.Train(new Linear.Model(2), Set(), GradientDescent.FullBatch(0, 1) with { Start = Initialisation.At(0, 0, 0) });
        var method = new InfluenceFunctions { Damping = 1 };
        x[2 * 5 + 1] = 1e150;
        y[5] = 1e130;
        var test = Set().Subset([.. Enumerable.Range(0, 700)]);
        var problem = Assert.Throws<ArithmeticException>(() => fit.Influence(method, test));
        Assert.Contains("training example 1000 (row 1000, '1001') on test example 5 (row 5, '6')", problem.Message, StringComparison.Ordinal);
        x[2 * 5 + 1] = y[5] = 1;
        Assert.True(Finite.IndexOfOther(fit.Influence(method, Set().Subset([.. Enumerable.Range(0, 700)])).OfTest(5)) < 0);
    }

    [Fact]
    public void Hydra_says_why_derivatives_leave_single_precision_where_weights_do_not()
    {
        // A time stamp beside a number: gradients are as long as the stamp, and clipping alone keeps the weights in bounds.
        var random = new RandomSource(3);
        var (x, y) = (new float[2 * 50], new float[50]);
        for (var i = 0; i < 50; i++)
        {
            (x[2 * i], x[2 * i + 1], y[i]) = (1.7e9f + 1000 * i, (float)random.NextGaussian(), i % 2);
        }

        var fit = Trainer.Train(new Numerics.LogisticSingle.Model(2), ExampleSet<float>.FromFeatures(x, 2, y),
            GradientDescent.FullBatch(300, 1e-3) with { Scaling = GradientScaling.Clip(1) }, new Trajectory<float>());
        Assert.All(fit.Theta(), weight => Assert.True(float.IsFinite(weight)));
        var problem = Assert.Throws<ArithmeticException>(() => fit.Influence(new HydraFull(), fit.Training));
        Assert.Contains("GradientScaling", problem.Message, StringComparison.Ordinal);
        Assert.Contains("training example 0 (row 0, '1')", problem.Message, StringComparison.Ordinal);
    }

    private static void Run<TModel, T>(TModel model, double scale)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new RandomSource(1);
        ExampleSet<T> Set(int count) => ExampleSet<T>.FromFeatures(
            [.. Enumerable.Range(0, 2 * count).Select(_ => T.CreateChecked(scale * random.NextGaussian()))], 2,
            [.. Enumerable.Range(0, count).Select(_ => T.CreateChecked(random.NextBelow(2)))]);
        Try(model, Set(10), Set(2), scale);
    }

    private static void RunClasses<TModel, T>(TModel model, double scale)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new RandomSource(1);
        ExampleSet<T> Set(int count) => ExampleSet<T>.FromClasses(
            [.. Enumerable.Range(0, 3 * count).Select(_ => T.CreateChecked(scale * random.NextGaussian()))], 3,
            [.. Enumerable.Range(0, count).Select(_ => random.NextBelow(3))], 3);
        Try(model, Set(10), Set(2), scale);
    }

    private static void Try<TModel, T>(TModel model, ExampleSet<T> train, ExampleSet<T> test, double scale)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var scaling in new[] { GradientScaling.None, GradientScaling.Clip(1) })
        {
            foreach (var rate in new[] { 1e-3, Math.Clamp(0.1 / scale / scale, 1e-300, 1e300) })
            {
                Fit<TModel, T> fit;
                try
                {
                    fit = Trainer.Train(model, train, GradientDescent.FullBatch(3, rate) with { Scaling = scaling, WeightDecay = new(1e-3) }, new Trajectory<T>());
                }
                catch (TrainingDivergedException)
                {
                    continue;
                }

                EveryMethod.Run(new AllFinite<TModel, T>(fit, test));
                Allow(() => Finites<T>(fit.Predict(test)), "Predict");
                Allow(() => Finites<T>(fit.Losses(test)), "Losses");
                Allow(() => Assert.True(double.IsFinite(fit.MeanLoss(test))), "MeanLoss");
                Allow(() => Finites(fit.GroupInfluence(new FirstOrderGroup { Influence = new() { Damping = 0.1 } }, [[1, 2]], test).OfGroup(0)), "groups");
                Allow(() => Finites(fit.Representers(new RpsLje(), test).Of(0, 0)), "Representers");
            }
        }
    }

    private static void Finites<T>(ReadOnlySpan<T> values) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var value in values)
        {
            Assert.True(T.IsFinite(value), $"{value}");
        }
    }

    /// <summary>Runs what may be refused by an exception that is documented.</summary>
    private static void Allow(Action work, string what)
    {
        try
        {
            work();
        }
        catch (Exception problem) when (problem is InvalidOperationException or ArgumentException or ArithmeticException and not (OverflowException or DivideByZeroException))
        {
            Assert.True(problem.Message.Length > 20, what);
        }
    }

    private sealed class AllFinite<TModel, T>(Fit<TModel, T> fit, ExampleSet<T> test) : IMethodTest
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public void Run<TMethod>(TMethod method) where TMethod : struct, IInfluenceMethod
        {
            var name = $"{typeof(TModel)} {method}";
            var leavesOut = typeof(TMethod) == typeof(FastIF);
            Allow(() =>
            {
                var scores = fit.Influence(method, test);
                for (var t = 0; t < test.Count; t++)
                {
                    Look(scores.OfTest(t));
                }
            }, name);
            Allow(() => fit.VisitInfluence(method, test, (_, row) => Look(row)), name);
            Allow(() => Look(fit.JointInfluence(method, test)), name);
            Allow(() => Finites<T>(fit.SelfInfluence(method)), name);
            Allow(() => Assert.All(fit.TopInfluence(method, test, 3).Proponents, top => Assert.All(top, one => Assert.True(double.IsFinite(one.Score)))), name);

            void Look(ReadOnlySpan<T> row)
            {
                foreach (var score in row)
                {
                    Assert.True(T.IsFinite(score) || (leavesOut && T.IsNaN(score)), $"{name}: {score}");
                }
            }
        }
    }
}
