using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>Sums for submodels side by side, held against each submodel's own sweeps.</summary>
public class LaneSweepTests
{
    private static readonly Dictionary<string, Action> _cases = new()
    {
        ["Linear4"] = () => Check<Linear4.Model, double>(new(), SweepCases.Real(4, 1, 9), 1e-13),
        ["Linear10"] = () => Check<Linear10.Model, double>(new(), SweepCases.Real(10, 1, 12), 1e-13),
        ["LinearOpen"] = () => Check<LinearOpen.Model, double>(new(1), SweepCases.Real(1, 1, 1), 1e-13),
        ["LinearWithoutBias"] = () => Check<LinearWithoutBias.Model, double>(new(), SweepCases.Real(4, 1, 5), 1e-13),
        ["Logistic4"] = () => Check<Logistic4.Model, double>(new(), SweepCases.Binary(4, 7), 1e-13),
        ["Logistic30"] = () => Check<Logistic30.Model, double>(new(), SweepCases.Binary(30, 50), 1e-13),
        ["Counts4"] = () => Check<Counts4.Model, double>(new(), SweepCases.Counts(4, 11), 1e-13),
        ["SingleLinear"] = () => Check<SingleLanes.Model, float>(new(), Single(SweepCases.Real(5, 1, 10)), 1e-5),
        ["OffsetCounts"] = () => Check<OffsetLanes.Model, double>(new(), Offset(SweepCases.Counts(3, 10)), 1e-13),
    };

    public static TheoryData<string> Names => [.. _cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Submodels_side_by_side_have_the_sums_of_their_own(string name) => _cases[name]();

    [Fact]
    public void Models_of_several_outputs_or_layers_or_of_tables_do_not_stand_side_by_side()
    {
        Assert.True(new Linear4.Model().HasLanes);
        Assert.False(new Softmax4.Model().HasLanes);
        Assert.False(new SigmoidLogistic.Model().HasLanes);
        Assert.False(new Mf3.Model(2, 2).HasLanes);
        Assert.Throws<NotSupportedException>(() => ((IModel<double>)new Softmax4.Model()).SumInLanes(new(1, 4, true, false), [], [], [], [], []));
    }

    [Fact]
    public void Sums_of_other_lengths_are_refused()
    {
        var examples = new LaneExamples<double>(4, 4, hasBias: true, hasOffsets: false);
        examples.Fill([], new double[16], 4, new double[4], []);
        const int Lanes = 16;
        var (weights, ofExamples) = (new double[5 * Lanes], new double[4 * Lanes]);
        var model = new Linear4.Model();
        model.SumInLanes(examples, weights, ofExamples, [], new double[5 * Lanes], []);
        Assert.Throws<ArgumentException>(() => model.SumInLanes(examples, weights, ofExamples, [], new double[4 * Lanes], []));
        Assert.Throws<ArgumentException>(() => model.SumInLanes(examples, weights, new double[3 * Lanes], [], new double[5 * Lanes], []));
        Assert.Throws<ArgumentException>(() => model.SumInLanes(examples, weights, ofExamples, new double[Lanes], new double[5 * Lanes], []));
        Assert.Throws<ArgumentException>(() => model.SumInLanes(examples, weights, ofExamples, [], new double[5 * Lanes], new double[15 * Lanes]));
        Assert.Throws<ArgumentException>(() => new Linear7.Model().SumInLanes(examples, weights, ofExamples, [], new double[5 * Lanes], []));
        Assert.Throws<ArgumentException>(() => examples.Fill([], new double[20], 4, new double[5], []));
    }

    [Fact]
    public void A_sum_allocates_nothing()
    {
        var (examples, weights, coefficients) = (new LaneExamples<double>(9, 4, true, false), new double[5 * 16], new double[12 * 16]);
        var set = SweepCases.Binary(4, 9);
        examples.Fill([], set.Features, set.FeatureStride, set.Labels, []);
        var (losses, gradients, hessians) = (new double[16], new double[5 * 16], new double[15 * 16]);
        Assert.Equal(0, Numerics.Allocations.Of(() =>
        {
            new Logistic4.Model().SumInLanes(examples, weights, coefficients, [], gradients, []);
            new Logistic4.Model().SumInLanes(examples, weights, coefficients, losses, gradients, hessians);
        }));
    }

    private static void Check<TModel, T>(TModel model, ExampleSet<T> examples, double tolerance)
        where TModel : struct, IModel<T>
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        Assert.True(model.HasLanes);
        var (lanes, positions) = (LaneExamples<T>.Lanes, model.Layout.PositionsOf(BlockSet.All));
        var inputs = positions.Length;
        var packed = new LaneExamples<T>(examples.Count + 3, model.Features, inputs > model.Features, model.HasOffsets);
        int[] order = [.. Enumerable.Range(0, examples.Count).Reverse()];
        packed.Fill(order, examples.Features, examples.FeatureStride, examples.Labels, model.HasOffsets ? examples.Offsets : []);
        var random = new RandomSource(5);
        var (weights, coefficients) = (new T[inputs * lanes], new T[packed.Count * lanes]);
        foreach (ref var weight in weights.AsSpan())
        {
            weight = T.CreateTruncating(0.5 * random.NextGaussian());
        }

        foreach (ref var coefficient in coefficients.AsSpan(0, examples.Count * lanes))
        {
            coefficient = T.CreateTruncating(random.NextDouble() < 0.3 ? 0 : random.NextGaussian());
        }

        var (losses, gradients, alone, hessians) = (new T[lanes], new T[inputs * lanes], new T[inputs * lanes], new T[inputs * (inputs + 1) / 2 * lanes]);
        model.SumInLanes(packed, weights, coefficients, losses, gradients, hessians);
        model.SumInLanes(packed, weights, coefficients, [], alone, []);
        var sweeps = new SweepRunner<TModel, T>(model, new WorkerTeam(1));
        var length = model.Layout.StorageLength;
        for (var lane = 0; lane < lanes; lane++)
        {
            var (own, counts) = (new AlignedBuffer<T>(length), new AlignedBuffer<T>(examples.Count));
            for (var j = 0; j < inputs; j++)
            {
                own[positions[j]] = weights[j * lanes + lane];
            }

            for (var i = 0; i < examples.Count; i++)
            {
                counts[order[i]] = coefficients[i * lanes + lane];
            }

            var (ofExamples, slopes, gradient, hessian) = (new AlignedBuffer<T>(examples.Count), new AlignedBuffer<T>(examples.Count), new AlignedBuffer<T>(length), new AlignedBuffer<T>(length * length));
            sweeps.Loss(examples, own, ofExamples);
            sweeps.GradientSum(examples, own, counts, slopes, gradient);
            sweeps.HessianSum(examples, own, counts, hessian);
            var loss = Enumerable.Range(0, examples.Count).Sum(i => double.CreateChecked(counts[i] * ofExamples[i]));
            Near([loss], [losses[lane]], tolerance);
            double[] expected = [.. positions.Select(position => double.CreateChecked(gradient[position]))];
            Near(expected, Of(gradients), tolerance);
            Near(expected, Of(alone), tolerance);
            Near([.. from j in Enumerable.Range(0, inputs) from k in Enumerable.Range(0, j + 1) select double.CreateChecked(hessian[positions[j] * length + positions[k]])],
                Of(hessians), tolerance);

            T[] Of(T[] lines) => [.. Enumerable.Range(0, lines.Length / lanes).Select(line => lines[line * lanes + lane])];
        }
    }

