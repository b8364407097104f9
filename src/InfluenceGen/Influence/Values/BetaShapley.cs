namespace InfluenceGen.Influence.Values;

/// <summary>
/// Beta Shapley by all coalitions, of up to 20 players (Kwon and Zou, 2022): (1/n) Σ_{S without i} w(|S| + 1) (v(S ∪ i) − v(S)) with
/// w(j) = n B(j + β − 1, n − j + α)/B(α, β). Shapley's value at (1, 1); with large α small coalitions count more, where less of a marginal
/// contribution is noise.
/// </summary>
/// <param name="Alpha">α, positive; 16 is the paper's.</param>
/// <param name="Beta">β, positive; 1 is the paper's.</param>
/// <inheritdoc cref="ExactSemivalue" path="/remarks"/>
public readonly record struct BetaShapley(double Alpha, double Beta) : IValueMethod
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">α or β is not positive.</exception>
    public PlayerValues Of(Game game, InfluenceOptions? options = null)
    {
        Settings.RequirePositive(Alpha);
        Settings.RequirePositive(Beta);
        return new ExactSemivalue { Value = Semivalue.Beta(Alpha, Beta) }.Of(game, options);
    }
}
