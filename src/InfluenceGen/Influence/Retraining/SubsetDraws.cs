using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Retraining;

/// <summary>Subsets of a training set, of which number j is a function of a seed and j alone, so that they can be drawn in any
/// order.</summary>
internal static class SubsetDraws
{
    /// <summary>The random numbers of draw j.</summary>
    public static RandomSource SourceOf(long seed, long number) => new(unchecked((long)(Mix(Mix((ulong)seed + 0x9E3779B97F4A7C15) ^ (ulong)number))));

    /// <summary>So many different positions, ascending, each set of them equally likely.</summary>
    public static int[] Choose(int count, int size, long seed, long number)
    {
        var (random, positions) = (SourceOf(seed, number), new int[count]);
        for (var i = 0; i < count; i++)
        {
            positions[i] = i;
        }

        for (var i = 0; i < size; i++)
        {
            var other = i + random.NextBelow(count - i);
            (positions[i], positions[other]) = (positions[other], positions[i]);
        }

        Array.Sort(positions, 0, size);
        return positions[..size];
    }

    // The finisher of SplitMix64, one to one.
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
