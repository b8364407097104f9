namespace InfluenceGen.Influence.Values;

/// <summary>
/// The Shapley value by sampled permutations (Castro, Gómez and Tejada, 2009; Ghorbani and Zou, 2019): players come in a random order, and each
/// one's marginal contribution to those before it is averaged over orders. The estimates add up to v(all) − v(nobody).
/// </summary>
/// <remarks>n − 1 evaluations for each permutation, of whom none serves another value: <see cref="RegressionAdjustedValue"/> takes fewer.</remarks>
public readonly record struct PermutationShapley() : IValueMethod
{
    /// <summary>How many permutations; 100 where nothing is said.</summary>
    public Stopping Stop
    {
        get => field ?? Stopping.Hundred;
        init;
    }

    /// <summary>Fixes the sample, whose permutation j is a function of this and j.</summary>
    public long Seed { get; init; }

    /// <summary>Orders to take and not to sample; null to sample. <see cref="Stop"/> then counts for nothing.</summary>
    public IReadOnlyList<int[]>? Orders { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An order is not one of all players.</exception>
    public PlayerValues Of(Game game, InfluenceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(game);
        return new PermutationWalk(game, Seed, Orders, tolerance: 0).Run(Stop, options);
    }
}
