using System.Diagnostics;

namespace InfluenceGen.Benchmarks.Measuring;

/// <summary>How fast short work is when nothing disturbs.</summary>
internal static class Bursts
{
    // Shorter than a time slice, so that others who use the machine spoil few.
    private const double BurstSeconds = 0.001;

    /// <summary>Does some work over and over and takes the best of some bursts.</summary>
    /// <param name="work">The work.</param>
    /// <param name="flops">The multiplications and additions it consists of.</param>
    /// <param name="seconds">How long to go on.</param>
    /// <returns>Thousand million multiplications and additions a second.</returns>
    public static double Rate(Action work, double flops, double seconds)
    {
        var best = 0.0;
        for (var clock = Stopwatch.StartNew(); best == 0 || clock.Elapsed.TotalSeconds < seconds;)
        {
            var (start, count) = (Stopwatch.GetTimestamp(), 0);
            double elapsed;
            do
            {
                work();
                count++;
                elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
            while (elapsed < BurstSeconds);

            best = Math.Max(best, count * flops / elapsed / 1e9);
        }

        return best;
    }
}
