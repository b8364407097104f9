using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Numerics;
using InfluenceGen.Tests.Training;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>How second-order sweeps are run over whole sets: on several threads, in rounds, in which precision.</summary>
public class SecondOrderRunnerTests
{
    /// <summary>Enough chunks, or rows, to share among threads.</summary>
    private static readonly Dictionary<string, Func<SweepProbe>> _large = new()
    {
        ["logistic"] = () => SweepProbe.Of(new GeneratedLogistic.Model(20), Sets.ManyFeatures(4_000).Training),
        ["reference logistic"] = () => SweepProbe.Of(new ReferenceFeatureModel<LogisticLoss>(20), Sets.ManyFeatures(4_000).Training),
        ["factorization"] = () => SweepProbe.Of(new GeneratedFactorization4.Model(2_000, 3_000), Sets.Ratings(15_000).Training),
    };

    public static TheoryData<string> Large => [.. _large.Keys];

    [Theory, MemberData(nameof(Large))]
    public void Sums_have_the_same_bits_on_any_number_of_threads_and_in_any_rounds(string name)
    {
        var alone = _large[name]();
        var (v, u, directions) = (alone.Directions(1), alone.Directions(2), alone.Directions(3, 3));
        var cotangents = SweepProbe.Numbers(alone.Examples.Count, 5);
        var expected = All(alone);
        foreach (var (threads, budget) in new[] { (3, 1L << 23), (1, 1), (2, 1), (3, 400), (1, 5 * 32 * 3) })
        {
            Assert.Equal(expected, All(alone.With(threads, budget)));
        }

        double[] All(SweepProbe p) =>
        [
            .. p.GradientSum(p.Coefficients), .. p.HessianVectorSum(p.Coefficients, directions),
            .. p.HessianVectorSum(null, v), .. p.GaussNewtonVectorSum(p.Coefficients, directions),
            .. p.ThirdDerivativeSum(null, u, v), .. p.OutputAdjointSum(cotangents), .. p.HessianDot(u, v),
            .. p.OutputDot(directions), .. p.GradientDot(directions), .. p.OutputHessian(),
            .. name == "reference logistic" ? p.HessianSum(p.Coefficients) : [],
        ];
    }

    [Fact]
    public void Rounds_follow_a_batch_that_is_filled_anew()
    {
        var (training, _) = Sets.ManyFeatures(5_000);
        var batch = new BatchBuffer<double>(training, 3_000);
        var model = new ReferenceFeatureModel<LogisticLoss>(20);
        using var team = new WorkerTeam(1);
        var inRounds = new SweepRunner<ReferenceFeatureModel<LogisticLoss>, double>(model, team) { PartialBudget = 1 };
        var weights = new AlignedBuffer<double>(model.Layout.StorageLength);
        foreach (var count in new[] { 3_000, 1_100, 2_900 })
        {
            batch.Fill([.. Enumerable.Range(count / 7, count)]);
            var (r, sum) = (new AlignedBuffer<double>(3_000), new AlignedBuffer<double>(weights.Length));
            inRounds.GradientSum(batch.Examples, weights, null, r, sum);
            var expected = new AlignedBuffer<double>(weights.Length);
            new SweepRunner<ReferenceFeatureModel<LogisticLoss>, double>(model, team).GradientSum(batch.Examples, weights, null, r, expected);
            Assert.Equal(expected.Span, sum.Span);
        }
    }

    [Fact]
    public void Rows_that_a_batch_does_not_touch_keep_what_they_held()
    {
        var (training, _) = Sets.Ratings(500);
        var batch = new BatchBuffer<double>(training, 3);
        batch.Fill([7, 40, 90]);
        var model = new GeneratedFactorization4.Model(2_000, 3_000);
        var sweeps = new SweepRunner<GeneratedFactorization4.Model, double>(model, new WorkerTeam(1));
        var probe = SweepProbe.Of(model, training);
        var directions = probe.Directions(1, 2);
        var products = new AlignedBuffer<double>(directions.Length);
        products.Span.Fill(7);
        sweeps.HessianVectorSum(batch.Examples, probe.Weights, null, directions, products);
        var touched = batch.Examples.SegmentsOf(0).Targets.ToArray();
        for (var user = 0; user < 2_000; user++)
        {
            var row = products.Span.Slice(model.Layout.StorageLength + user * model.Layout.Blocks[0].Stride, 4);
            Assert.Equal(!touched.Contains(user), row.SequenceEqual([7.0, 7, 7, 7]));
        }
    }

