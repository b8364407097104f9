using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Influence.Tests.Evaluation;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Sharing;

/// <summary>What one training at a time may have is refused to a second.</summary>
public class ObserverTests
{
    private static readonly GradientDescent _plan = GradientDescent.FullBatch(3, 0.3);

    private readonly Logistic.Model _model = new(3);
    private readonly ExampleSet<double> _train;
    private readonly ExampleSet<double> _test;

    public ObserverTests() => (_train, _test) = Problems.Binary(40, 3, 1).Split(0.75, 1);

    [Fact]
    public void An_observer_that_is_given_twice_is_refused()
    {
        foreach (var observer in Observers())
        {
            var other = new Counter();
            var problem = Assert.Throws<ArgumentException>("observers", () => Trainer.Train(_model, _train, _plan, observer, other, observer));
            Assert.Contains("Observers 0 and 2 (counted from 0) are the same object", problem.Message, StringComparison.Ordinal);
            Assert.Equal(0, other.Steps);
            Trainer.Train(_model, _train, _plan, observer, other);
            Assert.Equal(3, other.Steps);
        }

        Assert.Contains("Observer 1 (counted from 0) is null", Assert.Throws<ArgumentException>("observers",
            () => Trainer.Train(_model, _train, _plan, new Counter(), null!)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_observer_is_refused_while_another_training_has_it()
    {
        foreach (var observer in Observers())
        {
            var refused = 0;
            Trainer.Train(_model, _train, _plan, _ =>
            {
                var problem = Assert.Throws<ArgumentException>("observers", () => Trainer.Train(_model, _train, _plan, new Counter(), observer));
                Assert.Contains("Observer 1 (counted from 0) watches another training", problem.Message, StringComparison.Ordinal);
                refused++;
            }, CancellationToken.None, observer);
            Assert.Equal(3, refused);
        }
    }

    [Fact]
    public void The_account_of_a_training_is_not_touched_by_those_that_were_refused()
    {
        var (ledger, alone) = (Logistic.Ledger(_train, _test), Logistic.Ledger(_train, _test));
        Trainer.Train(_model, _train, _plan, alone);
        Trainer.Train(_model, _train, _plan, _ => Assert.Throws<ArgumentException>(() => Trainer.Train(_model, _train, _plan, ledger)), CancellationToken.None, ledger);
        Assert.Equal(alone.Flows.Outflow, ledger.Flows.Outflow);
        Assert.Equal(alone.Flows.Inflow, ledger.Flows.Inflow);
    }

    [Fact]
    public void Of_trainings_that_want_an_observer_at_once_all_but_one_are_refused()
    {
        var (running, most, refused) = (0, 0, 0);
        var observer = new Counter();
        Parallel.For(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 6 }, _ =>
        {
            try
            {
                Trainer.Train(_model, _train, _plan, step =>
                {
                    if (step == 1)
                    {
                        var now = Interlocked.Increment(ref running);
                        most = Math.Max(most, now);
                    }

                    if (step == 3)
                    {
                        Interlocked.Decrement(ref running);
                    }
                }, CancellationToken.None, observer);
            }
            catch (ArgumentException)
            {
                Interlocked.Increment(ref refused);
            }
        });
        Assert.Equal(1, most);
        Assert.Equal(3 * (300 - refused), observer.Steps);
    }

    [Fact]
    public void A_training_that_fails_sets_its_observers_free()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("t");
        foreach (var observer in Observers().Append(Trajectory<double>.InFile(path)))
        {
            Assert.Throws<NotImplementedException>(() => Trainer.Train(_model, _train, _plan, _ => throw new NotImplementedException(), CancellationToken.None, observer));
            Assert.Throws<NotImplementedException>(() => Trainer.Train(_model, _train, _plan, observer, new Failing()));
            Assert.Throws<OperationCanceledException>(() => Trainer.Train(_model, _train, _plan, null, new CancellationToken(canceled: true), observer));
            Trainer.Train(_model, _train, _plan, observer);
        }

        Assert.Equal(3, Trajectory<double>.Open(path).Steps);
    }

    [Fact]
    public void A_trajectory_holds_one_training()
    {
        using var folder = new TemporaryFolder();
        foreach (var trajectory in new[] { new Trajectory<double>(), Trajectory<double>.InFile(folder.File("t")) })
        {
            var fit = Trainer.Train(_model, _train, _plan, trajectory);
            var before = fit.JointInfluence(new TracIn(), _test);
            Assert.Contains("make a new one", Assert.Throws<ArgumentException>(() => Trainer.Train(_model, _train, _plan with { Start = Initialisation.At(1, 2, 3, 4) }, trajectory)).Message,
                StringComparison.Ordinal);
            Assert.Equal(before, fit.JointInfluence(new TracIn(), _test));
        }

        Assert.Contains("make a new one", Assert.Throws<ArgumentException>(() => Trainer.Train(_model, _train, _plan, Trajectory<double>.Open(folder.File("t")))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Two_trainings_into_one_file_at_once_are_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("t");
        var refused = 0;
        var fit = Trainer.Train(_model, _train, _plan, _ =>
        {
            var other = Path.Combine(Path.GetDirectoryName(path)!, ".", Path.GetFileName(path));
            Assert.Contains("is being written at this moment", Assert.Throws<InvalidOperationException>(
                () => Trainer.Train(_model, _train, _plan, Trajectory<double>.InFile(other))).Message, StringComparison.Ordinal);
            refused++;
        }, CancellationToken.None, Trajectory<double>.InFile(path));
        Assert.Equal(3, refused);
        Assert.Equal(3, Trajectory<double>.Open(path).Steps);
        Assert.Equal(Trainer.Train(_model, _train, _plan, new Trajectory<double>()).JointInfluence(new TracIn(), _test), fit.JointInfluence(new TracIn(), _test));
    }

    [Fact]
    public void Another_process_that_writes_the_file_is_noticed()
    {
        // As another process does it: a handle that nobody else in this process knows of.
        using var folder = new TemporaryFolder();
        using (new FileStream(folder.File("t.partial"), FileMode.Create, FileAccess.Write, FileShare.None))
        {
            Assert.ThrowsAny<IOException>(() => Trainer.Train(_model, _train, _plan, Trajectory<double>.InFile(folder.File("t"))));
        }

        Trainer.Train(_model, _train, _plan, Trajectory<double>.InFile(folder.File("t")));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_noticed_before_the_first_step()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("file"), "");
        Directory.CreateDirectory(folder.File("folder"));
        File.WriteAllText(folder.File("kept"), "what was there");
        File.SetAttributes(folder.File("kept"), FileAttributes.ReadOnly);
        foreach (var path in new[] { folder.File("none/t"), folder.File("file/t"), folder.File("folder"), folder.File("kept") })
        {
            var counter = new Counter();
            var problem = Assert.ThrowsAny<SystemException>(() => Trainer.Train(_model, _train, _plan, counter, Trajectory<double>.InFile(path)));
            Assert.True(problem is IOException or UnauthorizedAccessException, problem.ToString());
            Assert.Equal(0, counter.Steps);
        }

        Assert.Equal("what was there", File.ReadAllText(folder.File("kept")));
        File.SetAttributes(folder.File("kept"), FileAttributes.Normal);
    }

    [Fact]
    public void What_an_interrupted_training_leaves_is_no_trajectory()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<NotImplementedException>(() => Trainer.Train(_model, _train, _plan, step =>
        {
            if (step == 3)
            {
                throw new NotImplementedException();
            }
        }, CancellationToken.None, Trajectory<double>.InFile(folder.File("t"))));
        Assert.False(File.Exists(folder.File("t")));
        Assert.Contains("cut short", Assert.Throws<InvalidDataException>(() => Trajectory<double>.Open(folder.File("t.partial"))).Message,
            StringComparison.Ordinal);
    }

    private ITrainingObserver<double>[] Observers() =>
    [
        Logistic.Ledger(_train, _test), OnlineTracIn.Of(new Logistic.Model(3), _train, _test), new Counter(),
    ];

    private class Counter : ITrainingObserver<double>
    {
        public int Steps { get; private set; }

        public virtual void Begin(TrainingStep<double> step)
        {
        }

        public void BeforeGradient(TrainingStep<double> step) => Steps++;

        public void AfterGradient(TrainingStep<double> step)
        {
        }

        public void End(TrainingStep<double> step)
        {
        }
    }

    private sealed class Failing : Counter
    {
        public override void Begin(TrainingStep<double> step) => throw new NotImplementedException();
    }
}
