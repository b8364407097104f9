using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Dynamic.Replays;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Reciprocity;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Dynamic;

/// <summary>What a trajectory keeps, computes again, writes and refuses.</summary>
public class TrajectoryTests
{
    public static TheoryData<string> Files => [.. Traced.Files];

    [Theory, MemberData(nameof(Files))]
    public void Steps_between_checkpoints_are_replayed_to_the_bit(string file) => FixtureProblem.Run(file, new Replays());

    [Theory, MemberData(nameof(Files))]
    public void A_file_holds_the_same_training(string file) => FixtureProblem.Run(file, new RoundTrip());

    [Fact]
    public void A_training_that_a_ledger_watched_is_replayed_to_the_bit()
    {
        var random = new RandomSource(3);
        var people = Individuals.Numbered(4);
        ExampleSet<double> Set(int count) => ExampleSet<double>.FromFeatures(Draw(random, 5 * count), 5,
            [.. Enumerable.Range(0, count).Select(_ => (double)random.NextBelow(2))], people,
            [.. Enumerable.Range(0, count).Select(i => i % 4)]);
        var (train, test) = (Set(600), Set(9));
        var model = new Logistic.Model(5);
        var plan = GradientDescent.MiniBatch(9, 50, 0.3, 1) with { Scaling = GradientScaling.Clip(0.7) };
        var weights = new WeightRecord();
        var fit = Trainer.Train(model, train, plan, new Ledger<Logistic.Model, double>(model, train, test), weights,
            new Trajectory<double>(Checkpoints.Every(4)));
        Assert.Equal([0, 4, 8, 9], fit.Trajectory!.CheckpointSteps);
        RequireSame(fit, weights);
        plan = GradientDescent.FullBatch(9, 0.3);
        weights = new WeightRecord();
        fit = Trainer.Train(model, train, plan, new Ledger<Logistic.Model, double>(model, train, test), weights,
            new Trajectory<double>(Checkpoints.Every(100)));
        RequireSame(fit, weights);
    }

    [Fact]
    public void Layers_that_a_ledger_watched_are_replayed_to_the_bit()
    {
        RequireReplayed(new Softmax.Model(3, 3));
        RequireReplayed(default(TanhSoftmax.Model));
        RequireReplayed(default(GeluSoftmax.Model));
    }

    [Fact]
    public void Ratings_that_a_ledger_watched_are_replayed_to_the_bit() => FixtureProblem.Run("dynamic_mf", new LedgerOfRatings());

    [Fact]
    public void A_trajectory_whose_file_another_training_took_over_is_refused()
    {
        using var folder = new Folder();
        var random = new RandomSource(6);
        var train = ExampleSet<double>.FromFeatures(Draw(random, 60), 3, Draw(random, 20));
        Fit<Linear.Model, double> Train(long seed) => Trainer.Train(new Linear.Model(3), train, GradientDescent.MiniBatch(6, 4, 0.1, seed),
            Trajectory<double>.InFile(folder.File("t.traj")));
        var first = Train(1);
        var before = first.SelfInfluence(new TracIn());
        var second = Train(2);
        var problem = Assert.Throws<InvalidDataException>(() => first.SelfInfluence(new TracIn()));
        Assert.Contains("holds another training by now", problem.Message, StringComparison.Ordinal);
        Assert.NotEqual(before, second.SelfInfluence(new TracIn()));
    }

    [Fact]
    public void Rates_that_vanish_or_change_leave_every_score_finite_and_methods_agreed()
    {
        var random = new RandomSource(7);
        var ratings = ExampleSet<double>.FromRatings([0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 0, 2], Draw(random, 6), 3, 3);
        foreach (var rate in new[] { StepSize.Geometric(0.05, 0.5), StepSize.Geometric(0.05, 0.9) })
        {
            var plan = GradientDescent.FullBatch(1100, rate, Objective.Sum) with { Start = Initialisation.Gaussian(0.3, 1) };
            foreach (var momentum in new[] { 0, 0.5 })
            {
                var fit = Trainer.Train(new Factors.Model(3, 3, 2), ratings, plan with { Momentum = momentum }, new Trajectory<double>());
                double[] hydra = fit.JointInfluence(new HydraFull(), ratings), backwards = fit.JointInfluence(new SgdInfluence(), ratings);
                for (var i = 0; i < hydra.Length; i++)
                {
                    Assert.Equal(hydra[i], backwards[i], 1e-9 * (1 + Math.Abs(hydra[i])));
                }

                Assert.All(fit.JointInfluence(new HydraFast(), ratings), score => Assert.True(double.IsFinite(score)));
                var scores = fit.Influence(new TracIn(), ratings);
                var joint = fit.JointInfluence(new TracIn(), ratings);
                for (var i = 0; i < joint.Length; i++)
                {
                    Assert.Equal(joint[i], scores.OfTraining(i).Sum(), 1e-9 * (1 + Math.Abs(joint[i])));
                }
            }
        }
    }