    [Fact]
    public void Second_order_sweeps_allocate_nothing_once_a_set_was_seen()
    {
        var (examples, _) = Sets.ManyFeatures(3_000);
        var model = new GeneratedLogistic.Model(20);
        var sweeps = new SweepRunner<GeneratedLogistic.Model, double>(model, new WorkerTeam(1)) { PartialBudget = 1 };
        var probe = SweepProbe.Of(model, examples);
        var (v, products) = (probe.Directions(1, 3), new AlignedBuffer<double>(3 * model.Layout.StorageLength));
        var (one, sum) = (probe.Directions(2), new AlignedBuffer<double>(model.Layout.StorageLength));
        Assert.Equal(0, Allocations.Of(() =>
        {
            sweeps.HessianVectorSum(examples, probe.Weights, probe.Coefficients, v, products);
            sweeps.GaussNewtonVectorSum(examples, probe.Weights, null, v, products);
            sweeps.ThirdDerivativeSum(examples, probe.Weights, null, one, one, sum);
        }));
    }

    [Fact]
    public void What_cannot_be_written_is_refused_with_what_to_do_instead()
    {
        var many = SweepProbe.Of(new ReferenceFeatureModel<HalfSquare>(4_200), SweepCases.Real(4_200, 1, 2));
        var error = Assert.Throws<InvalidOperationException>(() => many.HessianSum(null));
        Assert.Contains("4201 parameters take 4208 elements", error.Message);
        Assert.Contains("HessianVectorSum", error.Message);
        var factors = SweepCases.All["Mf3"]();
        Assert.Contains("no last layer", Assert.Throws<InvalidOperationException>(factors.LastLayerFeatures).Message);
        Assert.Contains("each takes", Assert.Throws<ArgumentException>(() => factors.HessianVectorSum(null, new AlignedBuffer<double>(3))).Message);
    }

    [Fact]
    public void Single_precision_agrees_with_double_to_its_own()
    {
        // The same numbers, rounded to single precision first, so that only the storage differs: lines of 16, not of 8.
        float[] features = [.. SweepProbe.Numbers(8 * 3, 1).Span.ToArray().Select(x => (float)x)];
        int[] classes = [.. Enumerable.Range(0, 8).Select(i => i % 3)];
        var shape = new LayersShape([3, 4, 3], x => x.Tanh(), LabelDomain.Distribution, L2: 0.1);
        var (single, wide) = (new ReferenceLayers<float>(shape), new ReferenceLayers<double>(shape));
        Assert.Equal((16, 16), (single.OutputStride, single.Layout.Blocks[0].Stride));
        var plan = InfluenceGen.Training.GradientDescent.FullBatch(5, 0.5);
        var narrow = InfluenceGen.Training.Trainer.Train(single, ExampleSet<float>.FromClasses(features, 3, classes, 3), plan);
        var fit = InfluenceGen.Training.Trainer.Train(wide,
            ExampleSet<double>.FromClasses([.. features.Select(x => (double)x)], 3, classes, 3), plan);
        Close.To(fit.Theta(), [.. narrow.Theta().Select(w => (double)w)], 1e-5, 1e-6);

        var sweeps = new SweepRunner<ReferenceLayers<float>, float>(single, new WorkerTeam(1));
        var probe = SweepProbe.Of(wide, ExampleSet<double>.FromClasses([.. features.Select(x => (double)x)], 3, classes, 3));
        probe.Layout.Unpack<double>(fit.Theta(), probe.Weights.Span);
        var v = probe.Directions(3);
        var (direction, product) = (new AlignedBuffer<float>(single.Layout.StorageLength), new AlignedBuffer<float>(single.Layout.StorageLength));
        single.Layout.Unpack<float>([.. probe.Packed(v.Span).Select(x => (float)x)], direction.Span);
        sweeps.GaussNewtonVectorSum(ExampleSet<float>.FromClasses(features, 3, classes, 3), narrow.Weights, null, direction, product);
        var theta = new float[single.Layout.Count];
        single.Layout.Pack<float>(product.Span, theta);
        Close.To(probe.Packed(probe.GaussNewtonVectorSum(null, v)), [.. theta.Select(x => (double)x)], 1e-5, 1e-6);
    }
}
