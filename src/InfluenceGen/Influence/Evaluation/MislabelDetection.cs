using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using InfluenceGen.Influence.Sources;

namespace InfluenceGen.Influence.Evaluation;

/// <summary>
/// How soon wrong labels are found by somebody who inspects training examples from the highest score down (Koh and Liang, 2017, section 5.4;
/// Pruthi et al., 2020). Any score will do that is higher where a label is more suspicious: self-influence, a loss, the length
/// of a gradient.
/// </summary>
/// <remarks>Examples of equal score are inspected in a random order, and what is stated is what that finds on average: a score that is the
/// same for all finds as much as chance does.</remarks>
public sealed class MislabelDetection
{
    private readonly double[] _found;

    private MislabelDetection(double[] found, int flipped)
    {
        _found = found;
        FlippedCount = flipped;
        var sum = -(_found[0] + _found[^1]) / 2;
        foreach (var count in _found)
        {
            sum += count;
        }

        Area = sum / ((double)flipped * Count);
    }

    /// <summary>n.</summary>
    public int Count => _found.Length - 1;

    /// <summary>Examples whose label is wrong, f.</summary>
    public int FlippedCount { get; }

    /// <summary>The area under the curve of the share found over the share inspected: 0.5 by chance, 1 − f/(2n) at best.</summary>
    public double Area { get; }

    /// <summary>The share of the wrong labels that is found, after each number of inspections from 0 to n.</summary>
    public ImmutableArray<double> Curve => [.. _found.Select(count => count / FlippedCount)];

    /// <summary>The share of the wrong labels among the first ⌊<paramref name="inspected"/> · n⌋ examples.</summary>
    /// <param name="inspected">The share that is inspected, from 0 to 1. It counts as the decimal number it is written as, so that 0.29 of
    /// 100 is 29 and not 28.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not a share.</exception>
    public double FoundIn(double inspected)
    {
        var share = inspected is >= 0 and <= 1 ? (decimal)inspected : throw new ArgumentOutOfRangeException(nameof(inspected), inspected, "A share is from 0 to 1.");
        return _found[(int)decimal.Floor(share * Count)] / FlippedCount;
    }

    /// <summary>How soon scores find wrong labels.</summary>
    /// <param name="suspicion">A score for each training example, higher where the label is more suspicious.</param>
    /// <param name="flipped">Whether its label is wrong.</param>
    /// <exception cref="ArgumentException">The lengths differ, a score is not a number, or no label is wrong or none is right.</exception>
    public static MislabelDetection Of<T>(ReadOnlySpan<T> suspicion, ReadOnlySpan<bool> flipped) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (suspicion.Length != flipped.Length)
        {
            throw new ArgumentException($"{suspicion.Length} scores for {flipped.Length} examples.", nameof(suspicion));
        }

        var wrong = flipped.Count(true);
        if (wrong == 0 || wrong == flipped.Length)
        {
            throw new ArgumentException("Some labels must be wrong and some right.", nameof(flipped));
        }

        var scores = new double[suspicion.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = double.CreateChecked(suspicion[i]);
            if (double.IsNaN(scores[i]))
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The score of example {i} (counted from 0) is not a number."), nameof(suspicion));
            }
        }

        return new(Found(scores, flipped), wrong);
    }

    private static double[] Found(double[] scores, ReadOnlySpan<bool> flipped)
    {
        var order = Ranking.Descending(scores);
        var found = new double[order.Length + 1];
        for (var first = 0; first < order.Length;)
        {
            // Of equal scores each one is as likely to come next.
            var (last, among) = (first, 0);
            while (last < order.Length && scores[order[last]] == scores[order[first]])
            {
                among += flipped[order[last]] ? 1 : 0;
                last++;
            }

            for (var i = first; i < last; i++)
            {
                found[i + 1] = found[first] + (double)among * (i + 1 - first) / (last - first);
            }

            first = last;
        }

        return found;
    }
}
