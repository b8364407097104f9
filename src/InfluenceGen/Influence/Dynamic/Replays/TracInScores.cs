using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Dynamic.Replays;

/// <summary>The scores of a form of TracIn: a sum over some steps of a stored training.</summary>
internal sealed class TracInScores<TModel, T>(InfluenceTask<TModel, T> task, TrajectoryReplay<TModel, T> replay, int[] steps,
    bool atCheckpoints, TracInSum<TModel, T> sum) : ScoreSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override ImmutableArray<string> Notes => [.. TracedFit.NoteOfMomentum(task.Fit.Trajectory!.Momentum)];

    public override long MemoryOfTest => sum.MemoryOf(task.Test.Count, atCheckpoints ? task.Training.Count : replay.Capacity);

    public override void WriteScores(int first, int last, AlignedBuffer<T> scores)
    {
        var test = task.TestPart(first, last).Sorted(out var order);
        scores.Span[..checked(test.Count * task.Training.Count)].Clear();
        sum.Begin();
        for (var k = 0; k < steps.Length; k++)
        {
            sum.AddPairs(StepAt(steps[k]), test, scores);
            TracedFit.Report(task, first, last, (k + 1.0) / steps.Length);
        }

        sum.Finish(scores, test.Count);
        PutBack(scores, order, task.Training.Count);
    }

    /// <summary>Puts rows of scores where their test examples stood before they were sorted.</summary>
    internal static void PutBack(AlignedBuffer<T> scores, int[]? order, int length)
    {
        if (order is null)
        {
            return;
        }

        var sorted = AlignedBuffer<T>.CopyOf(scores.Span[..checked(order.Length * length)]);
        for (var row = 0; row < order.Length; row++)
        {
            sorted.Span.Slice(row * length, length).CopyTo(scores.Span[(order[row] * length)..]);
        }
    }

    public override void WriteSelf(AlignedBuffer<T> scores)
    {
        scores.Span.Clear();
        for (var k = 0; k < steps.Length; k++)
        {
            sum.AddSelf(StepAt(steps[k]), scores.Span);
            task.Report((k + 1.0) / steps.Length);
        }
    }

    public override void WriteJoint(AlignedBuffer<T> scores)
    {
        scores.Span.Clear();
        for (var k = 0; k < steps.Length; k++)
        {
            sum.AddJoint(StepAt(steps[k]), task.Test, scores.Span);
            task.Report((k + 1.0) / steps.Length);
        }
    }

    private UpdateStep<T> StepAt(int number)
    {
        replay.GoTo(number);
        return atCheckpoints ? replay.AsCheckpoint : replay.Current;
    }
}
