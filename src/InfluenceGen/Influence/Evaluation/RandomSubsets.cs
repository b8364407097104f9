using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Evaluation;

/// <summary>Test losses after training on random parts of the training set.</summary>
/// <remarks>One training for each part. Any number of methods can be compared with the same losses.</remarks>
public sealed class RandomSubsets
{
    internal RandomSubsets(ImmutableArray<int[]> subsets, double[,] losses) => (Subsets, Losses) = (subsets, losses);

    /// <summary>Which training examples each model was trained on, ascending.</summary>
    public ImmutableArray<int[]> Subsets { get; }

    /// <summary>The losses: a row for each part, a column for each test example.</summary>
    public double[,] Losses { get; }
}

public sealed partial class Retrainer<TModel, T>
{
    /// <summary>Trains on random parts of the training set.</summary>
    /// <param name="on">The test examples.</param>
    /// <param name="share">How much of the training set a part is, α, from 0 to 1.</param>
    /// <param name="count">How many parts. The score's noise falls with its root; 50 to 100 are usual.</param>
    /// <param name="seed">Fixes the parts.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share leaves no example, or none out, or there are fewer than two parts.</exception>
    /// <inheritdoc cref="Losses(IReadOnlyList{int[]}, ExampleSet{T})" path="/exception"/>
    public RandomSubsets RandomSubsets(ExampleSet<T> on, double share = 0.5, int count = 50, long seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        var examples = share is > 0 and < 1 ? (int)Math.Round(share * Training.Count, MidpointRounding.ToEven) : 0;
        if (examples == 0 || examples == Training.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, $"The share must keep some of {Training.Count} examples and leave some out.");
        }

        var random = new RandomSource(seed);
        ImmutableArray<int[]> subsets = [.. Enumerable.Range(0, count).Select(_ => Drawn(random, examples))];
        return new(subsets, Losses(subsets, on));
    }
}