    [Fact]
    public void A_file_that_is_cut_or_altered_anywhere_is_refused()
    {
        using var folder = new Folder();
        FixtureProblem.Run("dynamic_linear", new Damage(folder));
    }

    [Fact]
    public void A_trajectory_of_something_else_is_refused()
    {
        using var folder = new Folder();
        var path = folder.File("a.trajectory");
        var random = new RandomSource(1);
        var train = ExampleSet<double>.FromFeatures(Draw(random, 60), 3, Draw(random, 20));
        var other = ExampleSet<double>.FromFeatures(Draw(random, 60), 3, Draw(random, 20));
        var plan = GradientDescent.FullBatch(5, 0.1);
        var trajectory = new Trajectory<double>();
        Assert.Contains("pass it to Train", Assert.Throws<InvalidOperationException>(() => trajectory.Steps).Message);
        var model = new Linear.Model(3);
        Trainer.Train(model, train, plan, trajectory);
        Assert.Contains("make a new one", Assert.Throws<ArgumentException>(() => Trainer.Train(model, train, plan, trajectory)).Message);
        trajectory.Save(path);
        Assert.False(File.Exists(path + ".partial"));
        Assert.Contains("precision", Assert.Throws<InvalidDataException>(() => Trajectory<float>.Open(path)).Message);
        var opened = Trajectory<double>.Open(path);
        Assert.Contains("w 1×2",
            Assert.Throws<ArgumentException>(() => Trainer.Restore(new Linear.Model(2),
                ExampleSet<double>.FromFeatures(Draw(random, 40), 2, Draw(random, 20)), plan, opened)).Message);
        Assert.Contains("another set", Assert.Throws<ArgumentException>(() => Trainer.Restore(model, other, plan, opened)).Message);
        Assert.Contains("another plan",
            Assert.Throws<ArgumentException>(() => Trainer.Restore(model, train, GradientDescent.FullBatch(6, 0.1), opened)).Message);
        foreach (var another in new[]
        {
            GradientDescent.FullBatch(5, 0.2), GradientDescent.FullBatch(5, 0.1, Objective.Sum), plan with { Momentum = 0.1 },
            plan with { WeightDecay = WeightDecay.OnAll(0.1, "b") },
        })
        {
            Assert.Contains("another plan", Assert.Throws<ArgumentException>(() => Trainer.Restore(model, train, another, opened)).Message);
        }

        File.WriteAllText(path, "not one");
        Assert.Throws<InvalidDataException>(() => Trajectory<double>.Open(path));
    }

