using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;

namespace InfluenceGen.Tests.Models;

/// <summary>What <see cref="ReferenceLayers{T}"/> is made of.</summary>
/// <param name="Sizes">Inputs, the units of each hidden layer, outputs.</param>
/// <param name="Activation">What hidden units apply.</param>
/// <param name="Domain">The loss: squared for real labels, logistic, Poisson or softmax cross-entropy for the others.</param>
/// <param name="HasBias">Whether units have a bias.</param>
/// <param name="L2">The penalty, on biases too.</param>
public sealed record LayersShape(int[] Sizes, Func<Jet, Jet> Activation, LabelDomain Domain, bool HasBias = true, double L2 = 0)
{
    public ParameterLayout Layout(int line) => new(line, [.. Enumerable.Range(1, Sizes.Length - 1).SelectMany(Blocks)]);

    /// <summary>The loss of one example.</summary>
    public Jet Loss(ReadOnlySpan<Jet> outputs, ReadOnlySpan<double> label)
    {
        Jet sum = 0;
        if (Domain == LabelDomain.Distribution)
        {
            var shift = double.NegativeInfinity;
            foreach (var s in outputs)
            {
                shift = Math.Max(shift, s.Value);
            }

            foreach (var s in outputs)
            {
                sum += (s - shift).Exp();
            }

            sum = sum.Log() + shift;
        }

        for (var j = 0; j < outputs.Length; j++)
        {
            var (s, y) = (outputs[j], label[j]);
            sum += Domain switch
            {
                LabelDomain.Real => 0.5 * (s - y) * (s - y),
                LabelDomain.Binary => s.Softplus() - y * s,
                LabelDomain.NonNegative => s.Exp() - y * s,
                _ => -y * s,
            };
        }

        return sum;
    }

    private IEnumerable<(string, int, int, int, double, bool)> Blocks(int layer)
    {
        yield return ($"W{layer}", Sizes[layer], Sizes[layer - 1], -1, L2, false);
        if (HasBias)
        {
            yield return ($"b{layer}", 1, Sizes[layer], -1, L2, true);
        }
    }
}

