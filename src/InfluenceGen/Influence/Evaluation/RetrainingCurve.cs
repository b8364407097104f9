using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Evaluation;

/// <summary>What becomes of the examples that come first in an order.</summary>
public enum CurveOf
{
    /// <summary>They are left out, and the model is trained on the others.</summary>
    Removal,

    /// <summary>The model is trained on them alone.</summary>
    Addition,
}

/// <summary>The model at one point of a curve.</summary>
/// <param name="Share">The share of the training set that was removed or added.</param>
/// <param name="Examples">How many examples that is.</param>
/// <param name="Loss">The mean test loss; its mean over orders where there are several.</param>
/// <param name="LossDeviation">Its standard deviation over orders; 0 for one order.</param>
/// <param name="Accuracy">The share of test examples whose class is predicted; null where labels are not classes.</param>
/// <param name="AccuracyDeviation">Its standard deviation over orders.</param>
public readonly record struct CurvePoint(double Share, int Examples, double Loss, double LossDeviation, double? Accuracy, double? AccuracyDeviation);

/// <summary>
/// Test loss and accuracy as the training examples of the highest scores are removed, or added, and the model is trained again (Ghorbani and
/// Zou, 2019): good scores raise the loss faster than a random order when removed, and lower it faster when added.
/// </summary>
/// <remarks>Most scores are about leaving little out of the whole set. A small set of the highest, added alone, is often one-sided and worse than
/// a random one; near the whole set, addition asks whether the lowest are the ones to do without.</remarks>
/// <param name="Kind">Removal or addition.</param>
/// <param name="Points">The models, in the order of the shares asked for.</param>
public sealed record RetrainingCurve(CurveOf Kind, ImmutableArray<CurvePoint> Points)
{
    /// <summary>By how much the order is better than another, such as a random one: the area between the curves of the loss divided by the
    /// width, by trapezoids, positive where this order's loss rises more on removal, or falls more on addition.</summary>
    /// <param name="other">A curve of the same kind at the same shares.</param>
    /// <exception cref="ArgumentException">It is another kind or at other shares, or there is one point only.</exception>
    public double AreaOver(RetrainingCurve other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Kind != Kind || Points.Length < 2 || !Points.Select(point => point.Examples).SequenceEqual(other.Points.Select(point => point.Examples)))
        {
            throw new ArgumentException("Curves are compared at the same two or more shares of the same kind.", nameof(other));
        }

        var area = 0.0;
        for (var i = 1; i < Points.Length; i++)
        {
            area += (Points[i].Share - Points[i - 1].Share) * (Difference(i) + Difference(i - 1)) / 2;
        }

        return (Kind == CurveOf.Removal ? area : -area) / (Points[^1].Share - Points[0].Share);

        double Difference(int i) => Points[i].Loss - other.Points[i].Loss;
    }
}

public sealed partial class Retrainer<TModel, T>
{
    /// <summary>The curve of an order by scores.</summary>
    /// <param name="kind">Whether the highest are removed or added.</param>
    /// <param name="scores">A score for each training example, such as <c>JointInfluence</c> gives them; of
    /// equal ones the lower position is first.</param>
    /// <param name="on">The test examples.</param>
    /// <param name="shares">Shares of the training set, rising, from 0 to 1. At least one example must be left to train on.</param>
    /// <exception cref="ArgumentException">There are not as many scores as training examples, one is not a number, the shares do not rise, or
    /// one leaves nothing to train on.</exception>
    /// <inheritdoc cref="Losses(IReadOnlyList{int[]}, ExampleSet{T})" path="/exception"/>
    public RetrainingCurve Curve(CurveOf kind, ReadOnlySpan<T> scores, ExampleSet<T> on, params ReadOnlySpan<double> shares)
    {
        if (scores.Length != Training.Count)
        {
            throw new ArgumentException($"{scores.Length} scores for {Training.Count} training examples.", nameof(scores));
        }

        var values = new double[scores.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = double.CreateChecked(scores[i]);
            if (double.IsNaN(values[i]))
            {
                throw new ArgumentException($"The score of training example {i} is not a number.", nameof(scores));
            }
        }

        return Curve(kind, [Ranking.Descending(values)], on, shares);
    }

