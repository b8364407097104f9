namespace InfluenceGen.Influence;

/// <summary>How a computation of influence runs; what it computes does not depend on it.</summary>
public sealed record InfluenceOptions
{
    /// <summary>Threads to use at most; the scores are the same bits with any number of them.</summary>
    public int Threads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    }
        = Environment.ProcessorCount;

    /// <summary>Told now and then which share of the work is done, from 0 to 1; null for nobody.</summary>
    public Action<double>? Progress { get; init; }

    /// <summary>Told now and then how long training again will still take, by what it took so far; null for nobody.</summary>
    public Action<TimeSpan>? TimeLeft { get; init; }

    /// <summary>How long training again may take: an hour where nothing is said. What is going to take longer, by its first trainings, is refused.</summary>
    public TimeSpan Budget
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    }
        = TimeSpan.FromHours(1);

    /// <summary>Tells the time.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Told what a reader of the scores should know (<see cref="InfluenceScores{T}.Notes"/>), also where only sums or single
    /// rows come back; null for nobody.</summary>
    public Action<string>? Notes { get; init; }

    /// <summary>Stops the computation between two blocks of it.</summary>
    public CancellationToken Cancellation { get; init; }
}