    private static void Near<T>(double[] expected, T[] actual, double tolerance) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> =>
        Close.To(expected, [.. actual.Select(double.CreateChecked)], tolerance, tolerance);

    private static ExampleSet<float> Single(ExampleSet<double> examples) => ExampleSet<float>.FromFeatures(
        [.. Enumerable.Range(0, examples.Count).SelectMany(i => examples.Features.Slice(i * examples.FeatureStride, examples.FeatureCount).ToArray()).Select(x => (float)x)],
        examples.FeatureCount, [.. examples.Labels.ToArray().Select(y => (float)y)]);

    private static ExampleSet<double> Offset(ExampleSet<double> examples)
    {
        double[] features = [.. Enumerable.Range(0, examples.Count).SelectMany(i => examples.Features.Slice(i * examples.FeatureStride, examples.FeatureCount).ToArray())];
        var random = new RandomSource(8);
        return ExampleSet<double>.FromFeatures(features, examples.FeatureCount, examples.Labels, examples.Individuals, examples.IndividualOf, null, [],
            [.. Enumerable.Range(0, examples.Count).Select(_ => random.NextGaussian())]);
    }
}

[LinearModel(Features = 5, Precision = Precision.Single)]
internal sealed partial class SingleLanes;

[LinearModel(Loss = Loss.Poisson)]
internal sealed partial class OffsetLanes
{
    [Feature] public double A { get; init; }

    [Feature] public double B { get; init; }

    [Feature] public double C { get; init; }

    [Offset] public double Exposure { get; init; }

    [Label] public double Count { get; init; }
}
