using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Influence.Dynamic.Replays;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Dynamic;

/// <summary>
/// HyDRA (Chen et al., 2021; Hammoudeh and Lowd, Eqs. (62) and (79)): −(1/n) g_te(θ^(T)) · h_i, where h_i is the derivative of the
/// trained weights in the example's weight, unrolled along the training with all second derivatives: to first order the change of
/// the test loss when example i is left out of every batch and their divisors stay. With momentum it is the derivative of the heavy
/// ball's steps.
/// </summary>
/// <remarks>
/// The unit is the loss's. In Eq. (79) this takes ε_i = 0 in the last term, which is the derivative; with ε_i = −1/n, as the survey prints
/// it, h_i carries a model without the example along, and is <see cref="IterativeLeaveOneOut"/>. Where the rate, the start or a clipped gradient's coefficient depends on the example, that is
/// left out. Time is T products of the batch's Hessian with n vectors; memory n p numbers, or less in blocks, each of which walks
/// along the training again. <see cref="SgdInfluence"/> gives the same scores at the cost of m vectors instead of n; this method takes its
/// way where both the training and the test examples need several blocks, so that nothing is unrolled twice.
/// </remarks>
public readonly record struct HydraFull() : IInfluenceMethod
{
    private readonly long? _memoryBound;

    /// <summary>Bytes for hypergradients and what is computed with them, partial sums of several threads included; training examples are
    /// taken in blocks that fit. 1 GB where nothing is said.</summary>
    public long MemoryBound
    {
        get => _memoryBound ?? 1 << 30;
        init => _memoryBound = value;
    }

    /// <inheritdoc/>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MemoryBound);
        var replay = TracedFit.Replay(task, nameof(HydraFull));
        var unrolled = new Hypergradients<TModel, T>(task, replay, hasHessian: true, MemoryBound);
        return new HydraScores<TModel, T>(task, unrolled, new TrainingAdjoint<TModel, T>(task, replay, MemoryBound));
    }

    /// <summary>h_i of every training example: n rows of p numbers, in the order of θ. h_i/n is, to first order, the Cook's distance
    /// θ − θ without example i (Hara et al., 2019).</summary>
    /// <param name="fit">The trained model.</param>
    /// <param name="options">Threads and cancellation.</param>
    /// <exception cref="InvalidOperationException">The fit has no trajectory, or the bound holds no example.</exception>
    public T[] Hypergradients<TModel, T>(Fit<TModel, T> fit, InfluenceOptions? options = null)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentOutOfRangeException.ThrowIfNegative(MemoryBound);
        using var task = new InfluenceTask<TModel, T>(fit, fit.Training, options);
        return HydraScores<TModel, T>.Packed(task,
            new Hypergradients<TModel, T>(task, TracedFit.Replay(task, nameof(HydraFull)), hasHessian: true, MemoryBound));
    }
}

