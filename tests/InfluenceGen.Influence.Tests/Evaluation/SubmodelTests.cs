using InfluenceGen.Examples;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Evaluation;

/// <summary>Submodels that are trained side by side, held against each of them trained by itself.</summary>
public class SubmodelTests
{
    private static readonly Dictionary<string, GradientDescent> _plans = new()
    {
        ["full batch"] = GradientDescent.FullBatch(40, 0.1),
        ["sum, decay and L2"] = GradientDescent.FullBatch(30, 0.003, Objective.Sum) with { WeightDecay = WeightDecay.OnAll(0.2, "b") },
        ["momentum"] = GradientDescent.FullBatch(30, StepSize.InverseTime(0.1, 20)) with { Momentum = 0.8, WeightDecay = new WeightDecay(0.1) },
        ["batches"] = GradientDescent.MiniBatch(50, 7, 0.1, seed: 3),
        ["stated batches"] = GradientDescent.Batches([[0, 3, 3, 5], [1], [2, 4, 6, 8, 10]], 0.05),
        ["drawn start"] = GradientDescent.FullBatch(5, 0.1) with { Start = Initialisation.Gaussian(0.3, 4) },
    };

    public static TheoryData<string, Removal> Plans => [.. from plan in _plans.Keys from removal in Enum.GetValues<Removal>() select (plan, removal)];

    [Theory, MemberData(nameof(Plans))]
    public void By_a_plan_each_is_what_it_is_by_itself(string plan, Removal removal)
    {
        var train = Problems.Numbers(33, 4, 1);
        Same<Linear.Model, double>(new(4), train, _plans[plan], removal, 1e-12);
        Same<PenalisedLanes.Model, double>(new(4), train, _plans[plan], removal, 1e-12);
        Same<Logistic.Model, double>(new(4), Problems.Binary(33, 4, 1), _plans[plan], removal, 1e-12);
        Same<SingleLogistic.Model, float>(new(4), Problems.Single(Problems.Binary(33, 4, 1)), _plans[plan], removal, 2e-5);
        Same<WeighedLanes.Model, double>(new(), Weighed(33), _plans[plan], removal, 1e-12);
    }

    [Theory, InlineData(Removal.Refit), InlineData(Removal.Fixed)]
    public void A_minimum_among_others_is_that_of_the_part_alone(Removal removal)
    {
        var test = Problems.Binary(9, 4, 2);
        Minima(Linear.Train(Problems.Numbers(60, 4, 1), Problems.Penalised(0)), removal, Problems.Numbers(9, 4, 2));
        Minima(Linear.Train(Problems.Numbers(60, 4, 1), Problems.Penalised(0.3)), removal, Problems.Numbers(9, 4, 2));
        Minima(Logistic.Train(Problems.Binary(60, 4, 1), Problems.Penalised(0.05)), removal, test);
        Minima(PenalisedLanes.Train(Problems.Numbers(60, 4, 1), GradientDescent.FullBatch(0, 1, Objective.Sum) with { WeightDecay = new WeightDecay(3) }), removal, Problems.Numbers(9, 4, 2));
        Minima(WeighedLanes.Train(Weighed(60), Problems.Penalised(0.02)), removal, Weighed(9));
    }

    [Fact]
    public void Units_and_origins_of_features_do_not_matter()
    {
        var train = Problems.Binary(60, 3, 1);
        double[] x = [.. Enumerable.Range(0, 60).SelectMany(i => new[] { 1e-9 * train.Features[i * train.FeatureStride], 1e6 + train.Features[i * train.FeatureStride + 1], 1e7 * train.Features[i * train.FeatureStride + 2] })];
        var set = ExampleSet<double>.FromFeatures(x, 3, train.Labels);
        var (plain, scaled) = (Logistic.Train(train, GradientDescent.FullBatch(0, 1)), Logistic.Train(set, GradientDescent.FullBatch(0, 1)));
        Close.To(Of(plain.Retrainer(Removal.Fixed).LeaveOneOut(train).Effects), Of(scaled.Retrainer(Removal.Fixed).LeaveOneOut(set).Effects), 1e-6, 1e-9);

        static double[] Of(double[,] effects) => [.. effects.Cast<double>()];
    }

