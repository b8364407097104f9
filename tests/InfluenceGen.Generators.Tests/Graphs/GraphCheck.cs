using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;

namespace InfluenceGen.Generators.Tests.Graphs;

/// <summary>Compares every sweep of a compiled graph with the interpreter.</summary>
internal sealed class GraphCheck(GraphCase graph, SweepProbe probe, BlockSet blocks)
{
    private readonly Interpreter _interpreter = new(graph.Model, graph.Sizes, probe.Layout, probe.Examples);
    private readonly int _count = probe.Examples.Count;
    private readonly int _storage = probe.Layout.StorageLength;

    /// <exception cref="InvalidOperationException">A sweep is wrong; the message says which.</exception>
    public void Run()
    {
        var (u, v, c) = (probe.Directions(1), probe.Directions(2), probe.Coefficients);
        var (places, isMoved) = Places();
        var (outputs, stride) = (probe.Outputs, probe.OutputStride);

        // Each example and parameter: along the parameter, along u, along v.
        var (predicted, losses, outputDots, gradientDots, hessianDots) = (Rows(), new double[_count], Rows(), new double[_count], new double[_count]);
        var gradients = Enumerable.Range(0, _count).Select(_ => new double[_storage]).ToArray();
        var (hessianSum, thirdSum, jacobians) = (new double[_storage], new double[_storage], new double[_count, outputs, _storage]);
        for (var i = 0; i < _count; i++)
        {
            foreach (var place in places)
            {
                Jet At(int at) => new(probe.Weights[at], at == place && isMoved[at] ? 1 : 0, isMoved[at] ? u[at] : 0, isMoved[at] ? v[at] : 0);
                var (s, loss) = (_interpreter.Output(i, At), _interpreter.Loss(i, At));
                for (var j = 0; j < outputs; j++)
                {
                    (predicted[i * stride + j], outputDots[i * stride + j], jacobians[i, j, place]) = (s[j].Value, s[j].C, s[j].A);
                }

                (losses[i], gradientDots[i], hessianDots[i]) = (loss.Value, loss.C, loss.Bc);
                gradients[i][place] = loss.A;
                hessianSum[place] += c[i] * loss.Ac;
                thirdSum[place] += c[i] * loss.Abc;
            }
        }

        Near("Predict", predicted, probe.Predict());
        Near("Loss", losses, probe.Loss());
        var (r, hessians) = OutputDerivatives(predicted);
        Near("OutputGradient", r, probe.OutputGradient());
        Near("OutputHessian", hessians, probe.OutputHessian());
        Near("OutputDot", outputDots, probe.OutputDot(v));
        Near("GradientDot", gradientDots, probe.GradientDot(v));
        Near("Gradients", [.. gradients.SelectMany(g => g)], [.. Gradients().SelectMany(g => g)]);
        Near("GradientSquaredNorm", [.. gradients.Select(g => Dot(g, g))], probe.GradientSquaredNorm());
        Near("GradientSum", Sum(i => gradients[i], i => c[i]), probe.GradientSum(c));
        Near("GradientSum without coefficients", Sum(i => gradients[i], _ => 1), probe.GradientSum(null));
        var (sumWithFlow, flowsWithSum) = probe.GradientSumWithFlow(c, v);
        var flows = Flows(gradients, c, v);
        Near("GradientSumWithFlow", Sum(i => gradients[i], i => c[i]), sumWithFlow);
        Near("Flow with the sum", flows, flowsWithSum);
        Near("Flow", flows, probe.Flow(c, v));
        Near("GradientGram", [.. gradients.SelectMany(a => gradients.Select(b => Dot(a, b)))], probe.GradientGram());
        var cotangents = SweepProbe.Numbers(_count * stride, 5);
        for (var k = 0; k < cotangents.Length; k++)
        {
            // What lies between the outputs of examples is zero.
            cotangents[k] = k % stride < outputs ? cotangents[k] : 0;
        }

        Near("OutputAdjointSum", Sum(i => [.. Enumerable.Range(0, _storage).Select(k =>
            Enumerable.Range(0, outputs).Sum(j => cotangents[i * stride + j] * jacobians[i, j, k]))], _ => 1), probe.OutputAdjointSum(cotangents));
        Near("HessianVectorSum", hessianSum, probe.HessianVectorSum(c, v));
        Near("HessianDot", hessianDots, probe.HessianDot(u, v));
        Near("ThirdDerivativeSum", thirdSum, probe.ThirdDerivativeSum(c, u, v));

        // Several directions at once: the second is the first again.
        var twice = new AlignedBuffer<double>(2 * _storage);
        v.Span.CopyTo(twice.Span);
        v.Span.CopyTo(twice.Span[_storage..]);
        Near("HessianVectorSum of two", [.. hessianSum, .. hessianSum], probe.HessianVectorSum(c, twice));
        Near("GradientDot of two", [.. gradientDots, .. gradientDots], probe.GradientDot(twice));
        Near("GaussNewtonVectorSum", Sum(i => [.. Enumerable.Range(0, _storage).Select(k => (
            from a in Enumerable.Range(0, outputs)
            from b in Enumerable.Range(0, outputs)
            select jacobians[i, a, k] * hessians[(i * outputs + a) * stride + b] * outputDots[i * stride + b]).Sum())], i => c[i]),
            probe.GaussNewtonVectorSum(c, v));
        LastLayer(jacobians);
    }

