namespace InfluenceGen.Tests.Numerics;

/// <summary>
/// What code allocates on the calling thread. It is run several times, and of the runs after the first, which warms up,
/// the least counts: a collection that another test sets off meanwhile closes this thread's allocation buffer, and what
/// was left of it, some kilobytes, then counts as allocated.
/// </summary>
internal sealed class Allocations
{
    /// <summary>How often the code has to run, the first time included.</summary>
    public const int Runs = 6;

    private readonly long[] _allocated = new long[Runs + 1];
    private int _marks;

    /// <summary>The least that a run after the first has allocated, in bytes.</summary>
    public long Least => _marks == Runs + 1
        ? Enumerable.Range(1, Runs - 1).Min(run => _allocated[run + 1] - _allocated[run])
        : throw new InvalidOperationException($"{_marks} marks were set, not one before and one after each of {Runs} runs.");

    /// <summary>What a run of <paramref name="code"/> allocates, in bytes.</summary>
    public static long Of(Action code)
    {
        var allocations = new Allocations();
        allocations.Mark();
        for (var run = 0; run < Runs; run++)
        {
            code();
            allocations.Mark();
        }

        return allocations.Least;
    }

    /// <summary>For code that cannot be called by itself: it marks the start of its first run and the end of every run.</summary>
    public void Mark() => _allocated[_marks++] = GC.GetAllocatedBytesForCurrentThread();
}
