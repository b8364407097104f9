namespace InfluenceGen.Influence.Values;

/// <summary>Receives the utilities of neighbouring coalitions.</summary>
/// <param name="first">The first one's bits; each other one's are one more.</param>
/// <param name="utilities">A row for each.</param>
internal delegate void CoalitionRows(long first, ReadOnlySpan<double> utilities);

/// <summary>All coalitions of a few players, in chunks of fixed length, so that sums over them take no memory and are the same bits whoever
/// evaluates them.</summary>
internal static class AllCoalitions
{
    /// <summary>Players at most.</summary>
    public const int Most = 20;

    private const int Chunk = 1024;

    /// <exception cref="InvalidOperationException">There are more.</exception>
    public static void Require(int players)
    {
        if (players > Most)
        {
            throw new InvalidOperationException(
                $"{players} players have 2^{players} coalitions; all of them are evaluated for up to {Most} players. Sample them (RegressionAdjustedValue, PermutationShapley, BanzhafSampleReuse), or make fewer players of them (Players.Groups).");
        }
    }

    /// <summary>Visits all but nobody and everybody.</summary>
    public static void Visit(GameEvaluation evaluation, CoalitionRows visitor)
    {
        Require(evaluation.Players);
        var end = (1L << evaluation.Players) - 1;
        var length = (int)Math.Min(Chunk, end);
        var (coalitions, utilities) = (new Coalitions(evaluation.Players, length), evaluation.Rows(length));
        for (long first = 1; first < end; first += length)
        {
            coalitions.Clear();
            var last = Math.Min(first + length, end);
            for (var bits = first; bits < last; bits++)
            {
                coalitions.Append()[0] = (ulong)bits;
            }

            evaluation.Write(coalitions, utilities);
            visitor(first, utilities.AsSpan(0, coalitions.Count * evaluation.Utilities));
            evaluation.Report((double)last / end);
        }
    }
}
