using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training.Minima;

/// <summary>
/// Newton's method for submodels that stand side by side, one in each lane, in coordinates without units (<see cref="FeatureUnits"/>): a
/// second derivative and its factor a lane, steps that are cut until the objective falls, and a mask of those that are done. What
/// it cannot bring to a minimum beyond doubt (a singular second derivative, outputs that run away) it leaves to
/// <see cref="Minimiser{TModel, T}"/>, which finds out.
/// </summary>
internal sealed class LaneMinimiser<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Inputs whose second derivatives stay in the cache, and numbers that say who is left out.
    private const int MostInputs = 64;
    private const int MostIncluded = 1 << 24;

    private const int Iterations = 60;
    private const double ShortestStep = 1e-9;

    // What a step may promise of the scale at which the next one is the last: its square is nothing.
    private const double Last = Minimum.Accepted * Minimum.Accepted;

    private static readonly int _lanes = LaneExamples<T>.Lanes;

    private readonly TModel _model;
    private readonly ExampleSet<T> _training;
    private readonly SweepRunner<TModel, T> _sweeps;
    private readonly FeatureUnits _units;
    private readonly double _farOutputs;
    private readonly LaneExamples<T> _examples;
    private readonly AlignedBuffer<T> _included;
    private readonly AlignedBuffer<T> _coefficients;
    private readonly AlignedBuffer<T> _weights;
    private readonly AlignedBuffer<T> _base;
    private readonly AlignedBuffer<T> _gradient;
    private readonly AlignedBuffer<T> _hessian;
    private readonly AlignedBuffer<T> _losses = new(_lanes);
    private readonly double[] _start;
    private readonly double[,] _ofWeights;
    private readonly double[,] _ofBias;
    private readonly int[] _positions;
    private readonly double[] _storage;
    private readonly AlignedBuffer<T> _slopes;
    private readonly Lane[] _states = new Lane[_lanes];

    /// <param name="model">The model.</param>
    /// <param name="unitFree">The training set in coordinates without units.</param>
    /// <param name="units">The coordinates.</param>
    /// <param name="start">Where every submodel starts: weights in storage order.</param>
    /// <param name="farOutputs">How far outputs other than real ones may move until slope and curvature have to be looked at anew.</param>
    /// <param name="team">A thread.</param>
    public LaneMinimiser(TModel model, ExampleSet<T> unitFree, FeatureUnits units, ReadOnlySpan<T> start, double farOutputs, WorkerTeam team)
    {
        (_model, _training, _units, _farOutputs) = (model, unitFree, units, farOutputs);
        _sweeps = new SweepRunner<TModel, T>(model, team);
        _positions = model.Layout.PositionsOf(BlockSet.All);
        var inputs = _positions.Length;
        _examples = new LaneExamples<T>(unitFree.Count, model.Features, model.Layout.Blocks.Length > 1, model.HasOffsets);
        _examples.Fill([], unitFree.Features, unitFree.FeatureStride, unitFree.Labels, model.HasOffsets ? unitFree.Offsets : []);
        _included = new AlignedBuffer<T>(unitFree.Count);
        _coefficients = new AlignedBuffer<T>(_examples.Count, _lanes);
        (_weights, _base, _gradient) = (new(inputs, _lanes), new(inputs, _lanes), new(inputs, _lanes));
        _hessian = new AlignedBuffer<T>(inputs * (inputs + 1L) / 2, _lanes);
        var storage = new double[start.Length];
        TensorPrimitives.ConvertChecked(start, storage);
        units.FromWeights(storage);
        _start = Array.ConvertAll(_positions, position => storage[position]);
        (_ofWeights, _ofBias) = (Penalty(1, 0), Penalty(0, 1));
        (_storage, _slopes) = (storage, new(inputs, _lanes));
    }

    /// <summary>Whether submodels of a model are taken to their minima side by side: those of one layer with one unit in double precision, as long
    /// as what belongs to them stays in a processor's cache.</summary>
    public static bool Serves(TModel model, ExampleSet<T> training) =>
        typeof(T) == typeof(double) && model.HasLanes && model.Features < MostInputs && (long)training.Count * _lanes <= MostIncluded;

    /// <summary>Says who trains a submodel, and its penalties beside the mean of their losses.</summary>
    /// <param name="lane">Which.</param>
    /// <param name="kept">The positions of those who train it.</param>
    /// <param name="ofWeights">λ of the weights.</param>
    /// <param name="ofBias">λ of the bias.</param>
    public void Include(int lane, ReadOnlySpan<int> kept, double ofWeights, double ofBias)
    {
        _included.Span.Clear();
        foreach (var example in kept)
        {
            _included[example] = T.One;
        }

        ref var state = ref _states[lane];
        state = new Lane { IsOpen = true, OfWeights = ofWeights, OfBias = ofBias, Before = double.PositiveInfinity };
        var coefficients = _coefficients.Span;
        for (var i = 0; i < _training.Count; i++)
        {
            var coefficient = _training.Weights.IsEmpty ? _included[i] : _included[i] * _training.Weights[i];
            coefficients[i * _lanes + lane] = coefficient;
            state.Total += double.CreateChecked(coefficient);
        }

        state.Scale = ConstantPrediction.Loss(_sweeps, _training, _included.Span);
        for (var j = 0; j < _start.Length; j++)
        {
            _weights[j * _lanes + lane] = T.CreateTruncating(_start[j]);
        }
    }

    /// <summary>Goes to the minima of the submodels that were included.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Run(CancellationToken cancellation)
    {
        for (var iteration = 0; iteration < Iterations && Array.Exists(_states, state => state.IsOpen); iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            _model.SumInLanes(_examples, _weights.Span, _coefficients.Span, _losses.Span, _gradient.Span, _hessian.Span);
            for (var lane = 0; lane < _lanes; lane++)
            {
                Complete(lane, ref _states[lane]);
            }

            // The gradient is needed for what a step promises, and gives its place to the step.
            _gradient.Span.CopyTo(_slopes.Span);
            Lanes.Solve(_start.Length, _hessian.Span, _gradient.Span);

            for (var lane = 0; lane < _lanes; lane++)
            {
                if (_states[lane].IsOpen)
                {
                    Advance(lane, ref _states[lane]);
                }
            }
        }
    }

    /// <summary>Writes the weights of a submodel in storage order; makes room for the next ones.</summary>
    /// <param name="lane">Which.</param>
    /// <param name="kept">Those who trained it.</param>
    /// <param name="weights">Receives them.</param>
    /// <returns>Whether they are a minimum beyond doubt.</returns>
    public bool Write(int lane, ReadOnlySpan<int> kept, Span<T> weights)
    {
        var isReached = _states[lane].IsReached && !IsFar(lane, kept);
        _states[lane] = default;
        Array.Clear(_storage);
        for (var j = 0; j < _positions.Length; j++)
        {
            _storage[_positions[j]] = double.CreateChecked(_weights[j * _lanes + lane]);
        }

        _units.ToWeights<T>(_storage);
        TensorPrimitives.ConvertTruncating<double, T>(_storage, weights);
        for (var i = 0; i < _training.Count; i++)
        {
            _coefficients[i * _lanes + lane] = T.Zero;
        }

        return isReached;
    }

    /// <summary>The objective, its gradient and its second derivative from the sums over examples.</summary>
    private void Complete(int lane, ref Lane state)
    {
        if (!state.IsOpen)
        {
            return;
        }

        var gradient = _gradient.Span;
        var hessian = _hessian.Span;
        var (penalty, place) = (0.0, 0);
        for (var j = 0; j < _start.Length; j++)
        {
            var product = 0.0;
            for (var k = 0; k < _start.Length; k++)
            {
                var element = state.OfWeights * _ofWeights[j, k] + state.OfBias * _ofBias[j, k];
                product += element * double.CreateChecked(_weights[k * _lanes + lane]);
                if (k <= j)
                {
                    ref var here = ref hessian[place++ * _lanes + lane];
                    here = T.CreateTruncating(double.CreateChecked(here) / state.Total + element);
                }
            }

            penalty += product * double.CreateChecked(_weights[j * _lanes + lane]) / 2;
            ref var slope = ref gradient[j * _lanes + lane];
            slope = T.CreateTruncating(double.CreateChecked(slope) / state.Total + product);
        }

        state.Value = double.CreateChecked(_losses[lane]) / state.Total + penalty;
    }

    private void Advance(int lane, ref Lane state)
    {
        var promise = 0.0;
        for (var j = lane; j < _slopes.Length; j += _lanes)
        {
            promise += double.CreateChecked(_slopes[j] * _gradient[j]) / 2;
        }

        if (state.IsTold && !(state.Value <= state.BaseValue))
        {
            // Back on the same way: what the sums say here is about a point that is left.
            state.Share /= 4;
            state.IsOpen = state.Share > ShortestStep;
            for (var j = 0; j < _start.Length; j++)
            {
                ref var weight = ref _weights[j * _lanes + lane];
                var from = _base[j * _lanes + lane];
                weight = from + (weight - from) * T.CreateTruncating(0.25);
            }

            return;
        }

        if (!(promise >= 0) || !double.IsFinite(state.Value))
        {
            state.IsOpen = false;
            return;
        }

        for (var j = 0; j < _start.Length; j++)
        {
            ref var weight = ref _weights[j * _lanes + lane];
            _base[j * _lanes + lane] = weight;
            weight -= _gradient[j * _lanes + lane];
        }

        (state.IsReached, state.IsOpen) = (promise <= Last * state.Scale, promise > Last * state.Scale);
        if (state.IsOpen && promise <= Minimum.Accepted * state.Scale && promise > state.Before / 9)
        {
            // What no longer falls is rounding: it is no minimum beyond doubt, though it may be one.
            state.IsOpen = false;
        }

        var noise = 16 * (double.BitIncrement(1) - 1) * Math.Abs(state.Value);
        (state.Before, state.BaseValue, state.Share, state.IsTold) = (promise, state.Value, 1, promise > 100 * noise);
    }

    private bool IsFar(int lane, ReadOnlySpan<int> kept)
    {
        if (_model.Labels == LabelDomain.Real)
        {
            return false;
        }

        var (most, stride) = (0.0, _training.FeatureStride);
        foreach (var example in kept)
        {
            var moved = _examples.HasBias ? double.CreateChecked(_weights[_model.Features * _lanes + lane]) - _start[_model.Features] : 0;
            for (var j = 0; j < _model.Features; j++)
            {
                moved += double.CreateChecked(_training.Features[example * stride + j]) * (double.CreateChecked(_weights[j * _lanes + lane]) - _start[j]);
            }

            most = Math.Max(most, Math.Abs(moved));
        }

        return !(most <= _farOutputs);
    }

    /// <summary>What the second derivative of (λ/2)|w|² + (μ/2)b² is in these coordinates.</summary>
    private double[,] Penalty(double lambda, double mu)
    {
        var (matrix, unit, product) = (new double[_positions.Length, _positions.Length], new double[_model.Layout.StorageLength], new double[_model.Layout.StorageLength]);
        for (var k = 0; k < _positions.Length; k++)
        {
            Array.Clear(unit);
            Array.Clear(product);
            unit[_positions[k]] = 1;
            _units.AddPenalty(unit, lambda, mu, product);
            for (var j = 0; j < _positions.Length; j++)
            {
                matrix[j, k] = product[_positions[j]];
            }
        }

        return matrix;
    }

    /// <summary>A submodel on its way.</summary>
    private record struct Lane
    {
        /// <summary>Whether it still moves.</summary>
        public bool IsOpen;

        /// <summary>Whether it is where it should.</summary>
        public bool IsReached;

        public double OfWeights;

        public double OfBias;

        /// <summary>How many examples it has, or what they weigh.</summary>
        public double Total;

        /// <summary>What the best constant prediction leaves.</summary>
        public double Scale;

        /// <summary>The objective where it is, and where its step began.</summary>
        public double Value, BaseValue;

        /// <summary>What the last step promised.</summary>
        public double Before;

        /// <summary>How much of the step was taken.</summary>
        public double Share;

        /// <summary>Whether the objective tells what the step was worth, and not its rounding.</summary>
        public bool IsTold;
    }
}
