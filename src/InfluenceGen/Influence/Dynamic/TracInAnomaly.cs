using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic.Replays;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Dynamic;

/// <summary>How unusual examples are to a trained model.</summary>
/// <param name="MeanInfluence">Each example's mean TracInCP over the training examples: how much an average training example did for
/// it, in the unit of <see cref="TracInCP"/>.</param>
/// <param name="TailShare">Twice the share of training examples that are at least as far out on the same side, at most 1: small for
/// an example in a tail of the distribution, uniform for one like the training examples.</param>
public sealed record AnomalyScores(ImmutableArray<double> MeanInfluence, ImmutableArray<double> TailShare);

/// <summary>
/// TracInAD, anomaly detection by TracIn (Thimonier et al., 2022; Hammoudeh and Lowd, Section 5.2.1.3): an example is anomalous when the training
/// examples' mean influence on it lies in a tail of the distribution of such means. The distribution is that of the training
/// examples, each without its influence on itself.
/// </summary>
/// <remarks>
/// Sums come before products: time is one gradient sum over the training set and one GradientDot a checkpoint, whatever the
/// number of pairs. Labels count: a well-known example with the wrong label is anomalous too, on the side where training raised its
/// loss (negative means).
/// </remarks>
public readonly record struct TracInAnomaly()
{
    /// <summary>𝒯; every stored step where nothing is said.</summary>
    public CheckpointSelection Checkpoints { get; init; }

    /// <summary>The parameters whose gradients count.</summary>
    public ParameterScope Scope { get; init; }

    /// <summary>Scores some examples.</summary>
    /// <param name="fit">The trained model, with a trajectory.</param>
    /// <param name="on">The examples.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="InvalidOperationException">The fit has no trajectory, or a single training example.</exception>
    /// <exception cref="ArithmeticException">An influence is not a finite number; the message names the example.</exception>
    public AnomalyScores Of<TModel, T>(Fit<TModel, T> fit, ExampleSet<T> on, InfluenceOptions? options = null)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentNullException.ThrowIfNull(on);
        using var task = new InfluenceTask<TModel, T>(fit, on, options);
        var n = task.Training.Count;
        if (n < 2)
        {
            throw new InvalidOperationException("A distribution over the training examples takes at least two of them.");
        }

        var replay = TracedFit.Replay(task, nameof(TracInAnomaly));
        var sum = new TracInSum<TModel, T>(fit.Model, n, task.Team, Scope, null, normalises: false);
        var (of, reference, self) = (new T[on.Count], new T[n], new T[n]);
        var steps = Checkpoints.StepsOf(task, replay);
        for (var k = 0; k < steps.Length; k++)
        {
            replay.GoTo(steps[k]);
            var step = replay.AsCheckpoint;
            sum.AddJoint(step.Over(task.Test), task.Training, of);
            sum.AddJoint(step, task.Training, reference);
            sum.AddSelf(step, self);
            task.Report((k + 1.0) / steps.Length);
        }

        var others = new double[n];
        for (var i = 0; i < n; i++)
        {
            var weight = task.Training.Weights.IsEmpty ? 1 : double.CreateChecked(task.Training.Weights[i]);
            others[i] = double.CreateChecked(reference[i] - self[i]) / (task.Training.TotalWeight - weight);
        }

        FiniteResults.Require<double, T>(others, task.Training, 1, "mean influence on the other training examples");
        FiniteResults.Require<T, T>(of, on, 1, "influence of the training set");
        Array.Sort(others);
        double[] means = [.. of.Select(value => double.CreateChecked(value) / task.Training.TotalWeight)];
        return new AnomalyScores([.. means], [.. means.Select(mean => TailShareOf(mean, others))]);
    }

    private static double TailShareOf(double mean, double[] sorted)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            (low, high) = sorted[middle] < mean ? (middle + 1, high) : (low, middle);
        }

        var below = low;
        while (below < sorted.Length && sorted[below] == mean)
        {
            below++;
        }

        return Math.Min(1, 2.0 * (Math.Min(below, sorted.Length - low) + 1) / (sorted.Length + 1));
    }
}
