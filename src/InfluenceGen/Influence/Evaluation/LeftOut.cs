using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Evaluation;

/// <summary>
/// What leaving out groups of training examples, or single ones, does to test losses, by retraining without each of them:
/// L(z; trained without) − L(z; trained with) (Hammoudeh and Lowd, Eq. (8)), positive where the group reduces the loss.
/// </summary>
/// <remarks>One training for each group. Any number of methods can be compared with the same effects.</remarks>
public sealed class LeftOut
{
    internal LeftOut(ImmutableArray<int[]> groups, double[,] effects) => (Groups, Effects) = (groups, effects);

    /// <summary>Which training examples were left out each time.</summary>
    public ImmutableArray<int[]> Groups { get; }

    /// <summary>The effects: a row for each group, a column for each test example.</summary>
    public double[,] Effects { get; }
}

public sealed partial class Retrainer<TModel, T>
{
    /// <summary>Leaves out groups, one at a time.</summary>
    /// <param name="on">The test examples.</param>
    /// <param name="groups">Positions in the training set; groups may overlap.</param>
    /// <inheritdoc cref="Losses(IReadOnlyList{int[]}, ExampleSet{T})" path="/exception"/>
    public LeftOut LeaveOut(ExampleSet<T> on, IReadOnlyList<int[]> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        var effects = LossesWithout(groups, on);
        var with = Full.Losses(on);
        for (var test = 0; test < with.Length; test++)
        {
            var loss = double.CreateChecked(with[test]);
            for (var group = 0; group < groups.Count; group++)
            {
                effects[group, test] -= loss;
            }
        }

        return new([.. groups], effects);
    }

    /// <summary>Leaves out single examples, one at a time.</summary>
    /// <param name="on">The test examples.</param>
    /// <param name="examples">How many of the training set, drawn at random; null for each of them.</param>
    /// <param name="seed">Fixes which.</param>
    /// <inheritdoc cref="Losses(IReadOnlyList{int[]}, ExampleSet{T})" path="/exception"/>
    public LeftOut LeaveOneOut(ExampleSet<T> on, int? examples = null, long seed = 1)
    {
        var count = examples ?? Training.Count;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(examples));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Training.Count, nameof(examples));
        return LeaveOut(on, [.. Drawn(new RandomSource(seed), count).Select(example => (int[])[example])]);
    }

    /// <summary>Requires lists of positions of the training set, before any training starts.</summary>
    private void RequireMembers(IReadOnlyList<int[]> lists, [CallerArgumentExpression(nameof(lists))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(lists, name);
        foreach (var list in lists)
        {
            ArgumentNullException.ThrowIfNull(list, name);
            foreach (var position in list)
            {
                if ((uint)position >= (uint)Training.Count)
                {
                    throw new ArgumentOutOfRangeException(name, position, $"{position} is not a position of a training set of {Training.Count} examples.");
                }
            }
        }
    }

    /// <summary>Some positions of the training set, ascending, each set of them equally likely.</summary>
    private int[] Drawn(RandomSource random, int count)
    {
        var positions = Enumerable.Range(0, Training.Count).ToArray();
        random.Shuffle(positions.AsSpan());
        Array.Sort(positions, 0, count);
        return positions[..count];
    }
}
