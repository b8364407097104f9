using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>
/// The way a training went: the weights at some of its steps, and of every step the rate, the batch and the examples'
/// coefficients. Pass it to Train and the fit carries it (<see cref="Fit{TModel, T}.Trajectory"/>); dynamic methods of influence
/// need it. Weights between checkpoints are computed again when they are asked for, with the same bits as in training.
/// </summary>
/// <remarks>
/// Memory is p numbers a checkpoint (2p with momentum), |B| positions a step of a mini-batch, and |B| coefficients a step where gradients
/// are clipped or normalised (n of them where every step visits all: a thousand steps over a million examples are 8 GB); in a file
/// (<see cref="InFile"/>) the checkpoints are on disk and read one at a time, while positions and coefficients stay in memory. The format is described in
/// <c>docs/trajectory-format.md</c>. A trajectory holds one training.
/// </remarks>
/// <typeparam name="T">double or float.</typeparam>
public sealed class Trajectory<T> : ITrainingObserver<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const string Unfinished = ".partial";

    private readonly Checkpoints _plan;
    private readonly string? _path;
    private readonly TrajectorySteps<T> _steps = new();
    private CheckpointStore<T> _checkpoints = new CheckpointsInMemory<T>();
    private TrajectoryHeader? _header;
    private double _lossAtCheckpoint;
    private bool _isComplete;

    /// <summary>A trajectory in memory.</summary>
    /// <param name="checkpoints">At which steps weights are stored; before every step where nothing is said.</param>
    public Trajectory(Checkpoints? checkpoints = null)
        : this(checkpoints ?? Checkpoints.Every(1), null)
    {
    }

    private Trajectory(Checkpoints plan, string? path) => (_plan, _path) = (plan, path);

    /// <summary>The number of steps T.</summary>
    public int Steps => Complete._steps.Count;

    /// <summary>The steps before which weights are stored, from 0; T stands for the final weights.</summary>
    public ImmutableArray<int> CheckpointSteps => [.. Complete._checkpoints.Steps];

    /// <summary>μ of the training's heavy ball; 0 for none.</summary>
    public double Momentum => Header.Momentum;

    /// <summary>Where the parameters lie.</summary>
    public ParameterLayout Layout => Header.Layout;

    internal TrajectoryHeader Header => Complete._header!;

    internal TrajectorySteps<T> StepsOf => Complete._steps;

    internal CheckpointStore<T> Stored => Complete._checkpoints;

    /// <summary>λ m + ρ L2 of a block in a step that took ρ times the declared penalty.</summary>
    internal double PenaltyOf(int block, double penaltyScale) => Header.Decay[block] + penaltyScale * Layout.Blocks[block].L2;

    /// <summary>The training's weight decay, as its plan had it.</summary>
    internal WeightDecay? Decay
    {
        get
        {
            var (decay, blocks) = (Header.Decay, Header.Layout.Blocks);
            var lambda = decay.Max();
            return lambda == 0
                ? null
                : new WeightDecay(lambda, [.. Enumerable.Range(0, decay.Length).Where(b => decay[b] == 0).Select(b => blocks[b].Name)]);
        }
    }

    private Trajectory<T> Complete => _isComplete
        ? this
        : throw new InvalidOperationException("This trajectory has not observed a completed training; pass it to Train.");

    /// <summary>A trajectory whose weights go to a file as training goes on. The file takes its name when training has ended; until then
    /// it is called <c>.partial</c> in addition, and whatever had the name stays as it was.</summary>
    /// <param name="path">The file.</param>
    /// <param name="checkpoints">At which steps weights are stored; before every step where nothing is said.</param>
    public static Trajectory<T> InFile(string path, Checkpoints? checkpoints = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new Trajectory<T>(checkpoints ?? Checkpoints.Every(1), Path.GetFullPath(path));
    }

    /// <summary>Opens a file; its checkpoints are read when they are asked for. See
    /// <see cref="Trainer.Restore{TModel, T}"/> for the fit it belongs to.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It was cut short or altered, or is no trajectory of numbers of this kind.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Trajectory<T> Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = Path.GetFullPath(path);
        var trajectory = new Trajectory<T>(Checkpoints.Every(1), path);
        (trajectory._header, trajectory._checkpoints) = TrajectoryFile.Read(path, trajectory._steps);
        var checkpoints = trajectory._checkpoints.Steps;
        if (checkpoints.Count == 0 || checkpoints[0] != 0 || checkpoints[^1] != trajectory._steps.Count)
        {
            throw new InvalidDataException($"The trajectory file '{path}' does not hold the first and the final weights.");
        }

        trajectory._isComplete = true;
        return trajectory;
    }

    /// <summary>Writes the trajectory to a file: to one beside it first, which takes the name when it is complete.</summary>
    /// <param name="path">The file; one of that name is replaced.</param>
    /// <exception cref="InvalidOperationException">No training was observed.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var partial = path + Unfinished;
        try
        {
            Write(partial);
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    private void Write(string partial)
    {
        TrajectoryFile.WriteHeader<T>(partial, Header);
        var file = new CheckpointsInFile<T>(partial, Layout);
        var weights = new AlignedBuffer<T>(Layout.StorageLength);
        var velocity = Momentum > 0 ? new AlignedBuffer<T>(Layout.StorageLength) : null;
        for (var index = 0; index < _checkpoints.Steps.Count; index++)
        {
            _checkpoints.Read(index, weights, velocity);
            file.Add(_checkpoints.Steps[index], weights, velocity);
        }

        TrajectoryFile.WriteSteps(partial, _steps, file.Steps.Count);
    }

    /// <summary>Whether a plan has the steps, rates, objective, momentum and weight decay of this training.</summary>
    internal bool IsBy(GradientDescent plan)
    {
        if (plan.Steps != Steps || plan.Momentum != Momentum)
        {
            return false;
        }

        for (var b = 0; b < Layout.Blocks.Length; b++)
        {
            var decays = plan.WeightDecay is { } penalty && !penalty.Except.Contains(Layout.Blocks[b].Name);
            if (Header.Decay[b] != (decays ? plan.WeightDecay!.Lambda : 0))
            {
                return false;
            }
        }

        for (var step = 0; step < Steps; step++)
        {
            var (stepSize, factor, _, isFullBatch) = _steps[step];
            var batch = isFullBatch ? Header.Examples : _steps.Positions(step).Length;
            if (stepSize != plan.Rate.At(step) || factor != stepSize / (plan.Objective == Objective.Sum ? 1 : batch))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Requires that this is a training of a model on a set.</summary>
    /// <exception cref="ArgumentException">It is one of another model layout or on another set.</exception>
    internal void RequireTrainingOf(ParameterLayout layout, ExampleSet<T> training)
    {
        if (!Layout.Blocks.SequenceEqual(layout.Blocks))
        {
            throw new ArgumentException(
                $"The trajectory is of a model of other parameters: it has {Describe(Layout)}, this one {Describe(layout)}.");
        }

        if (Header.Examples != training.Count || Header.Fingerprint != FingerprintOf(training))
        {
            throw new ArgumentException(
                $"The trajectory is of a training on another set: {Header.Examples} examples, this one has {training.Count}{(Header.Examples == training.Count ? ", but others or in another order" : "")}. Give the set that was trained on.");
        }
    }

    void ITrainingObserver<T>.Begin(TrainingStep<T> step)
    {
        if (_isComplete)
        {
            throw new ArgumentException("This trajectory holds a training already; make a new one for each training.");
        }

        var decay = step.Layout.Blocks
            .Select(block => step.WeightDecay is { } penalty && !penalty.Except.Contains(block.Name) ? penalty.Lambda : 0);
        _header = new TrajectoryHeader(step.Layout, [.. decay], step.Momentum, step.Training.Count, FingerprintOf(step.Training));
        _steps.Clear();
        if (_path is null)
        {
            _checkpoints = new CheckpointsInMemory<T>();
        }
        else
        {
            TrajectoryFile.WriteHeader<T>(_path + Unfinished, _header);
            _checkpoints = new CheckpointsInFile<T>(_path + Unfinished, step.Layout);
        }
    }

    void ITrainingObserver<T>.BeforeGradient(TrainingStep<T> step)
    {
        if (Wants(step))
        {
            _checkpoints.Add(step.Number, step.Weights, step.Velocity);
        }

        var coefficients = step.Coefficients is null ? [] : step.Coefficients.Span[..step.Batch.Count];
        _steps.Add(step.StepSize, step.Factor, step.PenaltyScale, step.IsFullBatch, step.Positions, coefficients);
    }

    void ITrainingObserver<T>.AfterGradient(TrainingStep<T> step)
    {
    }

    void ITrainingObserver<T>.End(TrainingStep<T> step)
    {
        _checkpoints.Add(_steps.Count, step.Weights, step.Velocity);
        if (_path is not null)
        {
            TrajectoryFile.WriteSteps(_path + Unfinished, _steps, _checkpoints.Steps.Count);
            File.Move(_path + Unfinished, _path, overwrite: true);
            ((CheckpointsInFile<T>)_checkpoints).Moved(_path);
        }

        _isComplete = true;
    }

    private bool Wants(TrainingStep<T> step)
    {
        switch (_plan)
        {
            case Checkpoints.Regular { Steps: var steps }:
                return step.Number % steps == 0;
            case Checkpoints.Listed { Steps: var listed }:
                return step.Number == 0 || listed.Contains(step.Number);
            case Checkpoints.ByLoss { Change: var change }:
                var loss = step.MeanLoss();
                if (step.Number > 0 && Math.Abs(loss - _lossAtCheckpoint) < change)
                {
                    return false;
                }

                _lossAtCheckpoint = loss;
                return true;
            default:
                return true;
        }
    }

    private static uint FingerprintOf(ExampleSet<T> training)
    {
        var checksum = new Checksum();
        checksum.Add(training.Features);
        checksum.Add(training.Labels);
        for (var table = 0; table < training.TableCount; table++)
        {
            checksum.Add(training.Index(table));
            checksum.Add(training.RowShares(table));
        }

        return checksum.Value;
    }

    private static string Describe(ParameterLayout layout) =>
        string.Join(", ", layout.Blocks.Select(block => $"{block.Name} {block.Rows}×{block.Columns}"));
}
