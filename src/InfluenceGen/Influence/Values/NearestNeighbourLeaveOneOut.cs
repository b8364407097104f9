using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;

namespace InfluenceGen.Influence.Values;

/// <summary>
/// Leave one out in a k-nearest-neighbour classifier, exactly, in n log n for each test example (Jia et al., 2021, lemma 1): v(all) −
/// v(all without i), where v(S) = (1/k) #matches among the min(k, |S|) nearest of S.
/// </summary>
/// <remarks>Without one of the k nearest the next one comes in: (1[y_i = y] − 1[y_{k+1} = y])/k, and 1[y_i = y]/k where there is none; 0
/// for all others. So all but k training examples are worth nothing to a test example; to rank them, take
/// <see cref="NearestNeighbourShapley"/>. Distances are Euclidean; of equal ones the lower position is nearer.</remarks>
public readonly record struct NearestNeighbourLeaveOneOut() : IInfluenceMethod
{
    private readonly int? _neighbours;

    /// <summary>k; 5 where nothing is said.</summary>
    public int Neighbours
    {
        get => _neighbours ?? 5;
        init => _neighbours = value;
    }

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
        ArgumentOutOfRangeException.ThrowIfLessThan(Neighbours, 1);
        return new Differences(Neighbours);
    }

    private sealed class Differences(int neighbours) : NeighbourValue
    {
        public override void Write(ReadOnlySpan<bool> matches, ReadOnlySpan<double> distances, Span<double> values)
        {
            values.Clear();
            var next = neighbours < matches.Length && matches[neighbours] ? 1 : 0;
            for (var j = 0; j < Math.Min(neighbours, matches.Length); j++)
            {
                values[j] = ((matches[j] ? 1 : 0) - next) / (double)neighbours;
            }
        }
    }
}
