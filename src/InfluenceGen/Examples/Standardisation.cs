using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json.Serialization;
using InfluenceGen.Numerics;

namespace InfluenceGen.Examples;

/// <summary>
/// Shifts and scales features so that each has mean 0 and variance 1 over the training examples:
/// x ↦ (x − mean) / deviation, with the population variance (1/n) Σ (x − mean)². Fit it on the training part and apply it
/// to both parts; what deployment looks like must not reach the model. Where examples have weights, means are weighted, and what weighs
/// nothing does not count.
/// </summary>
/// <remarks>
/// A feature that has one value throughout the training part (a pixel that is always blank) is shifted by that value and
/// not scaled: it is exactly 0 in training, so no gradient reaches its weight. So is one that is constant but for rounding (0.3 in some
/// rows and 0.1 + 0.2 in others): whose deviation is at most four times the relative precision of its numbers, unless they are whole
/// numbers, which are exact. Values as near to the mean as those in training are 0 too. <see cref="ConstantFeatures"/> lists such
/// features. An error instead would stop a study of many random splits at the first one that misses a rare value. Safe for any number of
/// threads at once.
/// </remarks>
[JsonConverter(typeof(JsonRefusal))]
[HiddenFromJson("its numbers: they are in Means, Deviations and ConstantFeatures")]
public sealed class Standardisation
{
    // Of the precision of its numbers, relative to the mean: what a few roundings leave of a constant.
    private const double ConstantUlps = 4;

    private readonly double[] _means;
    private readonly double[] _deviations;
    private readonly double[] _rounding;
    private readonly int[] _constant;
    private readonly ImmutableArray<string> _names;

    private Standardisation(ImmutableArray<string> names, double[] means, double[] deviations, double[] rounding, int[] constant)
    {
        _names = names;
        _means = means;
        _deviations = deviations;
        _rounding = rounding;
        _constant = constant;
    }

    /// <summary>What is subtracted from each feature.</summary>
    public ReadOnlySpan<double> Means => _means;

    /// <summary>What each feature is then divided by; 1 for a constant one.</summary>
    public ReadOnlySpan<double> Deviations => _deviations;

    /// <summary>The features, counted from 0, that have one value throughout the training part, but for rounding.</summary>
    public ReadOnlySpan<int> ConstantFeatures => _constant;

    /// <summary>Takes mean and deviation of each feature from <paramref name="training"/>, in double precision.</summary>
    /// <exception cref="ArgumentException">The set holds ratings, which have no features; every example has weight 0; or a feature is so large
    /// that its mean or deviation is not finite.</exception>
    public static Standardisation Fit<T>(ExampleSet<T> training) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(training);
        if (training.FeatureCount == 0)
        {
            throw new ArgumentException("These examples are ratings; there are no features to standardise.", nameof(training));
        }

        if (!(training.TotalWeight > 0))
        {
            throw new ArgumentException("Every example has weight 0, so that no mean can be taken. Give one of them a weight.", nameof(training));
        }

        var means = new double[training.FeatureCount];
        var deviations = new double[training.FeatureCount];
        var rounding = new double[training.FeatureCount];
        var precision = double.CreateChecked(T.BitIncrement(T.One) - T.One);
        var constant = new List<int>();
        int[] rows = [.. Enumerable.Range(0, training.Count).Where(row => training.Weights.IsEmpty || training.Weights[row] > T.Zero)];
        double[] weights = [.. rows.Select(row => training.Weights.IsEmpty ? 1 : double.CreateChecked(training.Weights[row]))];
        var values = new double[rows.Length];
        for (var feature = 0; feature < means.Length; feature++)
        {
            for (var row = 0; row < values.Length; row++)
            {
                values[row] = double.CreateChecked(training.Features[rows[row] * training.FeatureStride + feature]);
            }

            (means[feature], deviations[feature], var farthest) = MeanAndDeviation(values, weights, training.TotalWeight);
            if (deviations[feature] == 0
                || (deviations[feature] <= ConstantUlps * precision * Math.Abs(means[feature]) && !AreExact(values, precision)))
            {
                (deviations[feature], rounding[feature]) = (1, farthest);
                constant.Add(feature);
            }
            else if (!double.IsFinite(means[feature]) || !double.IsFinite(deviations[feature]))
            {
                throw new ArgumentException(
                    $"The {training.NameOfFeature(feature)} has values too large to be standardised; give it in a larger unit.",
                    nameof(training));
            }
        }

        return new Standardisation(training.FeatureNames, means, deviations, rounding, [.. constant]);
    }

    /// <summary>The same examples with standardised features, in the order of the set that this was fitted on: features that
    /// have names are matched by them.</summary>
    /// <exception cref="ArgumentException">The set has other features than the one this was fitted on, or a
    /// value lies so far from the mean that the result is not finite.</exception>
    public ExampleSet<T> Apply<T>(ExampleSet<T> examples) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(examples);
        examples = examples.WithFeaturesLike(_names, nameof(examples));
        if (examples.FeatureCount != _means.Length)
        {
            throw new ArgumentException(
                $"Fitted on {_means.Length} features, applied to {examples.FeatureCount}.", nameof(examples));
        }

        var features = AlignedBuffer<T>.CopyOf(examples.Features);
        for (var row = 0; row < examples.Count; row++)
        {
            var values = features.Span.Slice(row * examples.FeatureStride, _means.Length);
            for (var feature = 0; feature < values.Length; feature++)
            {
                var distance = double.CreateChecked(values[feature]) - _means[feature];
                values[feature] = Math.Abs(distance) <= _rounding[feature] ? T.Zero : T.CreateChecked(distance / _deviations[feature]);
                if (!T.IsFinite(values[feature]))
                {
                    throw new ArgumentException(
                        $"Row {examples.Source[row]} (counted from 0): the {examples.NameOfFeature(feature)} lies too far from the training mean to be standardised.",
                        nameof(examples));
                }
            }
        }

        return examples.WithFeatures(features);
    }

    /// <summary>Whether all are whole numbers of which every one can be told from the next.</summary>
    private static bool AreExact(ReadOnlySpan<double> values, double precision)
    {
        foreach (var x in values)
        {
            if (x != Math.Floor(x) || Math.Abs(x) > 2 / precision)
            {
                return false;
            }
        }

        return true;
    }

    private static (double Mean, double Deviation, double Farthest) MeanAndDeviation(ReadOnlySpan<double> values, ReadOnlySpan<double> weights,
        double total)
    {
        // Equal values are told apart from a small spread by comparing them: their mean may differ in the last bit.
        if (!values.ContainsAnyExcept(values[0]))
        {
            return (values[0], 0, 0);
        }

        var mean = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            mean += weights[i] * values[i];
        }

        mean /= total;

        // What adding up many numbers left: the mean is right to its last bits whatever their number.
        var rest = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            rest += weights[i] * (values[i] - mean);
        }

        mean += rest / total;

        // Distances are scaled by the largest, so that their squares neither overflow nor vanish.
        var largest = 0.0;
        foreach (var x in values)
        {
            largest = Math.Max(largest, Math.Abs(x - mean));
        }

        var sum = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            var distance = (values[i] - mean) / largest;
            sum += weights[i] * (distance * distance);
        }

        return (mean, largest * Math.Sqrt(sum / total), largest);
    }
}
