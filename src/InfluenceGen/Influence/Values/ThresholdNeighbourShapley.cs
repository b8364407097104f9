using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;

namespace InfluenceGen.Influence.Values;

/// <summary>
/// The Shapley value of each training example in a classifier by all neighbours within a threshold, exactly, in n for each test example
/// (Wang, Zhu, Wang, Jia and Mittal, 2023, TKNN-Shapley). A coalition is worth the share of its examples within the threshold that are of
/// the test example's class; one without such examples guesses and is worth one over the number of classes.
/// </summary>
/// <remarks>
/// Of b examples within the threshold each has (1/b) [(1[y_i = y] − 1/C) + (1[y_i = y] − q_i) (H_b − 1)], where q_i is the share of
/// matches among the other b − 1 and H_b = 1 + 1/2 + … + 1/b; all others have 0. The values of a test example add up to the share among
/// all within, less 1/C. Two numbers, b and how many match, are all that an example's value takes of the others. Distances are Euclidean.
/// </remarks>
public readonly record struct ThresholdNeighbourShapley : IInfluenceMethod
{
    /// <summary>The largest distance of a neighbour, above 0; it has no default, since it is in units of the features.</summary>
    public double Threshold { get; init; }

    /// <summary>What distances are measured by.</summary>
    public NeighbourFeatures Features { get; init; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Labels are not classes, examples have weights, or there is nothing to measure
    /// distances by.</exception>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => NeighbourScores.Of(task, Features, Rule);

    /// <summary>The values of one set's examples for another's by the features as they stand, without a model: of labels that are whole
    /// numbers, or rows of which one is 1 and the others 0.</summary>
    /// <param name="training">The examples whose values are asked for.</param>
    /// <param name="on">The test examples.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="ArgumentException">The sets have other features than each other.</exception>
    /// <exception cref="InvalidOperationException">Labels are not classes, examples have weights, or no features.</exception>
    /// <exception cref="ArithmeticException">A distance is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public InfluenceScores<T> Of<T>(ExampleSet<T> training, ExampleSet<T> on, InfluenceOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => NeighbourScores.Of(training, on, Rule, options);

    private NeighbourValue Rule(int classes)
    {
        Settings.RequirePositive(Threshold);
        return new Within(Threshold, 1.0 / classes);
    }

    private sealed class Within(double threshold, double guess) : NeighbourValue
    {
        private long _asked;
        private long _alone;

        public override ImmutableArray<string> Notes => _alone == 0 ? [] : [string.Create(CultureInfo.InvariantCulture,
            $"{_alone} of {_asked} test examples have no training example within the threshold: every value for them is 0. A larger threshold has more neighbours.")];

        public override void Write(ReadOnlySpan<bool> matches, ReadOnlySpan<double> distances, Span<double> values)
        {
            values.Clear();
            Interlocked.Increment(ref _asked);
            var (count, right, harmonic) = (0, 0, 0.0);
            while (count < distances.Length && distances[count] <= threshold)
            {
                right += matches[count++] ? 1 : 0;
                harmonic += 1.0 / count;
            }

            if (count == 0)
            {
                Interlocked.Increment(ref _alone);
            }

            for (var j = 0; j < count; j++)
            {
                var own = matches[j] ? 1 : 0;
                var others = count > 1 ? own - (right - own) / (count - 1.0) : 0;
                values[j] = (own - guess + others * (harmonic - 1)) / count;
            }
        }
    }
}
