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
    private readonly GradientStep<TModel, T> _step;
    private readonly AlignedBuffer<T> _coefficients;
    private AlignedBuffer<T>? _included;
    private AlignedBuffer<T>? _losses;
    private bool _renormalises;
    private bool _startsAsEverybody;
    private double _includedCount;

    /// <exception cref="ArgumentException">The set is not one the model reads, or the plan does not fit the set.</exception>
    public Descent(TModel model, ExampleSet<T> training, GradientDescent plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ModelData.RequireFit(model, training, nameof(training));
        ModelData.RequireWeight(training, nameof(training));
        _training = training;
        _plan = plan;
        _team = new WorkerTeam(plan.Threads);
        _sweeps = new SweepRunner<TModel, T>(model, _team);
        _batches = new BatchSequence<T>(training, plan.Sampling);
        _step = new GradientStep<TModel, T>(_sweeps, plan.WeightDecay, plan.Momentum, _team, _batches.Capacity);
        _coefficients = new AlignedBuffer<T>(_batches.Capacity);
    }

    /// <summary>The weights, final once <see cref="Run"/> has returned.</summary>
    public AlignedBuffer<T> Weights => _step.Weights;

    /// <summary>The weights when a tenth of the steps was left; null where they are not kept, or there is no step.</summary>
    public AlignedBuffer<T>? Late { get; private set; }

    /// <summary>Keeps <see cref="Late"/> from now on.</summary>
    public void KeepLate() => Late = _plan.Steps > 0 ? new AlignedBuffer<T>(Weights.Length) : null;

    /// <summary>
    /// Trains with some examples, and their weights, left out from now on.
    /// </summary>
    /// <param name="included">1 for each training example that counts, 0 for the others.</param>
    /// <param name="renormalises">Whether the mean, of a batch and of the labels, is over those that count.</param>
    /// <param name="startsAsEverybody">Whether the start is that of all examples nevertheless.</param>
    public void Include(AlignedBuffer<T> included, bool renormalises, bool startsAsEverybody = false)
    {
        _included = included;
        _renormalises = renormalises;
        _startsAsEverybody = startsAsEverybody;
        _includedCount = double.CreateChecked(_training.Weights.IsEmpty
            ? TensorPrimitives.Sum<T>(included.Span)
            : TensorPrimitives.Dot(included.Span, _training.Weights));
    }

    /// <summary>Trains from the start.</summary>
    /// <exception cref="TrainingDivergedException">The weights stopped being finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public void Run(ReadOnlySpan<ITrainingObserver<T>> observers, Action<int>? progress, CancellationToken cancellation)
    {
        Restart();
        var step = new TrainingStep<T>(_training, _sweeps.Layout, _plan.Steps, _team, observers.Length, Weights, _step.Gradient,
            _step.OutputGradients)
        {
            BatchBuffer = _batches.Buffer,
            Momentum = _plan.Momentum,
            Velocity = _step.Update.Velocity,
            WeightDecay = _plan.WeightDecay,
            Scaling = _plan.Scaling,
            Declaration = observers.IsEmpty ? "" : _sweeps.Model.Declaration,
            MeanLoss = MeanLoss,
        };
        foreach (var observer in observers)
        {
            observer.Begin(step);
        }

        var trial = new ThreadTrial(_team);
        for (var number = 0; number < _plan.Steps; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            trial.Begin();
            if (number == (int)(_plan.Steps * 9L / 10) && Late is { } late)
            {
                Weights.Span.CopyTo(late.Span);
            }

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

            if (!_step.Move(step.Batch, step.IsFullBatch, step.StepSize, step.Factor, step.PenaltyScale))
            {
                throw Diverged(step);
            }

            trial.End();
            progress?.Invoke(number + 1);
        }

        foreach (var observer in observers)
        {
            observer.End(step);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _team.Dispose();

    private double MeanLoss()
    {
        _losses ??= new AlignedBuffer<T>(_training.Count);
        _sweeps.Loss(_training, Weights, _losses);
        return double.CreateChecked(TensorPrimitives.Sum<T>(_losses.Span)) / _training.TotalWeight;
    }

    private void Restart()
    {
        var counted = _renormalises && !_startsAsEverybody && _included is not null ? _included.Span : default;
        InitialWeights.Write(_plan.Start, _sweeps.Model, _training, counted, Weights.Span);
        _step.Clear();
        _batches.Restart();
    }

    private void Prepare(TrainingStep<T> step, int number)
    {
        step.Number = number;
        step.StepSize = _plan.Rate.At(number);
        step.ClearRequests();
        if (_batches.Buffer is { } buffer)
        {
            _step.ClearTouchedRows(buffer.Examples);
            _batches.Fill(number);
            step.Batch = buffer.Examples;
        }

        step.Coefficients = Coefficients(step);
        var losses = IncludedIn(step);
        var divisor = _plan.Objective == Objective.Sum ? 1 : losses;
        step.PenaltyScale = _plan.Objective == Objective.Sum ? losses : 1;

        // A batch of which nobody is left moves by weight decay and L2 alone.
        step.Factor = divisor > 0 ? step.StepSize / divisor : 0;
    }

    private double IncludedIn(TrainingStep<T> step)
    {
        if (_included is null || !_renormalises)
        {
            return step.Batch.TotalWeight;
        }

        if (step.IsFullBatch)
        {
            return _includedCount;
        }

        var count = T.Zero;
        ReadOnlySpan<T> included = _included.Span;
        var weights = _training.Weights;
        foreach (var position in step.Positions)
        {
            count += weights.IsEmpty ? included[position] : included[position] * weights[position];
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
            _step.Sum(step.Batch, step.Coefficients);
            return;
        }

        _sweeps.GradientSumWithFlow(step.Batch, Weights, step.Coefficients, requests[0].Direction, _step.OutputGradients,
            _step.Gradient, requests[0].Flows);
        foreach (var (direction, flows) in requests[1..])
        {
            _sweeps.Flow(step.Batch, Weights, step.Coefficients, direction, _step.OutputGradients, flows);
        }
    }

    private TrainingDivergedException Diverged(TrainingStep<T> failed)
    {
        Restart();
        var curvature = new LargestCurvature<TModel, T>(_sweeps, _step.Update, _plan.Objective);
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
