using System.Numerics;
using System.Runtime.InteropServices;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>
/// Gradient descent of submodels that stand side by side, one in each lane: for each of them what <see cref="Descent{TModel, T}"/> does with
/// some examples left out, equal to it within rounding. In batches those of the whole set's schedule are masked. Any number of
/// times in the same buffers; a step allocates nothing.
/// </summary>
internal sealed class LaneDescent<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Inputs whose weights and sums stay in the cache, and numbers that say who is left out.
    private const int MostInputs = 256;
    private const int MostIncluded = 1 << 25;

    private static readonly int _lanes = LaneExamples<T>.Lanes;

    private readonly TModel _model;
    private readonly ExampleSet<T> _training;
    private readonly GradientDescent _plan;
    private readonly BatchSequence<T> _batches;
    private readonly LaneExamples<T> _examples;
    private readonly AlignedBuffer<T> _included;
    private readonly AlignedBuffer<T> _coefficients;
    private readonly AlignedBuffer<T> _weights;
    private readonly AlignedBuffer<T> _gradient;
    private readonly AlignedBuffer<T>? _velocity;
    private readonly AlignedBuffer<T> _factors = new(_lanes);
    private readonly AlignedBuffer<T> _start;
    private readonly int[] _positions;
    private readonly double[] _counts = new double[_lanes];

    public LaneDescent(TModel model, ExampleSet<T> training, GradientDescent plan)
    {
        (_model, _training, _plan) = (model, training, plan);
        _positions = model.Layout.PositionsOf(BlockSet.All);
        _batches = new BatchSequence<T>(training, plan.Sampling);
        _examples = new LaneExamples<T>(_batches.Capacity, model.Features, model.Layout.Blocks.Length > 1, model.HasOffsets);
        _included = new AlignedBuffer<T>(LaneExamples<T>.RoundUp(training.Count), _lanes);
        _coefficients = _batches.Buffer is null ? _included : new AlignedBuffer<T>(_examples.Capacity, _lanes);
        _weights = new AlignedBuffer<T>(_examples.Inputs, _lanes);
        _gradient = new AlignedBuffer<T>(_examples.Inputs, _lanes);
        _velocity = plan.Momentum > 0 ? new AlignedBuffer<T>(_examples.Inputs, _lanes) : null;
        _start = new AlignedBuffer<T>(model.Layout.StorageLength);
        if (_batches.Buffer is null)
        {
            Fill([]);
        }
    }

    /// <summary>Whether submodels of a model are trained side by side by a plan: those of one layer with one unit, whose examples all count
    /// as they are, as long as what belongs to them stays in a processor's cache.</summary>
    public static bool Serves(TModel model, ExampleSet<T> training, GradientDescent plan) =>
        model.HasLanes && plan.Scaling.IsNone && model.Features < MostInputs && (long)training.Count * _lanes <= MostIncluded;

    /// <summary>Says who trains a submodel.</summary>
    /// <param name="lane">Which.</param>
    /// <param name="included">1 for each training example that counts, 0 for the others.</param>
    public void Include(int lane, ReadOnlySpan<T> included)
    {
        var into = _included.Span;
        var weights = _training.Weights;
        for (var i = 0; i < included.Length; i++)
        {
            into[i * _lanes + lane] = weights.IsEmpty ? included[i] : included[i] * weights[i];
        }
    }

    /// <summary>Says where a submodel starts.</summary>
    /// <param name="lane">Which.</param>
    /// <param name="counted">1 for each training example that the start depends on, 0 for the others; empty where all do.</param>
    /// <exception cref="ArgumentException">No finite bias predicts the mean label.</exception>
    public void Start(int lane, ReadOnlySpan<T> counted)
    {
        InitialWeights.Write(_plan.Start, _model, _training, counted, _start.Span);
        for (var j = 0; j < _positions.Length; j++)
        {
            _weights[j * _lanes + lane] = _start[_positions[j]];
        }
    }

    /// <summary>Trains all submodels from their starts. One that diverges ends with numbers that are not finite, and none beside it.</summary>
    /// <param name="renormalises">Whether means are over the examples that count; else they are over all, left out or not.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Run(bool renormalises, CancellationToken cancellation)
    {
        _velocity?.Span.Clear();
        _batches.Restart();
        if (_batches.Buffer is null)
        {
            Count();
        }

        for (var step = 0; step < _plan.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var total = _training.TotalWeight;
            if (_batches.Buffer is { } buffer)
            {
                _batches.Fill(step);
                Fill(buffer.Positions);
                Count();
                total = buffer.Examples.TotalWeight;
            }

            _model.SumInLanes(_examples, _weights.Span, _coefficients.Span[..(_examples.Count * _lanes)], default, _gradient.Span, default);
            Move(_plan.Rate.At(step), renormalises ? null : total);
        }
    }

    /// <summary>Writes the weights of a submodel in storage order.</summary>
    /// <returns>Whether they are finite.</returns>
    public bool Write(int lane, Span<T> weights)
    {
        weights.Clear();
        var isFinite = true;
        for (var j = 0; j < _positions.Length; j++)
        {
            weights[_positions[j]] = _weights[j * _lanes + lane];
            isFinite &= T.IsFinite(_weights[j * _lanes + lane]);
        }

        return isFinite;
    }

    private void Fill(ReadOnlySpan<int> positions)
    {
        _examples.Fill(positions, _training.Features, _training.FeatureStride, _training.Labels, _model.HasOffsets ? _training.Offsets : []);
        if (!positions.IsEmpty)
        {
            for (var i = 0; i < positions.Length; i++)
            {
                _included.Span.Slice(positions[i] * _lanes, _lanes).CopyTo(_coefficients.Span[(i * _lanes)..]);
            }

            _coefficients.Span[(positions.Length * _lanes)..(_examples.Count * _lanes)].Clear();
        }
    }

    /// <summary>Counts, or weighs, the examples of each submodel in a step.</summary>
    private void Count()
    {
        Array.Clear(_counts);
        ReadOnlySpan<T> coefficients = _coefficients.Span[..(_examples.Count * _lanes)];
        for (var i = 0; i < coefficients.Length; i += _lanes)
        {
            for (var lane = 0; lane < _lanes; lane++)
            {
                _counts[lane] += double.CreateChecked(coefficients[i + lane]);
            }
        }
    }

    private void Move(double stepSize, double? total)
    {
        for (var lane = 0; lane < _lanes; lane++)
        {
            var divisor = _plan.Objective == Objective.Sum ? 1 : total ?? _counts[lane];
            _factors[lane] = T.CreateTruncating(divisor > 0 ? stepSize / divisor : 0);
        }

        var first = 0;
        Span<T> decays = stackalloc T[_lanes];
        foreach (ref readonly var block in _model.Layout.Blocks.AsSpan())
        {
            var lambda = _plan.WeightDecay?.On(block) ?? 0;
            for (var lane = 0; lane < _lanes; lane++)
            {
                var decay = lambda + (_plan.Objective == Objective.Sum ? total ?? _counts[lane] : 1) * block.L2;
                decays[lane] = T.CreateTruncating(_velocity is null ? 1 - stepSize * decay : decay);
            }

            for (var j = first; j < first + block.Columns; j++)
            {
                MoveLine(j * _lanes, decays, T.CreateTruncating(stepSize));
            }

            first += block.Columns;
        }
    }

    private void MoveLine(int start, ReadOnlySpan<T> decays, T stepSize)
    {
        var weights = MemoryMarshal.Cast<T, Vector<T>>(_weights.Span.Slice(start, _lanes));
        var gradient = MemoryMarshal.Cast<T, Vector<T>>(_gradient.Span.Slice(start, _lanes));
        var factors = MemoryMarshal.Cast<T, Vector<T>>(_factors.Span);
        var ofBlock = MemoryMarshal.Cast<T, Vector<T>>(decays);
        if (_velocity is null)
        {
            for (var v = 0; v < weights.Length; v++)
            {
                weights[v] = ofBlock[v] * weights[v] - factors[v] * gradient[v];
            }

            return;
        }

        var speeds = MemoryMarshal.Cast<T, Vector<T>>(_velocity.Span.Slice(start, _lanes));
        var momentum = T.CreateTruncating(_plan.Momentum);
        for (var v = 0; v < weights.Length; v++)
        {
            speeds[v] = momentum * speeds[v] + (factors[v] * gradient[v] / stepSize + ofBlock[v] * weights[v]);
            weights[v] -= stepSize * speeds[v];
        }
    }
}
