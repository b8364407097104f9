using System.Collections.Immutable;
using System.Numerics.Tensors;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>Sums over all coalitions for sets of players.</summary>
internal static class Interactions
{
    /// <summary>Sets of some sizes, by size and then by members.</summary>
    public static ImmutableArray<ImmutableArray<int>> SetsOf(int players, int smallest, int largest)
    {
        var sets = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
        for (var size = smallest; size <= largest; size++)
        {
            var members = new int[size];
            Extend(0, 0);

            void Extend(int place, int first)
            {
                if (place == members.Length)
                {
                    sets.Add([.. members]);
                    return;
                }

                for (var player = first; player < players; player++)
                {
                    members[place] = player;
                    Extend(place + 1, player + 1);
                }
            }
        }

        return sets.ToImmutable();
    }

    /// <summary>Σ over coalitions S of weight(set, S) v(S), the weights of each set adding up to 0.</summary>
    /// <param name="evaluation">The game.</param>
    /// <param name="sets">Sets of players.</param>
    /// <param name="weight">Told the bits of a set and of a coalition.</param>
    public static InteractionValues Of(GameEvaluation evaluation, ImmutableArray<ImmutableArray<int>> sets, Func<long, long, double> weight)
    {
        var utilities = evaluation.Utilities;
        long[] bitsOf = [.. sets.Select(set => set.Sum(player => 1L << player))];
        var length = Sizes.Product(sets.Length, utilities, "Ask for a lower order, or evaluate fewer test examples at a time.");
        var (values, chunk, row) = (new double[length], new double[length], new double[utilities]);
        Add(values, (1L << evaluation.Players) - 1, evaluation.All);
        AllCoalitions.Visit(evaluation, (first, rows) =>
        {
            Array.Clear(chunk);
            for (var i = 0; i < rows.Length / utilities; i++)
            {
                Add(chunk, first + i, rows.Slice(i * utilities, utilities));
            }

            TensorPrimitives.Add(values, chunk, values);
        });
        return new(sets, values, utilities, evaluation.Count, evaluation.Tell());

        void Add(double[] sums, long coalition, ReadOnlySpan<double> utility)
        {
            TensorPrimitives.Subtract(utility, evaluation.Empty, row);
            for (var set = 0; set < bitsOf.Length; set++)
            {
                if (weight(bitsOf[set], coalition) is not 0 and var factor)
                {
                    var sum = sums.AsSpan(set * utilities, utilities);
                    TensorPrimitives.MultiplyAdd(row, factor, sum, sum);
                }
            }
        }
    }

    /// <summary>C(n, k).</summary>
    public static double Binomial(int n, int k)
    {
        var binomial = 1.0;
        for (var i = 0; i < k; i++)
        {
            binomial = binomial * (n - i) / (i + 1);
        }

        return binomial;
    }
}
