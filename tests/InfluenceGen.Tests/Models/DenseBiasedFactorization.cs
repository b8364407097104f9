using InfluenceGen.Examples;
using InfluenceGen.Models;

namespace InfluenceGen.Tests.Models;

/// <summary>
/// The biased factorization by definition, without tables: every example's gradient and Hessian over the whole of
/// θ = (P, b, Q, c, μ), each P a row of θ behind the other. It reads its blocks whole, by two index columns.
/// </summary>
public struct DenseBiasedFactorization(int users, int items, int rank, double l2, double biasL2) : IModel<double>
{
    public readonly ParameterLayout Layout { get; } = new(8, ("P", users, rank, -1, 0, false), ("b", 1, users, -1, 0, true),
        ("Q", items, rank, -1, 0, false), ("c", 1, items, -1, 0, true), ("mu", 1, 1, -1, 0, true))
    {
        IndexRows = [users, items],
    };

    public BlockSet Blocks { get; set; }

    public readonly int Passes => 1;

    public readonly int Features => 0;

    public readonly bool OwnsRows => false;

    public readonly LabelDomain Labels => LabelDomain.Real;

    public readonly int Outputs => 1;

    public readonly int OutputStride => 1;

    public readonly bool HasLinearOutputs => false;

    public readonly int LastLayerLength => 0;

    public readonly int GradientRowLength => Layout.StorageLength;

    /// <summary>Ratings as examples with two index columns, at the same positions.</summary>
    public static ExampleSet<double> Columns(ExampleSet<double> ratings) => ExampleSet<double>.FromColumns([], 0,
        [ratings.Index(0).ToArray(), ratings.Index(1).ToArray()], [ratings.RowCount(0), ratings.RowCount(1)], ratings.Labels, 1,
        ratings.Individuals, ratings.IndividualOf).WithPenalty(RowPenalty.AsIn(ratings));

    public readonly double Baseline(double meanLabel) => meanLabel;

    /// <summary>∂ℓ/∂θ of an example.</summary>
    public readonly double[] Gradient(ExampleSet<double> examples, int i, double[] theta, double? r = null)
    {
        var (j, decay) = (Jacobian(examples, i, theta), Decay(examples, i));
        var error = r ?? Output(examples, i, theta) - examples.Labels[i];
        return [.. j.Select((x, k) => error * x + decay[k] * theta[k])];
    }

    /// <summary>∂²ℓ/∂θ² of an example.</summary>
    public readonly double[,] Hessian(ExampleSet<double> examples, int i, double[] theta)
    {
        var (j, decay, error) = (Jacobian(examples, i, theta), Decay(examples, i), Output(examples, i, theta) - examples.Labels[i]);
        var hessian = new double[theta.Length, theta.Length];
        for (var a = 0; a < theta.Length; a++)
        {
            for (var b = 0; b < theta.Length; b++)
            {
                hessian[a, b] = j[a] * j[b] + (a == b ? decay[a] : 0);
            }
        }

        for (var k = 0; k < rank; k++)
        {
            var (p, q) = (P(examples, i) + k, Q(examples, i) + k);
            hessian[p, q] += error;
            hessian[q, p] += error;
        }

        return hessian;
    }

