using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;

namespace InfluenceGen.Influence.Values;

/// <summary>
/// The Shapley value of each training example in a k-nearest-neighbour classifier, exactly, in n log n for each test example (Jia et al.,
/// 2019; Hammoudeh and Lowd, Eq. (26)). A coalition S is worth the share of its min(k, |S|) nearest examples that are of the test
/// example's class, counted by k: v(S) = (1/k) #matches, and 0 for nobody.
/// </summary>
/// <remarks>
/// <para>With examples by rising distance, s_n = 1[y_n = y] min(k, n)/(n k) and s_j = s_{j+1} + (1[y_j = y] − 1[y_{j+1} = y]) min(k,
/// j)/(k j). The unit is that share: the values of a test example add up to v of all. Distances are Euclidean; of equal ones the lower
/// position is nearer.</para>
/// <para>It asks nothing of the model but what near means, and trains nothing: take it to value very many examples, or as a stand-in for
/// the Shapley value of a network (on its last layer). It is about neighbours, not about what the model does with them.</para>
/// </remarks>
public readonly record struct NearestNeighbourShapley() : IInfluenceMethod
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
        return new Shares(Neighbours);
    }

    private sealed class Shares(int neighbours) : NeighbourValue
    {
        public override void Write(ReadOnlySpan<bool> matches, ReadOnlySpan<double> distances, Span<double> values)
        {
            var (n, k) = (matches.Length, (double)neighbours);
            values[n - 1] = matches[n - 1] ? Math.Min(k, n) / (n * k) : 0;
            for (var j = n - 2; j >= 0; j--)
            {
                // Of a run of equal neighbours all have the same value, to the bit.
                var gain = matches[j] == matches[j + 1] ? 0 : Math.Min(k, j + 1) / (k * (j + 1));
                values[j] = values[j + 1] + (matches[j] ? gain : -gain);
            }
        }
    }
}
