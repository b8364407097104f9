using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Dynamic.Replays;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using InfluenceGen.Tests.Numerics;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Dynamic;

/// <summary>What dynamic methods are defined to be, checked without reference values.</summary>
public class DynamicPropertyTests
{
    public static TheoryData<string> Files => [.. Traced.Files];

    public static TheoryData<string> Smooth => [.. Traced.Files.Where(file => !file.Contains("relu", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Smooth))]
    public void Hypergradients_are_finite_differences_of_trained_parameters(string file) => FixtureProblem.Run(file, new FiniteDifferences());

    [Theory, MemberData(nameof(Files))]
    public void What_is_added_up_online_is_what_stored_steps_give(string file) => FixtureProblem.Run(file, new Online());

    [Theory, MemberData(nameof(Smooth))]
    public void A_step_of_TracIn_is_off_the_ideal_by_the_square_of_its_size(string file) => FixtureProblem.Run(file, new OrderOfSteps());

    [Theory, MemberData(nameof(Files))]
    public void Clipped_steps_count_as_they_were_taken(string file) => FixtureProblem.Run(file, new Clipped());

    [Theory, MemberData(nameof(Files))]
    public void Without_a_trajectory_the_cure_is_said(string file) => FixtureProblem.Run(file, new Untraced());

    [Fact]
    public void Projections_are_seeded_and_unbiased() => FixtureProblem.Run("dynamic_softmax", new Projections());

    [Fact]
    public void Scores_have_the_same_bits_on_one_thread_and_on_two()
    {
        var random = new RandomSource(5);
        ExampleSet<double> Set(int count) => ExampleSet<double>.FromClasses(
            [.. Enumerable.Range(0, 3 * count).Select(_ => random.NextGaussian())], 3, [.. Enumerable.Range(0, count).Select(_ => random.NextBelow(3))], 3);
        var (train, test) = (Set(5_000), Set(40));
        SameOnThreads(default(TanhSoftmax.Model), train, test, GradientDescent.FullBatch(4, 0.5));
        SameOnThreads(default(TanhSoftmax.Model), train, test, GradientDescent.MiniBatch(3, 4_500, 0.5, 1) with { Momentum = 0.8 });
        var (users, items) = (600, 300);
        ExampleSet<double> Rated(int count) => ExampleSet<double>.FromRatings([.. Enumerable.Range(0, count).Select(_ => random.NextBelow(users))],
            [.. Enumerable.Range(0, count).Select(_ => random.NextBelow(items))], [.. Enumerable.Range(0, count).Select(_ => 1 + 4 * random.NextDouble())],
            users, items);
        var ratings = Rated(9_000);
        SameOnThreads(new Factors.Model(users, items, 8), ratings, Rated(40).WithPenalty(RowPenalty.None),
            GradientDescent.MiniBatch(3, 8_900, 0.01, 1, Objective.Sum) with { Momentum = 0.5 });
    }

