using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>
/// Gradient descent on one training set, any number of times in the same buffers. A step allocates nothing.
/// </summary>
internal sealed class Descent<TModel, T> : IDisposable
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Batches whose curvature is looked at before a step size is suggested.
    private const int CurvatureBatches = 8;

    private readonly ExampleSet<T> _training;
    private readonly GradientDescent _plan;
    private readonly WorkerTeam _team;
    private readonly SweepRunner<TModel, T> _sweeps;
    private readonly BatchSequence<T> _batches;
    private readonly WeightUpdate<T> _update;
    private readonly AlignedBuffer<T> _gradient;
    private readonly AlignedBuffer<T> _outputGradients;
    private readonly AlignedBuffer<T> _coefficients;
    private AlignedBuffer<T>? _included;
    private bool _renormalises;
    private double _includedCount;
    private double _penaltyScale;

    /// <exception cref="ArgumentException">The set is not one the model reads, or the plan does not fit the set.</exception>
    public Descent(TModel model, ExampleSet<T> training, GradientDescent plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ModelData.RequireFit(model, training, nameof(training));
        _training = training;
        _plan = plan;
        _team = new WorkerTeam(plan.Threads);
        _sweeps = new SweepRunner<TModel, T>(model, _team);
        _batches = new BatchSequence<T>(training, plan.Sampling);
        Weights = new AlignedBuffer<T>(model.Layout.StorageLength);
        _gradient = new AlignedBuffer<T>(model.Layout.StorageLength);
        _outputGradients = new AlignedBuffer<T>(checked(_batches.Capacity * model.OutputStride));
        _coefficients = new AlignedBuffer<T>(_batches.Capacity);
        _update = new WeightUpdate<T>(model.Layout, plan.WeightDecay, _team, Weights, _gradient);
    }

    /// <summary>The weights, final once <see cref="Run"/> has returned.</summary>
    public AlignedBuffer<T> Weights { get; }

    /// <summary>
    /// Trains with some examples left out from now on.
    /// </summary>
    /// <param name="included">1 for each training example that counts, 0 for the others.</param>
    /// <param name="renormalises">Whether the mean, of a batch and of the labels, is over those that count.</param>
    public void Include(AlignedBuffer<T> included, bool renormalises)
    {
        _included = included;
        _renormalises = renormalises;
        _includedCount = double.CreateChecked(TensorPrimitives.Sum<T>(included.Span));
    }

    /// <summary>Trains from the start.</summary>
    /// <exception cref="TrainingDivergedException">The weights stopped being finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public void Run(ReadOnlySpan<ITrainingObserver<T>> observers, Action<int>? progress, CancellationToken cancellation)
    {
        Restart();
        var step = new TrainingStep<T>(_training, _sweeps.Layout, _plan.Steps, _team, observers.Length, Weights, _gradient,
            _outputGradients)
        {
            BatchBuffer = _batches.Buffer,
        };
        foreach (var observer in observers)
        {
            observer.Begin(step);
        }

        for (var number = 0; number < _plan.Steps; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            Prepare(step, number);
            foreach (var observer in observers)
            {
                observer.BeforeGradient(step);
            }

            SumGradient(step);
            foreach (var observer in observers)
            {
                observer.AfterGradient(step);
            }

            if (!Move(step))
            {
                throw Diverged(step);
            }

            progress?.Invoke(number + 1);
        }

        foreach (var observer in observers)
        {
            observer.End(step);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _team.Dispose();

    private void Restart()
    {
        var counted = _renormalises && _included is not null ? _included.Span : default;
        InitialWeights.Write(_plan.Start, _sweeps.Model, _training, counted, Weights.Span);
        _gradient.Span.Clear();
        _batches.Restart();
    }

    private void Prepare(TrainingStep<T> step, int number)
    {
        step.Number = number;
        step.StepSize = _plan.Rate.At(number);
        step.ClearRequests();
        if (_batches.Buffer is { } buffer)
        {
            ClearTouchedRows(buffer.Examples);
            _batches.Fill(number);
            step.Batch = buffer.Examples;
        }

        step.Coefficients = Coefficients(step);
        var losses = IncludedIn(step);
        var divisor = _plan.Objective == Objective.Sum ? 1 : losses;
        _penaltyScale = _plan.Objective == Objective.Sum ? losses : 1;

        // A batch of which nobody is left moves by weight decay and L2 alone.
        step.Factor = divisor > 0 ? step.StepSize / divisor : 0;
    }

    private double IncludedIn(TrainingStep<T> step)
    {
        if (_included is null || !_renormalises)
        {
            return step.Batch.Count;
        }

        if (step.IsFullBatch)
        {
            return _includedCount;
        }

        var count = T.Zero;
        ReadOnlySpan<T> included = _included.Span;
        foreach (var position in step.Positions)
        {
            count += included[position];
        }

        return double.CreateChecked(count);
    }

    private AlignedBuffer<T>? Coefficients(TrainingStep<T> step)
    {
        if (_plan.Scaling.IsNone && (_included is null || step.IsFullBatch))
        {
            return _included;
        }

        var coefficients = _coefficients.Span[..step.Batch.Count];
        if (_plan.Scaling.IsNone)
        {
            coefficients.Fill(T.One);
        }
        else
        {
            _sweeps.GradientSquaredNorm(step.Batch, Weights, _coefficients);
            if (!Scale(coefficients))
            {
                throw Diverged(step);
            }
        }

        for (var i = 0; _included is not null && i < coefficients.Length; i++)
        {
            coefficients[i] *= _included[step.IsFullBatch ? i : step.Positions[i]];
        }

        return _coefficients;
    }

    /// <summary>Turns squared lengths of gradients into coefficients.</summary>
    /// <returns>Whether the lengths are finite.</returns>
    private bool Scale(Span<T> squaredNorms)
    {
        var limit = T.CreateTruncating(_plan.Scaling.Limit);
        foreach (ref var value in squaredNorms)
        {
            var norm = T.Sqrt(value);
            if (!T.IsFinite(norm))
            {
                return false;
            }

            value = norm > limit || _plan.Scaling.Normalises
                ? norm == T.Zero ? T.Zero : limit / norm
                : T.One;
        }

        return true;
    }

    private void SumGradient(TrainingStep<T> step)
    {
        var requests = step.Requests;
        if (requests.IsEmpty)
        {
            _sweeps.GradientSum(step.Batch, Weights, step.Coefficients, _outputGradients, _gradient);
            return;
        }

        _sweeps.GradientSumWithFlow(step.Batch, Weights, step.Coefficients, requests[0].Direction, _outputGradients,
            _gradient, requests[0].Flows);
        foreach (var (direction, flows) in requests[1..])
        {
            _sweeps.Flow(step.Batch, Weights, step.Coefficients, direction, _outputGradients, flows);
        }
    }

    private bool Move(TrainingStep<T> step)
    {
        if (step.IsFullBatch || !_sweeps.HasTables || _update.Decays)
        {
            return _update.Move(step.StepSize, step.Factor, _penaltyScale);
        }

        var finite = true;
        foreach (ref readonly var block in _sweeps.Layout.Blocks.AsSpan())
        {
            finite &= _update.MoveRows(block, step.Batch.SegmentsOf(block.RowIndex).Targets, step.Factor);
        }

        return finite;
    }

    private void ClearTouchedRows(ExampleSet<T> batch)
    {
        foreach (ref readonly var block in _sweeps.Layout.Blocks.AsSpan())
        {
            if (block.RowIndex < 0)
            {
                continue;
            }

            foreach (var row in batch.SegmentsOf(block.RowIndex).Targets)
            {
                _gradient.Span.Slice(block.Offset + row * block.Stride, block.Stride).Clear();
            }
        }
    }

    private TrainingDivergedException Diverged(TrainingStep<T> failed)
    {
        Restart();
        var curvature = new LargestCurvature<TModel, T>(_sweeps, _update, _plan.Objective, _batches.Capacity);
        var largest = 0.0;
        for (var step = 0; step < Math.Min(CurvatureBatches, _batches.PerEpoch); step++)
        {
            _batches.Fill(step);
            largest = Math.Max(largest, curvature.Of(_batches.Buffer?.Examples ?? _training, Weights));
        }

        double? suggested = largest > 0 ? Math.Min(0.5 / largest, 0.5 * failed.StepSize) : null;
        return new TrainingDivergedException(failed.Number, failed.StepSize, suggested);
    }
}
