namespace InfluenceGen.Tests.Numerics;

/// <summary>
/// What code allocates on the calling thread. It is run several times and the least counts: a collection that another
/// test sets off meanwhile closes this thread's allocation buffer, and what was left of it, some kilobytes, then counts
/// as allocated.
/// </summary>
internal static class Allocations
{
    private const int Runs = 5;

    public static long Of(Action code)
    {
        code();
        var least = long.MaxValue;
        for (var run = 0; run < Runs; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            code();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
