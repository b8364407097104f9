using System.Collections.Immutable;

namespace InfluenceGen.Training;

/// <summary>Which training examples each step visits; see the ways to make a <see cref="GradientDescent"/>.</summary>
public abstract record Sampling
{
    private Sampling()
    {
    }

    /// <summary>Every step visits all of them.</summary>
    internal static Sampling FullBatch { get; } = new Whole();

    /// <summary>
    /// The set is put into a random order and visited batch by batch, the last one perhaps smaller; then it is put into
    /// a new order. Within an epoch no example is visited twice, so a single epoch visits independent examples when the
    /// set itself is drawn independently.
    /// </summary>
    /// <param name="batchSize">Examples in a batch, 1 or more.</param>
    /// <param name="seed">Fixes the orders.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch would be empty.</exception>
    internal static Sampling Shuffled(int batchSize, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        return new Epochs(batchSize, seed);
    }

    /// <summary>The batches are stated: step t visits the examples at the t-th list of positions.</summary>
    /// <param name="batches">Positions in the training set, from 0; a position named twice is visited twice.</param>
    /// <exception cref="ArgumentException">A batch is empty, or names a position below 0.</exception>
    internal static Sampling Listed(IEnumerable<int[]> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ImmutableArray<ImmutableArray<int>> copied = [.. batches.Select(batch => batch is null ? throw new ArgumentNullException(nameof(batches)) : batch.ToImmutableArray())];
        for (var step = 0; step < copied.Length; step++)
        {
            if (copied[step].Any(position => position < 0))
            {
                throw new ArgumentOutOfRangeException(nameof(batches), copied[step].Min(), $"The batch of step {step} (counted from 0) names a position below 0.");
            }

            if (copied[step].IsEmpty)
            {
                throw new ArgumentException($"The batch of step {step} (counted from 0) is empty.", nameof(batches));
            }
        }

        return new Stated(copied);
    }

    internal sealed record Whole : Sampling;

    internal sealed record Epochs(int BatchSize, long Seed) : Sampling;

    internal sealed record Stated(ImmutableArray<ImmutableArray<int>> Batches) : Sampling;
}
