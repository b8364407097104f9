using System.Runtime.ExceptionServices;

namespace ReciprocityStudies.Studies;

/// <summary>Runs independent trainings side by side, one a thread.</summary>
internal static class InParallel
{
    /// <summary>The results of parts 0 to before <paramref name="count"/>, in that order whatever thread had them.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TResult[] Map<TResult>(int count, int threads, CancellationToken cancellation, Func<int, TResult> part)
    {
        var results = new TResult[count];
        try
        {
            Parallel.For(0, count,
                new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation },
                i => results[i] = part(i));
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }

        return results;
    }
}
