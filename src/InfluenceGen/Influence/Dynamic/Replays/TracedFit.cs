using System.Globalization;
using System.Numerics;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Dynamic.Replays;

/// <summary>What dynamic methods ask of a fit.</summary>
internal static class TracedFit
{
    /// <summary>A walk along the fit's training.</summary>
    /// <exception cref="InvalidOperationException">The fit has no trajectory.</exception>
    public static TrajectoryReplay<TModel, T> Replay<TModel, T>(InfluenceTask<TModel, T> task, string method)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        task.Fit.Trajectory is { } trajectory
            ? new TrajectoryReplay<TModel, T>(task.Fit.Model, task.Training, trajectory, task.Team, task.Cancellation)
            : throw new InvalidOperationException(
                task.Fit.IsMinimised
                    ? $"{method} follows the training step by step, and what Converged() returns was not trained step by step: ask the fit that Train returned, with a Trajectory passed to Train."
                    : $"{method} follows the training step by step, and this fit does not know how it was trained: pass a Trajectory to Train.");

    /// <summary>Tells how far the scores of some of the test examples are.</summary>
    /// <param name="task">The task.</param>
    /// <param name="first">The first test example of the block.</param>
    /// <param name="last">Where it stops.</param>
    /// <param name="share">The share of the block's steps that are done.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void Report<TModel, T>(InfluenceTask<TModel, T> task, int first, int last, double share)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        task.Report((first + (last - first) * share) / task.Test.Count);

    /// <summary>What a reader of first-order scores should know of the momentum that the training had.</summary>
    public static string[] NoteOfMomentum(double momentum) =>
        momentum == 0
            ? []
            : [string.Create(CultureInfo.InvariantCulture,
                $"The training had momentum {momentum}. TracIn counts what a gradient does in its own step and not what momentum carries on, in all {1 / (1 - momentum):G3} times as much; HyDRA and SGD-influence count it.")];

    /// <summary>What a reader of derivatives should know of gradients that were clipped or normalised.</summary>
    public static string[] NoteOfScaling<T>(Trajectory<T> trajectory) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        trajectory.StepsOf.HasCoefficients
            ? ["The training scaled gradients (GradientScaling); the derivatives take the coefficients as constants."]
            : [];

    /// <summary>The same of models that are carried along.</summary>
    public static string[] NoteOfCoefficients<T>(Trajectory<T> trajectory) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        trajectory.StepsOf.HasCoefficients
            ? ["The training scaled gradients (GradientScaling); without an example the coefficients are taken to be what they were with it."]
            : [];
}
