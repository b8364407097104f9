namespace GroupStudies;

/// <summary>How a study runs.</summary>
/// <param name="Seed">Fixes all that is drawn at random.</param>
/// <param name="Repetitions">Draws of the data.</param>
/// <param name="Cancellation">Stops it.</param>
internal sealed record StudySettings(long Seed, int Repetitions, CancellationToken Cancellation)
{
    /// <summary>Runs every repetition, several at a time; results do not depend on how many.</summary>
    public T[] Repeat<T>(Func<long, T> repetition)
    {
        var results = new T[Repetitions];
        Parallel.For(0, Repetitions, new ParallelOptions { CancellationToken = Cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
            r => results[r] = repetition(1_000 * Seed + r));
        return results;
    }
}
