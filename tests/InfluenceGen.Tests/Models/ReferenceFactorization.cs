using InfluenceGen.Examples;
using InfluenceGen.Models;

namespace InfluenceGen.Tests.Models;

/// <summary>
/// s = p_u·q_i, loss ½(s − y)² + (λ/2)(share_u |p_u|² + share_i |q_i|²), perhaps times a weight, and an offset in s, with every gradient in plain loops: the second
/// route that generated code is compared with.
/// </summary>
public partial struct ReferenceFactorization(int users, int items, int rank, double l2) : IModel<double>
{
    public readonly ParameterLayout Layout { get; } = new(("P", users, rank, 0), ("Q", items, rank, 1));

    public BlockSet Blocks { get; set; }

    public readonly int Passes => 2;

    public readonly int Features => 0;

    public readonly bool OwnsRows => true;

    public readonly LabelDomain Labels => LabelDomain.Real;

    public readonly int Outputs => 1;

    public readonly int OutputStride => 1;

    public readonly int GradientRowLength => 2 * Layout.Blocks[0].Stride;

    public bool HasWeights { get; init; }

    public bool HasOffsets { get; init; }

    public readonly double Baseline(double meanLabel) => meanLabel;

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
            var p = Row(0, examples, i, weights);
            var q = Row(1, examples, i, weights);
            var error = Output(examples, i, weights) - examples.Labels[i];
            losses[i] = 0.5 * Weight(examples, i) * error * error + 0.5 * (Decay(0, examples, i) * Dot(p, p) + Decay(1, examples, i) * Dot(q, q));
        }
    }

    public readonly void OutputGradient(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        Span<double> outputGradients)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            outputGradients[i] = Error(examples, i, weights);
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
                var r = Error(examples, i, weights);
                dots[k * examples.Count + i] = BlockDot(0, examples, i, r, weights, direction)
                    + BlockDot(1, examples, i, r, weights, direction);
            }
        }
    }

    public readonly void GradientSquaredNorm(ExampleSet<double> examples, int first, int last,
        ReadOnlySpan<double> weights, Span<double> norms)
    {
        Span<double> g = new double[rank];
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            var r = Error(examples, i, weights);
            norms[i] = 0;
            for (var block = 0; block < 2; block++)
            {
                g.Clear();
                AddGradient(block, examples, i, r, 1, weights, g);
                norms[i] += Dot(g, g);
            }
        }
    }

    public readonly void Gradients(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        Span<double> rows)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            var r = Error(examples, i, weights);
            for (var block = 0; block < 2; block++)
            {
                var row = rows.Slice((2 * i + block) * Layout.Blocks[block].Stride, rank);
                row.Clear();
                AddGradient(block, examples, i, r, 1, weights, row);
            }
        }
    }

    public readonly void GradientSum(int pass, ExampleSet<double> examples, int first, int last,
        ReadOnlySpan<double> weights, ReadOnlySpan<double> coefficients, Span<double> outputGradients, Span<double> sums)
    {
        var segments = examples.SegmentsOf(pass);
        var stride = Layout.Blocks[pass].Stride;
        for (var s = first; s < last; s++)
        {
            var sum = sums.Slice(segments.Targets[s] * stride, rank);
            sum.Clear();
            foreach (var i in Reference.Examples(examples, pass, s, s + 1))
            {
                if (pass == 0)
                {
                    outputGradients[i] = Error(examples, i, weights);
                }

                AddGradient(pass, examples, i, outputGradients[i], coefficients.IsEmpty ? 1 : coefficients[i], weights, sum);
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
        var segments = examples.SegmentsOf(0);
        for (var s = first; s < last; s++)
        {
            var sum = 0.0;
            foreach (var i in Reference.Examples(examples, 0, s, s + 1))
            {
                sum += (coefficients.IsEmpty ? 1 : coefficients[i])
                    * BlockDot(1, examples, i, outputGradients[i], weights, direction);
            }

            flows[segments.Targets[s]] = sum;
        }
    }

    public readonly void GradientGram(int pass, ExampleSet<double> left, ExampleSet<double> right, int first, int last,
        ReadOnlySpan<double> weights, ReadOnlySpan<double> leftOutputGradients,
        ReadOnlySpan<double> rightOutputGradients, Span<double> gram)
    {
        var (ga, gb) = (new double[rank], new double[rank]);
        foreach (var a in Reference.Examples(left, pass, first, last))
        {
            for (var b = 0; b < right.Count; b++)
            {
                if (left.Index(pass)[a] == right.Index(pass)[b])
                {
                    Array.Clear(ga);
                    Array.Clear(gb);
                    AddGradient(pass, left, a, leftOutputGradients[a], 1, weights, ga);
                    AddGradient(pass, right, b, rightOutputGradients[b], 1, weights, gb);
                    gram[a * right.Count + b] += Dot(ga, gb);
                }
            }
        }
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var k = 0; k < a.Length; k++)
        {
            sum += a[k] * b[k];
        }

        return sum;
    }

    private readonly ReadOnlySpan<double> Row(int block, ExampleSet<double> examples, int i, ReadOnlySpan<double> weights) =>
        weights.Slice(Layout.Blocks[block].Offset + examples.Index(block)[i] * Layout.Blocks[block].Stride, rank);

    private readonly double Decay(int block, ExampleSet<double> examples, int i) =>
        Weight(examples, i) * l2 * examples.RowShares(block)[examples.Index(block)[i]];

    private readonly double Error(ExampleSet<double> examples, int i, ReadOnlySpan<double> weights) =>
        Weight(examples, i) * (Output(examples, i, weights) - examples.Labels[i]);

    private readonly double Output(ExampleSet<double> examples, int i, ReadOnlySpan<double> weights) =>
        Dot(Row(0, examples, i, weights), Row(1, examples, i, weights)) + (HasOffsets ? examples.Offsets[i] : 0);

    private readonly double Weight(ExampleSet<double> examples, int i) => HasWeights ? examples.Weights[i] : 1;

    /// <summary>Adds c (r times the other block's row + λ share times this one's).</summary>
    private readonly void AddGradient(int block, ExampleSet<double> examples, int i, double r, double c,
        ReadOnlySpan<double> weights, Span<double> sum)
    {
        var own = Row(block, examples, i, weights);
        var other = Row(1 - block, examples, i, weights);
        var decay = Decay(block, examples, i);
        for (var k = 0; k < own.Length && Blocks.Contains(block); k++)
        {
            sum[k] += c * (r * other[k] + decay * own[k]);
        }
    }

    private readonly double BlockDot(int block, ExampleSet<double> examples, int i, double r,
        ReadOnlySpan<double> weights, ReadOnlySpan<double> direction)
    {
        var own = Row(block, examples, i, weights);
        var other = Row(1 - block, examples, i, weights);
        var decay = Decay(block, examples, i);
        var v = Row(block, examples, i, direction);
        var sum = 0.0;
        for (var k = 0; k < own.Length && Blocks.Contains(block); k++)
        {
            sum += (r * other[k] + decay * own[k]) * v[k];
        }

        return sum;
    }
}
