namespace InfluenceGen.Influence.Values;

/// <summary>
/// The Banzhaf value by all coalitions, of up to 20 players (Banzhaf, 1965; Wang and Jia, 2023; Hammoudeh and Lowd, Eq. (27)):
/// φ_i = 2¹⁻ⁿ Σ_{S without i} (v(S ∪ i) − v(S)). Its ranking stands the noise of training best; the values do not add up to v(all) − v(nobody).
/// </summary>
/// <inheritdoc cref="ExactSemivalue" path="/remarks"/>
public readonly record struct ExactBanzhaf : IValueMethod
{
    /// <inheritdoc/>
    public PlayerValues Of(Game game, InfluenceOptions? options = null) => new ExactSemivalue { Value = Semivalue.Banzhaf }.Of(game, options);
}
