using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Dynamic.Replays;

/// <summary>
/// Models that are trained without some of the examples, carried along a training as their differences δ_S = θ without S − θ: every step
/// moves δ_S by the difference of the two steps, with the gradients at θ + δ_S taken to first order, g_z + H_z δ_S (Luo, Ren and Barber,
/// 2023). A block of removals at a time.
/// </summary>
/// <remarks>
/// <para>With q = Σ_{z in B∖S} c_z H_z δ − Σ_{z in B∩S} c_z g_z a step whose divisor stays takes red q + λ δ from δ, times η. Where it is
/// renormalised to red′, and a sum's share ρ L2 of the penalty λ to λ′, it takes red′ q + (red′ − red) Σ_B c_z g_z + λ′ δ + (λ′ − λ) θ. With momentum both
/// trainings have velocities, and δ's is their difference.</para>
/// <para>Σ_B c_z H_z δ of all removals is one product of two matrices where Σ_B c_z H_z is written, and a sweep of many directions where that
/// is less work. Where outputs are linear in the parameters, what S takes from it is of the rank of its outputs. Removals are shared out among
/// threads in pieces of fixed length, so that the bits depend on no number of threads.</para>
/// </remarks>
internal sealed class CarriedModels<TModel, T> : IPartedWork
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Removals that a thread works on at once.</summary>
    public const int PieceLength = 32;

    // A matrix may take this part of the memory.
    private const int MatrixPart = 4;

    // How many times the multiply-adds of a product of matrices take in a sweep of linear outputs.
    private const double SweepCost = 2;

    private readonly InfluenceTask<TModel, T> _task;
    private readonly Trajectory<T> _trajectory;
    private readonly TrajectoryReplay<TModel, T> _replay;
    private readonly bool _renormalises;
    private readonly bool _isLinear;
    private readonly bool _fitsMatrix;
    private readonly int _length;
    private readonly T[] _decay;
    private readonly T[] _l2;
    private readonly AlignedBuffer<T> _gradient;
    private readonly AlignedBuffer<T> _outputGradients;
    private readonly Spares<Bench> _benches;
    private AlignedBuffer<T> _curvatures;
    private AlignedBuffer<T> _lastCurvatures;
    private AlignedBuffer<T> _matrix = new(0);
    private AlignedBuffer<T> _changes = new(0);
    private AlignedBuffer<T> _velocities = new(0);
    private bool[] _isMoved = [];
    private bool _isMatrixOfAll;

    // The removals at hand: how many, who is left out by which, the longest.
    private int _count;
    private int _longest;
    private int[] _removalOffsets = [];
    private int[] _removalsOf = [];

    // The step at hand, with the places in the batch of those that each removal leaves out.
    private ExampleSet<T> _batch;
    private AlignedBuffer<T>? _coefficients;
    private bool _isWritten;
    private double _stepSize;
    private double _reduction;
    private double _penaltyScale;
    private int[] _placeOffsets = [];
    private int[] _places = [];
    private int[] _next = [];
    private readonly int[] _batchPositions;

    /// <param name="task">The model and its training.</param>
    /// <param name="replay">The training.</param>
    /// <param name="removal">What becomes of those who stay.</param>
    /// <param name="bytes">Memory for the differences, about.</param>
    /// <exception cref="InvalidOperationException">Not even one of them fits.</exception>
    public CarriedModels(InfluenceTask<TModel, T> task, TrajectoryReplay<TModel, T> replay, Removal removal, long bytes)
    {
        (_task, _replay, _trajectory) = (task, replay, task.Fit.Trajectory!);
        _benches = new Spares<Bench>(() => new Bench(this));
        _renormalises = removal == Removal.Refit;
        _isLinear = task.Sweeps.Model.HasLinearOutputs && !task.Sweeps.ReadsColumns;
        _length = task.Layout.StorageLength;
        _batch = task.Training;
        _batchPositions = new int[replay.Capacity];
        var size = Unsafe.SizeOf<T>();
        _fitsMatrix = _length <= SweepRunner<TModel, T>.MostHessianStorage && !task.Sweeps.ReadsColumns && (long)_length * _length * size <= bytes / MatrixPart;
        MemoryOfOne = (1 + (_trajectory.Momentum > 0 ? 1 : 0)) * (long)_length * size + 4 * sizeof(int);
        if (bytes < MemoryOfOne)
        {
            throw new InvalidOperationException(
                $"A memory bound of {bytes} bytes holds no model that is carried along the training: one takes {MemoryOfOne}. Raise MemoryBound.");
        }

        Block = (int)Math.Min(bytes / MemoryOfOne, (Array.MaxLength - 64) / _length);
        (_decay, _l2) = (new T[_length], new T[_length]);
        for (var b = 0; b < task.Layout.Blocks.Length; b++)
        {
            var block = task.Layout.Blocks[b];
            _decay.AsSpan(block.Offset, block.StorageLength).Fill(T.CreateTruncating(_trajectory.PenaltyOf(b, 0)));
            _l2.AsSpan(block.Offset, block.StorageLength).Fill(T.CreateTruncating(block.L2));
        }

        var (outputs, stride) = (task.Sweeps.Model.Outputs, task.Sweeps.Model.OutputStride);
        _gradient = new AlignedBuffer<T>(_renormalises ? _length : 0);
        _outputGradients = new AlignedBuffer<T>(_isLinear || _renormalises ? replay.Capacity : 0, stride);
        _curvatures = new AlignedBuffer<T>(_isLinear ? replay.Capacity : 0, (long)outputs * stride);
        _lastCurvatures = new AlignedBuffer<T>(_isLinear ? replay.Capacity : 0, (long)outputs * stride);
    }

    /// <summary>Removals that fit the memory.</summary>
    public int Block { get; }

    /// <summary>Bytes that one takes.</summary>
    public long MemoryOfOne { get; }

    /// <summary>Whose step is next: the number of steps at the end of a walk.</summary>
    public int Number => _replay.Number;

    /// <summary>The weights with everybody at that step.</summary>
    public AlignedBuffer<T> Weights => _replay.Weights;

    /// <summary>Carries models along the whole training.</summary>
    /// <param name="removals">Positions that each leaves out, as many as fit the memory at most.</param>
    /// <param name="progress">Told the share of the steps that are done; null for nobody.</param>
    /// <param name="every">After how many steps somebody looks.</param>
    /// <param name="visit">Told the differences before the first step, after every so many and after the last; null for nobody.</param>
    /// <returns>Their δ in storage order, one behind the other; the same memory every time.</returns>
    /// <exception cref="ArithmeticException">A difference left the range of its precision.</exception>
    public AlignedBuffer<T> Of(ReadOnlySpan<int[]> removals, Action<double>? progress, int every = 1, Action<AlignedBuffer<T>>? visit = null)
    {
        Start(removals);
        for (var number = 0; number < _replay.Steps; number++)
        {
            _task.Cancellation.ThrowIfCancellationRequested();
            _replay.GoTo(number);
            if (number % every == 0)
            {
                visit?.Invoke(_changes);
            }

            Step();
            progress?.Invoke((number + 1.0) / _replay.Steps);
        }

        _replay.GoTo(_replay.Steps);
        RequireFinite(removals);
        visit?.Invoke(_changes);
        return _changes;
    }

    /// <summary>Moves the differences of one piece along the step at hand.</summary>
    void IPartedWork.Run(int part)
    {
        var (first, last) = (part * PieceLength, Math.Min((part + 1) * PieceLength, _count));
        if (!_isMoved[part] && _placeOffsets[first] == _placeOffsets[last])
        {
            return;
        }

        var bench = Take();
        var products = bench.ProductsOf(last - first);
        products.Span.Clear();
        if (_isMoved[part])
        {
            Multiply(bench, first, last, products);
        }

        for (var k = first; k < last; k++)
        {
            var product = products.Span.Slice((k - first) * _length, _length);
            var places = _places.AsSpan(_placeOffsets[k].._placeOffsets[k + 1]);
            if (_isLinear)
            {
                RemoveOutputs(places, ChangeOf(k), product, bench.Outputs.Span);
            }
            else if (places.Length > 0)
            {
                RemoveSums(bench, places, _isMoved[part] ? ChangeOf(k) : default, product);
            }

            Move(k, places, product);
        }

        _isMoved[part] = true;
        _benches.Return(bench);
    }

    private Span<T> ChangeOf(int removal) => _changes.Span.Slice(removal * _length, _length);

    /// <exception cref="ArithmeticException">A difference is not finite.</exception>
    private void RequireFinite(ReadOnlySpan<int[]> removals)
    {
        for (var k = 0; k < _count; k++)
        {
            if (Finite.IndexOfOther<T>(ChangeOf(k)) >= 0)
            {
                throw new ArithmeticException(
                    $"The weights that are carried along the training without {(removals[k].Length == 1 ? "" : $"{removals[k].Length} examples, the first of them ")}{FiniteResults.Name(_task.Training, removals[k][0])} are not finite although the weights are: the difference grows from step to step{(_trajectory.StepsOf.HasCoefficients ? ", since the coefficients of scaled gradients (GradientScaling), which keep the weights in bounds, count as constants" : "")}. Bring the features to a common scale (Standardisation), take smaller steps, or train again without them (Retrainer).");
            }
        }
    }

    /// <summary>Makes room for removals and goes to where their trainings start.</summary>
    private void Start(ReadOnlySpan<int[]> removals)
    {
        _count = removals.Length;
        var momentum = _trajectory.Momentum > 0 ? _count : 0;
        if (_changes.Length != (long)_count * _length)
        {
            (_changes, _velocities) = (new AlignedBuffer<T>(_count, _length), new AlignedBuffer<T>(momentum, _length));
        }

        _changes.Span.Clear();
        _velocities.Span.Clear();
        _isMoved = new bool[(_count + PieceLength - 1) / PieceLength];
        _isMatrixOfAll = false;
        (_placeOffsets, _next) = (new int[_count + 1], new int[_count]);
        var n = _task.Training.Count;
        (_removalOffsets, _longest) = (new int[n + 1], 0);
        foreach (var removal in removals)
        {
            _longest = Math.Max(_longest, removal.Length);
            foreach (var position in removal)
            {
                _removalOffsets[position + 1]++;
            }
        }

        for (var i = 0; i < n; i++)
        {
            _removalOffsets[i + 1] += _removalOffsets[i];
        }

        _removalsOf = new int[_removalOffsets[n]];
        var next = _removalOffsets.AsSpan(0, n).ToArray();
        for (var k = 0; k < _count; k++)
        {
            foreach (var position in removals[k])
            {
                _removalsOf[next[position]++] = k;
            }
        }

        var (model, start) = (_task.Sweeps.Model, _task.Fit.Plan.Start);
        if (_renormalises && start is Initialisation.Rule && model.Layout.OutputBias is not null && model.Labels != LabelDomain.Distribution)
        {
            // The bias starts at what predicts the labels of those who stay.
            WriteStarts(start, removals);
        }
    }

    private void WriteStarts(Initialisation start, ReadOnlySpan<int[]> removals)
    {
        var (all, included) = (new AlignedBuffer<T>(_length), new AlignedBuffer<T>(_task.Training.Count));
        InitialWeights.Write(start, _task.Sweeps.Model, _task.Training, [], all.Span);
        included.Span.Fill(T.One);
        for (var k = 0; k < _count; k++)
        {
            foreach (var position in removals[k])
            {
                included[position] = T.Zero;
            }

            InitialWeights.Write(start, _task.Sweeps.Model, _task.Training, included.Span, ChangeOf(k));
            TensorPrimitives.Subtract(ChangeOf(k), all.Span, ChangeOf(k));
            foreach (var position in removals[k])
            {
                included[position] = T.One;
            }
        }

        _isMoved.AsSpan().Fill(true);
    }

    private void Step()
    {
        var step = _replay.Current;
        (_batch, _coefficients) = (step.Batch, step.Coefficients);
        (_stepSize, _reduction, _penaltyScale) = (step.StepSize, step.Reduction, step.PenaltyScale);
        Place(step);
        if (_renormalises)
        {
            _gradient.Span.Clear();
            _task.Sweeps.GradientSum(_batch, step.Weights, _coefficients, _outputGradients, _gradient);
        }
        else if (_isLinear)
        {
            _task.Sweeps.OutputGradient(_batch, step.Weights, _outputGradients);
        }

        if (_isLinear)
        {
            (_curvatures, _lastCurvatures) = (_lastCurvatures, _curvatures);
            _task.Sweeps.OutputHessian(_batch, step.Weights, _curvatures);
        }

        var (sweep, matrix) = Work();
        _isWritten = _fitsMatrix && matrix < sweep && Array.IndexOf(_isMoved, true) >= 0;
        if (_isWritten)
        {
            WriteMatrix(step);
        }

        if (Math.Min(sweep, matrix) < SweepRunner<TModel, T>.WorkThreshold)
        {
            for (var part = 0; part < _isMoved.Length; part++)
            {
                ((IPartedWork)this).Run(part);
            }
        }
        else
        {
            _task.Team.Run(this, _isMoved.Length);
        }
    }

    /// <summary>Multiply-adds of the step's products by a sweep, and by a matrix, writing it included.</summary>
    private (double Sweep, double Matrix) Work()
    {
        var (b, p) = ((double)_batch.Count, (double)_length);
        return _isLinear
            ? (SweepCost * 2 * _count * b * p, p * p * (b / 2 + _count))
            : (4 * _count * b * p, p * p * (4 * b + _count));
    }

    /// <summary>Writes Σ_B c_z H_z. Where every batch is the whole set and no second derivative of a loss has changed, as those of squares
    /// do not, it is what it was.</summary>
    private void WriteMatrix(in UpdateStep<T> step)
    {
        if (_isMatrixOfAll && step.IsFullBatch && _coefficients is null && _curvatures.Span.SequenceEqual(_lastCurvatures.Span))
        {
            return;
        }

        AlignedBuffer<T>.Grow(ref _matrix, (long)_length * _length);
        _task.Sweeps.HessianSum(_batch, step.Weights, _coefficients, _matrix);
        _isMatrixOfAll = _isLinear && step.IsFullBatch && _coefficients is null;
    }

    /// <summary>Finds the places in the batch of those that each removal leaves out.</summary>
    private void Place(in UpdateStep<T> step)
    {
        Array.Clear(_placeOffsets);
        step.Positions.CopyTo(_batchPositions);
        for (var j = 0; j < _batch.Count; j++)
        {
            foreach (var k in RemovalsOf(step.PositionOf(j)))
            {
                _placeOffsets[k + 1]++;
            }
        }

        for (var k = 0; k < _count; k++)
        {
            _placeOffsets[k + 1] += _placeOffsets[k];
        }

        if (_places.Length < _placeOffsets[_count])
        {
            _places = new int[_placeOffsets[_count]];
        }

        _placeOffsets.AsSpan(0, _count).CopyTo(_next);
        for (var j = 0; j < _batch.Count; j++)
        {
            foreach (var k in RemovalsOf(step.PositionOf(j)))
            {
                _places[_next[k]++] = j;
            }
        }
    }

    private ReadOnlySpan<int> RemovalsOf(int position) => _removalsOf.AsSpan(_removalOffsets[position].._removalOffsets[position + 1]);

    /// <summary>Writes Σ_B c_z H_z δ of some removals.</summary>
    private void Multiply(Bench bench, int first, int last, AlignedBuffer<T> products)
    {
        if (!_isWritten)
        {
            var directions = bench.DirectionsOf(last - first);
            _changes.Span[(first * _length)..(last * _length)].CopyTo(directions.Span);
            bench.Sweeps.HessianVectorSum(_batch, _replay.Weights, _coefficients, directions, products);
            return;
        }

        // Pads of the differences are 0, so their rows of the matrix are left out.
        foreach (ref readonly var block in _task.Layout.Blocks.AsSpan())
        {
            for (var row = block.Offset; row < block.Offset + block.StorageLength; row += block.Stride)
            {
                DenseProducts.AddProduct(in _changes.Span[first * _length + row], _length, 1, in _matrix.Span[row * _length], _length,
                    ref products.Span[0], _length, last - first, block.Columns, _length);
            }
        }
    }

    /// <summary>Takes Σ_{B∩S} c_z (g_z + H_z δ) away where outputs are linear in the parameters: J_zᵀ c_z (r_z + C_z J_z δ).</summary>
    private void RemoveOutputs(ReadOnlySpan<int> places, ReadOnlySpan<T> change, Span<T> product, Span<T> outputs)
    {
        var (weights, bias) = (_task.Layout.Blocks[0], _task.Layout.Blocks.Length > 1 ? _task.Layout.Blocks[1].Offset : -1);
        var stride = _task.Sweeps.Model.OutputStride;
        var width = outputs.Length;
        foreach (var j in places)
        {
            var x = _batch.Features.Slice(j * weights.Stride, weights.Stride);
            for (var output = 0; output < width; output++)
            {
                outputs[output] = TensorPrimitives.Dot(x, change.Slice(weights.Offset + output * weights.Stride, weights.Stride))
                    + (bias < 0 ? T.Zero : change[bias + output]);
            }

            var coefficient = _coefficients is null ? T.One : _coefficients[j];
            for (var output = 0; output < width; output++)
            {
                var multiplier = _outputGradients[j * stride + output];
                var row = (j * width + output) * stride;
                for (var other = 0; other < width; other++)
                {
                    multiplier += _curvatures[row + other] * outputs[other];
                }

                multiplier *= -coefficient;
                var into = product.Slice(weights.Offset + output * weights.Stride, weights.Stride);
                TensorPrimitives.MultiplyAdd(x, multiplier, into, into);
                if (bias >= 0)
                {
                    product[bias + output] += multiplier;
                }
            }
        }
    }

    /// <summary>Takes Σ_{B∩S} c_z (g_z + H_z δ) away by sweeps over those examples alone.</summary>
    private void RemoveSums(Bench bench, ReadOnlySpan<int> places, ReadOnlySpan<T> change, Span<T> product)
    {
        change.CopyTo(bench.Direction.Span);
        for (var done = 0; done < places.Length; done += bench.Own.Capacity)
        {
            var some = places.Slice(done, Math.Min(bench.Own.Capacity, places.Length - done));
            bench.Fill(some, _batch, _coefficients);
            var coefficients = _coefficients is null ? null : bench.Coefficients;
            bench.Sum.Span.Clear();
            bench.Sweeps.GradientSum(bench.Own.Examples, _replay.Weights, coefficients, bench.OutputGradients, bench.Sum);
            TensorPrimitives.Subtract(product, bench.Sum.Span, product);
            if (!change.IsEmpty)
            {
                bench.Sum.Span.Clear();
                bench.Sweeps.HessianVectorSum(bench.Own.Examples, _replay.Weights, coefficients, bench.Direction, bench.Sum);
                TensorPrimitives.Subtract(product, bench.Sum.Span, product);
            }
        }
    }

    private void Move(int removal, ReadOnlySpan<int> places, ReadOnlySpan<T> product)
    {
        var (reduction, penaltyScale) = _renormalises && places.Length > 0 ? Renormalised(places) : (_reduction, _penaltyScale);
        var change = ChangeOf(removal);
        var velocity = _velocities.Length > 0 ? _velocities.Span.Slice(removal * _length, _length) : change;
        var (red, rho, eta) = (new Vector<T>(T.CreateTruncating(reduction)), new Vector<T>(T.CreateTruncating(penaltyScale)), new Vector<T>(T.CreateTruncating(_stepSize)));
        var momentum = new Vector<T>(T.CreateTruncating(_trajectory.Momentum));
        var (more, moreShares) = (new Vector<T>(T.CreateTruncating(reduction - _reduction)), new Vector<T>(T.CreateTruncating(penaltyScale - _penaltyScale)));
        var isShared = reduction == _reduction && penaltyScale == _penaltyScale;
        ReadOnlySpan<T> weights = _replay.Weights.Span;
        for (var i = 0; i < _length; i += Vector<T>.Count)
        {
            // Storage is whole lines, and those are whole vectors.
            var (delta, l2) = (new Vector<T>(change[i..]), new Vector<T>(_l2.AsSpan(i)));
            var moved = red * new Vector<T>(product[i..]) + (new Vector<T>(_decay.AsSpan(i)) + rho * l2) * delta;
            if (!isShared)
            {
                moved += more * new Vector<T>(_gradient.Span[i..]) + moreShares * l2 * new Vector<T>(weights[i..]);
            }

            if (_velocities.Length > 0)
            {
                moved += momentum * new Vector<T>(velocity[i..]);
                moved.CopyTo(velocity[i..]);
            }

            (delta - eta * moved).CopyTo(change[i..]);
        }
    }

    /// <summary>red′ and ρ′ of the step without those at some places of the batch.</summary>
    private (double Reduction, double PenaltyScale) Renormalised(ReadOnlySpan<int> places)
    {
        var left = _batch.TotalWeight;
        foreach (var j in places)
        {
            left -= _batch.Weights.IsEmpty ? 1 : double.CreateChecked(_batch.Weights[j]);
        }

        // A batch of which nobody is left moves by the penalty alone.
        left = places.Length == _batch.Count ? 0 : Math.Max(0, left);
        return _task.Fit.Plan.Objective == Objective.Sum ? (_reduction, left)
            : (left > 0 && _stepSize > 0 ? 1 / left : 0, _penaltyScale);
    }

    private Bench Take()
    {
        var bench = _benches.Take();
        return bench.Own.Capacity >= Math.Min(_longest, _replay.Capacity) ? bench : new Bench(this);
    }

    /// <summary>The buffers of one thread.</summary>
    private sealed class Bench
    {
        private readonly int _length;
        private readonly int[] _positions;
        private readonly CarriedModels<TModel, T> _parent;
        private AlignedBuffer<T> _whole = new(0);
        private AlignedBuffer<T> _rest = new(0);
        private AlignedBuffer<T> _wholeDirections = new(0);
        private AlignedBuffer<T> _restDirections = new(0);

        public Bench(CarriedModels<TModel, T> parent)
        {
            (_parent, _length) = (parent, parent._length);
            Sweeps = new SweepRunner<TModel, T>(parent._task.Sweeps.Model, new WorkerTeam(1));
            Own = new BatchBuffer<T>(parent._task.Training, parent._isLinear ? 1 : Math.Min(parent._longest, parent._replay.Capacity));
            _positions = new int[Own.Capacity];
            Coefficients = new AlignedBuffer<T>(Own.Capacity);
            OutputGradients = new AlignedBuffer<T>(Own.Capacity, Sweeps.Model.OutputStride);
            Outputs = new AlignedBuffer<T>(Sweeps.Model.Outputs);
            Direction = new AlignedBuffer<T>(parent._isLinear ? 0 : _length);
            Sum = new AlignedBuffer<T>(parent._isLinear ? 0 : _length);
        }

        public SweepRunner<TModel, T> Sweeps { get; }

        /// <summary>Those whom a removal takes from a batch.</summary>
        public BatchBuffer<T> Own { get; }

        public AlignedBuffer<T> Coefficients { get; }

        public AlignedBuffer<T> OutputGradients { get; }

        public AlignedBuffer<T> Outputs { get; }

        public AlignedBuffer<T> Direction { get; }

        public AlignedBuffer<T> Sum { get; }

        /// <summary>Room for so many products, of a whole piece or of the last.</summary>
        public AlignedBuffer<T> ProductsOf(int count) => Reserved(count, ref _whole, ref _rest);

        /// <summary>The same for directions.</summary>
        public AlignedBuffer<T> DirectionsOf(int count) => Reserved(count, ref _wholeDirections, ref _restDirections);

        /// <summary>Puts examples of a batch into <see cref="Own"/>.</summary>
        public void Fill(ReadOnlySpan<int> places, ExampleSet<T> batch, AlignedBuffer<T>? coefficients)
        {
            for (var i = 0; i < places.Length; i++)
            {
                _positions[i] = ReferenceEquals(batch, _parent._task.Training) ? places[i] : _parent._batchPositions[places[i]];
                if (coefficients is not null)
                {
                    Coefficients[i] = coefficients[places[i]];
                }
            }

            Own.Fill(_positions.AsSpan(0, places.Length));
        }

        private AlignedBuffer<T> Reserved(int count, ref AlignedBuffer<T> whole, ref AlignedBuffer<T> rest)
        {
            ref var buffer = ref count == PieceLength ? ref whole : ref rest;
            if (buffer.Length != count * _length)
            {
                buffer = new AlignedBuffer<T>(count, _length);
            }

            return buffer;
        }
    }
}