    /// <summary>The mean curve of random orders.</summary>
    /// <param name="kind">Whether the first of an order are removed or added.</param>
    /// <param name="on">The test examples.</param>
    /// <param name="orders">How many orders.</param>
    /// <param name="seed">Fixes them.</param>
    /// <param name="shares">As for <see cref="Curve(CurveOf, ReadOnlySpan{T}, ExampleSet{T}, ReadOnlySpan{double})"/>.</param>
    /// <inheritdoc cref="Curve(CurveOf, ReadOnlySpan{T}, ExampleSet{T}, ReadOnlySpan{double})" path="/exception"/>
    public RetrainingCurve RandomCurve(CurveOf kind, ExampleSet<T> on, int orders, long seed, params ReadOnlySpan<double> shares)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(orders);
        var random = new RandomSource(seed);
        var shuffled = new int[orders][];
        for (var order = 0; order < orders; order++)
        {
            shuffled[order] = [.. Enumerable.Range(0, Training.Count)];
            random.Shuffle(shuffled[order].AsSpan());
        }

        return Curve(kind, shuffled, on, shares);
    }

    private RetrainingCurve Curve(CurveOf kind, int[][] orders, ExampleSet<T> on, ReadOnlySpan<double> shares)
    {
        on = ModelData.Matched(Full.Model, Training, on, nameof(on));
        var (rising, counts) = (shares.ToArray(), CountsOf(kind, shares));
        var trainings = Sizes.Product(counts.Length, orders.Length, "Ask for fewer shares or orders.");
        var (losses, accuracies) = (new double[trainings], new double[trainings]);
        var classes = Full.Model.Labels is LabelDomain.Binary or LabelDomain.Distribution;
        Train(losses.Length, i => Kept(i / orders.Length, orders[i % orders.Length]), (i, fit) =>
        {
            losses[i] = fit.MeanLoss(on);
            accuracies[i] = classes ? fit.Accuracy(on) : 0;
        });
        return new(kind, [.. counts.Select((count, point) =>
        {
            var (loss, lossDeviation) = MeanAndDeviation(losses.AsSpan(point * orders.Length, orders.Length));
            var (accuracy, accuracyDeviation) = MeanAndDeviation(accuracies.AsSpan(point * orders.Length, orders.Length));
            return new CurvePoint(rising[point], count, loss, lossDeviation, classes ? accuracy : null, classes ? accuracyDeviation : null);
        })]);

        int[] Kept(int point, int[] order) => kind == CurveOf.Addition ? order[..counts[point]] : order[counts[point]..];
    }

    private int[] CountsOf(CurveOf kind, ReadOnlySpan<double> shares)
    {
        var counts = new int[shares.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            if (!(shares[i] is >= 0 and <= 1) || i > 0 && !(shares[i] > shares[i - 1]))
            {
                throw new ArgumentException("Shares rise, from 0 to 1 at most.", nameof(shares));
            }

            counts[i] = (int)Math.Round(shares[i] * Training.Count, MidpointRounding.ToEven);
            if (counts[i] == (kind == CurveOf.Addition ? 0 : Training.Count))
            {
                throw new ArgumentException($"A share leaves none of {Training.Count} examples to train on.", nameof(shares));
            }
        }

        return counts.Length > 0 ? counts : throw new ArgumentException("There is no share.", nameof(shares));
    }

    private static (double Mean, double Deviation) MeanAndDeviation(ReadOnlySpan<double> values)
    {
        var (mean, squares) = (0.0, 0.0);
        foreach (var value in values)
        {
            mean += value / values.Length;
        }

        foreach (var value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return (mean, values.Length == 1 ? 0 : Math.Sqrt(squares / (values.Length - 1)));
    }
}
