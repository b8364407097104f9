using System.Globalization;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Dynamic;

/// <summary>Models that are carried along without some of the examples, held against training again without them.</summary>
public class IterativeLeaveOneOutTests
{
    private static readonly Dictionary<string, GradientDescent> _plans = new()
    {
        ["full batch"] = GradientDescent.FullBatch(40, 0.1),
        ["sum, decay and L2"] = GradientDescent.FullBatch(30, 0.003, Objective.Sum) with { WeightDecay = WeightDecay.OnAll(0.2, "b") },
        ["momentum"] = GradientDescent.FullBatch(30, StepSize.InverseTime(0.1, 20)) with { Momentum = 0.8, WeightDecay = new WeightDecay(0.1) },
        ["batches"] = GradientDescent.MiniBatch(50, 7, 0.1, seed: 3),
        ["small batches of sums"] = GradientDescent.MiniBatch(60, 2, 0.02, seed: 4, Objective.Sum) with { Momentum = 0.5 },
        ["stated batches"] = GradientDescent.Batches([[0, 3, 3, 5], [1], [2, 4, 6, 8, 10], [9, 5], [3]], 0.05) with { WeightDecay = new WeightDecay(0.3) },
        ["stated start"] = GradientDescent.FullBatch(5, 0.1) with { Start = Initialisation.At([0.3, -0.2, 0.1, 0.5, 1]) },
    };

    public static TheoryData<string, Removal> Plans => [.. from plan in _plans.Keys from removal in Enum.GetValues<Removal>() select (plan, removal)];

    [Theory, MemberData(nameof(Plans))]
    public void Of_least_squares_it_is_training_again(string plan, Removal removal)
    {
        var (train, test) = (Named(Problems.Numbers(33, 4, 1)), Problems.Numbers(6, 4, 2));
        IsTrainingAgain<Linear.Model, double>(new(4), train, test, _plans[plan], removal, 1e-11);
        IsTrainingAgain<PenalisedLanes.Model, double>(new(4), train, test, _plans[plan], removal, 1e-11);
        IsTrainingAgain<SingleLinear.Model, float>(new(4), Problems.Single(train), Problems.Single(test), _plans[plan], removal, 5e-5);
        IsTrainingAgain<WeighedSquares.Model, double>(new(), Weighed(33), Weighed(5), _plans[plan] with { Start = Initialisation.Default }, removal, 1e-11);
    }

    [Theory, InlineData(Removal.Fixed), InlineData(Removal.Refit)]
    public void Of_a_network_it_is_near_training_again_in_order_and_in_size(Removal removal)
    {
        var (train, test) = (Problems.Classes(150, 3, 1), Problems.Classes(20, 3, 2));
        var plan = GradientDescent.MiniBatch(100, 30, 0.1, seed: 1) with { Momentum = 0.5, Start = Initialisation.Glorot(3), WeightDecay = new(0.01) };
        var fit = TanhSoftmax.Train(train, plan, new Trajectory<double>());
        var truth = fit.Retrainer(removal, RetrainBy.Plan).LeaveOneOut(test);
        var scores = fit.Influence(new IterativeLeaveOneOut { Removal = removal }, test);
        var found = RetrainingCorrelation.Of(scores, truth).Overall!.Value;
        Assert.True(found.Pearson > 0.999 && Math.Abs(found.Slope - 1) < 0.01, found.ToString());
        var derivative = RetrainingCorrelation.Of(fit.Influence(new SgdInfluence(), test), truth).Overall!.Value;
        Assert.True(Math.Abs(derivative.Slope - 1) > 3 * Math.Abs(found.Slope - 1), derivative.ToString());
        if (removal == Removal.Fixed)
        {
            // The other removal's values are others.
            var other = RetrainingCorrelation.Of(scores, fit.Retrainer(Removal.Refit, RetrainBy.Plan).LeaveOneOut(test)).Overall!.Value;
            Assert.True(other.Pearson < found.Pearson, other.ToString());
        }
    }

