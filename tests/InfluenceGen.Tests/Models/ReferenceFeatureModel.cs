using InfluenceGen.Examples;
using InfluenceGen.Models;

namespace InfluenceGen.Tests.Models;

/// <summary>A loss of one output, its derivative and the inverse of its link, as in SCHEMA.md.</summary>
public interface IReferenceLoss
{
    static abstract LabelDomain Labels { get; }

    static abstract double Loss(double s, double y);

    static abstract double Derivative(double s, double y);

    static abstract double Baseline(double meanLabel);
}

/// <summary>½(s − y)².</summary>
public readonly struct HalfSquare : IReferenceLoss
{
    public static LabelDomain Labels => LabelDomain.Real;

    public static double Loss(double s, double y) => 0.5 * (s - y) * (s - y);

    public static double Derivative(double s, double y) => s - y;

    public static double Baseline(double meanLabel) => meanLabel;
}

/// <summary>log(1 + eˢ) − y s.</summary>
public readonly struct LogisticLoss : IReferenceLoss
{
    public static LabelDomain Labels => LabelDomain.Binary;

    public static double Loss(double s, double y) => Math.Max(s, 0) + Math.Log(1 + Math.Exp(-Math.Abs(s))) - y * s;

    public static double Derivative(double s, double y) => 1 / (1 + Math.Exp(-s)) - y;

    public static double Baseline(double meanLabel) => Math.Log(meanLabel / (1 - meanLabel));
}

/// <summary>
/// s = w·x + b, or w·x, with every gradient written out in full: the second route that generated code is compared with.
/// </summary>
public struct ReferenceFeatureModel<TLoss>(int features, bool bias = true) : IModel<double>
    where TLoss : struct, IReferenceLoss
{
    public readonly ParameterLayout Layout { get; } = bias
        ? new(("w", 1, features, -1), ("b", 1, 1, -1))
        : new(("w", 1, features, -1));

    public readonly int Passes => 1;

    public readonly bool OwnsRows => false;

    public readonly LabelDomain Labels => TLoss.Labels;

    public int Outputs => 1;

    public int OutputStride => 1;

    public readonly int GradientRowLength => Layout.StorageLength;

    public readonly double Baseline(double meanLabel) => TLoss.Baseline(meanLabel);

    public readonly void Predict(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        Span<double> outputs)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            outputs[i] = Output(examples, i, weights);
        }
    }

    public readonly void Loss(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        Span<double> losses)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            losses[i] = TLoss.Loss(Output(examples, i, weights), examples.Labels[i]);
        }
    }

    public readonly void OutputGradient(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        Span<double> outputGradients)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            outputGradients[i] = TLoss.Derivative(Output(examples, i, weights), examples.Labels[i]);
        }
    }

    public readonly void GradientDot(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> direction, Span<double> dots)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            dots[i] = Dot(examples, i, TLoss.Derivative(Output(examples, i, weights), examples.Labels[i]), direction);
        }
    }

    public readonly void GradientSquaredNorm(ExampleSet<double> examples, int first, int last,
        ReadOnlySpan<double> weights, Span<double> norms)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            var r = TLoss.Derivative(Output(examples, i, weights), examples.Labels[i]);
            var sum = bias ? r * r : 0;
            foreach (var x in Features(examples, i))
            {
                sum += r * x * r * x;
            }

            norms[i] = sum;
        }
    }

    public readonly void Gradients(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        Span<double> rows)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            var r = TLoss.Derivative(Output(examples, i, weights), examples.Labels[i]);
            var row = rows.Slice(i * GradientRowLength, GradientRowLength);
            for (var k = 0; k < features; k++)
            {
                row[k] = r * Features(examples, i)[k];
            }

            if (bias)
            {
                row[Layout.Blocks[1].Offset] = r;
            }
        }
    }

    public readonly void GradientSum(int pass, ExampleSet<double> examples, int first, int last,
        ReadOnlySpan<double> weights, ReadOnlySpan<double> coefficients, Span<double> outputGradients, Span<double> sums)
    {
        var segments = examples.SegmentsOf(0);
        for (var s = first; s < last; s++)
        {
            var sum = sums.Slice(segments.Targets[s] * Layout.StorageLength, Layout.StorageLength);
            sum.Clear();
            foreach (var i in Reference.Examples(examples, 0, s, s + 1))
            {
                var r = TLoss.Derivative(Output(examples, i, weights), examples.Labels[i]);
                outputGradients[i] = r;
                var c = coefficients.IsEmpty ? 1 : coefficients[i];
                for (var k = 0; k < features; k++)
                {
                    sum[k] += c * r * Features(examples, i)[k];
                }

                if (bias)
                {
                    sum[Layout.Blocks[1].Offset] += c * r;
                }
            }
        }
    }

    public readonly void GradientSumWithFlow(ExampleSet<double> examples, int first, int last,
        ReadOnlySpan<double> weights, ReadOnlySpan<double> coefficients, ReadOnlySpan<double> direction,
        Span<double> outputGradients, Span<double> sums, Span<double> flows)
    {
        GradientSum(0, examples, first, last, weights, coefficients, outputGradients, sums);
        Flow(examples, first, last, weights, coefficients, direction, outputGradients, flows);
    }

    public readonly void Flow(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> coefficients, ReadOnlySpan<double> direction, ReadOnlySpan<double> outputGradients,
        Span<double> flows)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            flows[i] = (coefficients.IsEmpty ? 1 : coefficients[i]) * Dot(examples, i, outputGradients[i], direction);
        }
    }

    public readonly void GradientGram(int pass, ExampleSet<double> left, ExampleSet<double> right, int first, int last,
        ReadOnlySpan<double> weights, ReadOnlySpan<double> leftOutputGradients,
        ReadOnlySpan<double> rightOutputGradients, Span<double> gram)
    {
        foreach (var a in Reference.Examples(left, 0, first, last))
        {
            for (var b = 0; b < right.Count; b++)
            {
                var product = bias ? 1.0 : 0.0;
                for (var k = 0; k < features; k++)
                {
                    product += Features(left, a)[k] * Features(right, b)[k];
                }

                gram[a * right.Count + b] += leftOutputGradients[a] * rightOutputGradients[b] * product;
            }
        }
    }

    private readonly ReadOnlySpan<double> Features(ExampleSet<double> examples, int i) =>
        examples.Features.Slice(i * examples.FeatureStride, features);

    private readonly double Output(ExampleSet<double> examples, int i, ReadOnlySpan<double> weights) =>
        Dot(examples, i, 1, weights);

    /// <summary>(r x, r) · v.</summary>
    private readonly double Dot(ExampleSet<double> examples, int i, double r, ReadOnlySpan<double> v)
    {
        var x = Features(examples, i);
        var sum = bias ? v[Layout.Blocks[1].Offset] : 0;
        for (var k = 0; k < x.Length; k++)
        {
            sum += x[k] * v[k];
        }

        return r * sum;
    }
}
