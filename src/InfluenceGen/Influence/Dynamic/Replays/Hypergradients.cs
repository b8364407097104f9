using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Dynamic.Replays;

/// <summary>
/// h_i = dθ^(T)/dε_i of training examples, where ε_i is added n-fold to the example's weight in every batch it is in (Hammoudeh and Lowd,
/// Eq. (71)): unrolled forwards along the training, for a block of examples at a time.
/// </summary>
/// <remarks>A step is u ← μ u + red (Σ c_z H_z h + n c_i g_i) + λ h and h ← h − η u: the derivative of the heavy ball's own step, of
/// which Eq. (79) is the case μ = 0 and, without H, Eq. (80).</remarks>
internal sealed class Hypergradients<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Numbers that partial sums, and dots, may take beyond their least where there is room: more of them make longer pieces of work.
    private const long MostBeyond = 1 << 23;

    private readonly InfluenceTask<TModel, T> _task;
    private readonly SweepRunner<TModel, T> _sweeps;
    private readonly Trajectory<T> _trajectory;
    private readonly TrajectoryReplay<TModel, T> _replay;
    private readonly bool _hasHessian;
    private readonly int _length;
    private readonly BatchBuffer<T> _own;
    private readonly AlignedBuffer<T> _rows;
    private readonly int[] _positions;
    private AlignedBuffer<T> _derivatives = new(0);
    private AlignedBuffer<T> _velocities = new(0);
    private AlignedBuffer<T> _products = new(0);

    /// <param name="task">The model and its training.</param>
    /// <param name="replay">The training.</param>
    /// <param name="hasHessian">Whether what h does to later gradients counts.</param>
    /// <param name="bytes">Memory for h and what is computed with it, the partial sums of every thread included.</param>
    /// <exception cref="InvalidOperationException">Not even one example fits.</exception>
    public Hypergradients(InfluenceTask<TModel, T> task, TrajectoryReplay<TModel, T> replay, bool hasHessian, long bytes)
    {
        _task = task;
        _trajectory = task.Fit.Trajectory!;
        _replay = replay;
        _hasHessian = hasHessian;
        _length = task.Layout.StorageLength;

        // h, products, gradients of the step and the examples they are of, what scores are made of (dots or gradients), and velocities; of
        // every direction a partial sum a thread, of a table its rows once more.
        var own = (4L + (_trajectory.Momentum > 0 ? 1 : 0)) * _length + task.Training.FeatureStride + task.Training.LabelStride + 2;
        var partials = PartialsOf(task, replay, hasHessian);
        var partial = partials * _length;
        var each = (own + partial) * Unsafe.SizeOf<T>();
        if (bytes < each)
        {
            throw new InvalidOperationException(
                $"A memory bound of {bytes} bytes holds no hypergradient: one example takes {each} on {task.Team.Threads} threads. Raise MemoryBound, or use SgdInfluence, which needs memory for test examples instead.");
        }

        Block = (int)Math.Min(Math.Min(bytes / each, task.Training.Count), (Array.MaxLength - 64) / (Math.Max(1, partials) * _length));
        var beyond = Math.Min(MostBeyond, (bytes / Unsafe.SizeOf<T>() - (own + partial) * Block) / 2);
        _sweeps = new SweepRunner<TModel, T>(task.Sweeps.Model, task.Team) { PartialBudget = partial * Block + beyond };
        TestsAtOnce = (int)Math.Max(1, ((long)_length * Block + beyond) / Block);
        _own = new BatchBuffer<T>(task.Training, Block);
        _rows = new AlignedBuffer<T>(_own.Capacity, task.Sweeps.Model.GradientRowLength);
        _positions = new int[_own.Capacity];
    }

    /// <summary>Examples that are unrolled at once.</summary>
    public int Block { get; }

    /// <summary>Test examples whose dots with the h of all of them fit the memory.</summary>
    public int TestsAtOnce { get; }

    /// <summary>Unrolls the training for some neighbouring examples.</summary>
    /// <param name="first">The first.</param>
    /// <param name="last">Where to stop.</param>
    /// <param name="progress">Told the share of the steps that are done; null for nobody.</param>
    /// <returns>Their h in storage order, one behind the other; the same memory every time.</returns>
    public AlignedBuffer<T> Of(int first, int last, Action<double>? progress = null)
    {
        Reserve(ref _derivatives, last - first);
        Reserve(ref _products, last - first);
        Reserve(ref _velocities, _trajectory.Momentum > 0 ? last - first : 0);
        _derivatives.Span.Clear();
        _velocities.Span.Clear();
        var isZero = true;
        for (var number = 0; number < _replay.Steps; number++)
        {
            _task.Cancellation.ThrowIfCancellationRequested();
            _replay.GoTo(number);
            isZero = !Unroll(_replay.Current, first, last, isZero) && isZero;
            progress?.Invoke((number + 1.0) / _replay.Steps);
        }

        RequireFinite(first, last);
        return _derivatives;
    }

    /// <exception cref="ArithmeticException">A derivative left the range of its precision.</exception>
    private void RequireFinite(int first, int last)
    {
        for (var k = first; k < last; k++)
        {
            if (Finite.IndexOfOther<T>(_derivatives.Span.Slice((k - first) * _length, _length)) >= 0)
            {
                throw new ArithmeticException(
                    $"The derivative of the weights in training {FiniteResults.Name(_task.Training, k)} is not finite although the weights are: along this training it grows from step to step{(_trajectory.StepsOf.HasCoefficients ? ", since the coefficients of scaled gradients (GradientScaling), which keep the weights in bounds, count as constants" : "")}. Bring the features to a common scale (Standardisation), take smaller steps, or use TracIn, which takes no second derivatives.");
            }
        }
    }

    /// <summary>Takes h along one step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="first">The first example.</param>
    /// <param name="last">Where to stop.</param>
    /// <param name="isZero">Whether no step yet was taken on any of them.</param>
    /// <returns>Whether this one was.</returns>
    private bool Unroll(in UpdateStep<T> step, int first, int last, bool isZero)
    {
        _products.Span.Clear();
        if (_hasHessian && !isZero)
        {
            _sweeps.HessianVectorSum(step.Batch, step.Weights, step.Coefficients, _derivatives, _products);
        }

        var (from, count) = PlacesIn(step, first, last);
        if (count == 0 && isZero)
        {
            return false;
        }

        // An example can be in a batch more than once, so that there can be more of them than the block has.
        for (var done = 0; done < count; done += Block)
        {
            AddGradients(step, first, from + done, Math.Min(Block, count - done));
        }

        Move(step, last - first);
        return count > 0;
    }

    /// <summary>Partial sums that a product with a batch's Hessian needs for each direction, at least.</summary>
    private static long PartialsOf(InfluenceTask<TModel, T> task, TrajectoryReplay<TModel, T> replay, bool hasHessian)
    {
        if (!hasHessian || task.Sweeps.HasTables)
        {
            return hasHessian ? 1 : 0;
        }

        var chunks = Segments.ChunkCount(replay.Capacity, ExampleSet<T>.ChunkLength);
        return chunks == 1 ? 0 : Math.Min(task.Team.Threads, chunks);
    }

    /// <summary>Where in the batch the examples stand.</summary>
    private static (int From, int Count) PlacesIn(in UpdateStep<T> step, int first, int last)
    {
        if (step.IsFullBatch)
        {
            return (first, last - first);
        }

        var positions = step.Positions;
        var from = 0;
        while (from < positions.Length && positions[from] < first)
        {
            from++;
        }

        var to = from;
        while (to < positions.Length && positions[to] < last)
        {
            to++;
        }

        return (from, to - from);
    }

    private void AddGradients(in UpdateStep<T> step, int first, int from, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _positions[i] = step.PositionOf(from + i);
        }

        _own.Fill(_positions.AsSpan(0, count));
        _sweeps.Gradients(_own.Examples, step.Weights, _rows);
        var rowLength = _sweeps.Model.GradientRowLength;
        for (var i = 0; i < count; i++)
        {
            var coefficient = step.Coefficients is null ? T.One : step.Coefficients[from + i];
            var product = _products.Span.Slice((_positions[i] - first) * _length, _length);
            AddRow(_rows.Span.Slice(i * rowLength, rowLength), i, coefficient * T.CreateChecked(_task.Training.TotalWeight), product);
        }
    }

    private void AddRow(ReadOnlySpan<T> row, int example, T factor, Span<T> product)
    {
        foreach (ref readonly var block in _task.Layout.Blocks.AsSpan())
        {
            var (start, length) = ParameterLayout.Read(block, _own.Examples, example);
            var into = product.Slice(start, length);
            TensorPrimitives.MultiplyAdd(row[..length], factor, into, into);
            row = row[_task.Layout.GradientLength(block)..];
        }
    }

    private void Move(in UpdateStep<T> step, int count)
    {
        var (reduction, stepSize) = (T.CreateTruncating(step.Reduction), T.CreateTruncating(step.StepSize));
        var momentum = T.CreateTruncating(_trajectory.Momentum);
        var blocks = _task.Layout.Blocks.AsSpan();
        for (var k = 0; k < count; k++)
        {
            for (var b = 0; b < blocks.Length; b++)
            {
                var (start, length) = (k * _length + blocks[b].Offset, blocks[b].StorageLength);
                var penalty = _trajectory.PenaltyOf(b, step.PenaltyScale);
                var h = _derivatives.Span.Slice(start, length);
                var product = _products.Span.Slice(start, length);
                if (_velocities.Length == 0)
                {
                    TensorPrimitives.Multiply(h, T.CreateTruncating(1 - step.StepSize * penalty), h);
                    TensorPrimitives.MultiplyAdd(product, T.CreateTruncating(-step.Factor), h, h);
                    continue;
                }

                var u = _velocities.Span.Slice(start, length);
                TensorPrimitives.Multiply(u, momentum, u);
                TensorPrimitives.MultiplyAdd(product, reduction, u, u);
                TensorPrimitives.MultiplyAdd(h, T.CreateTruncating(penalty), u, u);
                TensorPrimitives.MultiplyAdd(u, -stepSize, h, h);
            }
        }
    }

    private void Reserve(ref AlignedBuffer<T> buffer, int vectors)
    {
        if (buffer.Length != (long)vectors * _length)
        {
            buffer = new AlignedBuffer<T>(vectors, _length);
        }
    }
}
