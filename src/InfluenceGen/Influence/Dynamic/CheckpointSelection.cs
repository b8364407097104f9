using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Dynamic;

/// <summary>
/// The steps 𝒯 at which checkpointed methods take gradients: at the weights that a step starts from, with its rate. The default is
/// every step whose weights the trajectory stores. The final weights start no step and are never among them.
/// </summary>
public readonly record struct CheckpointSelection
{
    private readonly Rule _rule;
    private readonly int _count;
    private readonly ImmutableArray<int> _steps;

    private CheckpointSelection(Rule rule, int count, ImmutableArray<int> steps) => (_rule, _count, _steps) = (rule, count, steps);

    private enum Rule
    {
        Stored,
        Even,
        Stated,
        LossChange,
    }

    /// <summary>Every step whose weights are stored.</summary>
    public static CheckpointSelection Stored => default;

    /// <summary>Some steps, evenly over the training: 0, T/k, 2T/k, …, rounded down. Those between stored ones are computed
    /// again.</summary>
    /// <param name="count">k; where there are fewer steps, all of them.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is not positive.</exception>
    public static CheckpointSelection Evenly(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return new(Rule.Even, count, []);
    }

    /// <summary>Stated steps, counted from 0 (the literature's t is one more). Those between stored ones are computed again.</summary>
    /// <exception cref="ArgumentException">No step is named.</exception>
    public static CheckpointSelection At(params ReadOnlySpan<int> steps)
    {
        if (steps.IsEmpty)
        {
            throw new ArgumentException("Name at least one step.", nameof(steps));
        }

        var sorted = steps.ToArray();
        Array.Sort(sorted);
        return new(Rule.Stated, 0, [.. sorted.Distinct()]);
    }

    /// <summary>
    /// Of the stored steps, those between which the mean test loss changes by about the same amount, so that most are where it
    /// changes most (Pruthi et al., 2020; Hammoudeh and Lowd, Remark 7). Costs a sweep over the test losses at every stored
    /// step.
    /// </summary>
    /// <param name="count">How many, at most.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public static CheckpointSelection ByLossChange(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return new(Rule.LossChange, count, []);
    }

    /// <summary>The steps, ascending.</summary>
    /// <exception cref="InvalidOperationException">The training had no step, or none of that number.</exception>
    internal int[] StepsOf<TModel, T>(InfluenceTask<TModel, T> task, TrajectoryReplay<TModel, T> replay)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var steps = replay.Steps;
        if (steps == 0)
        {
            throw new InvalidOperationException("The training took no step, so there is nothing to trace.");
        }

        var stored = task.Fit.Trajectory!.CheckpointSteps.Where(step => step < steps).ToArray();
        switch (_rule)
        {
            case Rule.Even:
                var count = Math.Min(_count, steps);
                return [.. Enumerable.Range(0, count).Select(k => (int)((long)k * steps / count))];
            case Rule.Stated:
                return _steps[0] >= 0 && _steps[^1] < steps
                    ? [.. _steps]
                    : throw new InvalidOperationException(
                        $"The training had steps 0 to {steps - 1}; there is no step {(_steps[0] < 0 ? _steps[0] : _steps[^1])}.");
            case Rule.LossChange:
                return ByLoss(task, replay, stored);
            default:
                return stored;
        }
    }

    private int[] ByLoss<TModel, T>(InfluenceTask<TModel, T> task, TrajectoryReplay<TModel, T> replay, int[] stored)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var losses = new AlignedBuffer<T>(task.Test.Count);
        var (changed, before) = (new double[stored.Length], 0.0);
        for (var k = 0; k < stored.Length; k++)
        {
            replay.GoTo(stored[k]);
            task.Sweeps.Loss(task.Test, replay.Weights, losses);
            var loss = double.CreateChecked(TensorPrimitives.Sum<T>(losses.Span)) / losses.Length;
            changed[k] = k == 0 ? 0 : changed[k - 1] + Math.Abs(loss - before);
            before = loss;
        }

        var chosen = new SortedSet<int> { stored[0] };
        for (var (k, next) = (0, 0); next < _count && k < stored.Length; k++)
        {
            if (changed[k] >= changed[^1] * next / _count)
            {
                chosen.Add(stored[k]);
                while (next < _count && changed[k] >= changed[^1] * next / _count)
                {
                    next++;
                }
            }
        }

        return [.. chosen];
    }
}
