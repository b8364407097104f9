using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Examples;

namespace InfluenceGen.Influence.Sources;

/// <summary>Picks the largest and the smallest of many scores.</summary>
internal static class Ranking
{
    /// <summary>The strongest of one side, the strongest first. Scores that are not numbers (examples that a method did not
    /// score) are left out, and so are those of the other sign.</summary>
    public static ImmutableArray<ScoredExample> Top<T>(ReadOnlySpan<T> scores, int count, ExampleSet<T> training, bool proponents)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);

        // The weakest of those kept is on top, so that it is the one to go.
        var kept = new PriorityQueue<int, (T Strength, int Position)>(Comparer<(T Strength, int Position)>.Create(
            static (a, b) => a.Strength != b.Strength ? a.Strength.CompareTo(b.Strength) : b.Position.CompareTo(a.Position)));
        var weakest = T.Zero;
        for (var i = 0; i < scores.Length && count > 0; i++)
        {
            // Most vectors of a long list hold nothing that is stronger than what is kept.
            while (i <= scores.Length - Vector<T>.Count && IsWeaker(new Vector<T>(scores[i..]), weakest, proponents))
            {
                i += Vector<T>.Count;
            }

            var end = Math.Min(i + Vector<T>.Count, scores.Length);
            for (; i < end; i++)
            {
                Offer(i, proponents ? scores[i] : -scores[i]);
            }

            i--;
        }

        var top = new ScoredExample[kept.Count];
        for (var place = top.Length - 1; place >= 0; place--)
        {
            var example = kept.Dequeue();
            top[place] = new ScoredExample(example, training.Individuals[training.IndividualOf[example]],
                double.CreateChecked(scores[example]));
        }

        return [.. top];

        void Offer(int example, T strength)
        {
            if (!(strength > weakest))
            {
                return;
            }

            kept.Enqueue(example, (strength, example));
            if (kept.Count > count)
            {
                kept.Dequeue();
            }

            if (kept.Count == count && kept.TryPeek(out _, out var least))
            {
                weakest = least.Strength;
            }
        }
    }

    private static bool IsWeaker<T>(Vector<T> scores, T weakest, bool proponents) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        proponents
            ? !Vector.GreaterThanAny(scores, new Vector<T>(weakest))
            : !Vector.LessThanAny(scores, new Vector<T>(-weakest));

    /// <summary>Positions in order of falling score; equal scores in order of position.</summary>
    public static int[] Descending(ReadOnlySpan<double> scores)
    {
        var order = new int[scores.Length];
        var keys = new double[scores.Length];
        for (var i = 0; i < order.Length; i++)
        {
            (order[i], keys[i]) = (i, -scores[i]);
        }

        // Array.Sort is not stable: positions break ties.
        Array.Sort(order, (a, b) => keys[a] != keys[b] ? keys[a].CompareTo(keys[b]) : a.CompareTo(b));
        return order;
    }
}