    [Fact]
    public void A_file_takes_its_name_when_training_has_ended()
    {
        using var folder = new Folder();
        var path = folder.File("b.trajectory");
        File.WriteAllText(path, "what was there");
        var random = new RandomSource(1);
        var train = ExampleSet<double>.FromFeatures(Draw(random, 60), 3, Draw(random, 20));
        var trajectory = Trajectory<double>.InFile(path);
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Trainer.Train(new Linear.Model(3), train, GradientDescent.FullBatch(5, 0.1),
            done => { if (done == 3) { cancellation.Cancel(); } }, cancellation.Token, trajectory));
        Assert.Equal("what was there", File.ReadAllText(path));
        var fit = Trainer.Train(new Linear.Model(3), train, GradientDescent.FullBatch(5, 0.1), trajectory);
        Assert.Equal(5, Trajectory<double>.Open(path).Steps);
        Assert.Same(trajectory, fit.Trajectory);
    }

    [Fact]
    public void Checkpoints_come_where_the_loss_changes()
    {
        var random = new RandomSource(1);
        var train = ExampleSet<double>.FromFeatures(Draw(random, 60), 3, Draw(random, 20));
        var model = new Linear.Model(3);
        var plan = GradientDescent.FullBatch(200, 0.05) with { Start = Initialisation.At(1, -2, 1, 0.5) };
        var all = Trainer.Train(model, train, plan, new Trajectory<double>());
        var first = Trainer.Train(model, train, plan with { }, new Trajectory<double>()).Trajectory!;
        var losses = Enumerable.Range(0, 201).Select(t => LossAt(all, t)).ToArray();
        var change = (losses[0] - losses[^1]) / 6.5;
        var steps = Trainer.Train(model, train, plan, new Trajectory<double>(Checkpoints.EachLossChange(change))).Trajectory!.CheckpointSteps;
        Assert.Equal(201, first.CheckpointSteps.Length);
        Assert.InRange(steps.Length, 5, 8);
        for (var k = 1; k < steps.Length - 1; k++)
        {
            Assert.True(losses[steps[k - 1]] - losses[steps[k]] >= change);
            Assert.True(losses[steps[k - 1]] - losses[steps[k] - 1] < change);
        }

        // The same number chosen afterwards crowd where the test loss falls.
        using var task = new InfluenceTask<Linear.Model, double>(all, train, null);
        var chosen = CheckpointSelection.ByLossChange(6).StepsOf(task, TracedFit.Replay(task, "test"));
        Assert.InRange(chosen.Length, 5, 6);
        Assert.Equal(0, chosen[0]);
        Assert.True(chosen[^1] < 100, string.Join(' ', chosen));
        Assert.Equal([0, 33, 66, 100, 133, 166], CheckpointSelection.Evenly(6).StepsOf(task, TracedFit.Replay(task, "test")));
        Assert.Contains("no step 200", Assert.Throws<InvalidOperationException>(() =>
            CheckpointSelection.At(3, 200).StepsOf(task, TracedFit.Replay(task, "test"))).Message);
    }

    private static double LossAt(Fit<Linear.Model, double> fit, int step)
    {
        using var team = new WorkerTeam(1);
        var replay = new TrajectoryReplay<Linear.Model, double>(fit.Model, fit.Training, fit.Trajectory!, team);
        replay.GoTo(step);
        var losses = new AlignedBuffer<double>(fit.Training.Count);
        new SweepRunner<Linear.Model, double>(fit.Model, team).Loss(fit.Training, replay.Weights, losses);
        return losses.Span.ToArray().Average();
    }

    private static double[] Draw(RandomSource random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextGaussian())];

    /// <summary>Of a model of three classes.</summary>
    private static void RequireReplayed<TModel>(TModel model) where TModel : struct, IModel<double>
    {
        var random = new RandomSource(4);
        var (train, test) = (Set(1_300), Set(9));
        foreach (var plan in new[] { GradientDescent.FullBatch(8, 0.3), GradientDescent.MiniBatch(8, 600, 0.3, 1) })
        {
            var weights = new WeightRecord();
            RequireSame(Trainer.Train(model, train, plan, new Ledger<TModel, double>(model, train, test), weights,
                new Trajectory<double>(Checkpoints.Every(5))), weights);
        }

        ExampleSet<double> Set(int count) => ExampleSet<double>.FromClasses(Draw(random, 3 * count), 3,
            [.. Enumerable.Range(0, count).Select(_ => random.NextBelow(3))], 3, Individuals.Numbered(4), [.. Enumerable.Range(0, count).Select(i => i % 4)]);
    }

    private static void RequireSame<TModel>(Fit<TModel, double> fit, WeightRecord weights) where TModel : struct, IModel<double>
    {
        using var team = new WorkerTeam(1);
        var replay = new TrajectoryReplay<TModel, double>(fit.Model, fit.Training, fit.Trajectory!, team);
        foreach (var step in Enumerable.Range(0, fit.Trajectory!.Steps + 1).Concat([2, 7, 1]))
        {
            replay.GoTo(step);
            Assert.True(weights.At[step].AsSpan().SequenceEqual(replay.Weights.Span), $"step {step}");
        }

        var visited = new List<int>();
        replay.Backwards(4, () =>
        {
            visited.Add(replay.Number);
            _ = replay.Current;
            Assert.True(weights.At[replay.Number].AsSpan().SequenceEqual(replay.Weights.Span), $"back at step {replay.Number}");
        });
        Assert.Equal(Enumerable.Range(0, replay.Steps).Reverse(), visited);
    }

    private sealed class Replays : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            foreach (var plan in new[] { given.Plan(), given.MomentumPlan(), given.Plan() with { Scaling = GradientScaling.Clip(0.1) } })
            {
                foreach (var checkpoints in new[] { Checkpoints.Every(1), Checkpoints.Every(6), Checkpoints.At(9), Checkpoints.At() })
                {
                    var weights = new WeightRecord();
                    RequireSame(Trainer.Train(given.Model, given.Train, plan, weights, new Trajectory<double>(checkpoints)), weights);
                }
            }
        }
    }

    private sealed class RoundTrip : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            using var folder = new Folder();
            foreach (var plan in new[] { given.MomentumPlan(), given.Plan() with { Scaling = GradientScaling.Clip(0.1) } })
            {
                var (saved, streamed) = (folder.File("saved"), folder.File("streamed"));
                var weights = new WeightRecord();
                var fit = Trainer.Train(given.Model, given.Train, plan, weights, new Trajectory<double>(Checkpoints.Every(3)));
                fit.Trajectory!.Save(saved);
                Trainer.Train(given.Model, given.Train, plan, Trajectory<double>.InFile(streamed, Checkpoints.Every(3)));
                Assert.True(File.ReadAllBytes(saved).AsSpan().SequenceEqual(File.ReadAllBytes(streamed)));
                var restored = Trainer.Restore(given.Model, given.Train, plan, Trajectory<double>.Open(saved));
                Assert.True(fit.Weights.Span.SequenceEqual(restored.Weights.Span));
                Assert.Equal(fit.Trajectory.CheckpointSteps, restored.Trajectory!.CheckpointSteps);
                RequireSame(restored, weights);
                Assert.Equal(given.Rows(fit.Influence(new TracIn(), given.Test)), given.Rows(restored.Influence(new TracIn(), given.Test)));
                Assert.Equal(given.Rows(fit.Influence(new SgdInfluence(), given.Test)),
                    given.Rows(restored.Influence(new SgdInfluence(), given.Test)));
            }
        }
    }

    private sealed class LedgerOfRatings : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var weights = new WeightRecord();
            RequireSame(Trainer.Train(given.Model, given.Train, given.Plan(), new Ledger<TModel, double>(given.Model, given.Train, given.Test),
                weights, new Trajectory<double>(Checkpoints.Every(7))), weights);
        }
    }

    private sealed class Damage(Folder folder) : IFixtureTest
    {
        public void Run<TModel>(FixtureProblem<TModel> given) where TModel : struct, IModel<double>
        {
            var path = folder.File("damaged");
            given.Train(given.MomentumPlan() with { Scaling = GradientScaling.Clip(0.1) }, Checkpoints.Every(8)).Trajectory!.Save(path);
            var whole = File.ReadAllBytes(path);
            Trajectory<double>.Open(path);
            for (var place = 0; place < whole.Length; place++)
            {
                var altered = (byte[])whole.Clone();
                altered[place] ^= (byte)(1 << (place % 8));
                File.WriteAllBytes(path, altered);
                Assert.Throws<InvalidDataException>(() => Trajectory<double>.Open(path));
            }

            for (var length = 0; length < whole.Length; length += 7)
            {
                File.WriteAllBytes(path, whole[..length]);
                var message = Assert.Throws<InvalidDataException>(() => Trajectory<double>.Open(path)).Message;
                Assert.Contains("'", message);
            }
        }
    }

    internal sealed class WeightRecord : ITrainingObserver<double>
    {
        public List<double[]> At { get; } = [];

        public void Begin(TrainingStep<double> step)
        {
        }

        public void BeforeGradient(TrainingStep<double> step) => At.Add(step.Weights.Span.ToArray());

        public void AfterGradient(TrainingStep<double> step)
        {
        }

        public void End(TrainingStep<double> step) => BeforeGradient(step);
    }

    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("influencegen-trajectory-");

        public string File(string name) => Path.Combine(_folder.FullName, name);

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