    [Fact]
    public void A_written_Hessian_and_sweeps_of_directions_give_the_same()
    {
        // Storage of 72 numbers: its matrix takes 41 kB, which is more than a quarter of the smaller bound.
        var (train, test) = (Problems.Classes(220, 3, 1), Problems.Classes(5, 3, 2));
        foreach (var momentum in new[] { 0, 0.6 })
        {
            var fit = TanhSoftmax.Train(train, GradientDescent.FullBatch(12, 0.3) with { Start = Initialisation.Glorot(3), Momentum = momentum }, new Trajectory<double>());
            var written = fit.Influence(new IterativeLeaveOneOut { Removal = Removal.Refit }, test);
            var swept = fit.Influence(new IterativeLeaveOneOut { Removal = Removal.Refit, MemoryBound = 100_000 }, test);
            for (var t = 0; t < test.Count; t++)
            {
                Close.To(written.OfTest(t), swept.OfTest(t), 1e-10, 1e-13);
            }
        }
    }

    [Fact]
    public void The_best_step_is_that_of_training_again()
    {
        // Nearly as many columns as rows, so that the error falls and rises.
        var train = Named(Problems.Numbers(30, 20, 3));
        static GradientDescent Plan(int steps) => GradientDescent.FullBatch(steps, 0.3);
        var fit = Linear.Train(train, Plan(100), new Trajectory<double>());
        foreach (var (removal, groups) in new (Removal, int[][]?)[] { (Removal.Refit, null), (Removal.Fixed, null), (Removal.Refit, train.ByIndividual()) })
        {
            var method = new IterativeLeaveOneOut { Removal = removal };
            var path = method.Path(fit, every: 8, groups);
            Assert.Equal([0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 100], path.Steps);
            int[][] left = groups ?? [.. Enumerable.Range(0, 30).Select(i => (int[])[i])];
            var (errors, own) = (new List<double>(), new List<double>());
            foreach (var steps in path.Steps)
            {
                var trained = Linear.Train(train, Plan(steps));
                own.Add(trained.Losses(train).Average());
                errors.Add(steps == 0 ? path.Losses[0] : ErrorOf(trained.Retrainer(removal, RetrainBy.Plan).LossesWithout(left, train), left));
            }

            Close.To([.. errors], [.. path.Losses], 1e-10);
            Close.To([.. own], [.. path.TrainingLosses], 1e-10);
            var best = errors.IndexOf(errors.Min());
            Assert.InRange(best, 1, errors.Count - 2);
            Assert.Equal((path.Steps[best], path.Losses[best]), (path.BestStep, path.BestLoss));

            // Blocks of models, each of which walks along the training again.
            var blocked = (method with { MemoryBound = 2_000 }).Path(fit, every: 8, groups);
            Close.To([.. path.Losses], [.. blocked.Losses], 1e-12);
        }

        // Before the first step the mean label of the others is the forecast.
        double[] y = [.. Enumerable.Range(0, 30).Select(i => train.Labels[i * train.LabelStride])];
        var start = y.Average(label => 0.5 * Math.Pow(label - (y.Sum() - label) / 29, 2));
        Assert.Equal(start, new IterativeLeaveOneOut { Removal = Removal.Refit }.Path(fit, every: 100).Losses[0], 1e-12);

        static double ErrorOf(double[,] losses, int[][] left) => left.Select((group, k) => group.Sum(i => losses[k, i])).Sum() / 30;
    }