    [Fact]
    public void Those_without_a_minimum_are_named_as_they_are_alone()
    {
        // Without the last two, x separates the labels.
        double[] x = [-3, -2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2, 3, 1.2, -1.2];
        double[] y = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 1];
        var train = ExampleSet<double>.FromFeatures(x, 1, y);
        var retrainer = Logistic.Train(train, GradientDescent.FullBatch(0, 1)).Retrainer(Removal.Refit);
        int[][] groups = [[0], [1], [2], [3], [10, 11]];
        Assert.True(retrainer.UsesLanes(groups.Length));
        var alone = Assert.Throws<InvalidOperationException>(() => retrainer.LossesWithout([[10, 11]], train));
        var among = Assert.Throws<InvalidOperationException>(() => retrainer.LossesWithout(groups, train));
        Assert.Equal(alone.Message, among.Message);
    }

    [Fact]
    public void One_that_diverges_is_told_of_as_it_is_alone()
    {
        var x = Enumerable.Range(0, 20).Select(i => i == 0 ? 30.0 : i % 3 - 1).ToArray();
        var train = ExampleSet<double>.FromFeatures(x, 1, [.. x.Select(value => value > 0 ? 1.5 : 0)]);
        var plan = GradientDescent.FullBatch(2000, 1.9);
        int[][] parts = [[.. Enumerable.Range(1, 19)], [.. Enumerable.Range(1, 18)], [.. Enumerable.Range(2, 18)], [.. Enumerable.Range(0, 19)]];
        TrainingDivergedException alone, among;
        using (var trainer = SubmodelTrainer<Linear.Model, double>.By(new(1), train, plan, Removal.Refit, inLanes: false))
        {
            alone = Assert.Throws<TrainingDivergedException>(() => trainer.Train([parts[3]], (_, _) => { }, default));
        }

        var read = new List<int>();
        using (var trainer = SubmodelTrainer<Linear.Model, double>.By(new(1), train, plan, Removal.Refit, inLanes: true))
        {
            among = Assert.Throws<TrainingDivergedException>(() => trainer.Train(parts, (k, _) => read.Add(k), default));
        }

        Assert.Equal(alone.Message, among.Message);
        Assert.Equal([0, 1, 2], read);
    }

    [Fact]
    public void A_submodels_bits_depend_on_no_other_and_on_no_number_of_threads()
    {
        var (train, test) = (Problems.Binary(70, 5, 1), Problems.Binary(6, 5, 2));
        var fit = Problems.FitBinary(train, 0.02);
        int[][] groups = [.. Enumerable.Range(0, 50).Select(i => new[] { i, (i + 7) % 70 })];
        var expected = fit.Retrainer(Removal.Fixed, options: new() { Threads = 1 }).LossesWithout(groups, test);
        var threads = fit.Retrainer(Removal.Fixed, options: new() { Threads = 3 }).LossesWithout(groups, test);
        Array.Reverse(groups);
        var reversed = fit.Retrainer(Removal.Fixed).LossesWithout(groups, test);
        for (var k = 0; k < groups.Length; k++)
        {
            for (var z = 0; z < test.Count; z++)
            {
                Assert.Equal(expected[k, z], threads[k, z]);
                Assert.Equal(expected[k, z], reversed[groups.Length - 1 - k, z]);
            }
        }
    }

    [Fact]
    public void What_does_not_stand_side_by_side_is_trained_one_by_one()
    {
        var train = Problems.Binary(33, 4, 1);
        Assert.True(Logistic.Train(train, Problems.Penalised(0.1)).Retrainer(Removal.Fixed).UsesLanes(4));
        Assert.False(Logistic.Train(train, Problems.Penalised(0.1)).Retrainer(Removal.Fixed).UsesLanes(3));
        Assert.False(Logistic.Train(train, GradientDescent.FullBatch(5, 0.1) with { Scaling = GradientScaling.Clip(1) }).Retrainer(Removal.Fixed, RetrainBy.Plan).UsesLanes(100));
        Assert.False(Softmax.Train(Problems.Classes(33, 4, 1), Problems.Penalised(0.1)).Retrainer(Removal.Fixed).UsesLanes(100));
        var wide = ExampleSet<double>.FromFeatures(new double[300 * 2], 300, [0, 1]);
        Assert.False(SubmodelTrainer<Logistic.Model, double>.UsesLanes(new(300), wide, GradientDescent.FullBatch(1, 1), 100));
    }

    [Fact]
    public void The_time_that_is_left_is_reckoned_from_what_is_done()
    {
        // Every reading of the clock is ten seconds after the last.
        var clock = new SteadyClock(TimeSpan.FromSeconds(10));
        var left = new List<TimeSpan>();
        var fit = Problems.FitBinary(Problems.Binary(70, 3, 1), 0.1);
        fit.Retrainer(Removal.Fixed, options: new() { Threads = 1, Clock = clock, TimeLeft = left.Add }).LeaveOneOut(fit.Training);

        // Five pieces of sixteen trainings, but the last.
        Assert.Equal([40.0, 30, 20, 10, 0], left.Select(time => Math.Round(time.TotalSeconds, 6)));
    }

    [Fact]
    public void What_would_take_longer_than_the_budget_is_refused_at_once()
    {
        var fit = Problems.FitBinary(Problems.Binary(70, 3, 1), 0.1);
        var told = new List<double>();
        var options = new InfluenceOptions { Threads = 1, Clock = new SteadyClock(TimeSpan.FromHours(2)), Budget = TimeSpan.FromHours(9.9), Progress = told.Add };
        var late = Record.Exception(() => fit.Retrainer(Removal.Fixed, options: options).LeaveOneOut(fit.Training));
        Assert.Null(late);

        // Two hours of ten are no good time any more, two minutes are.
        options = options with { Clock = new SteadyClock(TimeSpan.FromMinutes(2)), Budget = TimeSpan.FromMinutes(9.9) };
        Assert.Null(Record.Exception(() => fit.Retrainer(Removal.Fixed, options: options).LeaveOneOut(fit.Training)));
        told.Clear();
        int[][] many = [.. Enumerable.Range(0, 16 * 40).Select(i => new[] { i % 70 })];
        options = options with { Budget = TimeSpan.FromMinutes(79) };
        var refused = Assert.Throws<InvalidOperationException>(() => fit.Retrainer(Removal.Fixed, options: options).LossesWithout(many, fit.Training));
        Assert.Contains("80 minutes, and the budget is 79 minutes", refused.Message, StringComparison.Ordinal);
        Assert.Empty(told);
        Assert.Null(Record.Exception(() => fit.Retrainer(Removal.Fixed, options: options with { Budget = TimeSpan.FromMinutes(81) }).LossesWithout(many, fit.Training)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new InfluenceOptions { Budget = TimeSpan.Zero });
    }

    private sealed class SteadyClock(TimeSpan step) : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now += step.Ticks;
    }

    private static void Same<TModel, T>(TModel model, ExampleSet<T> train, GradientDescent plan, Removal removal, double tolerance)
        where TModel : struct, IModel<T>
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        Assert.True(SubmodelTrainer<TModel, T>.UsesLanes(model, train, plan, 5));
        int[][] parts = [.. Enumerable.Range(0, 11).Select(k => Enumerable.Range(0, train.Count).Where(i => k == 0 || (i * 5 + k) % 11 > k % 4).ToArray())];
        var (together, alone) = (new double[parts.Length][], new double[parts.Length][]);
        using var lanes = SubmodelTrainer<TModel, T>.By(model, train, plan, removal, inLanes: true);
        using var oneByOne = SubmodelTrainer<TModel, T>.By(model, train, plan, removal, inLanes: false);
        oneByOne.Train(parts, (k, weights) => alone[k] = Numbers(weights), default);
        for (var again = 0; again < 2; again++)
        {
            lanes.Train(parts, (k, weights) => together[k] = Numbers(weights), default);
            for (var k = 0; k < parts.Length; k++)
            {
                Close.To(alone[k], together[k], tolerance, tolerance);
            }
        }

        static double[] Numbers(AlignedBuffer<T> weights) => [.. weights.Span.ToArray().Select(double.CreateChecked)];
    }

    private static void Minima<TModel>(Fit<TModel, double> fit, Removal removal, ExampleSet<double> test) where TModel : struct, IModel<double>
    {
        var retrainer = fit.Retrainer(removal);
        var count = fit.Training.Count;
        int[][] parts = [.. Enumerable.Range(0, 20).Select(k => Enumerable.Range(0, count).Where(i => (i * 7 + k) % 20 > k % 9).ToArray())];
        Assert.True(retrainer.UsesLanes(parts.Length));
        var together = retrainer.Losses(parts, test);
        for (var k = 0; k < parts.Length; k++)
        {
            var alone = retrainer.Losses([parts[k]], test);
            Close.To([.. Enumerable.Range(0, test.Count).Select(z => alone[0, z])], [.. Enumerable.Range(0, test.Count).Select(z => together[k, z])], 1e-9, 1e-11);
        }
    }

    private static ExampleSet<double> Weighed(int count)
    {
        var plain = Problems.Numbers(count, 3, 5);
        var random = new RandomSource(6);
        return ExampleSet<double>.FromFeatures(
            [.. Enumerable.Range(0, count).SelectMany(i => plain.Features.Slice(i * plain.FeatureStride, 3).ToArray())], 3,
            [.. plain.Labels.ToArray().Select(y => Math.Round(Math.Abs(y)))], plain.Individuals, plain.IndividualOf, null,
            [.. Enumerable.Range(0, count).Select(i => i % 4 + 0.5)], [.. Enumerable.Range(0, count).Select(_ => 0.3 * random.NextGaussian())]);
    }
}

[LinearModel(L2 = 0.07, RegulariseBias = true)]
internal sealed partial class PenalisedLanes;

[LinearModel(Loss = Loss.Poisson, L2 = 0.05)]
internal sealed partial class WeighedLanes
{
    [Feature] public double A { get; init; }

    [Feature] public double B { get; init; }

    [Feature] public double C { get; init; }

    [Weight] public double Weight { get; init; }

    [Offset] public double Exposure { get; init; }

    [Label] public double Count { get; init; }
}
