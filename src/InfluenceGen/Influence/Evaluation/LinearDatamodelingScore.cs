using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace InfluenceGen.Influence.Evaluation;

/// <summary>
/// Linear datamodeling score (Park et al., 2023, TRAK, section 2): for each test example z, the rank correlation over random parts S
/// of the training set of what the scores foretell, Σ_{i in S} τ(i, z), with what training on S gives, here −L(z; trained on S).
/// </summary>
/// <remarks>
/// The paper's output of a classifier, log p/(1 − p) of the right class, rises with −L of a cross-entropy, and ranks are all that
/// counts, so the score is the same. 1 is perfect, 0 is chance. It asks about halves of the data, not about single examples, so that it is
/// less noisy than <see cref="RetrainingCorrelation"/> where training is; units and sizes of the scores do not matter, their sign does.
/// </remarks>
/// <param name="Mean">The mean over test examples.</param>
/// <param name="StandardError">Of the mean, over test examples (the parts are the same for all); 0 where there is one only.</param>
/// <param name="PerTest">The rank correlation of each test example; null where the sums or the losses are all the same. Those are not in
/// the mean.</param>
public sealed record LinearDatamodelingScore(double Mean, double StandardError, ImmutableArray<double?> PerTest)
{
    /// <summary>The score of influence scores.</summary>
    /// <param name="scores">The scores τ, positive where an example reduces the test loss.</param>
    /// <param name="truth">Parts and the losses after training on them.</param>
    /// <exception cref="ArgumentException">The scores are of another number of test examples, or a score is not finite.</exception>
    /// <exception cref="InvalidOperationException">No test example has a rank correlation.</exception>
    public static LinearDatamodelingScore Of<T>(InfluenceScores<T> scores, RandomSubsets truth)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(truth);
        return Of(scores.OfGroups(truth.Subsets), truth);
    }

    /// <summary>The score of whatever foretells what a part does, the higher the lower the loss; such as a group estimate.</summary>
    /// <param name="foretold">A row for each part, a column for each test example.</param>
    /// <param name="truth">Parts and the losses after training on them.</param>
    /// <exception cref="ArgumentException">The sizes differ, or a number is not finite.</exception>
    /// <exception cref="InvalidOperationException">No test example has a rank correlation.</exception>
    public static LinearDatamodelingScore Of<T>(T[,] foretold, RandomSubsets truth)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(foretold);
        ArgumentNullException.ThrowIfNull(truth);
        var (parts, tests) = (truth.Losses.GetLength(0), truth.Losses.GetLength(1));
        Columns.RequireSize(foretold, parts, tests);
        var perTest = ImmutableArray.CreateBuilder<double?>(tests);
        var (sums, losses) = (new double[parts], new double[parts]);
        for (var test = 0; test < tests; test++)
        {
            Columns.Write(foretold, test, sums);
            Columns.Write(truth.Losses, test, losses);
            perTest.Add(-Correlation.SpearmanOf(sums, losses));
        }

        double[] defined = [.. perTest.OfType<double>()];
        if (defined.Length == 0)
        {
            throw new InvalidOperationException(
                "No test example has a rank correlation: the sums of the scores, or the losses of the retrained models, are the same for every part.");
        }

        var mean = defined.Average();
        var error = defined.Length == 1 ? 0 : Math.Sqrt(defined.Sum(r => (r - mean) * (r - mean)) / (defined.Length - 1) / defined.Length);
        return new(mean, error, perTest.MoveToImmutable());
    }

    /// <summary>Mean and standard error in one line.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"LDS {Mean:F4} ± {StandardError:F4} over {PerTest.Count(r => r is not null)} test examples");
}
