using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>
/// Walks along a stored training: at any step it has the weights, the batch and the coefficients that the step had. What lies
/// between checkpoints is trained again, by the same sweeps in the same order, so that every bit is what it was.
/// </summary>
internal sealed class TrajectoryReplay<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ExampleSet<T> _training;
    private readonly Trajectory<T> _trajectory;
    private readonly TrajectorySteps<T> _steps;
    private readonly GradientStep<TModel, T> _step;
    private readonly BatchBuffer<T>? _batch;
    private readonly AlignedBuffer<T> _coefficients;
    private readonly List<(T[] Weights, T[] Velocity)> _kept = [];
    private readonly CancellationToken _cancellation;
    private int _filled = -1;

    /// <summary>Starts at the first weights of a trajectory that a fit carries, which is one of its model and set.</summary>
    public TrajectoryReplay(TModel model, ExampleSet<T> training, Trajectory<T> trajectory, WorkerTeam team,
        CancellationToken cancellation = default)
    {
        _cancellation = cancellation;
        _training = training;
        _trajectory = trajectory;
        _steps = trajectory.StepsOf;
        _step = new GradientStep<TModel, T>(new SweepRunner<TModel, T>(model, team), trajectory.Decay, trajectory.Momentum, team, Capacity);
        _batch = _steps.Capacity > 0 ? new BatchBuffer<T>(training, _steps.Capacity) : null;
        _coefficients = new AlignedBuffer<T>(_steps.HasCoefficients ? Capacity : 0);
        Load(0);
    }

    /// <summary>The step whose weights these are: those it starts from; T at the end.</summary>
    public int Number { get; private set; }

    /// <summary>The number of steps T.</summary>
    public int Steps => _steps.Count;

    /// <summary>The most examples in a batch.</summary>
    public int Capacity => _steps.Capacity > 0 ? _steps.Capacity : _training.Count;

    /// <summary>The weights that step <see cref="Number"/> starts from.</summary>
    public AlignedBuffer<T> Weights => _step.Weights;

    /// <summary>The velocity that step <see cref="Number"/> starts from; null without momentum.</summary>
    public AlignedBuffer<T>? Velocity => _step.Update.Velocity;

    /// <summary>Goes to a step, forwards or backwards.</summary>
    public void GoTo(int step)
    {
        var index = _trajectory.Stored.Before(step);
        var checkpoint = _trajectory.Stored.Steps[index];
        if (Number > step || Number < checkpoint)
        {
            Load(index);
        }

        GoForwardTo(step);
    }

    /// <summary>Goes from the last step to the first. What lies between checkpoints is trained again, a stretch at a time, and kept as
    /// far as memory goes; where it does not go far enough, some weights of the stretch are kept and the rest is trained twice.</summary>
    /// <param name="numbers">Numbers of memory for weights beside the trajectory's own, about.</param>
    /// <param name="visit">Called at each step, which is <see cref="Current"/>.</param>
    public void Backwards(long numbers, Action visit)
    {
        var slots = (int)Math.Clamp(numbers / ((Velocity is null ? 1 : 2) * (long)Weights.Length), 4, Math.Max(4, Steps));
        var last = Steps;
        for (var index = _trajectory.Stored.Before(Steps - 1); index >= 0; index--)
        {
            Load(index);
            var first = Number;
            Backwards(first, last, 0, slots, visit);
            last = first;
        }
    }

    /// <summary>What the step at hand does.</summary>
    public UpdateStep<T> Current
    {
        get
        {
            var (stepSize, factor, penaltyScale, isFullBatch) = _steps[Number];
            Fill();
            var coefficients = _steps.Coefficients(Number);
            coefficients.CopyTo(_coefficients.Span);
            return new UpdateStep<T>
            {
                Number = Number,
                StepSize = stepSize,
                Factor = factor,
                PenaltyScale = penaltyScale,
                IsFullBatch = isFullBatch,
                Batch = isFullBatch ? _training : _batch!.Examples,
                Positions = isFullBatch ? [] : _batch!.Positions,
                Coefficients = coefficients.IsEmpty ? null : _coefficients,
                Weights = Weights,
            };
        }
    }

    /// <summary>The weights at hand as a checkpoint: every training example counts, with the step's rate and nothing else.</summary>
    public UpdateStep<T> AsCheckpoint => new()
    {
        Number = Number,
        StepSize = _steps[Number].StepSize,
        Factor = _steps[Number].StepSize,
        PenaltyScale = 0,
        IsFullBatch = true,
        Batch = _training,
        Positions = [],
        Coefficients = null,
        Weights = Weights,
    };

    /// <summary>Takes the step at hand again.</summary>
    public void Advance()
    {
        var step = Current;
        _step.Sum(step.Batch, step.Coefficients);
        _step.Move(step.Batch, step.IsFullBatch, step.StepSize, step.Factor, step.PenaltyScale);
        Number++;
    }

    /// <summary>From the last step of a stretch to its first, whose weights are at hand.</summary>
    private void Backwards(int first, int last, int place, int slots, Action visit)
    {
        var length = last - first;
        if (length <= slots)
        {
            for (var k = 0; k < length - 1; k++)
            {
                Keep(place + k);
                Advance();
            }

            visit();
            for (var k = length - 2; k >= 0; k--)
            {
                Take(place + k, first + k);
                visit();
            }

            return;
        }

        var spacing = (length - 1) / Math.Max(2, slots / 2) + 1;
        var stretches = (length - 1) / spacing + 1;
        for (var k = 0; k < stretches; k++)
        {
            GoForwardTo(first + k * spacing);
            Keep(place + k);
        }

        for (var k = stretches - 1; k >= 0; k--)
        {
            Take(place + k, first + k * spacing);
            Backwards(Number, Math.Min(Number + spacing, last), place + stretches, Math.Max(2, slots - stretches), visit);
        }
    }

    private void GoForwardTo(int step)
    {
        while (Number < step)
        {
            _cancellation.ThrowIfCancellationRequested();
            Advance();
        }
    }

    private void Keep(int place)
    {
        if (place == _kept.Count)
        {
            _kept.Add((new T[Weights.Length], new T[Velocity?.Length ?? 0]));
        }

        Weights.Span.CopyTo(_kept[place].Weights);
        Velocity?.Span.CopyTo(_kept[place].Velocity);
    }

    private void Take(int place, int step)
    {
        _kept[place].Weights.CopyTo(Weights.Span);
        if (Velocity is not null)
        {
            _kept[place].Velocity.CopyTo(Velocity.Span);
        }

        Number = step;
    }

    private void Load(int index)
    {
        _trajectory.Stored.Read(index, Weights, Velocity);
        Number = _trajectory.Stored.Steps[index];
    }

    private void Fill()
    {
        if (_batch is not null && _filled != Number)
        {
            _step.ClearTouchedRows(_batch.Examples);
            _batch.Fill(_steps.Positions(Number));
            _filled = Number;
        }
    }
}