    [Fact]
    public void The_bits_do_not_depend_on_threads()
    {
        var random = new RandomSource(5);
        Same(default(TanhSoftmax.Model), Problems.Classes(700, 3, 1), Problems.Classes(9, 3, 2), GradientDescent.FullBatch(3, 0.5));
        Same(default(TanhSoftmax.Model), Problems.Classes(700, 3, 1), Problems.Classes(9, 3, 2), GradientDescent.MiniBatch(3, 600, 0.5, 1) with { Momentum = 0.8 });
        Same(default(TanhSoftmax.Model), Problems.Classes(90, 3, 1), Problems.Classes(9, 3, 2), GradientDescent.MiniBatch(9, 30, 0.5, 1));
        Same(new Linear.Model(30), Problems.Numbers(1_500, 30, 1), Problems.Numbers(9, 30, 2), GradientDescent.FullBatch(4, 0.05));
        ExampleSet<double> Rated(int count) => ExampleSet<double>.FromRatings([.. Enumerable.Range(0, count).Select(_ => random.NextBelow(20))],
            [.. Enumerable.Range(0, count).Select(_ => random.NextBelow(15))], [.. Enumerable.Range(0, count).Select(_ => 1 + 4 * random.NextDouble())], 20, 15);
        Same(new Factors.Model(20, 15, 4), Rated(150), Rated(10).WithPenalty(RowPenalty.None), GradientDescent.MiniBatch(6, 140, 0.01, 1, Objective.Sum));

        static void Same<TModel>(TModel model, ExampleSet<double> train, ExampleSet<double> test, GradientDescent plan) where TModel : struct, IModel<double>
        {
            var fit = Trainer.Train(model, train, plan, new Trajectory<double>());
            foreach (var removal in Enum.GetValues<Removal>())
            {
                InfluenceOptions one = new() { Threads = 1 }, two = new() { Threads = 2 };
                var method = new IterativeLeaveOneOut { Removal = removal };
                var (a, b) = (fit.Influence(method, test, one), fit.Influence(method, test, two));
                for (var t = 0; t < test.Count; t++)
                {
                    Assert.True(a.OfTest(t).SequenceEqual(b.OfTest(t)), $"{model}: test example {t}");
                }

                Assert.True(fit.JointInfluence(method, test, one).AsSpan().SequenceEqual(fit.JointInfluence(method, test, two)), "joint");
                Assert.True(fit.SelfInfluence(method, one).AsSpan().SequenceEqual(fit.SelfInfluence(method, two)), "self");
                Assert.Equal(method.Path(fit, 2, null, one).Losses, method.Path(fit, 2, null, two).Losses);
            }
        }
    }

