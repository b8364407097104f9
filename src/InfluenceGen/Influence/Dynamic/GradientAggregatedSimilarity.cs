using System.Numerics;
using InfluenceGen.Influence.Dynamic.Replays;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;

namespace InfluenceGen.Influence.Dynamic;

/// <summary>
/// GAS, gradient aggregated similarity (Hammoudeh and Lowd, 2022; survey, Eq. (68)): TracInCP of unit gradients,
/// Σ_{t in 𝒯} η_t g_i · g_te / (|g_i| |g_te|), so that examples of small loss count as much as those of large loss.
/// </summary>
/// <remarks>The unit is that of the rate: a weighted sum of cosines. An example without a gradient at a checkpoint points nowhere and
/// adds 0 there. Eq. (69) of the survey divides by the training gradient alone, its text by both; this divides by both.</remarks>
public readonly record struct GradientAggregatedSimilarity() : IInfluenceMethod
{
    /// <summary>𝒯; every stored step where nothing is said.</summary>
    public CheckpointSelection Checkpoints { get; init; }

    /// <summary>The parameters whose gradients count, in the dot and in the lengths.</summary>
    public ParameterScope Scope { get; init; }

    /// <inheritdoc/>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var replay = TracedFit.Replay(task, nameof(GradientAggregatedSimilarity));
        return new TracInScores<TModel, T>(task, replay, Checkpoints.StepsOf(task, replay), atCheckpoints: true,
            new TracInSum<TModel, T>(task.Fit.Model, task.Training.Count, task.Team, Scope, null, normalises: true));
    }
}
