namespace InfluenceGen.Influence.Values;

/// <summary>
/// Truncated Monte Carlo Shapley (Ghorbani and Zou, 2019, algorithm 1): <see cref="PermutationShapley"/>, but once a permutation's coalition is
/// worth v(all) to less than a tolerance, those who come later contribute 0 and nothing more is evaluated.
/// </summary>
/// <remarks>Truncation leaves out what late players contribute, so that values are biased by as much as the tolerance allows; standard errors do not
/// know of it. The notes say how much was truncated.</remarks>
public readonly record struct TruncatedMonteCarlo() : IValueMethod
{
    /// <summary>How near to v(all) is near enough, in the unit of the utility, for every utility; with 0 nothing is truncated.</summary>
    public double Tolerance { get; init; }

    /// <inheritdoc cref="PermutationShapley.Stop"/>
    public Stopping Stop
    {
        get => field ?? Stopping.Hundred;
        init;
    }

    /// <inheritdoc cref="PermutationShapley.Seed"/>
    public long Seed { get; init; }

    /// <inheritdoc cref="PermutationShapley.Orders"/>
    public IReadOnlyList<int[]>? Orders { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The tolerance is negative.</exception>
    /// <exception cref="ArgumentException">An order is not one of all players, or a bound is to hold that truncation has no part in.</exception>
    public PlayerValues Of(Game game, InfluenceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(game);
        Settings.RequireNotNegative(Tolerance);
        if (Tolerance > 0 && game.IsPartial)
        {
            throw new InvalidOperationException(
                "Which coalitions a truncated permutation asks for depends on what the ones before are worth, so that they cannot be cut into shards. Use PermutationShapley or RegressionAdjustedValue, or a journal (Recorded).");
        }

        return Tolerance == 0 || Stop.Bound is null
            ? new PermutationWalk(game, Seed, Orders, Tolerance).Run(Stop, options)
            : throw new ArgumentException("A bound in advance does not hold for what is truncated. Use PermutationShapley, or a tolerance of 0.", nameof(Stop));
    }
}
