using System.Globalization;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>Lists of coalitions, drawn or given, and their utilities.</summary>
internal static class CoalitionSampling
{
    // Coalitions between two reports.
    private const int Block = 256;

    /// <summary>Coalitions by their members; null for none.</summary>
    /// <exception cref="ArgumentException">There is none, or a member is named twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such player.</exception>
    public static Coalitions? Given(int players, IReadOnlyList<int[]>? members)
    {
        if (members is null)
        {
            return null;
        }

        var coalitions = new Coalitions(players, members.Count);
        foreach (var each in members)
        {
            ArgumentNullException.ThrowIfNull(each, nameof(members));
            coalitions.Add(each);
        }

        return coalitions.Count > 0 ? coalitions : throw new ArgumentException("There is no coalition.", nameof(members));
    }

    /// <summary>Makes each player a member with a probability.</summary>
    public static void Include(Span<ulong> words, int players, double probability, CounterRandom random)
    {
        for (var player = 0; player < players; player++)
        {
            if (random.NextDouble() < probability)
            {
                Coalitions.Put(words, player);
            }
        }
    }

    /// <summary>Makes some players members, each set of that size equally likely (Floyd's algorithm: Bentley, 1987).</summary>
    public static void Choose(Span<ulong> words, int players, int size, CounterRandom random)
    {
        for (var last = players - size; last < players; last++)
        {
            var drawn = random.NextBelow(last + 1);
            Coalitions.Put(words, Coalitions.IsIn(words, drawn) ? last : drawn);
        }
    }

    /// <summary>The utilities of all of them, a row for each.</summary>
    /// <param name="evaluation">The game.</param>
    /// <param name="coalitions">The coalitions.</param>
    public static double[] Evaluate(GameEvaluation evaluation, Coalitions coalitions)
    {
        var utilities = evaluation.Rows(coalitions.Count);
        Evaluate(evaluation, coalitions, 0, utilities, coalitions.Count);
        return utilities;
    }

    /// <summary>The utilities of those from <paramref name="first"/> on.</summary>
    /// <param name="evaluation">The game.</param>
    /// <param name="coalitions">The coalitions.</param>
    /// <param name="first">The first to evaluate.</param>
    /// <param name="utilities">A row for each of them.</param>
    /// <param name="whole">Of how many the progress is told.</param>
    public static void Evaluate(GameEvaluation evaluation, Coalitions coalitions, int first, Span<double> utilities, int whole)
    {
        var block = new Coalitions(coalitions.Players, Math.Min(Block, coalitions.Count - first));
        for (var start = first; start < coalitions.Count; start += Block)
        {
            block.Clear();
            var end = Math.Min(start + Block, coalitions.Count);
            for (var i = start; i < end; i++)
            {
                coalitions[i].Words.CopyTo(block.Append());
            }

            evaluation.Write(block, utilities[((start - first) * evaluation.Utilities)..]);
            evaluation.Report((double)end / whole);
        }
    }
}