/// <summary>Scores from hypergradients, a block of training examples at a time.</summary>
/// <param name="task">The task.</param>
/// <param name="unrolled">The hypergradients.</param>
/// <param name="adjoint">The way backwards; null where self-influence alone is asked for.</param>
internal sealed class HydraScores<TModel, T>(InfluenceTask<TModel, T> task, Hypergradients<TModel, T> unrolled,
    TrainingAdjoint<TModel, T>? adjoint) : ScoreSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _factor = -T.One / T.CreateChecked(task.Training.TotalWeight);
    private AlignedBuffer<T>? _all;

    public override ImmutableArray<string> Notes => [.. TracedFit.NoteOfScaling(task.Fit.Trajectory!)];

    // What test examples take is bounded within.
    public override long MemoryOfTest => 0;

    public override void WriteScores(int first, int last, AlignedBuffer<T> scores)
    {
        if (unrolled.Block < task.Training.Count && last - first < task.Test.Count)
        {
            WriteBackwards(first, last, scores);
            return;
        }

        var (n, tests) = (task.Training.Count, Math.Min(unrolled.TestsAtOnce, last - first));
        ForBlocks((derivatives, begin, end) =>
        {
            var dots = new AlignedBuffer<T>(end - begin, tests);
            for (var from = first; from < last; from += tests)
            {
                var part = task.TestPart(from, Math.Min(from + tests, last));
                task.Sweeps.ScoreDot(part, task.Weights, derivatives, dots);
                for (var i = begin; i < end; i++)
                {
                    for (var t = 0; t < part.Count; t++)
                    {
                        scores[(from - first + t) * n + i] = _factor * dots[(i - begin) * part.Count + t];
                    }
                }
            }
        }, share => TracedFit.Report(task, first, last, share));
    }

    /// <summary>The same scores by one vector backwards for each test example, instead of the whole training again for each block of
    /// training examples.</summary>
    private void WriteBackwards(int first, int last, AlignedBuffer<T> scores)
    {
        var (n, length) = (task.Training.Count, task.Layout.StorageLength);

        // As many vectors as hypergradients.
        for (var from = first; from < last; from += unrolled.Block)
        {
            var to = Math.Min(from + unrolled.Block, last);
            var part = task.TestPart(from, to);
            var gradients = new AlignedBuffer<T>(checked(part.Count * length));
            task.WriteGradients(part, gradients);
            var rows = part.Count == last - first ? scores : new AlignedBuffer<T>(checked(part.Count * n));
            adjoint!.Write(gradients, rows, share => TracedFit.Report(task, from, to, share));
            rows.Span[..(part.Count * n)].CopyTo(scores.Span[((from - first) * n)..]);
        }
    }

    public override void WriteJoint(AlignedBuffer<T> scores)
    {
        var gradient = new AlignedBuffer<T>(task.Layout.StorageLength);
        task.WriteGradientSum(task.Test, gradient);
        if (adjoint is not null)
        {
            // One vector backwards instead of n forwards; the same number.
            adjoint.Write(gradient, scores, task.Report);
            return;
        }

        ForBlocks((derivatives, begin, end) =>
        {
            for (var i = begin; i < end; i++)
            {
                scores[i] = _factor * TensorPrimitives.Dot<T>(gradient.Span,
                    derivatives.Span.Slice((i - begin) * gradient.Length, gradient.Length));
            }
        }, task.Report);
    }

    public override void WriteSelf(AlignedBuffer<T> scores)
    {
        var length = task.Layout.StorageLength;
        ForBlocks((derivatives, begin, end) =>
        {
            var gradients = new AlignedBuffer<T>(derivatives.Length);
            task.WriteGradients(InfluenceTask<TModel, T>.Part(task.Training, begin, end), gradients);
            for (var i = 0; i < end - begin; i++)
            {
                scores[begin + i] = _factor * TensorPrimitives.Dot<T>(gradients.Span.Slice(i * length, length),
                    derivatives.Span.Slice(i * length, length));
            }
        }, task.Report);
    }

    /// <summary>Every hypergradient in the order of θ.</summary>
    public static T[] Packed(InfluenceTask<TModel, T> task, Hypergradients<TModel, T> unrolled)
    {
        var (count, length) = (task.Layout.Count, task.Layout.StorageLength);
        var packed = new T[Sizes.Product(task.Training.Count, count, "Ask for scores (Influence), which need no hypergradient of all examples at once.")];
        for (var first = 0; first < task.Training.Count; first += unrolled.Block)
        {
            var last = Math.Min(first + unrolled.Block, task.Training.Count);
            var derivatives = unrolled.Of(first, last);
            for (var i = first; i < last; i++)
            {
                task.Layout.Pack<T>(derivatives.Span.Slice((i - first) * length, length), packed.AsSpan(i * count, count));
            }
        }

        return packed;
    }

    private void ForBlocks(Action<AlignedBuffer<T>, int, int> visit, Action<double> report)
    {
        var n = task.Training.Count;
        if (unrolled.Block >= n)
        {
            _all ??= unrolled.Of(0, n, report);
            visit(_all, 0, n);
            return;
        }

        for (var first = 0; first < n; first += unrolled.Block)
        {
            var (begin, end) = (first, Math.Min(first + unrolled.Block, n));
            visit(unrolled.Of(begin, end, share => report((begin + (end - begin) * share) / n)), begin, end);
        }
    }
}
