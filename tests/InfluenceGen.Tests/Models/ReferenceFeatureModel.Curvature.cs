using InfluenceGen.Examples;
using InfluenceGen.Models;

namespace InfluenceGen.Tests.Models;

public partial struct ReferenceFeatureModel<TLoss>
{
    public readonly bool HasLinearOutputs => true;

    public readonly int LastLayerLength => features;

    public readonly void OutputHessian(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        Span<double> outputHessians)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            outputHessians[i] = Weight(examples, i) * TLoss.Curvature(Output(examples, i, weights), examples.Labels[i]);
        }
    }

    public readonly void LastLayerFeatures(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        Span<double> layerFeatures)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            FeaturesOf(examples, i).CopyTo(layerFeatures[(i * examples.FeatureStride)..]);
        }
    }

    public readonly void OutputDot(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> directions, Span<double> dots)
    {
        for (var k = 0; k < directions.Length / Layout.StorageLength; k++)
        {
            foreach (var i in Reference.Examples(examples, 0, first, last))
            {
                dots[k * examples.Count + i] = Dot(examples, i, directions.Slice(k * Layout.StorageLength, Layout.StorageLength));
            }
        }
    }

    public readonly void OutputAdjointSum(int pass, ExampleSet<double> examples, int first, int last,
        ReadOnlySpan<double> weights, ReadOnlySpan<double> cotangents, Span<double> sums)
    {
        var segments = examples.SegmentsOf(0);
        for (var s = first; s < last; s++)
        {
            var sum = sums.Slice(segments.Targets[s] * Layout.StorageLength, Layout.StorageLength);
            sum.Clear();
            foreach (var i in Reference.Examples(examples, 0, s, s + 1))
            {
                AddFeatures(examples, i, cotangents[i], sum);
            }
        }
    }

    public readonly void HessianVectorSum(int pass, ExampleSet<double> examples, int first, int last,
        ReadOnlySpan<double> weights, ReadOnlySpan<double> coefficients, ReadOnlySpan<double> directions, Span<double> sums)
    {
        var count = directions.Length / Layout.StorageLength;
        for (var k = 0; k < count; k++)
        {
            var direction = directions.Slice(k * Layout.StorageLength, Layout.StorageLength);
            var multipliers = new double[examples.Count];
            foreach (var i in Reference.Examples(examples, 0, first, last))
            {
                multipliers[i] = Weight(examples, i) * TLoss.Curvature(Output(examples, i, weights), examples.Labels[i])
                    * (coefficients.IsEmpty ? 1 : coefficients[i]) * Dot(examples, i, direction);
            }

            OutputAdjointSum(0, examples, first, last, weights, multipliers, sums.Slice(k * (sums.Length / count), sums.Length / count));
        }
    }

    public readonly void HessianDot(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> direction, ReadOnlySpan<double> other, Span<double> dots)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            dots[i] = Weight(examples, i) * TLoss.Curvature(Output(examples, i, weights), examples.Labels[i])
                * Dot(examples, i, direction) * Dot(examples, i, other);
        }
    }

    public readonly void ThirdDerivativeSum(int pass, ExampleSet<double> examples, int first, int last,
        ReadOnlySpan<double> weights, ReadOnlySpan<double> coefficients, ReadOnlySpan<double> direction,
        ReadOnlySpan<double> other, Span<double> sums)
    {
        var multipliers = new double[examples.Count];
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            multipliers[i] = Weight(examples, i) * TLoss.Third(Output(examples, i, weights), examples.Labels[i])
                * (coefficients.IsEmpty ? 1 : coefficients[i]) * Dot(examples, i, direction) * Dot(examples, i, other);
        }

        OutputAdjointSum(0, examples, first, last, weights, multipliers, sums);
    }
}
