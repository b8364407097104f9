using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Evaluation;

/// <summary>
/// How well estimated influence goes with retraining (Koh and Liang, 2017, figure 2; Basu, You and Feizi, 2020): linear correlation,
/// rank correlation, and the slope of the estimates over the exact effects.
/// </summary>
/// <remarks>
/// On a convex objective, influence functions against <see cref="Retraining.Removal.Fixed"/> have both near 1, the nearer the more
/// examples there are. A good correlation with a slope far from 1 is a right order in a wrong unit. Effects of stochastic training by a
/// plan are partly noise, which no estimate correlates with.
/// </remarks>
/// <param name="Overall">Over all pairs of a group and a test example; null where the estimates or the effects are all the same.</param>
/// <param name="PerTest">Over the groups, for each test example.</param>
public sealed record RetrainingCorrelation(Correlation? Overall, ImmutableArray<Correlation?> PerTest)
{
    /// <summary>Compares scores of single examples, or their sums over groups (Koh et al., 2019), with the truth.</summary>
    /// <param name="scores">The estimates.</param>
    /// <param name="truth">The effects, such as <see cref="Retrainer{TModel, T}.LeaveOneOut"/> gives them.</param>
    /// <exception cref="ArgumentException">The scores are of another number of test examples, or a score is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An example that was left out is not one of the scores' training set.</exception>
    public static RetrainingCorrelation Of<T>(InfluenceScores<T> scores, LeftOut truth)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(truth);
        return Of(scores.OfGroups(truth.Groups), truth);
    }

    /// <summary>Compares estimated effects of groups with the truth.</summary>
    /// <param name="estimates">A row for each group, a column for each test example.</param>
    /// <param name="truth">The effects.</param>
    /// <exception cref="ArgumentException">The sizes differ, or a number is not finite.</exception>
    public static RetrainingCorrelation Of<T>(T[,] estimates, LeftOut truth)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(estimates);
        ArgumentNullException.ThrowIfNull(truth);
        var (groups, tests) = (truth.Effects.GetLength(0), truth.Effects.GetLength(1));
        Columns.RequireSize(estimates, groups, tests);
        var perTest = ImmutableArray.CreateBuilder<Correlation?>(tests);
        var pairs = Sizes.Product(groups, tests, "Compare some test examples at a time.");
        var (all, exact) = (new double[pairs], new double[pairs]);
        for (var test = 0; test < tests; test++)
        {
            var estimated = all.AsSpan(test * groups, groups);
            var effects = exact.AsSpan(test * groups, groups);
            Columns.Write(estimates, test, estimated);
            Columns.Write(truth.Effects, test, effects);
            perTest.Add(Correlation.Between(estimated, effects));
        }

        return new(Correlation.Between(all, exact), perTest.MoveToImmutable());
    }

    /// <summary>The overall correlation in one line.</summary>
    public override string ToString() => Overall?.ToString()
        ?? string.Create(CultureInfo.InvariantCulture, $"no correlation: the estimates or the effects on {PerTest.Length} test examples are all the same");
}

/// <summary>Reads columns of matrices.</summary>
internal static class Columns
{
    /// <summary>Writes a column as double.</summary>
    public static void Write<T>(T[,] matrix, int column, Span<double> values) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var row = 0; row < values.Length; row++)
        {
            values[row] = double.CreateChecked(matrix[row, column]);
        }
    }

    /// <exception cref="ArgumentException">The matrix has another size.</exception>
    public static void RequireSize<T>(T[,] matrix, int rows, int columns)
    {
        if (matrix.GetLength(0) != rows || matrix.GetLength(1) != columns)
        {
            throw new ArgumentException(
                $"The estimates are {matrix.GetLength(0)} by {matrix.GetLength(1)}; {rows} groups and {columns} test examples were retrained for.");
        }
    }
}
