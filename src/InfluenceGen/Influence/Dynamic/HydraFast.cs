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
/// The fast approximation of HyDRA (Chen et al., 2021; Hammoudeh and Lowd, Alg. 4 and Eq. (80)): <see cref="HydraFull"/> with every
/// Hessian taken as 0, so that what an example did in a step fades by weight decay (and rolls on by momentum) and nothing else.
/// </summary>
/// <remarks>
/// The unit is the loss's. Without Hessians the hypergradient is Σ_t k_t n red c_i g_i(θ^(t−1)) with one number k_t for each step and
/// block of parameters, so scores are sums of g_i(θ^(t−1)) · (k_t g_te(θ^(T))): time is one GradientDot of the batch with m vectors a
/// step, memory m p numbers, and no hypergradient is stored.
/// </remarks>
public readonly record struct HydraFast() : IInfluenceMethod
{
    private readonly long? _memoryBound;

    /// <summary>Bytes for hypergradients where those of training examples are needed: for self-influence. 1 GB where nothing is
    /// said.</summary>
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
        return new HydraFastScores<TModel, T>(task, TracedFit.Replay(task, nameof(HydraFast)), MemoryBound);
    }

    /// <summary>h_i of every training example: n rows of p numbers, in the order of θ.</summary>
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
            new Hypergradients<TModel, T>(task, TracedFit.Replay(task, nameof(HydraFast)), hasHessian: false, MemoryBound));
    }
}

/// <inheritdoc cref="HydraFast"/>
internal sealed class HydraFastScores<TModel, T>(InfluenceTask<TModel, T> task, TrajectoryReplay<TModel, T> replay, long bytes)
    : ScoreSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double[,] _fading = FadingOf(task.Fit.Trajectory!);
    private AlignedBuffer<T> _directions = new(0);
    private AlignedBuffer<T> _dots = new(0);

    public override ImmutableArray<string> Notes => [.. TracedFit.NoteOfScaling(task.Fit.Trajectory!)];

    public override long MemoryOfTest => 2L * task.Layout.StorageLength + replay.Capacity;

    public override void WriteScores(int first, int last, AlignedBuffer<T> scores)
    {
        var test = task.TestPart(first, last);
        var gradients = new AlignedBuffer<T>(test.Count, task.Layout.StorageLength);
        task.WriteGradients(test, gradients);
        Write(gradients, test.Count, scores, share => TracedFit.Report(task, first, last, share));
    }

    public override void WriteJoint(AlignedBuffer<T> scores)
    {
        var gradient = new AlignedBuffer<T>(task.Layout.StorageLength);
        task.WriteGradientSum(task.Test, gradient);
        Write(gradient, 1, scores, task.Report);
    }

    public override void WriteSelf(AlignedBuffer<T> scores) =>
        new HydraScores<TModel, T>(task, new Hypergradients<TModel, T>(task, replay, hasHessian: false, bytes), null)
            .WriteSelf(scores);

    private void Write(AlignedBuffer<T> gradients, int count, AlignedBuffer<T> scores, Action<double> progress)
    {
        scores.Span[..checked(count * task.Training.Count)].Clear();
        if (_directions.Length != gradients.Length)
        {
            _directions = new AlignedBuffer<T>(gradients.Length);
        }

        if (_dots.Length < (long)count * replay.Capacity)
        {
            _dots = new AlignedBuffer<T>(count, replay.Capacity);
        }

        for (var number = 0; number < replay.Steps; number++)
        {
            replay.GoTo(number);
            var step = replay.Current;
            for (var b = 0; b < task.Layout.Blocks.Length; b++)
            {
                var (block, fading) = (task.Layout.Blocks[b], T.CreateTruncating(_fading[number, b]));
                for (var k = 0; k < count; k++)
                {
                    var start = k * task.Layout.StorageLength + block.Offset;
                    TensorPrimitives.Multiply(gradients.Span.Slice(start, block.StorageLength), fading, _directions.Span[start..]);
                }
            }

            task.Sweeps.ScoreDot(step.Batch, step.Weights, _directions, _dots);
            StepScores.Add(step, count, -T.CreateTruncating(step.Reduction), _dots.Span, scores.Span, task.Training.Count);
            progress((number + 1.0) / replay.Steps);
        }
    }

    /// <summary>k_t of each block: by how much the final weights move for a unit that is added to the gradient of step t.</summary>
    private static double[,] FadingOf(Trajectory<T> trajectory)
    {
        var (steps, blocks, momentum) = (trajectory.StepsOf, trajectory.Layout.Blocks.Length, trajectory.Momentum);
        var fading = new double[steps.Count, blocks];
        for (var b = 0; b < blocks; b++)
        {
            var (ofWeight, ofVelocity) = (1.0, 0.0);
            for (var step = steps.Count - 1; step >= 0; step--)
            {
                var k = ofVelocity - steps[step].StepSize * ofWeight;
                fading[step, b] = k;
                ofWeight += trajectory.PenaltyOf(b, steps[step].PenaltyScale) * k;
                ofVelocity = momentum * k;
            }
        }

        return fading;
    }
}
