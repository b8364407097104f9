using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Sources;

/// <summary>What one method estimates about groups of one training set.</summary>
/// <typeparam name="T">double or float.</typeparam>
public abstract class GroupSource<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>What a reader of the estimates should know: how a solve went, that the weights are not a minimum.</summary>
    public virtual ImmutableArray<string> Notes => [];

    /// <summary>Told all groups that will be asked about, in that order, before the first one is.</summary>
    internal virtual void Begin(IReadOnlyList<int[]> groups)
    {
    }

    /// <summary>Writes the estimate of δθ = θ without the group − θ.</summary>
    /// <param name="group">Positions in the training set, ascending, each once; at least one, and not all of them.</param>
    /// <param name="change">Receives δθ in storage order, zero in the pads.</param>
    public abstract void WriteChange(ReadOnlySpan<int> group, AlignedBuffer<T> change);

    /// <summary>Groups whose changes are found together.</summary>
    internal virtual int Together => 1;

    /// <summary>Finds the changes of some groups, of which there are as many at most as are found together.</summary>
    /// <param name="groups">As for <see cref="WriteChange"/>.</param>
    /// <param name="progress">Told which share is done.</param>
    /// <returns>A change for each, one behind the other; null where they are found one by one, by <see cref="WriteChange"/>.</returns>
    internal virtual AlignedBuffer<T>? ChangesOf(ReadOnlySpan<int[]> groups, Action<double> progress) => null;
}