/// <summary>A step of training as dynamic methods see it, whether it happens now or is replayed.</summary>
internal readonly ref struct UpdateStep<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Which step, counted from 0.</summary>
    public required int Number { get; init; }

    /// <summary>η.</summary>
    public required double StepSize { get; init; }

    /// <summary>η red.</summary>
    public required double Factor { get; init; }

    /// <summary>red; 0 where the step size is, which moves nothing.</summary>
    public double Reduction => StepSize > 0 ? Factor / StepSize : 0;

    /// <summary>ρ.</summary>
    public required double PenaltyScale { get; init; }

    /// <summary>Whether the batch is the whole training set.</summary>
    public required bool IsFullBatch { get; init; }

    /// <summary>B_t.</summary>
    public required ExampleSet<T> Batch { get; init; }

    /// <summary>Where its examples stand in the training set; empty where it is that set.</summary>
    public required ReadOnlySpan<int> Positions { get; init; }

    /// <summary>c_z; null where every one is 1.</summary>
    public required AlignedBuffer<T>? Coefficients { get; init; }

    /// <summary>The weights that the gradients are taken at.</summary>
    public required AlignedBuffer<T> Weights { get; init; }

    /// <summary>r_z of the batch where they are known already; otherwise null.</summary>
    public AlignedBuffer<T>? OutputGradients { get; init; }

    /// <summary>The same step, as if it had been on other examples, all of a set.</summary>
    public UpdateStep<T> Over(ExampleSet<T> examples) => new()
    {
        Number = Number,
        StepSize = StepSize,
        Factor = Factor,
        PenaltyScale = PenaltyScale,
        IsFullBatch = true,
        Batch = examples,
        Positions = [],
        Coefficients = null,
        Weights = Weights,
    };

    /// <summary>Where a batch example stands in the training set.</summary>
    public int PositionOf(int example) => IsFullBatch ? example : Positions[example];

    /// <summary>η red c_z of a batch example.</summary>
    public T FactorOf(int example) =>
        Coefficients is null ? T.CreateTruncating(Factor) : T.CreateTruncating(Factor) * Coefficients[example];
}
