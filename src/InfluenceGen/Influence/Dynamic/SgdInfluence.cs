using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Influence.Dynamic.Replays;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Dynamic;

/// <summary>
/// SGD-influence (Hara, Nitanda and Maehara, 2019; Hammoudeh and Lowd, Section 5.2.2.3): to first order the change of the test loss
/// when example i is left out of every batch and their divisors stay, by one pass backwards along the training. The same number as
/// <see cref="HydraFull"/>; this one costs a vector for each test example, that one for each training example. It is the exact metagradient
/// that MAGIC (Ilyas and Engstrom, 2025) computes.
/// </summary>
/// <remarks>
/// The unit is the loss's. Backwards, every step's weights are needed: those between checkpoints are trained again in stretches that
/// fit the memory bound. Time is T products of the batch's Hessian with m vectors, and the trainings; memory 4 m p numbers. The joint
/// influence of a test set is one vector.
/// </remarks>
public readonly record struct SgdInfluence() : IInfluenceMethod
{
    private readonly long? _memoryBound;

    /// <summary>Bytes for weights between checkpoints, about, and for hypergradients where self-influence is asked for; 1 GB where
    /// nothing is said.</summary>
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
        var replay = TracedFit.Replay(task, nameof(SgdInfluence));
        return new SgdInfluenceScores<TModel, T>(task, replay, MemoryBound);
    }
}

/// <inheritdoc cref="SgdInfluence"/>
internal sealed class SgdInfluenceScores<TModel, T>(InfluenceTask<TModel, T> task, TrajectoryReplay<TModel, T> replay, long bytes)
    : ScoreSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TrainingAdjoint<TModel, T> _adjoint = new(task, replay, bytes);

    public override ImmutableArray<string> Notes => [.. TracedFit.NoteOfScaling(task.Fit.Trajectory!)];

    public override long MemoryOfTest => 4L * task.Layout.StorageLength + replay.Capacity;

    public override void WriteScores(int first, int last, AlignedBuffer<T> scores)
    {
        var test = task.TestPart(first, last);
        var gradients = new AlignedBuffer<T>(test.Count, task.Layout.StorageLength);
        task.WriteGradients(test, gradients);
        _adjoint.Write(gradients, scores, share => TracedFit.Report(task, first, last, share));
    }

    public override void WriteJoint(AlignedBuffer<T> scores)
    {
        var gradient = new AlignedBuffer<T>(task.Layout.StorageLength);
        task.WriteGradientSum(task.Test, gradient);
        _adjoint.Write(gradient, scores, task.Report);
    }

    /// <remarks>Each example's own score is one of n backwards; forwards nothing else is computed beside it.</remarks>
    public override void WriteSelf(AlignedBuffer<T> scores) =>
        new HydraScores<TModel, T>(task, new Hypergradients<TModel, T>(task, replay, hasHessian: true, bytes), null)
            .WriteSelf(scores);
}
