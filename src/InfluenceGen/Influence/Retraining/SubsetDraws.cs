using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Retraining;

/// <summary>Subsets of a training set, of which number j is a function of a seed and j alone, so that they can be drawn in any
/// order.</summary>
internal static class SubsetDraws
{
    /// <summary>So many different positions, ascending, each set of them equally likely.</summary>
    public static int[] Choose(int count, int size, long seed, long number)
    {
        var (random, positions) = (new CounterRandom(seed, number), new int[count]);
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
}
