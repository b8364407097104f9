using System.Diagnostics;

namespace InfluenceGen.Benchmarks.Measuring;

/// <summary>One way to do some work.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Run">Does the work once and returns the figure that is compared.</param>
internal sealed record Contestant(string Name, Func<double> Run);

/// <summary>
/// Ways to do the same work, one after the other in every round, so that whatever else the machine does falls on all of
/// them and figures of one round can be compared. Every round starts with another one (A B C, B C A, …): whoever runs
/// after a program of others has ended was seen to take some percent longer.
/// </summary>
internal static class Contest
{
    // Long enough for methods to be compiled a second time, with optimisation: that starts 100 ms after the last new
    // method was called.
    private static readonly TimeSpan _warmUp = TimeSpan.FromMilliseconds(800);

    /// <summary>Warms up, then holds the rounds.</summary>
    public static Samples[] Hold(int rounds, params IReadOnlyList<Contestant> contestants)
    {
        foreach (var contestant in contestants)
        {
            var clock = Stopwatch.StartNew();
            do
            {
                contestant.Run();
            }
            while (clock.Elapsed < _warmUp);
        }

        var samples = contestants.Select(_ => new Samples()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < contestants.Count; turn++)
            {
                var i = (round + turn) % contestants.Count;
                samples[i].Add(contestants[i].Run());
            }
        }

        return samples;
    }
}
