using System.Numerics;
using InfluenceGen.Influence.Dynamic.Replays;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Dynamic;

/// <summary>
/// TracIn (Pruthi, Liu, Kale and Sundararajan, 2020; Hammoudeh and Lowd, Eq. (55)): Σ_t (η_t/|B_t|) g_i · g_te at the weights θ^(t−1),
/// over the steps t whose batch has example i: to first order, by how much the steps on example i reduced the test loss. Where the
/// objective is a sum the factor is η_t, and where gradients were clipped example i has the coefficient that its update had.
/// </summary>
/// <remarks>
/// The unit is the loss's. Penalties are nobody's (those of a factorization, which stand in the losses, excepted). Time is one factored Gram of
/// |B_t| by m examples a step, memory n by m scores; needs a trajectory, of which the steps between checkpoints are computed again.
/// Two copies of an example have different scores where they came up in different batches; the theory is of plain gradient steps:
/// momentum is noted and not accounted for.
/// </remarks>
public readonly record struct TracIn() : IInfluenceMethod
{
    /// <summary>The parameters whose gradients count: all, the last layer's (TracIn-Last), or some blocks' (TracInWE).</summary>
    public ParameterScope Scope { get; init; }

    /// <summary>A matrix that gradients are multiplied by first (TracInRP); null for none.</summary>
    public RandomProjection? Projection { get; init; }

    /// <summary>The steps that count, such as <c>0..100</c> for the first hundred; null for all of them.</summary>
    public Range? Steps { get; init; }

    /// <inheritdoc/>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var replay = TracedFit.Replay(task, nameof(TracIn));
        var (first, count) = StepsOf(Steps, replay.Steps);
        return new TracInScores<TModel, T>(task, replay, [.. Enumerable.Range(first, count)], atCheckpoints: false,
            new TracInSum<TModel, T>(task.Fit.Model, task.Training.Count, task.Team, Scope, Projection, normalises: false));
    }

    /// <summary>The steps of a range.</summary>
    /// <exception cref="InvalidOperationException">The training had no such steps.</exception>
    internal static (int First, int Count) StepsOf(Range? range, int steps)
    {
        var (first, last) = range is { } of ? (of.Start.GetOffset(steps), of.End.GetOffset(steps)) : (0, steps);
        return 0 <= first && first < last && last <= steps
            ? (first, last - first)
            : throw new InvalidOperationException($"The training had {steps} steps; the range {first}..{last} names none of them, or others.");
    }
}
