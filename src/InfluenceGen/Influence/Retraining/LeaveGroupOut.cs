using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Influence.Evaluation;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Retraining;

/// <summary>
/// Leave a group out, by retraining: δθ = θ trained without the group − θ. With <see cref="LossChange.Exact"/> effects are L(z; trained
/// without) − L(z; trained with), as <see cref="Retrainer{TModel, T}.LeaveOut"/> has them; with the other kinds of effect they are what
/// those make of the true change, which tells an estimate's error in the parameters from that in the loss.
/// </summary>
/// <remarks>One training for each group, side by side; g p numbers.</remarks>
public readonly record struct LeaveGroupOut : IGroupMethod
{
    /// <summary>What becomes of the rest; <see cref="Removal.Refit"/> where nothing is said.</summary>
    public Removal Removal { get; init; }

    /// <summary>To the minimum, or by the plan.</summary>
    public RetrainBy By { get; init; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Retraining is to the minimum, and the fit was not taken there.</exception>
    public GroupSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Settings.RequireDefined(Removal);
        Settings.RequireDefined(By);
        var retrainer = new Retrainer<TModel, T>(task.Fit, Removal, By, null, task.Options);
        return !retrainer.Converges || task.Fit.IsMinimised
            ? new RetrainedGroups<TModel, T>(task, retrainer)
            : throw new InvalidOperationException(
                "A group's change is counted from the fit's weights, and models without the group are trained to the minimum: take the fit to its minimum too (Converged), or retrain by its plan (RetrainBy.Plan).");
    }
}

/// <inheritdoc cref="LeaveGroupOut"/>
internal sealed class RetrainedGroups<TModel, T>(InfluenceTask<TModel, T> task, Retrainer<TModel, T> retrainer) : GroupSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Queue<AlignedBuffer<T>> _trained = [];
    private readonly TrainingClock _clock = new(task.Options with { Progress = null });
    private IReadOnlyList<int[]> _groups = [];
    private int _next;

    internal override void Begin(IReadOnlyList<int[]> groups) => _groups = groups;

    public override void WriteChange(ReadOnlySpan<int> group, AlignedBuffer<T> change)
    {
        if (_trained.Count == 0)
        {
            TrainMore();
        }

        TensorPrimitives.Subtract(_trained.Dequeue().Span, task.Weights.Span, change.Span);
    }

    private void TrainMore()
    {
        var (first, count) = (_next, InfluenceTask<TModel, T>.BlockOf(task.Layout.StorageLength, _groups.Count - _next));
        var weights = new AlignedBuffer<T>[count];
        retrainer.Train(count, i => retrainer.Without(_groups[first + i]), (i, fit) => weights[i] = AlignedBuffer<T>.CopyOf(fit.Weights.Span),
            share => _clock.Tell((first + share * count) / _groups.Count));
        foreach (var each in weights)
        {
            _trained.Enqueue(each);
        }

        _next += count;
    }
}