/// <summary>
/// Layers of weights, by numbers that know their derivatives (<see cref="Jet"/>): every sweep is the definition, taken one
/// parameter at a time, in double precision whatever <typeparamref name="T"/> is.
/// </summary>
public struct ReferenceLayers<T>(LayersShape shape) : IModel<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public readonly ParameterLayout Layout { get; } = shape.Layout(ParameterLayout.LineOf<T>());

    public readonly int Passes => 1;

    public readonly int Features => shape.Sizes[0];

    public readonly bool OwnsRows => false;

    public readonly LabelDomain Labels => shape.Domain;

    public readonly int Outputs => shape.Sizes[^1];

    public readonly int OutputStride => Outputs == 1 ? 1 : ParameterLayout.RoundUp(Outputs, Layout.Line);

    public readonly bool HasLinearOutputs => shape.Sizes.Length == 2;

    public readonly int LastLayerLength => shape.Sizes[^2];

    public BlockSet Blocks { get; set; }

    public readonly int GradientRowLength => Layout.StorageLength;

    public readonly T Baseline(T meanLabel)
    {
        var mean = double.CreateChecked(meanLabel);
        return T.CreateChecked(shape.Domain switch
        {
            LabelDomain.Real => mean,
            LabelDomain.Binary => Math.Log(mean / (1 - mean)),
            _ => Math.Log(mean),
        });
    }

    public readonly void Predict(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, Span<T> outputs)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            Write(OutputsOf(examples, i, weights, [], [], []), s => s.Value, outputs[(i * OutputStride)..]);
        }
    }

    public readonly void Loss(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, Span<T> losses)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            losses[i] = T.CreateChecked(LossOf(examples, i, weights, [], [], []).Value);
        }
    }

    public readonly void OutputGradient(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, Span<T> outputGradients)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            for (var j = 0; j < Outputs; j++)
            {
                outputGradients[i * OutputStride + j] = T.CreateChecked(LossAlong(examples, i, weights, j, j).A);
            }
        }
    }

    public readonly void OutputHessian(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, Span<T> outputHessians)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            for (var jk = 0; jk < Outputs * Outputs; jk++)
            {
                var (j, k) = Math.DivRem(jk, Outputs);
                outputHessians[(i * Outputs + j) * OutputStride + k] = T.CreateChecked(LossAlong(examples, i, weights, j, k).Ab);
            }
        }
    }

    public readonly void LastLayerFeatures(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, Span<T> layerFeatures)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            Write(UnitsOf(examples, i, weights, [], [], [], shape.Sizes.Length - 2), unit => unit.Value,
                layerFeatures[(i * ParameterLayout.RoundUp(LastLayerLength, Layout.Line))..]);
        }
    }

    public readonly void OutputDot(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights,
        ReadOnlySpan<T> directions, Span<T> dots)
    {
        for (var k = 0; k < directions.Length / Layout.StorageLength; k++)
        {
            foreach (var i in Reference.Examples(examples, 0, first, last))
            {
                Write(OutputsOf(examples, i, weights, directions[(k * Layout.StorageLength)..], [], []), s => s.A,
                    dots[((k * examples.Count + i) * OutputStride)..]);
            }
        }
    }

    public readonly void GradientDot(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights,
        ReadOnlySpan<T> directions, Span<T> dots)
    {
        for (var k = 0; k < directions.Length / Layout.StorageLength; k++)
        {
            foreach (var i in Reference.Examples(examples, 0, first, last))
            {
                dots[k * examples.Count + i] = T.CreateChecked(
                    LossOf(examples, i, weights, directions[(k * Layout.StorageLength)..], [], []).A);
            }
        }
    }

    public readonly void GradientSquaredNorm(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, Span<T> norms)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            norms[i] = T.CreateChecked(Gradient(examples, i, weights).Sum(g => g * g));
        }
    }

    public readonly void Gradients(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, Span<T> rows)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            Round(Gradient(examples, i, weights), rows[(i * GradientRowLength)..]);
        }
    }

    public readonly void GradientSum(int pass, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights,
        ReadOnlySpan<T> coefficients, Span<T> outputGradients, Span<T> sums)
    {
        OutputGradient(examples, first, last, weights, outputGradients);
        SumParameters(examples, first, last, weights, coefficients, [], [], jet => jet.A, sums);
    }

    public readonly void GradientSumWithFlow(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights,
        ReadOnlySpan<T> coefficients, ReadOnlySpan<T> direction, Span<T> outputGradients, Span<T> sums, Span<T> flows)
    {
        GradientSum(0, examples, first, last, weights, coefficients, outputGradients, sums);
        Flow(examples, first, last, weights, coefficients, direction, outputGradients, flows);
    }

    public readonly void Flow(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> coefficients,
        ReadOnlySpan<T> direction, ReadOnlySpan<T> outputGradients, Span<T> flows)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            var rates = OutputsOf(examples, i, weights, direction, [], []);
            var flow = rates.Select((s, j) => s.A).ToArray();
            var sum = 0.0;
            for (var j = 0; j < flow.Length; j++)
            {
                sum += flow[j] * double.CreateChecked(outputGradients[i * OutputStride + j]);
            }

            flows[i] = T.CreateChecked(Coefficient(coefficients, i) * sum);
        }
    }

    public readonly void GradientGram(int pass, ExampleSet<T> left, ExampleSet<T> right, int first, int last,
        ReadOnlySpan<T> weights, ReadOnlySpan<T> leftOutputGradients, ReadOnlySpan<T> rightOutputGradients, Span<T> gram)
    {
        var columns = new double[right.Count][];
        for (var b = 0; b < columns.Length; b++)
        {
            columns[b] = Gradient(right, b, weights);
        }

        foreach (var a in Reference.Examples(left, 0, first, last))
        {
            var row = Gradient(left, a, weights);
            for (var b = 0; b < columns.Length; b++)
            {
                gram[a * right.Count + b] += T.CreateChecked(row.Zip(columns[b], (x, y) => x * y).Sum());
            }
        }
    }

    public readonly void OutputAdjointSum(int pass, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights,
        ReadOnlySpan<T> cotangents, Span<T> sums)
    {
        var segments = examples.SegmentsOf(0);
        for (var s = first; s < last; s++)
        {
            var sum = new double[Layout.StorageLength];
            foreach (var i in Reference.Examples(examples, 0, s, s + 1))
            {
                for (var j = 0; j < Outputs; j++)
                {
                    var c = double.CreateChecked(cotangents[i * OutputStride + j]);
                    for (var k = 0; k < sum.Length; k++)
                    {
                        sum[k] += c * OutputsOf(examples, i, weights, Unit(k), [], [])[j].A;
                    }
                }
            }

            Round(sum, sums[(segments.Targets[s] * sum.Length)..]);
        }
    }

    public readonly void HessianVectorSum(int pass, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights,
        ReadOnlySpan<T> coefficients, ReadOnlySpan<T> directions, Span<T> sums)
    {
        var count = directions.Length / Layout.StorageLength;
        for (var k = 0; k < count; k++)
        {
            SumParameters(examples, first, last, weights, coefficients, directions[(k * Layout.StorageLength)..], [],
                jet => jet.Ab, sums[(k * (sums.Length / count))..]);
        }
    }

    public readonly void HessianDot(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights,
        ReadOnlySpan<T> direction, ReadOnlySpan<T> other, Span<T> dots)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            dots[i] = T.CreateChecked(LossOf(examples, i, weights, direction, other, []).Ab);
        }
    }

    public readonly void ThirdDerivativeSum(int pass, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights,
        ReadOnlySpan<T> coefficients, ReadOnlySpan<T> direction, ReadOnlySpan<T> other, Span<T> sums) =>
        SumParameters(examples, first, last, weights, coefficients, direction, other, jet => jet.Abc, sums);

    /// <summary>Σ c_i of what the loss does along each parameter (A), and along two stated directions (B and C).</summary>
    private readonly void SumParameters(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights,
        ReadOnlySpan<T> coefficients, ReadOnlySpan<T> second, ReadOnlySpan<T> third, Func<Jet, double> part, Span<T> sums)
    {
        var segments = examples.SegmentsOf(0);
        for (var s = first; s < last; s++)
        {
            var sum = new double[Layout.StorageLength];
            foreach (var i in Reference.Examples(examples, 0, s, s + 1))
            {
                for (var k = 0; k < sum.Length; k++)
                {
                    sum[k] += Coefficient(coefficients, i) * part(LossOf(examples, i, weights, Unit(k), second, third));
                }
            }

            Round(sum, sums[(segments.Targets[s] * sum.Length)..]);
        }
    }

    private readonly double[] Gradient(ExampleSet<T> examples, int i, ReadOnlySpan<T> weights)
    {
        var gradient = new double[Layout.StorageLength];
        for (var k = 0; k < gradient.Length; k++)
        {
            gradient[k] = LossOf(examples, i, weights, Unit(k), [], []).A;
        }

        return gradient;
    }

    /// <summary>The direction of one element of storage; pads and blocks held constant do not move.</summary>
    private readonly T[] Unit(int element)
    {
        var unit = new T[Layout.StorageLength];
        unit[element] = T.One;
        return unit;
    }

    private readonly Jet LossOf(ExampleSet<T> examples, int i, ReadOnlySpan<T> weights, ReadOnlySpan<T> a, ReadOnlySpan<T> b,
        ReadOnlySpan<T> c) => shape.Loss(OutputsOf(examples, i, weights, a, b, c), Label(examples, i));

    /// <summary>The loss as one output moves along A and one along B.</summary>
    private readonly Jet LossAlong(ExampleSet<T> examples, int i, ReadOnlySpan<T> weights, int a, int b)
    {
        var outputs = OutputsOf(examples, i, weights, [], [], []);
        outputs[a] += new Jet(0, A: 1);
        outputs[b] += new Jet(0, B: 1);
        return shape.Loss(outputs, Label(examples, i));
    }

    private readonly double[] Label(ExampleSet<T> examples, int i) =>
        [.. examples.Labels.Slice(i * examples.LabelStride, examples.LabelCount).ToArray().Select(double.CreateChecked)];

    private readonly Jet[] OutputsOf(ExampleSet<T> examples, int i, ReadOnlySpan<T> weights, ReadOnlySpan<T> a,
        ReadOnlySpan<T> b, ReadOnlySpan<T> c) => UnitsOf(examples, i, weights, a, b, c, shape.Sizes.Length - 1);

    /// <summary>The units of a layer, as parameters move along three directions.</summary>
    private readonly Jet[] UnitsOf(ExampleSet<T> examples, int i, ReadOnlySpan<T> weights, ReadOnlySpan<T> a,
        ReadOnlySpan<T> b, ReadOnlySpan<T> c, int layers)
    {
        Jet[] units = [.. examples.Features.Slice(i * examples.FeatureStride, examples.FeatureCount).ToArray()
            .Select(x => (Jet)double.CreateChecked(x))];
        for (var layer = 0; layer < layers; layer++)
        {
            var next = new Jet[shape.Sizes[layer + 1]];
            var block = shape.HasBias ? 2 * layer : layer;
            for (var unit = 0; unit < next.Length; unit++)
            {
                next[unit] = shape.HasBias ? Parameter(block + 1, unit, weights, a, b, c) : 0;
                for (var k = 0; k < units.Length; k++)
                {
                    next[unit] += units[k] * Parameter(block, unit * Layout.Blocks[block].Stride + k, weights, a, b, c);
                }

                next[unit] = layer + 2 < shape.Sizes.Length ? shape.Activation(next[unit]) : next[unit];
            }

            units = next;
        }

        return units;
    }

    private readonly Jet Parameter(int block, int element, ReadOnlySpan<T> weights, ReadOnlySpan<T> a, ReadOnlySpan<T> b,
        ReadOnlySpan<T> c)
    {
        var at = Layout.Blocks[block].Offset + element;
        var moves = Blocks.Contains(block);
        return new Jet(double.CreateChecked(weights[at]), Rate(a), Rate(b), Rate(c));

        double Rate(ReadOnlySpan<T> direction) => moves && !direction.IsEmpty ? double.CreateChecked(direction[at]) : 0;
    }

    private static double Coefficient(ReadOnlySpan<T> coefficients, int i) =>
        coefficients.IsEmpty ? 1 : double.CreateChecked(coefficients[i]);

    private static void Write(Jet[] jets, Func<Jet, double> part, Span<T> to) => Round([.. jets.Select(part)], to);

    private static void Round(double[] values, Span<T> to)
    {
        for (var k = 0; k < values.Length; k++)
        {
            to[k] = T.CreateChecked(values[k]);
        }
    }
}