    /// <summary>The parameters' places in storage, and which of all are not held fixed.</summary>
    private (List<int> Places, bool[] IsMoved) Places()
    {
        var (places, isMoved) = (new List<int>(), new bool[_storage]);
        for (var number = 0; number < probe.Layout.Blocks.Length; number++)
        {
            var block = probe.Layout.Blocks[number];
            for (var row = 0; row < block.Rows; row++)
            {
                for (var k = 0; k < block.Columns; k++)
                {
                    places.Add(block.Offset + row * block.Stride + k);
                    isMoved[places[^1]] = blocks.Contains(number);
                }
            }
        }

        return (places, isMoved);
    }

    /// <summary>g_i; what is packed of blocks that are held fixed is not said.</summary>
    private double[][] Gradients()
    {
        var gradients = probe.Gradients();
        for (var number = 0; number < probe.Layout.Blocks.Length; number++)
        {
            var block = probe.Layout.Blocks[number];
            if (!blocks.Contains(number))
            {
                Array.ForEach(gradients, gradient => gradient.AsSpan(block.Offset, block.StorageLength).Clear());
            }
        }

        return gradients;
    }

    /// <summary>c g·v over the blocks that carry flows: for each example, or where rows are owned for all of each row's together.</summary>
    private double[] Flows(double[][] gradients, AlignedBuffer<double> c, AlignedBuffer<double> v)
    {
        var owned = probe.OwnsRows ? probe.Layout.Blocks.Where((_, number) => graph.Model.Blocks[number].IsOwned).ToArray() : [];
        var flows = new double[probe.OwnsRows ? graph.Rows[0] : _count];
        for (var i = 0; i < _count; i++)
        {
            flows[probe.OwnsRows ? probe.Examples.Index(0)[i] : i] += c[i] * Enumerable.Range(0, _storage)
                .Where(k => owned.All(block => k < block.Offset || k >= block.Offset + block.StorageLength)).Sum(k => gradients[i][k] * v[k]);
        }

        return flows;
    }

    /// <summary>The loss's first and second derivatives in the outputs.</summary>
    private (double[] First, double[] Second) OutputDerivatives(double[] predicted)
    {
        var (outputs, stride) = (probe.Outputs, probe.OutputStride);
        var (first, second) = (Rows(), new double[_count * outputs * stride]);
        for (var i = 0; i < _count; i++)
        {
            for (var a = 0; a < outputs; a++)
            {
                for (var b = 0; b < outputs; b++)
                {
                    var loss = _interpreter.LossOf(i, [.. Enumerable.Range(0, outputs).Select(j =>
                        new Jet(predicted[i * stride + j], A: j == a ? 1 : 0, B: j == b ? 1 : 0))]);
                    (first[i * stride + a], second[(i * outputs + a) * stride + b]) = (loss.A, loss.Ab);
                }
            }
        }

        return (first, second);
    }

    /// <summary>The row of the last weights' gradient: ∂s_j/∂W_jk = h_k for each output j.</summary>
    private void LastLayer(double[,,] jacobians)
    {
        if (probe.LastLayerLength == 0 || !blocks.Contains(graph.Traits.LastLayer))
        {
            return;
        }

        var (block, features) = (probe.Layout.Blocks[graph.Traits.LastLayer], probe.LastLayerFeatures());
        var stride = ParameterLayout.RoundUp(probe.LastLayerLength, graph.Model.Line);
        for (var j = 0; j < block.Rows; j++)
        {
            Near("LastLayerFeatures", [.. from i in Enumerable.Range(0, _count) from k in Enumerable.Range(0, stride)
                select k < block.Columns ? jacobians[i, j, block.Offset + j * block.Stride + k] : 0], features);
        }
    }

    private double[] Rows() => new double[_count * probe.OutputStride];

    private double[] Sum(Func<int, double[]> row, Func<int, double> factor)
    {
        var sum = new double[_storage];
        for (var i = 0; i < _count; i++)
        {
            var (one, times) = (row(i), factor(i));
            for (var k = 0; k < sum.Length; k++)
            {
                sum[k] += times * one[k];
            }
        }

        return sum;
    }

    private static double Dot(double[] left, double[] right) => left.Zip(right, (a, b) => a * b).Sum();

    private void Near(string sweep, double[] expected, double[] actual)
    {
        if (expected.Length != actual.Length)
        {
            throw new InvalidOperationException($"{sweep} writes {actual.Length} numbers, not {expected.Length}.");
        }

        var scale = Math.Max(1, expected.Max(Math.Abs));
        for (var k = 0; k < expected.Length; k++)
        {
            if (!(Math.Abs(expected[k] - actual[k]) <= (graph.IsSingle ? 1e-3 : 1e-9) * scale))
            {
                throw new InvalidOperationException($"{sweep}, number {k}: {actual[k]:R}, not {expected[k]:R}.");
            }
        }
    }
}
