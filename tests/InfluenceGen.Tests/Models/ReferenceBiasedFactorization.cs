using InfluenceGen.Examples;
using InfluenceGen.Models;

namespace InfluenceGen.Tests.Models;

/// <summary>
/// s = μ + b_u + c_i + p_u·q_i, loss ½(s − y)² + (λ/2)(share_u |p_u|² + share_i |q_i|²) + (λ_b/2)(share_u b_u² + share_i c_i²), with
/// every derivative in plain loops over the 2 rank + 3 numbers φ = (p_u, b_u, q_i, c_i, μ) that a rating reads.
/// </summary>
public struct ReferenceBiasedFactorization(int users, int items, int rank, double l2, double biasL2, int passes = 3) : IModel<double>
{
    private const int P = 0, B = 1, Q = 2, C = 3, Mu = 4;

    public readonly ParameterLayout Layout { get; } = new(8, ("P", users, rank, 0, 0, false), ("b", users, ParameterLayout.Scalars, 0, 0, true),
        ("Q", items, rank, 1, 0, false), ("c", items, ParameterLayout.Scalars, 1, 0, true), ("mu", 1, 1, -1, 0, true));

    public BlockSet Blocks { get; set; }

    public readonly int Passes => passes;

    public readonly int Features => 0;

    public readonly bool OwnsRows => true;

    public readonly LabelDomain Labels => LabelDomain.Real;

    public readonly string Declaration => $"biased factorization by hand; rank: {rank}; L2: {l2}; biases, their L2: {biasL2}";

    public readonly int Outputs => 1;

    public readonly int OutputStride => 1;

    public readonly bool HasLinearOutputs => false;

    public readonly int LastLayerLength => 0;

    public readonly int GradientRowLength => Layout.GradientRowLength;

    private readonly int Count => 2 * rank + 3;

    public readonly double Baseline(double meanLabel) => meanLabel;

