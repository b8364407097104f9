namespace InfluenceGen.Influence.Values;

/// <summary>
/// The Shapley value by all coalitions, of up to 20 players (Shapley, 1953; Ghorbani and Zou, 2019; Hammoudeh and Lowd, Eqs. (17) and (18)):
/// φ_i = (1/n) Σ_{S without i} (v(S ∪ i) − v(S))/C(n − 1, |S|). The values add up to v(all) − v(nobody), and the value of a sum of utilities is
/// the sum of their values; players who contribute equally have equal ones.
/// </summary>
/// <inheritdoc cref="ExactSemivalue" path="/remarks"/>
public readonly record struct ExactShapley : IValueMethod
{
    /// <inheritdoc/>
    public PlayerValues Of(Game game, InfluenceOptions? options = null) => new ExactSemivalue().Of(game, options);
}
