using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Serialization;
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
/// (<see cref="InFile"/>) the checkpoints are on disk and read one at a time, while positions and coefficients stay in memory. The format is
/// described in <c>docs/trajectory-format.md</c>. A trajectory holds one training, and once that has ended it is safe for any number of
/// threads at once, in memory and in a file.
/// </remarks>
/// <typeparam name="T">double or float.</typeparam>
[JsonConverter(typeof(JsonRefusal))]
[HiddenFromJson("its steps and weights: Save writes them to a file, and Open reads it")]
public sealed class Trajectory<T> : ITrainingObserver<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Checkpoints _plan;
    private readonly string? _path;
    private readonly TrajectorySteps<T> _steps = new();
    private CheckpointStore<T> _checkpoints = new CheckpointsInMemory<T>();
    private TrajectoryHeader? _header;
    private UnfinishedFile? _file;
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
                : WeightDecay.OnAll(lambda, [.. Enumerable.Range(0, decay.Length).Where(b => decay[b] == 0).Select(b => blocks[b].Name)]);
        }
    }

    private Trajectory<T> Complete => _isComplete
        ? this
        : throw new InvalidOperationException("This trajectory has not observed a completed training; pass it to Train.");

    /// <summary>A trajectory whose weights go to a file as training goes on. The file takes its name when training has ended; until then
    /// it is called <c>.partial</c> in addition, and whatever had the name stays as it was. Train starts the file before the first step, so
    /// that what speaks against writing it is known then, and throws what <see cref="Save"/> throws.</summary>
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
    /// <exception cref="InvalidDataException">It was cut short or altered, is no trajectory of numbers of this kind or of this version, or says
    /// what is true of no training.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Trajectory<T> Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = Path.GetFullPath(path);
        var trajectory = new Trajectory<T>(Checkpoints.Every(1), path);
        (trajectory._header, trajectory._checkpoints) = TrajectoryReader<T>.Read(path, trajectory._steps);
        trajectory._isComplete = true;
        return trajectory;
    }

    /// <summary>Writes the trajectory to a file: to one beside it first, which takes the name when it is complete.</summary>
    /// <param name="path">The file; one of that name is replaced.</param>
    /// <exception cref="InvalidOperationException">No training was observed, or the file is being written at this moment.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _ = Complete;
        using var file = new UnfinishedFile(path);
        try
        {
            Write(file.Stream, path);
            file.Finish();
        }
        catch
        {
            file.Discard();
            throw;
        }
    }

    private void Write(FileStream stream, string path)
    {
        var file = new CheckpointsInFile<T>(path, Layout, TrajectoryFile.WriteHeader<T>(stream, Header), stream);
        var weights = new AlignedBuffer<T>(Layout.StorageLength);
        var velocity = Momentum > 0 ? new AlignedBuffer<T>(Layout.StorageLength) : null;
        for (var index = 0; index < _checkpoints.Steps.Count; index++)
        {
            _checkpoints.Read(index, weights, velocity);
            file.Add(_checkpoints.Steps[index], weights, velocity);
        }

        TrajectoryFile.WriteSteps(stream, file.LastChecksum, _steps, file.Steps.Count);
    }

    /// <summary>What of a plan is not as in this training, as far as the plan alone says it: steps, momentum, weight decay, scaling, rates and
    /// objective; null where nothing is.</summary>
    internal string? DifferenceFrom(GradientDescent plan)
    {
        if (plan.Steps != Steps)
        {
            return $"it has {plan.Steps} steps instead of {Steps}";
        }

        if (plan.Momentum != Momentum)
        {
            return string.Create(CultureInfo.InvariantCulture, $"its momentum is {plan.Momentum} instead of {Momentum}");
        }

        for (var b = 0; b < Layout.Blocks.Length; b++)
        {
            if (Header.Decay[b] != (plan.WeightDecay?.On(Layout.Blocks[b]) ?? 0))
            {
                return string.Create(CultureInfo.InvariantCulture,
                    $"its weight decay on {Layout.Blocks[b].Name} is not the {Header.Decay[b]} that it was");
            }
        }

        if (plan.Scaling.Limit != Header.Scaling.Limit || plan.Scaling.Normalises != Header.Scaling.Normalises)
        {
            return $"it scales gradients otherwise (Scaling): {Describe(plan.Scaling)} instead of {Describe(Header.Scaling)}";
        }

        for (var step = 0; step < Steps; step++)
        {
            var (stepSize, factor, _, isFullBatch) = _steps[step];
            if (stepSize != plan.Rate.At(step))
            {
                return string.Create(CultureInfo.InvariantCulture,
                    $"its rate of step {step} (counted from 0) is {plan.Rate.At(step)} instead of {stepSize}");
            }

            var batch = isFullBatch ? Header.Examples : _steps.Positions(step).Length;
            if (factor != stepSize / (plan.Objective == Objective.Sum ? 1 : batch))
            {
                return $"its objective is the {(plan.Objective == Objective.Sum ? "sum" : "mean")} of the losses instead of the {(plan.Objective == Objective.Sum ? "mean" : "sum")}";
            }
        }

        return null;
    }

    /// <summary>Requires that this is a training of a model as it is declared, on a set.</summary>
    /// <exception cref="ArgumentException">It is one of another declaration or on another set.</exception>
    internal void RequireTrainingOf(ParameterLayout layout, string declaration, ExampleSet<T> training)
    {
        if (!Layout.Blocks.SequenceEqual(layout.Blocks))
        {
            throw new ArgumentException(
                $"The trajectory is of a model of other parameters: it has {Describe(Layout)}, this one {Describe(layout)}.", "model");
        }

        if (Header.Declaration != declaration)
        {
            throw new ArgumentException(
                $"The trajectory is of a model that was declared otherwise: '{Header.Declaration}', this one is '{declaration}'.", "model");
        }

        if (Header.Examples != training.Count)
        {
            throw new ArgumentException(
                $"The trajectory is of a training on another set: {Header.Examples} examples, this one has {training.Count}. Give the set that was trained on.", nameof(training));
        }

        if (Header.Set.DifferenceFrom(SetFingerprint.Of(training)) is { } difference)
        {
            throw new ArgumentException(
                $"The trajectory is of a training on another set: as many examples, but other {difference}. Give the set that was trained on.", nameof(training));
        }
    }

    /// <summary>Gives up a training that did not end: what was written of it stays in the unfinished file.</summary>
    internal void Abandon()
    {
        _file?.Dispose();
        _file = null;
    }

    void ITrainingObserver<T>.Begin(TrainingStep<T> step)
    {
        if (_isComplete)
        {
            throw new ArgumentException("This trajectory holds a training already; make a new one for each training.");
        }

        var decay = step.Layout.Blocks.Select(block => step.WeightDecay?.On(block) ?? 0);
        _header = new TrajectoryHeader(step.Layout, [.. decay], step.Momentum, step.Scaling, step.Training.Count,
            SetFingerprint.Of(step.Training), step.Declaration);
        _steps.Clear();
        if (_path is null)
        {
            _checkpoints = new CheckpointsInMemory<T>();
        }
        else
        {
            _file = new UnfinishedFile(_path);
            _checkpoints = new CheckpointsInFile<T>(_path, step.Layout, TrajectoryFile.WriteHeader<T>(_file.Stream, _header), _file.Stream);
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
        if (_file is not null)
        {
            TrajectoryFile.WriteSteps(_file.Stream, ((CheckpointsInFile<T>)_checkpoints).LastChecksum, _steps, _checkpoints.Steps.Count);
            _file.Finish();
            _file = null;
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

    private static string Describe(GradientScaling scaling) => scaling.Normalises ? "to length 1"
        : scaling.IsNone ? "not at all"
        : string.Create(CultureInfo.InvariantCulture, $"clipped to {scaling.Limit}");

    private static string Describe(ParameterLayout layout) =>
        string.Join(", ", layout.Blocks.Select(block => block.L2 == 0
            ? $"{block.Name} {block.Rows}×{block.Columns}"
            : string.Create(CultureInfo.InvariantCulture, $"{block.Name} {block.Rows}×{block.Columns} with L2 {block.L2}")));
}