    public readonly void Predict(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights, Span<double> outputs)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            outputs[i] = Output(Read(examples, i, weights));
        }
    }

    public readonly void Loss(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights, Span<double> losses)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            var (phi, decay) = (Read(examples, i, weights), Decay(examples, i));
            var error = Output(phi) - examples.Labels[i];
            losses[i] = 0.5 * error * error + 0.5 * phi.Select((x, k) => decay[k] * x * x).Sum();
        }
    }

    public readonly void OutputGradient(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights, Span<double> outputGradients)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            outputGradients[i] = Output(Read(examples, i, weights)) - examples.Labels[i];
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
        for (var k = 0; k < directions.Length / Layout.StorageLength; k++)
        {
            foreach (var i in Reference.Examples(examples, 0, first, last))
            {
                dots[k * examples.Count + i] = Dot(Jacobian(Read(examples, i, weights)), Moving(examples, i, Direction(directions, k)));
            }
        }
    }

    public readonly void GradientDot(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> directions, Span<double> dots)
    {
        for (var k = 0; k < directions.Length / Layout.StorageLength; k++)
        {
            foreach (var i in Reference.Examples(examples, 0, first, last))
            {
                dots[k * examples.Count + i] = Dot(Gradient(examples, i, weights), Moving(examples, i, Direction(directions, k)));
            }
        }
    }

    public readonly void GradientSquaredNorm(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights, Span<double> norms)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            var g = Masked(Gradient(examples, i, weights));
            norms[i] = Dot(g, g);
        }
    }

    public readonly void Gradients(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights, Span<double> rows)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            var g = Masked(Gradient(examples, i, weights));
            var next = i * GradientRowLength;
            for (var block = 0; block <= Mu; block++)
            {
                g.AsSpan(Start(block), Layout.Blocks[block].Columns).CopyTo(rows[next..]);
                next += ParameterLayout.RoundUp(Layout.Blocks[block].Columns);
            }
        }
    }

    public readonly void GradientSum(int pass, ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> coefficients, Span<double> outputGradients, Span<double> sums)
    {
        var stored = weights.ToArray();
        if (pass == 0)
        {
            OutputGradient(examples, first, last, weights, outputGradients);
        }

        var (r, model) = (outputGradients.ToArray(), this);
        Sum(pass, examples, first, last, coefficients, sums, i => model.Gradient(examples, i, stored, r[i]));
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
        var segments = examples.SegmentsOf(0);
        for (var s = first; s < last; s++)
        {
            flows[segments.Targets[s]] = 0;
            foreach (var i in Reference.Examples(examples, 0, s, s + 1))
            {
                // Owned rows, the first rank + 1 numbers, carry none.
                flows[segments.Targets[s]] += (coefficients.IsEmpty ? 1 : coefficients[i]) * Dot(
                    Gradient(examples, i, weights, outputGradients[i])[(rank + 1)..], Moving(examples, i, direction)[(rank + 1)..]);
            }
        }
    }

    public readonly void OutputAdjointSum(int pass, ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> cotangents, Span<double> sums)
    {
        var (stored, a, model) = (weights.ToArray(), cotangents.ToArray(), this);
        Sum(pass, examples, first, last, [], sums, i => [.. model.Jacobian(model.Read(examples, i, stored)).Select(j => a[i] * j)]);
    }

    public readonly void GradientGram(int pass, ExampleSet<double> left, ExampleSet<double> right, int first, int last,
        ReadOnlySpan<double> weights, ReadOnlySpan<double> leftOutputGradients, ReadOnlySpan<double> rightOutputGradients, Span<double> gram)
    {
        foreach (var a in Reference.Examples(left, pass, first, last))
        {
            for (var b = 0; b < right.Count; b++)
            {
                if (pass < 2 && left.Index(pass)[a] != right.Index(pass)[b])
                {
                    continue;
                }

                var (ga, gb) = (Masked(Gradient(left, a, weights, leftOutputGradients[a])), Masked(Gradient(right, b, weights, rightOutputGradients[b])));
                foreach (var block in BlocksIn(pass))
                {
                    var of = Start(block)..(Start(block) + Layout.Blocks[block].Columns);
                    gram[a * right.Count + b] += Dot(ga[of], gb[of]);
                }
            }
        }
    }

    /// <summary>H v = (J·v) J + r ∂J[v] + decay v.</summary>
    public readonly void HessianVectorSum(int pass, ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> coefficients, ReadOnlySpan<double> directions, Span<double> sums)
    {
        var (count, stored, model) = (directions.Length / Layout.StorageLength, weights.ToArray(), this);
        for (var k = 0; k < count; k++)
        {
            var direction = Direction(directions, k).ToArray();
            Sum(pass, examples, first, last, coefficients, sums.Slice(k * (sums.Length / count), sums.Length / count),
                i => model.HessianVector(examples, i, stored, model.Moving(examples, i, direction)));
        }
    }

    public readonly void HessianDot(ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> direction, ReadOnlySpan<double> other, Span<double> dots)
    {
        foreach (var i in Reference.Examples(examples, 0, first, last))
        {
            dots[i] = Dot(HessianVector(examples, i, weights, Moving(examples, i, direction)), Moving(examples, i, other));
        }
    }

    /// <summary>(∂J[u]·v) J + (J·v) ∂J[u] + (J·u) ∂J[v], ∂J being constant.</summary>
    public readonly void ThirdDerivativeSum(int pass, ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> weights,
        ReadOnlySpan<double> coefficients, ReadOnlySpan<double> direction, ReadOnlySpan<double> other, Span<double> sums)
    {
        var (stored, v, u, model) = (weights.ToArray(), direction.ToArray(), other.ToArray(), this);
        Sum(pass, examples, first, last, coefficients, sums, i =>
        {
            var (j, along, across) = (model.Jacobian(model.Read(examples, i, stored)), model.Moving(examples, i, v), model.Moving(examples, i, u));
            var (mixed, alongs, acrosses) = (Dot(model.Crossed(across), along), model.Crossed(along), model.Crossed(across));
            return [.. j.Select((x, k) => mixed * x + Dot(j, along) * acrosses[k] + Dot(j, across) * alongs[k])];
        });
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

    private readonly ReadOnlySpan<double> Direction(ReadOnlySpan<double> directions, int k) =>
        directions.Slice(k * Layout.StorageLength, Layout.StorageLength);

    private static int[] BlocksIn(int pass) => pass == 0 ? [P, B] : pass == 1 ? [Q, C] : [Mu];

    /// <summary>Where a block's numbers start in φ.</summary>
    private readonly int Start(int block) => block switch { P => 0, B => rank, Q => rank + 1, C => 2 * rank + 1, _ => 2 * rank + 2 };

    /// <summary>φ of a rating, from a vector in storage order.</summary>
    private readonly double[] Read(ExampleSet<double> examples, int i, ReadOnlySpan<double> storage)
    {
        var phi = new double[Count];
        for (var block = 0; block <= Mu; block++)
        {
            var of = Layout.Blocks[block];
            var row = block == Mu ? 0 : examples.Index(block < Q ? 0 : 1)[i];
            storage.Slice(of.Offset + row * of.Stride, of.Columns).CopyTo(phi.AsSpan(Start(block)));
        }

        return phi;
    }

    /// <summary>The same of a direction, 0 in blocks that are held constant.</summary>
    private readonly double[] Moving(ExampleSet<double> examples, int i, ReadOnlySpan<double> direction) => Masked(Read(examples, i, direction));

    private readonly double[] Masked(double[] phi)
    {
        for (var block = 0; block <= Mu; block++)
        {
            if (!Blocks.Contains(block))
            {
                phi.AsSpan(Start(block), Layout.Blocks[block].Columns).Clear();
            }
        }

        return phi;
    }

    private readonly double Output(double[] phi) =>
        phi[Start(Mu)] + phi[Start(B)] + phi[Start(C)] + Dot(phi.AsSpan(0, rank), phi.AsSpan(Start(Q), rank));

    private readonly double[] Jacobian(double[] phi)
    {
        var j = Crossed(phi);
        (j[Start(B)], j[Start(C)], j[Start(Mu)]) = (1, 1, 1);
        return j;
    }

    /// <summary>∂J[v]: q's part where p's is and p's where q's is.</summary>
    private readonly double[] Crossed(double[] v)
    {
        var crossed = new double[Count];
        v.AsSpan(Start(Q), rank).CopyTo(crossed);
        v.AsSpan(0, rank).CopyTo(crossed.AsSpan(Start(Q)));
        return crossed;
    }

    private readonly double[] Decay(ExampleSet<double> examples, int i)
    {
        var decay = new double[Count];
        var (ofUser, ofItem) = (examples.RowShares(0)[examples.Index(0)[i]], examples.RowShares(1)[examples.Index(1)[i]]);
        decay.AsSpan(0, rank).Fill(l2 * ofUser);
        decay.AsSpan(Start(Q), rank).Fill(l2 * ofItem);
        (decay[Start(B)], decay[Start(C)]) = (biasL2 * ofUser, biasL2 * ofItem);
        return decay;
    }

    private readonly double[] Gradient(ExampleSet<double> examples, int i, ReadOnlySpan<double> weights) =>
        Gradient(examples, i, weights, Output(Read(examples, i, weights)) - examples.Labels[i]);

    private readonly double[] Gradient(ExampleSet<double> examples, int i, ReadOnlySpan<double> weights, double r)
    {
        var (phi, decay) = (Read(examples, i, weights), Decay(examples, i));
        return [.. Jacobian(phi).Select((j, k) => r * j + decay[k] * phi[k])];
    }

    private readonly double[] HessianVector(ExampleSet<double> examples, int i, ReadOnlySpan<double> weights, double[] v)
    {
        var (phi, decay, crossed) = (Read(examples, i, weights), Decay(examples, i), Crossed(v));
        var (j, r) = (Jacobian(phi), Output(phi) - examples.Labels[i]);
        return [.. j.Select((x, k) => Dot(j, v) * x + r * crossed[k] + decay[k] * v[k])];
    }

    /// <summary>Adds up a vector of each example, the pass's blocks of it, over each segment.</summary>
    private readonly void Sum(int pass, ExampleSet<double> examples, int first, int last, ReadOnlySpan<double> coefficients, Span<double> sums,
        Func<int, double[]> of)
    {
        var segments = examples.SegmentsOf(pass);
        for (var s = first; s < last; s++)
        {
            foreach (var block in BlocksIn(pass))
            {
                Place(block, segments, s, sums).Clear();
            }

            foreach (var i in Reference.Examples(examples, pass, s, s + 1))
            {
                var vector = Masked(of(i));
                foreach (var block in BlocksIn(pass))
                {
                    var sum = Place(block, segments, s, sums);
                    for (var k = 0; k < sum.Length; k++)
                    {
                        sum[k] += (coefficients.IsEmpty ? 1 : coefficients[i]) * vector[Start(block) + k];
                    }
                }
            }
        }
    }

    /// <summary>One table behind the other, each with a row for every target, the second one packed; of μ, a line for every target.</summary>
    private readonly Span<double> Place(int block, Segments segments, int segment, Span<double> sums)
    {
        var (target, stride) = (segments.Targets[segment], ParameterLayout.RoundUp(rank));
        return block is P or Q ? sums.Slice(target * stride, rank)
            : block is B or C ? sums.Slice(segments.TargetRows * stride + target, 1)
            : sums.Slice(target * 8, 1);
    }
}
