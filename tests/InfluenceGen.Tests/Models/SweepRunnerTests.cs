using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Numerics;
using InfluenceGen.Tests.Training;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>Sweeps that are shared among threads, against one call over all segments and against plain sums.</summary>
public class SweepRunnerTests
{
    [Fact]
    public void Sweeps_over_features_are_the_models_own()
    {
        var (examples, others) = Sets.ManyFeatures(10_000);
        Check(new ReferenceFeatureModel<LogisticLoss>(20), examples, others.Subset([3, 1, 4, 1, 5]));
    }

    [Fact]
    public void Sweeps_over_ratings_are_the_models_own()
    {
        var (examples, others) = Sets.Ratings(30_000);
        Check(new ReferenceFactorization(2_000, 3_000, 4, 0.3), examples, others.Subset([30, 10, 40, 10, 50]));
        Check(new ReferenceBiasedFactorization(2_000, 3_000, 4, 0.3, 0.2), examples, others.Subset([30, 10, 40, 10, 50]));
    }

    [Fact]
    public void A_gradient_is_the_weighted_sum_of_the_examples_gradients()
    {
        var (features, _) = Sets.ManyFeatures(2_000);
        CheckSum(new ReferenceFeatureModel<LogisticLoss>(20), features);
        var (ratings, _) = Sets.Ratings(2_000);
        CheckSum(new ReferenceFactorization(2_000, 3_000, 4, 0.3), ratings);
        CheckSum(new ReferenceBiasedFactorization(2_000, 3_000, 4, 0.3, 0.2), ratings);
    }

    [Fact]
    public void Sweeps_allocate_nothing()
    {
        var (examples, _) = Sets.ManyFeatures(2_000);
        var model = GeneratedLogistic.Model.For(examples);
        var sweeps = new SweepRunner<GeneratedLogistic.Model, double>(model, new WorkerTeam(1));
        var weights = Drawn(model.Layout, 1);
        var (gradient, r) = (new AlignedBuffer<double>(model.Layout.StorageLength), new AlignedBuffer<double>(examples.Count));
        Assert.Equal(0, Allocations.Of(() =>
        {
            sweeps.GradientSum(examples, weights, null, r, gradient);
            sweeps.Loss(examples, weights, r);
        }));
    }