    [Fact]
    public void Groups_are_carried_in_blocks_too_and_reach_the_whole()
    {
        var train = Problems.Classes(60, 3, 1);
        var fit = TanhSoftmax.Train(train, GradientDescent.MiniBatch(8, 20, 0.3, 1) with { Start = Initialisation.Glorot(3) }, new Trajectory<double>());
        int[][] groups = [.. Enumerable.Range(0, 40).Select(k => new[] { k, (k + 7) % 60, (k + 31) % 60 })];
        var shares = new List<double>();
        var whole = fit.GroupInfluence(new IterativeLeaveOneOut(), groups, train);
        var blocked = fit.GroupInfluence(new IterativeLeaveOneOut { MemoryBound = 8_000 }, groups, train, options: new() { Progress = shares.Add });
        for (var k = 0; k < groups.Length; k++)
        {
            Close.To(whole.OfGroup(k), blocked.OfGroup(k), 1e-10, 1e-13);
            Close.To(whole.ParameterChange(k), blocked.ParameterChange(k), 1e-10, 1e-13);
        }

        Assert.Equal(shares.Order(), shares);
        Assert.Equal(1, shares[^1], 1e-12);
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => fit.GroupInfluence(new IterativeLeaveOneOut(), groups, train,
            options: new() { Cancellation = source.Token, Progress = _ => source.Cancel() }));
    }

    [Fact]
    public void Blocks_of_both_sides_are_refused_with_what_is_enough()
    {
        var (train, test) = (Problems.Binary(3_000, 2, 1), Problems.Binary(2_900, 2, 2));
        var fit = Logistic.Train(train, GradientDescent.FullBatch(3, 0.1) with { Threads = 1 }, new Trajectory<double>());
        var bound = new IterativeLeaveOneOut { MemoryBound = 300_000 };
        var problem = Assert.Throws<InvalidOperationException>(() => fit.VisitInfluence(bound, test, (_, _) => Assert.Fail(), new() { Threads = 1 }));
        Assert.Contains("take 2 blocks of models within the memory bound", problem.Message, StringComparison.Ordinal);
        var enough = long.Parse(problem.Message.Split("Set MemoryBound to ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
        var visited = 0;
        fit.VisitInfluence(bound with { MemoryBound = enough }, test, (_, _) => visited++, new() { Threads = 1 });
        Assert.Equal(test.Count, visited);
    }

    [Fact]
    public void Paths_of_what_cannot_be_left_out_are_refused()
    {
        var train = Problems.Numbers(20, 2, 1);
        var fit = Linear.Train(train, GradientDescent.FullBatch(30, 0.02), new Trajectory<double>());
        Assert.Contains("whole training set", Assert.Throws<ArgumentException>(() => new IterativeLeaveOneOut().Path(fit, groups: [[.. Enumerable.Range(0, 20)]])).Message, StringComparison.Ordinal);
        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => new IterativeLeaveOneOut().Path(fit, groups: [[]])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new IterativeLeaveOneOut().Path(fit, every: 0));
    }

    [Fact]
    public void Individuals_are_groups_in_the_order_of_their_codes()
    {
        var train = Named(Problems.Numbers(33, 4, 1));
        var groups = train.ByIndividual();
        Assert.Equal(11, groups.Length);
        Assert.Equal(Enumerable.Range(0, 33), groups.SelectMany(group => group).Order());
        Assert.All(groups, group => Assert.Single(group.Select(i => train.IndividualOf[i]).Distinct()));
        Assert.Equal(groups.Select(group => train.IndividualOf[group[0]]).Order(), groups.Select(group => train.IndividualOf[group[0]]));
        Assert.Equal([[0, 1]], train.Subset([3, 14]).ByIndividual());
    }

    private static void IsTrainingAgain<TModel, T>(TModel model, ExampleSet<T> train, ExampleSet<T> test, GradientDescent plan, Removal removal, double tolerance)
        where TModel : struct, IModel<T>
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var fit = Trainer.Train(model, train, plan, new Trajectory<T>(Checkpoints.Every(7)));
        var retrainer = fit.Retrainer(removal, RetrainBy.Plan);
        var method = new IterativeLeaveOneOut { Removal = removal };
        var truth = retrainer.LeaveOneOut(test).Effects;
        var scores = fit.Influence(method, test);
        var second = fit.Influence(method with { Effect = LossChange.SecondOrder }, test);
        for (var t = 0; t < test.Count; t++)
        {
            double[] expected = [.. Enumerable.Range(0, train.Count).Select(i => truth[i, t])];
            Close.To(expected, Numbers(scores.OfTest(t)), tolerance, tolerance);
            Close.To(expected, Numbers(second.OfTest(t)), tolerance, tolerance);
            Assert.True(expected.Max(Math.Abs) > 100 * tolerance);
        }

        foreach (var groups in new int[][][] { train.ByIndividual(), [[0, 3, 5, 32], [9, 5], [1], [.. Enumerable.Range(0, 20)], [3]] })
        {
            var effects = retrainer.LeaveOut(test, groups).Effects;
            var found = fit.GroupInfluence(method, groups, test, LossChange.Exact);
            for (var k = 0; k < groups.Length; k++)
            {
                Close.To([.. Enumerable.Range(0, test.Count).Select(t => effects[k, t])], Numbers(found.OfGroup(k)), tolerance, tolerance);
            }
        }

        static double[] Numbers(ReadOnlySpan<T> numbers) => [.. numbers.ToArray().Select(double.CreateChecked)];
    }

    /// <summary>The same examples, each third person's.</summary>
    private static ExampleSet<double> Named(ExampleSet<double> examples) => ExampleSet<double>.FromFeatures(
        [.. Enumerable.Range(0, examples.Count).SelectMany(i => examples.Features.Slice(i * examples.FeatureStride, examples.FeatureCount).ToArray())],
        examples.FeatureCount, examples.Labels, Individuals.Numbered(examples.Count / 3), [.. Enumerable.Range(0, examples.Count).Select(i => i % (examples.Count / 3))]);

    private static ExampleSet<double> Weighed(int count)
    {
        var plain = Problems.Numbers(count, 3, 5);
        var random = new RandomSource(6);
        return ExampleSet<double>.FromFeatures(
            [.. Enumerable.Range(0, count).SelectMany(i => plain.Features.Slice(i * plain.FeatureStride, 3).ToArray())], 3,
            plain.Labels, plain.Individuals, plain.IndividualOf, null,
            [.. Enumerable.Range(0, count).Select(i => i % 4 + 0.5)], [.. Enumerable.Range(0, count).Select(_ => 0.3 * random.NextGaussian())]);
    }
}

[LinearModel(Precision = Precision.Single)]
internal sealed partial class SingleLinear;

[LinearModel(L2 = 0.05)]
internal sealed partial class WeighedSquares
{
    [Feature] public double A { get; init; }

    [Feature] public double B { get; init; }

    [Feature] public double C { get; init; }

    [Weight] public double Weight { get; init; }

    [Offset] public double Exposure { get; init; }

    [Label] public double Value { get; init; }
}
