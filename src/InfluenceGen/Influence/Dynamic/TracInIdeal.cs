using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic.Replays;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Dynamic;

/// <summary>
/// Ideal TracIn (Pruthi et al., 2020; Hammoudeh and Lowd, Eq. (51)): Σ_t ℓ_te(θ^(t−1)) − ℓ_te(θ^(t)) over the steps t taken on example
/// i, where every batch is one example. The scores add up to the whole change of the test loss (Eq. (52)).
/// </summary>
/// <remarks>
/// The unit is the loss's. Defined for batches of one; the change of a step on more is split evenly among them, which the scores'
/// notes say: that is naive, since the examples of a batch need not pull the same way. What penalties and momentum do to the loss in a step is
/// credited to the step's examples too. Time is two sweeps over the test losses a step.
/// </remarks>
public readonly record struct TracInIdeal() : IInfluenceMethod
{
    /// <summary>The steps that count; null for all of them.</summary>
    public Range? Steps { get; init; }

    /// <inheritdoc/>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var replay = TracedFit.Replay(task, nameof(TracInIdeal));
        var (first, count) = TracIn.StepsOf(Steps, replay.Steps);
        return new TracInIdealScores<TModel, T>(task, replay, first, count);
    }
}

/// <inheritdoc cref="TracInIdeal"/>
internal sealed class TracInIdealScores<TModel, T>(InfluenceTask<TModel, T> task, TrajectoryReplay<TModel, T> replay, int firstStep, int count)
    : ScoreSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private AlignedBuffer<T> _before = new(0);
    private AlignedBuffer<T> _after = new(0);

    public override ImmutableArray<string> Notes
    {
        get
        {
            var steps = task.Fit.Trajectory!.StepsOf;
            var largest = Enumerable.Range(firstStep, count).Max(step => steps[step].IsFullBatch ? task.Training.Count : steps.Positions(step).Length);
            return largest == 1
                ? []
                : [string.Create(CultureInfo.InvariantCulture,
                    $"Batches have up to {largest} examples. Ideal TracIn is defined for batches of one; the loss's change in a step is split evenly among its examples{(task.Training.Weights.IsEmpty ? "" : ", by their weights")}.")];
        }
    }

    public override void WriteScores(int first, int last, AlignedBuffer<T> scores)
    {
        var (test, n) = (task.TestPart(first, last), task.Training.Count);
        scores.Span[..checked(test.Count * n)].Clear();
        Reserve(test.Count);
        task.Sweeps.Loss(test, WeightsAt(firstStep), _after);
        for (var number = firstStep; number < firstStep + count; number++)
        {
            WriteChange(test, number);
            for (var t = 0; t < test.Count; t++)
            {
                AddToBatch(number, _before[t], scores.Span.Slice(t * n, n));
            }

            TracedFit.Report(task, first, last, (number + 1.0 - firstStep) / count);
        }
    }

    public override void WriteJoint(AlignedBuffer<T> scores)
    {
        scores.Span.Clear();
        Reserve(task.Test.Count);
        task.Sweeps.Loss(task.Test, WeightsAt(firstStep), _after);
        for (var number = firstStep; number < firstStep + count; number++)
        {
            WriteChange(task.Test, number);
            var change = TensorPrimitives.Sum<T>(_before.Span[..task.Test.Count]);
            AddToBatch(number, change, scores.Span);
            task.Report((number + 1.0 - firstStep) / count);
        }
    }

    public override void WriteSelf(AlignedBuffer<T> scores)
    {
        // Every training example's loss, of which a step's own examples take theirs.
        scores.Span.Clear();
        Reserve(task.Training.Count);
        task.Sweeps.Loss(task.Training, WeightsAt(firstStep), _after);
        for (var number = firstStep; number < firstStep + count; number++)
        {
            WriteChange(task.Training, number);
            var (steps, share) = (task.Fit.Trajectory!.StepsOf, ShareOf(T.One, number));
            if (steps[number].IsFullBatch)
            {
                var own = _before.Span[..scores.Length];
                if (!task.Training.Weights.IsEmpty)
                {
                    TensorPrimitives.Multiply(own, task.Training.Weights, own);
                }

                TensorPrimitives.MultiplyAdd(own, share, scores.Span, scores.Span);
            }

            foreach (var position in steps.Positions(number))
            {
                scores[position] += share * WeightOf(position) * _before[position];
            }

            task.Report((number + 1.0 - firstStep) / count);
        }
    }

    private AlignedBuffer<T> WeightsAt(int step)
    {
        replay.GoTo(step);
        return replay.Weights;
    }

    /// <summary>Writes by how much a step reduced each loss.</summary>
    private void WriteChange(ExampleSet<T> examples, int step)
    {
        (_before, _after) = (_after, _before);
        task.Sweeps.Loss(examples, WeightsAt(step + 1), _after);
        var before = _before.Span[..examples.Count];
        TensorPrimitives.Subtract(before, _after.Span[..examples.Count], before);
    }

    /// <summary>The part of a step's change that goes to an example of weight 1.</summary>
    private T ShareOf(T change, int step)
    {
        var steps = task.Fit.Trajectory!.StepsOf;
        if (task.Training.Weights.IsEmpty || steps[step].IsFullBatch)
        {
            return change / T.CreateChecked(steps[step].IsFullBatch ? task.Training.TotalWeight : steps.Positions(step).Length);
        }

        var weight = T.Zero;
        foreach (var position in steps.Positions(step))
        {
            weight += task.Training.Weights[position];
        }

        return weight > T.Zero ? change / weight : T.Zero;
    }

    private T WeightOf(int position) => task.Training.Weights.IsEmpty ? T.One : task.Training.Weights[position];

    private void AddToBatch(int step, T change, Span<T> scores)
    {
        var (steps, share) = (task.Fit.Trajectory!.StepsOf, ShareOf(change, step));
        if (steps[step].IsFullBatch && task.Training.Weights.IsEmpty)
        {
            TensorPrimitives.Add(scores, share, scores);
        }
        else if (steps[step].IsFullBatch)
        {
            TensorPrimitives.MultiplyAdd(task.Training.Weights, share, scores, scores);
        }

        foreach (var position in steps.Positions(step))
        {
            scores[position] += share * WeightOf(position);
        }
    }

    private void Reserve(int length)
    {
        if (_before.Length < length)
        {
            (_before, _after) = (new AlignedBuffer<T>(length), new AlignedBuffer<T>(length));
        }
    }
}
