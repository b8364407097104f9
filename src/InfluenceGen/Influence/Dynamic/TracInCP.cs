using System.Numerics;
using InfluenceGen.Influence.Dynamic.Replays;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;

namespace InfluenceGen.Influence.Dynamic;

/// <summary>
/// TracInCP (Pruthi et al., 2020; Hammoudeh and Lowd, Eq. (56)): Σ_{t in 𝒯} η_t g_i · g_te at the weights θ^(t−1), over checkpoints and
/// for every training example whether it was in the batch or not. There is no 1/|B|: a ranking, in the unit of the loss times a number
/// of examples, rather than a share of the loss's change.
/// </summary>
/// <remarks>Copies of an example have equal scores. Time is one factored Gram of n by m examples a checkpoint, memory n by m
/// scores.</remarks>
public readonly record struct TracInCP() : IInfluenceMethod
{
    /// <summary>𝒯; every stored step where nothing is said.</summary>
    public CheckpointSelection Checkpoints { get; init; }

    /// <summary>The parameters whose gradients count.</summary>
    public ParameterScope Scope { get; init; }

    /// <summary>A matrix that gradients are multiplied by first (TracInRP); null for none.</summary>
    public RandomProjection? Projection { get; init; }

    /// <inheritdoc/>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var replay = TracedFit.Replay(task, nameof(TracInCP));
        return new TracInScores<TModel, T>(task, replay, Checkpoints.StepsOf(task, replay), atCheckpoints: true,
            new TracInSum<TModel, T>(task.Fit.Model, task.Training.Count, task.Team, Scope, Projection, normalises: false));
    }
}
