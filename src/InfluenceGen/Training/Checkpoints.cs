using System.Collections.Immutable;

namespace InfluenceGen.Training;

/// <summary>At which steps a <see cref="Trajectory{T}"/> stores the weights. The first and the final weights are always stored; what
/// lies between two checkpoints is trained again when it is asked for.</summary>
public abstract record Checkpoints
{
    private Checkpoints()
    {
    }

    /// <summary>Before steps 0, k, 2k, …, counted from 0.</summary>
    /// <param name="steps">k, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is less.</exception>
    public static Checkpoints Every(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        return new Regular(steps);
    }

    /// <summary>Before the stated steps, counted from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is negative.</exception>
    public static Checkpoints At(params ReadOnlySpan<int> steps)
    {
        foreach (var step in steps)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(step, nameof(steps));
        }

        return new Listed([.. steps]);
    }

    /// <summary>
    /// Whenever the mean training loss has changed by so much since the last checkpoint: many checkpoints where training learns
    /// fast, few where it stands (Pruthi et al., 2020; Hammoudeh and Lowd, Remark 7). Costs a sweep over the training set's losses
    /// every step.
    /// </summary>
    /// <param name="change">The change, in units of the loss; positive and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static Checkpoints EachLossChange(double change)
    {
        if (!(change > 0) || double.IsInfinity(change))
        {
            throw new ArgumentOutOfRangeException(nameof(change), change, "A change of the loss is positive and finite.");
        }

        return new ByLoss(change);
    }

    internal sealed record Regular(int Steps) : Checkpoints;

    internal sealed record Listed(ImmutableHashSet<int> Steps) : Checkpoints;

    internal sealed record ByLoss(double Change) : Checkpoints;
}
