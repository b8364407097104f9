namespace InfluenceGen.Influence.Values;

/// <summary>What each player is worth alone, v({i}) − v(nobody): n + 2 evaluations, any number of players.</summary>
public readonly record struct AddOneInValue : IValueMethod
{
    /// <inheritdoc/>
    public PlayerValues Of(Game game, InfluenceOptions? options = null) => OneByOne.Of(game, options, alone: true);
}
