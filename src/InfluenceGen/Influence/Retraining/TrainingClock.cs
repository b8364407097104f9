using System.Globalization;

namespace InfluenceGen.Influence.Retraining;

/// <summary>Reckons, by the trainings that are done, how long all of them take: tells what is left, and refuses in good time what is beyond the
/// budget (<see cref="InfluenceOptions.Budget"/>).</summary>
internal sealed class TrainingClock(InfluenceOptions options)
{
    // The share of the budget in which it is refused; what has run for longer goes on, though the machine may have become slower.
    private const double Early = 0.05;

    private readonly long _start = options.Clock.GetTimestamp();

    /// <summary>Tells progress and what is left.</summary>
    /// <param name="share">How much of the work is done, above 0.</param>
    /// <exception cref="InvalidOperationException">All of it would take longer than the budget.</exception>
    public void Tell(double share)
    {
        var elapsed = options.Clock.GetElapsedTime(_start);
        var (whole, budget) = (elapsed.TotalSeconds / share, options.Budget.TotalSeconds);
        if (whole > budget && elapsed.TotalSeconds <= Early * budget)
        {
            throw new InvalidOperationException(
                $"Training again as often as this takes would last about {InWords(whole)}, and the budget is {InWords(budget)}. Raise it (InfluenceOptions.Budget), ask about fewer or about groups, cut the work into shards, or take an estimate that needs no training: InfluenceFunctions, SecondOrderGroup or TracIn.");
        }

        options.TimeLeft?.Invoke(TimeSpan.FromSeconds(Math.Min(whole - elapsed.TotalSeconds, TimeSpan.MaxValue.TotalSeconds / 2)));
        options.Progress?.Invoke(share);
    }

    private static string InWords(double seconds) => seconds switch
    {
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:G3} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:F0} minutes"),
        < 172_800 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:F1} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400:F0} days"),
    };
}