    [Fact]
    public void Single_precision_gives_the_same_scores_to_its_digits()
    {
        var random = new RandomSource(6);
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextGaussian())];
        ExampleSet<T> Set<T>(double[] features) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> =>
            ExampleSet<T>.FromClasses([.. features.Select(T.CreateChecked)], 3, [.. Enumerable.Range(0, features.Length / 3).Select(i => i % 3)], 3);
        var (train, test, theta) = (Draw(300), Draw(30), Draw(31));
        var plan = GradientDescent.MiniBatch(12, 32, 0.2, 1) with { Start = Initialisation.At(theta), Momentum = 0.5, WeightDecay = WeightDecay.OnAll(0.01) };
        var wide = Trainer.Train(default(TanhSoftmax.Model), Set<double>(train), plan, new Trajectory<double>(Checkpoints.Every(5)));
        var narrow = Trainer.Train(default(TanhSoftmaxSingle.Model), Set<float>(train), plan, new Trajectory<float>(Checkpoints.Every(5)));
        void Same<TMethod>(TMethod method) where TMethod : struct, IInfluenceMethod
        {
            var (a, b) = (wide.Influence(method, Set<double>(test)), narrow.Influence(method, Set<float>(test)));
            for (var t = 0; t < 10; t++)
            {
                Close.To(a.OfTest(t), [.. b.OfTest(t).ToArray().Select(score => (double)score)], 1e-3, 1e-5);
            }
        }

        Same(new TracIn());
        Same(new TracInCP());
        Same(new GradientAggregatedSimilarity());
        Same(new TracInIdeal());
        Same(new HydraFull());
        Same(new HydraFast());
        Same(new SgdInfluence());
        Same(new IterativeLeaveOneOut());
    }

    [Fact]
    public void Progress_rises_to_the_whole_and_work_can_be_stopped() => FixtureProblem.Run("dynamic_softmax", new Followed());

    [Fact]
    public void Many_test_examples_are_scored_in_blocks_like_few()
    {
        FixtureProblem.Run("dynamic_mlp_tanh_softmax", new InBlocks());
        FixtureProblem.Run("dynamic_mf", new InBlocks());
    }

    [Fact]
    public void Watching_steps_allocates_nothing()
    {
        FixtureProblem.Run("dynamic_mf", new Unallocating());
        FixtureProblem.Run("dynamic_mlp_tanh_softmax", new Unallocating());
        FixtureProblem.Run("dynamic_logistic", new Unallocating());
    }

    [Fact]
    public void Expected_influence_is_a_mean_over_seeds()
    {
        FixtureProblem.Run("dynamic_logistic", new OverSeeds());
    }

    [Fact]
    public void An_example_of_another_kind_is_in_the_tail()
    {
        var random = new RandomSource(9);
        ExampleSet<double> Set(int count, double flipped) => ExampleSet<double>.FromFeatures(
            [.. Enumerable.Range(0, count).SelectMany(i => new[] { (i % 2 == 0 ? 1.5 : -1.5) + random.NextGaussian() / 2, random.NextGaussian() })], 2,
            [.. Enumerable.Range(0, count).Select(i => (i % 2 == 0) ^ (i < flipped * count) ? 1.0 : 0.0)]);
        var fit = Trainer.Train(new Logistic.Model(2), Set(200, 0), GradientDescent.FullBatch(50, 0.5), new Trajectory<double>(Checkpoints.Every(10)));
        var anomaly = new TracInAnomaly();
        var wrong = anomaly.Of(fit, Set(20, 1));
        Assert.All(wrong.MeanInfluence, mean => Assert.True(mean < 0));
        Assert.All(wrong.TailShare, share => Assert.InRange(share, 0, 0.02));
        var usual = anomaly.Of(fit, Set(400, 0)).TailShare;
        Assert.InRange(usual.Average(), 0.4, 0.6);
        var scores = fit.Influence(new TracInCP(), Set(7, 0));
        var means = new TracInAnomaly().Of(fit, fit.Training).MeanInfluence;
        Close.To([.. fit.Influence(new TracInCP(), fit.Training).OfTest(3).ToArray().Chunk(200).Select(all => all.Average())], [means[3]]);
        Assert.Equal(7, scores.TestCount);
    }

    private static void SameOnThreads<TModel>(TModel model, ExampleSet<double> train, ExampleSet<double> test, GradientDescent plan)
        where TModel : struct, IModel<double>
    {
        var fit = Trainer.Train(model, train, plan with { Threads = 1 }, new Trajectory<double>(Checkpoints.Every(2)));
        Assert.True(fit.Weights.Span.SequenceEqual(Trainer.Train(model, train, plan with { Threads = 2 }).Weights.Span), "training");
        void Same<TMethod>(TMethod method, bool pairs = true) where TMethod : struct, IInfluenceMethod
        {
            InfluenceOptions one = new() { Threads = 1 }, two = new() { Threads = 2 };
            if (pairs)
            {
                var (a, b) = (fit.Influence(method, test, one), fit.Influence(method, test, two));
                for (var t = 0; t < test.Count; t++)
                {
                    Assert.True(a.OfTest(t).SequenceEqual(b.OfTest(t)), $"{method}: test example {t}");
                }

                Close.To(fit.JointInfluence(method, test, one), a.OnAll());
                Assert.True(fit.SelfInfluence(method, one).AsSpan().SequenceEqual(fit.SelfInfluence(method, two)), $"{method}: self");
            }

            Assert.True(fit.JointInfluence(method, test, one).AsSpan().SequenceEqual(fit.JointInfluence(method, test, two)), $"{method}: joint");
        }

        Same(new TracIn());
        Same(new TracIn { Projection = RandomProjection.Gaussian(9, 1) });
        Same(new TracInCP());
        Same(new GradientAggregatedSimilarity());
        Same(new TracInIdeal());
        Same(new HydraFull(), pairs: false);
        Same(new SgdInfluence(), pairs: false);
        Same(new HydraFast(), pairs: false);
    }

    private sealed class FiniteDifferences : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            foreach (var plan in new[] { given.Plan(), given.MomentumPlan() })
            {
                var hypergradients = new HydraFull().Hypergradients(given.Train(plan));
                var p = given.Model.Layout.Count;
                using var descent = new Descent<TModel, double>(given.Model, given.Train, plan);
                var included = new AlignedBuffer<double>(given.Train.Count);
                descent.Include(included, renormalises: false);
                foreach (var i in new[] { 0, 7, 15 })
                {
                    double[] Trained(double weight)
                    {
                        included.Span.Fill(1);
                        included[i] = weight;
                        descent.Run([], null, default);
                        var theta = new double[p];
                        given.Model.Layout.Pack<double>(descent.Weights.Span, theta);
                        return theta;
                    }

                    // An ε on the mean loss is nε on the example's weight.
                    const double Step = 1e-4;
                    var differences = Trained(1 + Step).Zip(Trained(1 - Step), (a, b) => given.Train.Count * (a - b) / (2 * Step));
                    Close.To(hypergradients.AsSpan(i * p, p), [.. differences], 1e-6, 1e-7);
                }
            }
        }
    }

    private sealed class Online : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            foreach (var plan in new[]
            {
                given.Plan(), given.Plan() with { Scaling = GradientScaling.Clip(0.2) }, given.MomentumPlan(),
                GradientDescent.FullBatch(6, StepSize.Geometric(0.05, 0.8)) with { Start = given.Plan().Start, WeightDecay = given.Decay },
                GradientDescent.FullBatch(6, 0.05) with { Start = given.Plan().Start, Scaling = GradientScaling.Clip(0.2) },
            })
            {
                var online = OnlineTracIn.Of(given.Model, given.Train, given.Test, OnlineScores.Pairs | OnlineScores.Joint | OnlineScores.Self);
                Assert.Throws<InvalidOperationException>(() => online.Joint);
                var fit = Trainer.Train(given.Model, given.Train, plan, online, new Trajectory<double>(Checkpoints.Every(4)));
                var stored = fit.Influence(new TracIn(), given.Test);
                Close.To(given.Rows(stored), given.Rows(online.Pairs), 1e-12);
                Close.To(fit.JointInfluence(new TracIn(), given.Test), online.Joint, 1e-12);
                Close.To(fit.SelfInfluence(new TracIn()), online.Self, 1e-12);
                Assert.Equal(stored.Notes, online.Pairs.Notes);
                Close.To(stored.OnAll(), online.Joint, 1e-12);
            }

            var joint = OnlineTracIn.Of(given.Model, given.Train, given.Test, OnlineScores.Joint);
            Trainer.Train(given.Model, given.Train, given.Plan(), joint);
            Assert.Contains("OnlineScores.Pairs", Assert.Throws<InvalidOperationException>(() => joint.Pairs).Message);
        }
    }

    private sealed class OrderOfSteps : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var rates = new[] { 0.02, 0.01, 0.005 };
            var errors = rates.Select(rate =>
            {
                var fit = given.Train(GradientDescent.Batches([[4]], rate) with { Start = Initialisation.At(given.Inputs["theta0"].Numbers) });
                var (ideal, first) = (fit.Influence(new TracInIdeal(), given.Test), fit.Influence(new TracIn(), given.Test));
                return Enumerable.Range(0, given.Test.Count).Max(t => Math.Abs(ideal[4, t] - first[4, t]));
            }).ToArray();
            if (errors[0] < 1e-12)
            {
                // Ratings of nobody in the test set move no test loss.
                return;
            }

            Assert.InRange(Math.Log2(errors[0] / errors[1]), 1.7, 2.3);
            Assert.InRange(Math.Log2(errors[1] / errors[2]), 1.85, 2.15);
        }
    }

    private sealed class Clipped : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            foreach (var plan in new[] { given.Plan(), GradientDescent.FullBatch(5, 0.05) with { Start = given.Plan().Start } })
            {
                var reduction = new FirstOrder<TModel>(given.Model, given.Test);
                var fit = Trainer.Train(given.Model, given.Train, plan with { Scaling = GradientScaling.Clip(0.2) }, reduction,
                    new Trajectory<double>(Checkpoints.Every(4)));
                var scores = fit.Influence(new TracIn(), given.Test);
                Close.To(reduction.Sums, [.. Enumerable.Range(0, given.Test.Count).Select(t => scores.OfTest(t).ToArray().Sum())]);
                Assert.Contains("constants", Assert.Single(fit.Influence(new SgdInfluence(), given.Test).Notes));
            }
        }
    }

    private sealed class FirstOrder<TModel>(TModel model, ExampleSet<double> test) : ITrainingObserver<double>
        where TModel : struct, IModel<double>
    {
        private readonly SweepRunner<TModel, double> _sweeps = new(model, new WorkerTeam(1));
        private readonly AlignedBuffer<double> _dots = new(test.Count);

        public double[] Sums { get; } = new double[test.Count];

        public void Begin(TrainingStep<double> step)
        {
        }

        public void BeforeGradient(TrainingStep<double> step)
        {
        }

        public void AfterGradient(TrainingStep<double> step)
        {
            _sweeps.GradientDot(test, step.Weights, step.Gradient, _dots);
            for (var t = 0; t < Sums.Length; t++)
            {
                Sums[t] += step.Factor * _dots[t];
            }
        }

        public void End(TrainingStep<double> step)
        {
        }
    }

    private sealed class Untraced : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var fit = given.At(given.Inputs["theta0"].Numbers);
            void Refuses<TMethod>(TMethod method) where TMethod : struct, IInfluenceMethod =>
                Assert.Contains("pass a Trajectory to Train",
                    Assert.Throws<InvalidOperationException>(() => fit.Influence(method, given.Test)).Message);

            Refuses(new TracIn());
            Refuses(new TracInCP());
            Refuses(new TracInIdeal());
            Refuses(new GradientAggregatedSimilarity());
            Refuses(new HydraFull());
            Refuses(new HydraFast());
            Refuses(new SgdInfluence());
            Refuses(new IterativeLeaveOneOut());
            var traced = given.Train(given.Plan());
            Assert.Contains("no block 'nothing'", Assert.Throws<InvalidOperationException>(() =>
                traced.Influence(new TracIn { Scope = ParameterScope.Of("nothing") }, given.Test)).Message);
            Assert.Contains("MemoryBound", Assert.Throws<InvalidOperationException>(() =>
                traced.Influence(new HydraFull { MemoryBound = 100 }, given.Test)).Message);
            Assert.Contains("MemoryBound", Assert.Throws<InvalidOperationException>(() =>
                traced.Influence(new IterativeLeaveOneOut { MemoryBound = 30 }, given.Test)).Message);
            Assert.Contains("names none", Assert.Throws<InvalidOperationException>(() =>
                traced.Influence(new TracIn { Steps = 3..3 }, given.Test)).Message);
        }
    }

    private sealed class Projections : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var fit = given.Train(given.Plan());
            double[] Scores(RandomProjection? projection) => given.Rows(fit.Influence(new TracInCP { Projection = projection }, given.Test));
            Assert.Equal(Scores(RandomProjection.Gaussian(5, 1)), Scores(RandomProjection.Gaussian(5, 1)));
            var exact = Scores(null);
            var mean = new double[exact.Length];
            const int Draws = 400;
            for (var seed = 0; seed < Draws; seed++)
            {
                mean = [.. mean.Zip(Scores(RandomProjection.Gaussian(20, seed)), (sum, score) => sum + score / Draws)];
            }

            Close.To(exact, mean, 0.1);
            Assert.Contains("entries", Assert.Throws<InvalidOperationException>(() => Scores(RandomProjection.Stated(2, [1, 2, 3]))).Message);
        }
    }

    private sealed class InBlocks : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var fit = given.Train(given.Plan(), Training.Checkpoints.Every(4));
            void Same<TMethod>(TMethod method) where TMethod : struct, IInfluenceMethod
            {
                using var task = new InfluenceTask<TModel, double>(fit, given.Test, null);
                var (source, n) = (method.Prepare(task), given.Train.Count);
                var whole = fit.Influence(method, given.Test);
                var part = new AlignedBuffer<double>(2 * n);
                source.WriteScores(1, 3, part);
                Close.To(whole.OfTest(1), part.Span[..n], 1e-13);
                Close.To(whole.OfTest(2), part.Span[n..], 1e-13);
                source.WriteScores(0, 1, part);
                Close.To(whole.OfTest(0), part.Span[..n], 1e-13);
            }

            Same(new TracIn());
            Same(new TracIn { Projection = RandomProjection.Gaussian(3, 1) });
            Same(new TracInCP());
            Same(new GradientAggregatedSimilarity());
            Same(new TracInIdeal());
            Same(new HydraFull());
            Same(new HydraFast());
            Same(new SgdInfluence());
            Same(new IterativeLeaveOneOut());
        }
    }

    private sealed class Followed : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var fit = given.Train(given.Plan());
            void Rises<TMethod>(TMethod method) where TMethod : struct, IInfluenceMethod
            {
                var works = new Action<InfluenceOptions>[]
                {
                    options => fit.Influence(method, given.Test, options),
                    options => fit.VisitInfluence(method, given.Test, (_, _) => { }, options),
                    options => fit.JointInfluence(method, given.Test, options),
                    options => fit.SelfInfluence(method, options),
                };
                foreach (var work in works)
                {
                    var shares = new List<double>();
                    work(new InfluenceOptions { Progress = shares.Add });
                    Assert.Equal(shares.Order(), shares);
                    Assert.True(shares.Count > 10, $"{method}: {shares.Count} reports");
                    Assert.Equal(1, shares[^1], 1e-12);
                    using var cancellation = new CancellationTokenSource();
                    Assert.Throws<OperationCanceledException>(() => work(new InfluenceOptions
                    {
                        Cancellation = cancellation.Token,
                        Progress = share => cancellation.Cancel(),
                    }));
                }
            }

            Rises(new TracIn());
            Rises(new TracInCP());
            Rises(new GradientAggregatedSimilarity());
            Rises(new TracInIdeal());
            Rises(new HydraFull());
            Rises(new HydraFast());
            Rises(new SgdInfluence());
            Rises(new IterativeLeaveOneOut());
        }
    }

    private sealed class OverSeeds : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            Fit<TModel, double> Train(long seed) => Trainer.Train(given.Model, given.Train, GradientDescent.MiniBatch(20, 4, 0.2, seed),
                new Trajectory<double>());
            long[] seeds = [1, 2, 3, 4, 5];
            var expected = ExpectedInfluence.Over(seeds, Train, new TracIn(), given.Test);
            var samples = seeds.Select(seed => Train(seed).Influence(new TracIn(), given.Test)[3, 1]).ToArray();
            var mean = samples.Average();
            Assert.Equal(mean, expected.Mean[3, 1], 1e-12);
            Assert.Equal(Math.Sqrt(samples.Sum(x => (x - mean) * (x - mean)) / 4 / 5), expected.StandardError[3, 1], 1e-12);
            Assert.Throws<ArgumentException>(() => ExpectedInfluence.Over([1], Train, new TracIn(), given.Test));
        }
    }

    /// <summary>Every step of training, momentum included, and every kind of score, online and stored.</summary>
    private sealed class Unallocating : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            foreach (var plan in new[] { given.MomentumPlan(), GradientDescent.FullBatch(16, 0.01) with { Start = given.Plan().Start, Threads = 1 } })
            {
                var (training, marks) = (new Allocations(), 0);
                var online = OnlineTracIn.Of(given.Model, given.Train, given.Test, OnlineScores.Pairs | OnlineScores.Joint | OnlineScores.Self);
                var projected = OnlineTracIn.Of(given.Model, given.Train, given.Test, OnlineScores.Pairs | OnlineScores.Self, ParameterScope.All,
                    RandomProjection.Gaussian(3, 1));
                var fit = Trainer.Train(given.Model, given.Train, plan, new Marks(() =>
                {
                    if (marks++ <= Allocations.Runs)
                    {
                        training.Mark();
                    }
                }), online, projected);
                Assert.Equal(0, training.Least);

                fit = Trainer.Train(given.Model, given.Train, plan, new Trajectory<double>(Checkpoints.Every(4)));
                using var team = new WorkerTeam(1);
                var replay = new TrajectoryReplay<TModel, double>(given.Model, given.Train, fit.Trajectory!, team);
                var gas = new TracInSum<TModel, double>(given.Model, given.Train.Count, team, ParameterScope.All, null, normalises: true);
                var sum = new TracInSum<TModel, double>(given.Model, given.Train.Count, team, ParameterScope.All, null, normalises: false);
                var (pairs, each) = (new AlignedBuffer<double>(given.Train.Count * given.Test.Count), new AlignedBuffer<double>(given.Train.Count));
                Assert.Equal(0, Allocations.Of(() =>
                {
                    for (var number = 0; number < 16; number++)
                    {
                        replay.GoTo(number);
                        sum.AddPairs(replay.Current, given.Test, pairs);
                        sum.AddPairs(replay.AsCheckpoint, given.Test, pairs);
                        gas.AddPairs(replay.AsCheckpoint, given.Test, pairs);
                        sum.AddJoint(replay.Current, given.Test, each.Span);
                        sum.AddSelf(replay.Current, each.Span);
                    }
                }));
                using var task = new InfluenceTask<TModel, double>(fit, given.Train, new InfluenceOptions { Threads = 1 });
                var unrolled = new Hypergradients<TModel, double>(task, replay, hasHessian: true, 1 << 20);
                Assert.Equal(0, Allocations.Of(() => unrolled.Of(0, given.Train.Count)));

                // Each step backwards, in the stretch whose weights were kept last.
                var (backwards, steps) = (new Allocations(), 0);
                var scores = new AlignedBuffer<double>(given.Train.Count);
                new TrainingAdjoint<TModel, double>(task, replay, 1 << 20).Write(new AlignedBuffer<double>(given.Model.Layout.StorageLength), scores, _ =>
                {
                    if (steps++ is >= 4 and <= 4 + Allocations.Runs)
                    {
                        backwards.Mark();
                    }
                });
                Assert.Equal(0, backwards.Least);
            }
        }
    }

    private sealed class Marks(Action mark) : ITrainingObserver<double>
    {
        public void Begin(TrainingStep<double> step)
        {
        }

        public void BeforeGradient(TrainingStep<double> step) => mark();

        public void AfterGradient(TrainingStep<double> step)
        {
        }

        public void End(TrainingStep<double> step)
        {
        }
    }
}