    private static void Check<TModel>(TModel model, ExampleSet<double> examples, ExampleSet<double> few)
        where TModel : struct, IModel<double>
    {
        using var team = new WorkerTeam(3);
        var sweeps = new SweepRunner<TModel, double>(model, team);
        var layout = model.Layout;
        var (weights, direction) = (Drawn(layout, 1), Drawn(layout, 2));
        var n = examples.Count;
        var segments = examples.SegmentsOf(0).Count;
        var (shared, alone) = (new AlignedBuffer<double>(n), new double[n]);

        sweeps.Predict(examples, weights, shared);
        model.Predict(examples, 0, segments, weights.Span, alone);
        Assert.Equal(alone, shared.Span);
        sweeps.Loss(examples, weights, shared);
        model.Loss(examples, 0, segments, weights.Span, alone);
        Assert.Equal(alone, shared.Span);
        sweeps.GradientDot(examples, weights, direction, shared);
        model.GradientDot(examples, 0, segments, weights.Span, direction.Span, alone);
        Assert.Equal(alone, shared.Span);
        sweeps.GradientSquaredNorm(examples, weights, shared);
        model.GradientSquaredNorm(examples, 0, segments, weights.Span, alone);
        Assert.Equal(alone, shared.Span);
        sweeps.OutputGradient(examples, weights, shared);
        model.OutputGradient(examples, 0, segments, weights.Span, alone);
        Assert.Equal(alone, shared.Span);

        var (rows, rowsAlone) = (new AlignedBuffer<double>(n * model.GradientRowLength), new double[n * model.GradientRowLength]);
        sweeps.Gradients(examples, weights, rows);
        model.Gradients(examples, 0, segments, weights.Span, rowsAlone);
        Assert.Equal(rowsAlone, rows.Span);

        var flows = new AlignedBuffer<double>(sweeps.FlowLength(examples));
        var flowsAlone = new double[flows.Length];
        sweeps.Flow(examples, weights, null, direction, shared, flows);
        model.Flow(examples, 0, segments, weights.Span, [], direction.Span, alone, flowsAlone);
        Assert.Equal(flowsAlone, flows.Span);

        var fused = new AlignedBuffer<double>(flows.Length);
        var (sum, sumWithFlow) = (new AlignedBuffer<double>(layout.StorageLength), new AlignedBuffer<double>(layout.StorageLength));
        sweeps.GradientSum(examples, weights, null, shared, sum);
        sweeps.GradientSumWithFlow(examples, weights, null, direction, shared, sumWithFlow, fused);
        Assert.Equal(sum.Span, sumWithFlow.Span);
        Assert.Equal(flows.Span, fused.Span);

        // Each pair against the product of the gradients written out.
        var (fewR, gram) = (new AlignedBuffer<double>(few.Count), new AlignedBuffer<double>(n * few.Count));
        var fewRows = new AlignedBuffer<double>(few.Count * model.GradientRowLength);
        sweeps.OutputGradient(few, weights, fewR);
        sweeps.Gradients(few, weights, fewRows);
        sweeps.GradientGram(examples, few, weights, shared, fewR, gram);
        for (var b = 0; b < few.Count; b++)
        {
            var gradient = new AlignedBuffer<double>(layout.StorageLength);
            AddGradient(model, few, b, fewRows.Span, 1, gradient.Span);
            sweeps.GradientDot(examples, weights, gradient, shared);
            Close.To(shared.Span, gram.Span.ToArray().Where((_, pair) => pair % few.Count == b).ToArray(), 1e-12);
        }
    }

    private static void CheckSum<TModel>(TModel model, ExampleSet<double> examples) where TModel : struct, IModel<double>
    {
        using var team = new WorkerTeam(1);
        var sweeps = new SweepRunner<TModel, double>(model, team);
        var weights = Drawn(model.Layout, 1);
        var coefficients = new AlignedBuffer<double>(examples.Count);
        var random = new RandomSource(9);
        var gradients = new AlignedBuffer<double>(examples.Count * model.GradientRowLength);
        sweeps.Gradients(examples, weights, gradients);
        var expected = new double[model.Layout.StorageLength];
        for (var i = 0; i < examples.Count; i++)
        {
            coefficients[i] = random.NextGaussian();
            AddGradient(model, examples, i, gradients.Span, coefficients[i], expected);
        }

        var sum = new AlignedBuffer<double>(expected.Length);
        sweeps.GradientSum(examples, weights, coefficients, new AlignedBuffer<double>(examples.Count), sum);
        Close.To(expected, sum.Span, 1e-12);
    }

    /// <summary>Adds a multiple of one of the gradients written out, over the whole of storage.</summary>
    private static void AddGradient<TModel>(TModel model, ExampleSet<double> examples, int i, ReadOnlySpan<double> gradients,
        double coefficient, Span<double> sum)
        where TModel : struct, IModel<double>
    {
        var next = i * model.GradientRowLength;
        foreach (var block in model.Layout.Blocks)
        {
            var row = block.RowIndex < 0 ? 0 : examples.Index(block.RowIndex)[i];
            for (var k = 0; k < block.Columns; k++)
            {
                sum[block.Offset + row * block.Stride + k] += coefficient * gradients[next + k];
            }

            next += ParameterLayout.RoundUp(block.Stride);
        }
    }

    private static AlignedBuffer<double> Drawn(ParameterLayout layout, int seed)
    {
        var random = new RandomSource(seed);
        var buffer = new AlignedBuffer<double>(layout.StorageLength);
        layout.Unpack<double>(Enumerable.Range(0, layout.Count).Select(_ => random.NextGaussian()).ToArray(), buffer.Span);
        return buffer;
    }
}
