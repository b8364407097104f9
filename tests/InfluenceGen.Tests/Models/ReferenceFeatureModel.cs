using InfluenceGen.Examples;
using InfluenceGen.Models;

namespace InfluenceGen.Tests.Models;

/// <summary>A loss of one output, its derivative and the inverse of its link, as in SCHEMA.md.</summary>
public interface IReferenceLoss
{
    static abstract LabelDomain Labels { get; }

    static abstract double Loss(double s, double y);

    static abstract double Derivative(double s, double y);

    /// <summary>∂²/∂s².</summary>
    static abstract double Curvature(double s, double y);

    /// <summary>∂³/∂s³.</summary>
    static abstract double Third(double s, double y);

    static abstract double Baseline(double meanLabel);
}

/// <summary>½(s − y)².</summary>
public readonly struct HalfSquare : IReferenceLoss
{
    public static LabelDomain Labels => LabelDomain.Real;

    public static double Loss(double s, double y) => 0.5 * (s - y) * (s - y);

    public static double Derivative(double s, double y) => s - y;

    public static double Curvature(double s, double y) => 1;

    public static double Third(double s, double y) => 0;

    public static double Baseline(double meanLabel) => meanLabel;
}

/// <summary>log(1 + eˢ) − y s.</summary>
public readonly struct LogisticLoss : IReferenceLoss
{
    public static LabelDomain Labels => LabelDomain.Binary;

    public static double Loss(double s, double y) => Math.Max(s, 0) + Math.Log(1 + Math.Exp(-Math.Abs(s))) - y * s;

    public static double Derivative(double s, double y) => 1 / (1 + Math.Exp(-s)) - y;

    public static double Curvature(double s, double y) => 1 / (1 + Math.Exp(-s)) / (1 + Math.Exp(s));

    public static double Third(double s, double y) => Curvature(s, y) * (1 / (1 + Math.Exp(s)) - 1 / (1 + Math.Exp(-s)));

    public static double Baseline(double meanLabel) => Math.Log(meanLabel / (1 - meanLabel));
}

/// <summary>
/// s = w·x + b, or w·x, with every gradient written out in full: the second route that generated code is compared with.
/// </summary>
public partial struct ReferenceFeatureModel<TLoss>(int features, bool bias = true) : IModel<double>
    where TLoss : struct, IReferenceLoss
{
    public readonly ParameterLayout Layout { get; } = bias
        ? new(8, ("w", 1, features, -1, 0, false), ("b", 1, 1, -1, 0, true))
        : new(("w", 1, features, -1));

    public BlockSet Blocks { get; set; }

    public readonly int Passes => 1;

    public readonly int Features => features;

    public readonly bool OwnsRows => false;

    public readonly LabelDomain Labels => TLoss.Labels;

    public readonly int Outputs => 1;

    public readonly int OutputStride => 1;

    public readonly int GradientRowLength => Layout.StorageLength;

    public bool HasWeights { get; init; }

    public bool HasOffsets { get; init; }

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
            losses[i] = Weight(examples, i) * TLoss.Loss(Output(examples, i, weights), examples.Labels[i]);
        }
    }

    public readonly void OutputGradient(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        Span<double> outputGradients)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            outputGradients[i] = Slope(examples, i, weights);
        }
    }

    public readonly void GradientDot(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> directions, Span<double> dots)
    {
        for (var k = 0; k < directions.Length / Layout.StorageLength; k++)
        {
            var direction = directions.Slice(k * Layout.StorageLength, Layout.StorageLength);
            foreach (var i in Reference.Examples(examples, 0, first, last))
            {
                dots[k * examples.Count + i] = Slope(examples, i, weights) * Dot(examples, i, direction);
            }
        }
    }

    public readonly void GradientSquaredNorm(ExampleSet<double> examples, int first, int last,
        ReadOnlySpan<double> weights, Span<double> norms)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            var r = Slope(examples, i, weights);
            norms[i] = r * r * Product(examples, i, examples, i);
        }
    }

    public readonly void Gradients(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        Span<double> rows)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            var row = rows.Slice(i * GradientRowLength, GradientRowLength);
            row.Clear();
            AddFeatures(examples, i, Slope(examples, i, weights), row);
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
                outputGradients[i] = Slope(examples, i, weights);
                AddFeatures(examples, i, (coefficients.IsEmpty ? 1 : coefficients[i]) * outputGradients[i], sum);
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
            flows[i] = (coefficients.IsEmpty ? 1 : coefficients[i]) * outputGradients[i] * Dot(examples, i, direction);
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
                gram[a * right.Count + b] += leftOutputGradients[a] * rightOutputGradients[b] * Product(left, a, right, b);
            }
        }
    }

    private readonly ReadOnlySpan<double> FeaturesOf(ExampleSet<double> examples, int i) =>
        examples.Features.Slice(i * examples.FeatureStride, features);

    /// <summary>w·x + b + o, whatever is differentiated.</summary>
    private readonly double Output(ExampleSet<double> examples, int i, ReadOnlySpan<double> weights)
    {
        var x = FeaturesOf(examples, i);
        var sum = bias ? weights[Layout.Blocks[1].Offset] : 0;
        for (var k = 0; k < x.Length; k++)
        {
            sum += x[k] * weights[k];
        }

        return HasOffsets ? sum + examples.Offsets[i] : sum;
    }

    private readonly double Slope(ExampleSet<double> examples, int i, ReadOnlySpan<double> weights) =>
        Weight(examples, i) * TLoss.Derivative(Output(examples, i, weights), examples.Labels[i]);

    private readonly double Weight(ExampleSet<double> examples, int i) => HasWeights ? examples.Weights[i] : 1;

    /// <summary>(x, 1) · v over the blocks that are differentiated.</summary>
    private readonly double Dot(ExampleSet<double> examples, int i, ReadOnlySpan<double> v)
    {
        var x = FeaturesOf(examples, i);
        var sum = bias && Blocks.Contains(1) ? v[Layout.Blocks[1].Offset] : 0;
        for (var k = 0; k < x.Length && Blocks.Contains(0); k++)
        {
            sum += x[k] * v[k];
        }

        return sum;
    }

    /// <summary>(x_a, 1) · (x_b, 1) over the blocks that are differentiated.</summary>
    private readonly double Product(ExampleSet<double> left, int a, ExampleSet<double> right, int b)
    {
        var sum = bias && Blocks.Contains(1) ? 1.0 : 0.0;
        for (var k = 0; k < features && Blocks.Contains(0); k++)
        {
            sum += FeaturesOf(left, a)[k] * FeaturesOf(right, b)[k];
        }

        return sum;
    }

    /// <summary>Adds c (x, 1) in the blocks that are differentiated.</summary>
    private readonly void AddFeatures(ExampleSet<double> examples, int i, double c, Span<double> sum)
    {
        for (var k = 0; k < features && Blocks.Contains(0); k++)
        {
            sum[k] += c * FeaturesOf(examples, i)[k];
        }

        if (bias && Blocks.Contains(1))
        {
            sum[Layout.Blocks[1].Offset] += c;
        }
    }
}
