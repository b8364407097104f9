using InfluenceGen.Examples;
using InfluenceGen.Models;

namespace InfluenceGen.Tests.Models;

public partial struct ReferenceFactorization
{
    public readonly bool HasLinearOutputs => false;

    public readonly int LastLayerLength => 0;

    public readonly void OutputHessian(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        Span<double> outputHessians)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            outputHessians[i] = Weight(examples, i);
        }
    }

    public readonly void LastLayerFeatures(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        Span<double> layerFeatures) => throw new NotSupportedException("Outputs are products of two rows.");

    public readonly void OutputDot(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> directions, Span<double> dots)
    {
        for (var k = 0; k < directions.Length / Layout.StorageLength; k++)
        {
            foreach (var i in Reference.Examples(examples, 0, first, last))
            {
                dots[k * examples.Count + i] = Rate(examples, i, weights,
                    directions.Slice(k * Layout.StorageLength, Layout.StorageLength));
            }
        }
    }

    public readonly void OutputAdjointSum(int pass, ExampleSet<double> examples, int first, int last,
        ReadOnlySpan<double> weights, ReadOnlySpan<double> cotangents, Span<double> sums)
    {
        var segments = examples.SegmentsOf(pass);
        for (var s = first; s < last; s++)
        {
            var sum = sums.Slice(segments.Targets[s] * Layout.Blocks[pass].Stride, rank);
            sum.Clear();
            foreach (var i in Reference.Examples(examples, pass, s, s + 1))
            {
                Add(pass, cotangents[i], Row(1 - pass, examples, i, weights), sum);
            }
        }
    }

    /// <summary>H v in the own block: (ds) other + r (other's v) + decay (own v).</summary>
    public readonly void HessianVectorSum(int pass, ExampleSet<double> examples, int first, int last,
        ReadOnlySpan<double> weights, ReadOnlySpan<double> coefficients, ReadOnlySpan<double> directions, Span<double> sums)
    {
        var segments = examples.SegmentsOf(pass);
        var count = directions.Length / Layout.StorageLength;
        for (var k = 0; k < count; k++)
        {
            var v = directions.Slice(k * Layout.StorageLength, Layout.StorageLength);
            for (var s = first; s < last; s++)
            {
                var sum = sums.Slice(k * (sums.Length / count) + segments.Targets[s] * Layout.Blocks[pass].Stride, rank);
                sum.Clear();
                foreach (var i in Reference.Examples(examples, pass, s, s + 1))
                {
                    var c = coefficients.IsEmpty ? 1 : coefficients[i];
                    Add(pass, c * Weight(examples, i) * Rate(examples, i, weights, v), Row(1 - pass, examples, i, weights), sum);
                    Add(pass, c * Error(examples, i, weights), Moving(1 - pass, examples, i, v), sum);
                    Add(pass, c * Decay(pass, examples, i), Moving(pass, examples, i, v), sum);
                }
            }
        }
    }

    public readonly void HessianDot(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> direction, ReadOnlySpan<double> other, Span<double> dots)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            dots[i] = Weight(examples, i) * Rate(examples, i, weights, direction) * Rate(examples, i, weights, other)
                + Error(examples, i, weights) * Mixed(examples, i, direction, other)
                + Decay(0, examples, i) * Dot(Moving(0, examples, i, direction), Moving(0, examples, i, other))
                + Decay(1, examples, i) * Dot(Moving(1, examples, i, direction), Moving(1, examples, i, other));
        }
    }

    /// <summary>In the own block: (mixed) other + (ds along v) (other's u) + (ds along u) (other's v).</summary>
    public readonly void ThirdDerivativeSum(int pass, ExampleSet<double> examples, int first, int last,
        ReadOnlySpan<double> weights, ReadOnlySpan<double> coefficients, ReadOnlySpan<double> direction,
        ReadOnlySpan<double> other, Span<double> sums)
    {
        var segments = examples.SegmentsOf(pass);
        for (var s = first; s < last; s++)
        {
            var sum = sums.Slice(segments.Targets[s] * Layout.Blocks[pass].Stride, rank);
            sum.Clear();
            foreach (var i in Reference.Examples(examples, pass, s, s + 1))
            {
                var c = Weight(examples, i) * (coefficients.IsEmpty ? 1 : coefficients[i]);
                Add(pass, c * Mixed(examples, i, direction, other), Row(1 - pass, examples, i, weights), sum);
                Add(pass, c * Rate(examples, i, weights, direction), Moving(1 - pass, examples, i, other), sum);
                Add(pass, c * Rate(examples, i, weights, other), Moving(1 - pass, examples, i, direction), sum);
            }
        }
    }

    /// <summary>ds = v_p·q + p·v_q.</summary>
    private readonly double Rate(ExampleSet<double> examples, int i, ReadOnlySpan<double> weights, ReadOnlySpan<double> v) =>
        Dot(Moving(0, examples, i, v), Row(1, examples, i, weights)) + Dot(Row(0, examples, i, weights), Moving(1, examples, i, v));

    /// <summary>∂²s[u, v] = v_p·u_q + u_p·v_q.</summary>
    private readonly double Mixed(ExampleSet<double> examples, int i, ReadOnlySpan<double> v, ReadOnlySpan<double> u) =>
        Dot(Moving(0, examples, i, v), Moving(1, examples, i, u)) + Dot(Moving(0, examples, i, u), Moving(1, examples, i, v));

    /// <summary>The example's row of a direction; zeros while the block is held constant.</summary>
    private readonly ReadOnlySpan<double> Moving(int block, ExampleSet<double> examples, int i, ReadOnlySpan<double> v) =>
        Blocks.Contains(block) ? Row(block, examples, i, v) : new double[rank];

    private readonly void Add(int block, double c, ReadOnlySpan<double> row, Span<double> sum)
    {
        for (var k = 0; k < sum.Length && Blocks.Contains(block); k++)
        {
            sum[k] += c * row[k];
        }
    }
}
