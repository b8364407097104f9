namespace InfluenceGen.Influence.Values;

/// <summary>What each player adds to all others, v(all) − v(all without i) (Hammoudeh and Lowd, Eq. (8)): n + 2 evaluations, any number of
/// players.</summary>
/// <remarks>Of two players who bring the same, neither adds anything to the other: both may have value 0.</remarks>
public readonly record struct LeaveOneOutValue : IValueMethod
{
    /// <inheritdoc/>
    public PlayerValues Of(Game game, InfluenceOptions? options = null) => OneByOne.Of(game, options, alone: false);
}
