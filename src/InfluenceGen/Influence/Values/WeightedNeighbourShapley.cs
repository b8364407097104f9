using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>
/// The Shapley value of each training example in a weighted k-nearest-neighbour classifier whose weights are rounded to a few bits,
/// exactly for these (Wang, Mittal and Jia, 2024). The nearer a neighbour, the more its vote weighs: exp(−d²/(2 h²)) at distance d,
/// rounded to a multiple of 1/(2^b − 1). A coalition is worth 1 where those of its min(k, |S|) nearest that are of the test example's
/// class weigh at least as much as the others together (so also where all weights round to 0), else 0; nobody is worth 0.
/// </summary>
/// <remarks>
/// <para>The votes of several other classes count together, so that of more than two the right one needs half of the weight. By dynamic
/// programming over the sum of the votes in sorted order: n² k² 2^b for each test example, so for up to some thousand training examples;
/// without weights <see cref="NearestNeighbourShapley"/> takes n log n.</para>
/// <para>Coalitions smaller than k are counted by their size and sum of votes; of larger ones, by whom example i displaces. A displaced
/// example of rank m has the weight k/(m (m − 1)) beside a random coalition of k − 1 before it.</para>
/// </remarks>
public readonly record struct WeightedNeighbourShapley() : IInfluenceMethod
{
    private readonly int? _neighbours;
    private readonly int? _bits;

    /// <summary>k; 5 where nothing is said.</summary>
    public int Neighbours
    {
        get => _neighbours ?? 5;
        init => _neighbours = value;
    }

    /// <summary>h, the distance at which a vote weighs exp(−½) = 0.61, above 0; it has no default, since it is in units of the
    /// features.</summary>
    public double Bandwidth { get; init; }

    /// <summary>b, from 1 to 8; 3 where nothing is said.</summary>
    public int Bits
    {
        get => _bits ?? 3;
        init => _bits = value;
    }

    /// <inheritdoc cref="NearestNeighbourShapley.Features"/>
    public NeighbourFeatures Features { get; init; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Labels are not classes, examples have weights, or there is nothing to measure
    /// distances by.</exception>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => NeighbourScores.Of(task, Features, Rule);

    /// <inheritdoc cref="NearestNeighbourShapley.Of{T}"/>
    public InfluenceScores<T> Of<T>(ExampleSet<T> training, ExampleSet<T> on, InfluenceOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => NeighbourScores.Of(training, on, Rule, options);

    private NeighbourValue Rule(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Neighbours, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Bits, 8);
        Settings.RequirePositive(Bandwidth);
        return new Votes(Neighbours, Bandwidth, (1 << Bits) - 1);
    }

    private sealed class Votes(int neighbours, double bandwidth, int levels) : NeighbourValue
    {
        public override void Write(ReadOnlySpan<bool> matches, ReadOnlySpan<double> distances, Span<double> values)
        {
            var (n, k) = (matches.Length, Math.Min(neighbours, matches.Length));
            var votes = new int[n];
            for (var j = 0; j < n; j++)
            {
                var distance = distances[j] / bandwidth;
                var weight = (int)Math.Round(levels * Math.Exp(-distance * distance / 2), MidpointRounding.ToEven);
                votes[j] = matches[j] ? weight : -weight;
            }

            // The distribution of the sum of votes of a random coalition of 0 to k − 1 of those before i, and of those and some behind, i left out.
            var (before, others) = (new VoteSums(k, levels), new VoteSums(k, levels));
            for (var i = 0; i < n; i++)
            {
                others.CopyFrom(before);
                var value = 0.0;
                for (var m = i + 1; m < n; m++)
                {
                    // Where m is the k-th nearest and i comes in before it, m goes: its rank counted from 1 is m + 1.
                    if (m >= k && votes[i] != votes[m])
                    {
                        value += k / ((m + 1.0) * m) * (others.ShareAtLeast(k - 1, -votes[i]) - others.ShareAtLeast(k - 1, -votes[m]));
                    }

                    others.Add(votes[m]);
                }

                // Coalitions that are smaller than k lose nobody when i comes.
                for (var size = 0; size < k; size++)
                {
                    value += (others.ShareAtLeast(size, -votes[i]) - (size == 0 ? 0 : others.ShareAtLeast(size, 0))) / n;
                }

                values[i] = value;
                before.Add(votes[i]);
            }
        }
    }

    /// <summary>For each size below k, how the sum of votes of a random coalition of that size is distributed.</summary>
    private sealed class VoteSums
    {
        private readonly int _sizes;
        private readonly int _middle;
        private readonly int _stride;
        private readonly double[] _shares;
        private int _count;

        public VoteSums(int sizes, int levels)
        {
            (_sizes, _middle) = (sizes, Sizes.Product(sizes - 1, levels, "Ask for fewer neighbours or bits."));
            _stride = Sizes.Product(_middle, 2, "Ask for fewer neighbours or bits.") + 1;
            _shares = new double[Sizes.Product(sizes, _stride, "Ask for fewer neighbours or bits.")];
            _shares[_middle] = 1;
        }

        public void CopyFrom(VoteSums other)
        {
            _count = other._count;
            other._shares.CopyTo(_shares, 0);
        }

        /// <summary>One more whom coalitions may have: of the coalitions of a size the share size/count has it.</summary>
        public void Add(int vote)
        {
            _count++;
            for (var size = Math.Min(_sizes - 1, _count); size > 0; size--)
            {
                var share = (double)size / _count;
                var own = _shares.AsSpan(size * _stride, _stride);
                var smaller = _shares.AsSpan((size - 1) * _stride, _stride);
                TensorPrimitives.Multiply(own, 1 - share, own);

                // A coalition of fewer cannot reach the outermost sums, so that what is shifted out is zero.
                var (from, to, length) = vote < 0 ? (-vote, 0, _stride + vote) : (0, vote, _stride - vote);
                if (length > 0)
                {
                    TensorPrimitives.MultiplyAdd(smaller.Slice(from, length), share, own.Slice(to, length), own.Slice(to, length));
                }
            }
        }

        /// <summary>The share of the coalitions of a size whose votes add up to at least so much.</summary>
        public double ShareAtLeast(int size, int sum)
        {
            // One by one: an order of summation that depends on where memory lies would change bits.
            var share = 0.0;
            for (var place = Math.Max(0, _middle + sum); place < _stride; place++)
            {
                share += _shares[size * _stride + place];
            }

            return share;
        }
    }
}