    public readonly void Predict(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights, Span<double> outputs)
    {
        var theta = Theta(weights);
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            outputs[i] = Output(examples, i, theta);
        }
    }

    public readonly void Loss(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights, Span<double> losses)
    {
        var theta = Theta(weights);
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            var error = Output(examples, i, theta) - examples.Labels[i];
            losses[i] = 0.5 * error * error + 0.5 * Decay(examples, i).Select((d, k) => d * theta[k] * theta[k]).Sum();
        }
    }

    public readonly void OutputGradient(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights, Span<double> outputGradients)
    {
        Predict(examples, first, last, weights, outputGradients);
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            outputGradients[i] -= examples.Labels[i];
        }
    }

    public readonly void OutputHessian(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights, Span<double> outputHessians)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            outputHessians[i] = 1;
        }
    }

    public readonly void LastLayerFeatures(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        Span<double> layerFeatures) => throw new NotSupportedException("No single layer makes the outputs.");

    public readonly void OutputDot(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> directions, Span<double> dots)
    {
        var (theta, model) = (Theta(weights), this);
        EachDot(examples, first, last, directions, dots, (i, v) => Dot(model.Jacobian(examples, i, theta), v));
    }

    public readonly void GradientDot(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> directions, Span<double> dots)
    {
        var (theta, model) = (Theta(weights), this);
        EachDot(examples, first, last, directions, dots, (i, v) => Dot(model.Gradient(examples, i, theta), v));
    }

    public readonly void GradientSquaredNorm(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights, Span<double> norms)
    {
        var theta = Theta(weights);
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            var g = Masked(Gradient(examples, i, theta));
            norms[i] = Dot(g, g);
        }
    }

    public readonly void Gradients(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights, Span<double> rows)
    {
        var theta = Theta(weights);
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            Layout.Unpack<double>(Masked(Gradient(examples, i, theta)), rows.Slice(i * GradientRowLength, GradientRowLength));
        }
    }

    public readonly void GradientSum(int pass, ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> coefficients, Span<double> outputGradients, Span<double> sums)
    {
        OutputGradient(examples, first, last, weights, outputGradients);
        var (theta, model) = (Theta(weights), this);
        Sum(examples, first, last, coefficients, sums, i => model.Gradient(examples, i, theta));
    }

    public readonly void GradientSumWithFlow(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> coefficients, ReadOnlySpan<double> direction, Span<double> outputGradients, Span<double> sums, Span<double> flows)
    {
        GradientSum(0, examples, first, last, weights, coefficients, outputGradients, sums);
        Flow(examples, first, last, weights, coefficients, direction, outputGradients, flows);
    }

    public readonly void Flow(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> coefficients, ReadOnlySpan<double> direction, ReadOnlySpan<double> outputGradients, Span<double> flows)
    {
        var (theta, v) = (Theta(weights), Masked(Theta(direction)));
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            flows[i] = (coefficients.IsEmpty ? 1 : coefficients[i]) * Dot(Gradient(examples, i, theta, outputGradients[i]), v);
        }
    }

    public readonly void OutputAdjointSum(int pass, ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> cotangents, Span<double> sums)
    {
        var (theta, model) = (Theta(weights), this);
        Sum(examples, first, last, cotangents, sums, i => model.Jacobian(examples, i, theta));
    }

    public readonly void GradientGram(int pass, ExampleSet<double> left, ExampleSet<double> right, int first, int last,
        ReadOnlySpan<double> weights, ReadOnlySpan<double> leftOutputGradients, ReadOnlySpan<double> rightOutputGradients, Span<double> gram)
    {
        var theta = Theta(weights);
        foreach (var a in Reference.Examples(left, 0, first, last))
        {
            var g = Masked(Gradient(left, a, theta, leftOutputGradients[a]));
            for (var b = 0; b < right.Count; b++)
            {
                gram[a * right.Count + b] += Dot(g, Gradient(right, b, theta, rightOutputGradients[b]));
            }
        }
    }

    public readonly void HessianVectorSum(int pass, ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> coefficients, ReadOnlySpan<double> directions, Span<double> sums)
    {
        var (theta, model, count) = (Theta(weights), this, directions.Length / Layout.StorageLength);
        for (var k = 0; k < count; k++)
        {
            var v = Masked(Theta(directions.Slice(k * Layout.StorageLength, Layout.StorageLength)));
            Sum(examples, first, last, coefficients, sums.Slice(k * (sums.Length / count), sums.Length / count),
                i => Product(model.Hessian(examples, i, theta), v));
        }
    }

    public readonly void HessianDot(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> direction, ReadOnlySpan<double> other, Span<double> dots)
    {
        var (theta, v, u) = (Theta(weights), Masked(Theta(direction)), Masked(Theta(other)));
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            dots[i] = Dot(Product(Hessian(examples, i, theta), v), u);
        }
    }

    /// <summary>H is quadratic in θ, so that a central difference of any length is its derivative.</summary>
    public readonly void ThirdDerivativeSum(int pass, ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> coefficients, ReadOnlySpan<double> direction, ReadOnlySpan<double> other, Span<double> sums)
    {
        var (theta, v, u, model) = (Theta(weights), Masked(Theta(direction)), Masked(Theta(other)), this);
        Sum(examples, first, last, coefficients, sums, i =>
        {
            var above = Product(model.Hessian(examples, i, [.. theta.Zip(u, (x, d) => x + d)]), v);
            return [.. above.Zip(Product(model.Hessian(examples, i, [.. theta.Zip(u, (x, d) => x - d)]), v), (x, y) => (x - y) / 2)];
        });
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var k = 0; k < a.Length; k++)
        {
            sum += a[k] * b[k];
        }

        return sum;
    }

    private static double[] Product(double[,] matrix, double[] vector)
    {
        var product = new double[vector.Length];
        for (var a = 0; a < product.Length; a++)
        {
            for (var b = 0; b < product.Length; b++)
            {
                product[a] += matrix[a, b] * vector[b];
            }
        }

        return product;
    }

    private readonly double[] Theta(ReadOnlySpan<double> storage)
    {
        var theta = new double[Layout.Count];
        Layout.Pack(storage, theta);
        return theta;
    }

    private readonly double[] Masked(double[] vector)
    {
        var next = 0;
        for (var block = 0; block < Layout.Blocks.Length; block++)
        {
            if (!Blocks.Contains(block))
            {
                vector.AsSpan(next, Layout.Blocks[block].Count).Clear();
            }

            next += Layout.Blocks[block].Count;
        }

        return vector;
    }

    private readonly int P(ExampleSet<double> examples, int i) => examples.Index(0)[i] * rank;

    private readonly int B(ExampleSet<double> examples, int i) => users * rank + examples.Index(0)[i];

    private readonly int Q(ExampleSet<double> examples, int i) => users * (rank + 1) + examples.Index(1)[i] * rank;

    private readonly int C(ExampleSet<double> examples, int i) => users * (rank + 1) + items * rank + examples.Index(1)[i];

    private readonly double Output(ExampleSet<double> examples, int i, double[] theta)
    {
        var output = theta[^1] + theta[B(examples, i)] + theta[C(examples, i)];
        for (var k = 0; k < rank; k++)
        {
            output += theta[P(examples, i) + k] * theta[Q(examples, i) + k];
        }

        return output;
    }

    private readonly double[] Jacobian(ExampleSet<double> examples, int i, double[] theta)
    {
        var j = new double[theta.Length];
        (j[B(examples, i)], j[C(examples, i)], j[^1]) = (1, 1, 1);
        for (var k = 0; k < rank; k++)
        {
            (j[P(examples, i) + k], j[Q(examples, i) + k]) = (theta[Q(examples, i) + k], theta[P(examples, i) + k]);
        }

        return j;
    }

    private readonly double[] Decay(ExampleSet<double> examples, int i)
    {
        var decay = new double[Layout.Count];
        var (ofUser, ofItem) = (examples.RowShares(0)[examples.Index(0)[i]], examples.RowShares(1)[examples.Index(1)[i]]);
        decay.AsSpan(P(examples, i), rank).Fill(l2 * ofUser);
        decay.AsSpan(Q(examples, i), rank).Fill(l2 * ofItem);
        (decay[B(examples, i)], decay[C(examples, i)]) = (biasL2 * ofUser, biasL2 * ofItem);
        return decay;
    }

    private readonly void EachDot(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> directions, Span<double> dots,
        Func<int, double[], double> dot)
    {
        for (var k = 0; k < directions.Length / Layout.StorageLength; k++)
        {
            var v = Masked(Theta(directions.Slice(k * Layout.StorageLength, Layout.StorageLength)));
            foreach (var i in Reference.Examples(examples, 0, first, last))
            {
                dots[k * examples.Count + i] = dot(i, v);
            }
        }
    }

    private readonly void Sum(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> coefficients, Span<double> sums,
        Func<int, double[]> of)
    {
        var segments = examples.SegmentsOf(0);
        for (var s = first; s < last; s++)
        {
            var sum = new double[Layout.Count];
            foreach (var i in Reference.Examples(examples, 0, s, s + 1))
            {
                var vector = Masked(of(i));
                for (var k = 0; k < sum.Length; k++)
                {
                    sum[k] += (coefficients.IsEmpty ? 1 : coefficients[i]) * vector[k];
                }
            }

            Layout.Unpack<double>(sum, sums.Slice(segments.Targets[s] * Layout.StorageLength, Layout.StorageLength));
        }
    }
}
