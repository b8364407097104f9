using InfluenceGen.Influence.Values;

namespace InfluenceGen.Influence;

/// <summary>
/// A method that shares out what all players together are worth among them. Methods are structs, so that the call below is direct and publishes
/// native; they hold settings only and can be used any number of times.
/// </summary>
public interface IValueMethod
{
    /// <summary>The values of a game's players.</summary>
    /// <param name="game">Who plays, and what coalitions are worth.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="InvalidOperationException">The method is not for so many players, or more numbers are asked for than one piece of memory
    /// holds; the message says what to do instead. Or a coalition has no utility.</exception>
    /// <exception cref="ArithmeticException">A utility is not a finite number; the message names the coalition.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    PlayerValues Of(Game game, InfluenceOptions? options = null);
}
