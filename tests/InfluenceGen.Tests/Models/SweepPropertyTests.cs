using InfluenceGen.Models;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>What the sweeps of any model have to do with each other: most numbers can be had in two ways.</summary>
public class SweepPropertyTests
{
    [Theory, MemberData(nameof(SweepCases.Names), MemberType = typeof(SweepCases))]
    public void Gradients_written_out_are_those_of_dots_sums_norms_and_Grams(string name)
    {
        var p = SweepCases.All[name]();
        var gradients = p.Gradients();
        var directions = p.Directions(1, 3);
        Close.To([.. Parts(p, directions.Span).SelectMany(v => gradients.Select(g => Dot(g, v)))], p.GradientDot(directions), 1e-12, 1e-13);
        Close.To([.. gradients.Select(g => Dot(g, g))], p.GradientSquaredNorm(), 1e-12, 1e-13);
        Close.To([.. gradients.SelectMany(a => gradients.Select(b => Dot(a, b)))], p.GradientGram(), 1e-12, 1e-13);
        Close.To(Combine(p, gradients, _ => 1), p.GradientSum(null), 1e-12, 1e-13);
        Close.To(Combine(p, gradients, i => p.Coefficients[i]), p.GradientSum(p.Coefficients), 1e-12, 1e-13);
    }

    [Theory, MemberData(nameof(SweepCases.Names), MemberType = typeof(SweepCases))]
    public void Second_derivatives_are_symmetric_and_differences_of_the_gradient(string name)
    {
        var p = SweepCases.All[name]();
        var (u, v, c) = (p.Directions(1), p.Directions(2), p.Coefficients);
        var dots = p.HessianDot(u, v);
        Close.To(dots, p.HessianDot(v, u), 1e-12, 1e-13);
        var (hu, hv) = (p.HessianVectorSum(c, u), p.HessianVectorSum(c, v));
        Close.To([Dot(u.Span, hv)], [Dot(v.Span, hu)], 1e-12, 1e-13);
        Close.To([dots.Select((dot, i) => c[i] * dot).Sum()], [Dot(u.Span, hv)], 1e-12, 1e-13);
        Close.To(Difference(p, v, () => p.GradientSum(c)), hv, 1e-8, 1e-9);
    }

    [Theory, MemberData(nameof(SweepCases.Names), MemberType = typeof(SweepCases))]
    public void Third_derivatives_are_symmetric_and_differences_of_the_second(string name)
    {
        var p = SweepCases.All[name]();
        var (u, v, w, c) = (p.Directions(1), p.Directions(2), p.Directions(3), p.Coefficients);
        var uv = p.ThirdDerivativeSum(c, u, v);
        Close.To(uv, p.ThirdDerivativeSum(c, v, u), 1e-12, 1e-13);
        Close.To([Dot(w.Span, uv)], [Dot(u.Span, p.ThirdDerivativeSum(c, v, w))], 1e-12, 1e-12);
        Close.To(Difference(p, u, () => p.HessianVectorSum(c, v)), uv, 1e-8, 1e-9);
    }

    [Theory, MemberData(nameof(SweepCases.Names), MemberType = typeof(SweepCases))]
    public void Several_directions_at_once_are_each_of_them(string name)
    {
        var p = SweepCases.All[name]();
        var (together, apart) = (p.Directions(4, 5), Parts(p, p.Directions(4, 5).Span).Select(v => AlignedBuffer<double>.CopyOf(v)).ToArray());
        Close.To([.. apart.SelectMany(v => p.HessianVectorSum(p.Coefficients, v))], p.HessianVectorSum(p.Coefficients, together), 1e-13, 1e-14);
        Close.To([.. apart.SelectMany(v => p.GaussNewtonVectorSum(p.Coefficients, v))], p.GaussNewtonVectorSum(p.Coefficients, together), 1e-13, 1e-14);
        Close.To([.. apart.SelectMany(p.OutputDot)], p.OutputDot(together), 1e-13, 1e-14);
        Close.To([.. apart.SelectMany(p.GradientDot)], p.GradientDot(together), 1e-13, 1e-14);
    }

    [Theory, MemberData(nameof(SweepCases.Names), MemberType = typeof(SweepCases))]
    public void The_Jacobian_and_its_transpose_agree_and_give_the_gradient(string name)
    {
        var p = SweepCases.All[name]();
        var v = p.Directions(5);
        var cotangents = SweepProbe.Numbers(p.Examples.Count * p.OutputStride, 6);
        for (var i = 0; i < cotangents.Length; i++)
        {
            cotangents[i] *= i % p.OutputStride < p.Outputs ? 1 : 0;
        }

        Close.To([Dot(cotangents.Span, p.OutputDot(v))], [Dot(v.Span, p.OutputAdjointSum(cotangents))], 1e-12, 1e-13);
        Close.To(Difference(p, v, p.Predict), p.OutputDot(v), 1e-8, 1e-9);
        if (p.Examples.TableCount == 0)
        {
            // Without a penalty of an example's own.
            Close.To(p.GradientSum(null), p.OutputAdjointSum(AlignedBuffer<double>.CopyOf(p.OutputGradient())), 1e-12, 1e-13);
        }
    }

    [Theory, MemberData(nameof(SweepCases.Names), MemberType = typeof(SweepCases))]
    public void The_Gauss_Newton_product_is_the_Hessians_where_outputs_are_linear(string name)
    {
        var p = SweepCases.All[name]();
        var directions = p.Directions(7, 2);
        var (newton, hessian) = (p.GaussNewtonVectorSum(p.Coefficients, directions), p.HessianVectorSum(p.Coefficients, directions));
        if (p.HasLinearOutputs)
        {
            Close.To(hessian, newton, 1e-12, 1e-13);
            return;
        }

        Assert.True(hessian.Zip(newton, (a, b) => Math.Abs(a - b)).Max() > 1e-3, "outputs are not linear, so the two differ");
        Assert.All(Parts(p, directions.Span), v => Assert.True(
            Dot(v, p.GaussNewtonVectorSum(null, AlignedBuffer<double>.CopyOf(v))) >= -1e-12, "a convex loss gives no negative curvature"));
    }

    [Theory, MemberData(nameof(SweepCases.Names), MemberType = typeof(SweepCases))]
    public void A_Hessian_written_out_is_symmetric_and_gives_its_products(string name)
    {
        var p = SweepCases.All[name]();
        var v = p.Directions(8);
        foreach (var c in new[] { null, p.Coefficients })
        {
            var hessian = p.HessianSum(c);
            var length = p.Layout.StorageLength;
            for (var k = 0; k < hessian.Length; k++)
            {
                Assert.Equal(hessian[k], hessian[k % length * length + k / length], 1e-13);
            }

            Close.To(p.HessianVectorSum(c, v), [.. hessian.Chunk(length).Select(row => Dot(row, v.Span))], 1e-12, 1e-13);
        }
    }

    [Theory, MemberData(nameof(SweepCases.Names), MemberType = typeof(SweepCases))]
    public void Blocks_that_are_held_constant_have_no_part_in_derivatives(string name)
    {
        var whole = SweepCases.All[name]();
        for (var kept = 0; kept < whole.Layout.Blocks.Length; kept++)
        {
            var p = whole.With(blocks: BlockSet.Of(kept));
            var (u, v) = (whole.Directions(1), whole.Directions(2));
            var (uKept, vKept) = (Only(whole, kept, u.Span), Only(whole, kept, v.Span));
            Close.To(whole.GradientDot(uKept), p.GradientDot(u), 1e-12, 1e-13);
            Close.To(whole.OutputDot(uKept), p.OutputDot(u), 1e-12, 1e-13);
            Close.To(whole.HessianDot(uKept, vKept), p.HessianDot(u, v), 1e-12, 1e-13);
            Close.To(Only(whole, kept, whole.GradientSum(null)).Span, p.GradientSum(null), 1e-12, 1e-13);
            Close.To(Only(whole, kept, whole.HessianVectorSum(null, vKept)).Span, p.HessianVectorSum(null, v), 1e-12, 1e-13);
            Close.To(Only(whole, kept, whole.ThirdDerivativeSum(null, uKept, vKept)).Span, p.ThirdDerivativeSum(null, u, v), 1e-12, 1e-13);
            var gradients = whole.Gradients().Select(g => Only(whole, kept, g).Span.ToArray()).ToArray();
            Close.To([.. gradients.SelectMany(g => g)], [.. p.Gradients().SelectMany(g => g)], 1e-12, 1e-13);
            Close.To([.. gradients.Select(g => Dot(g, g))], p.GradientSquaredNorm(), 1e-12, 1e-13);
            Close.To([.. gradients.SelectMany(a => gradients.Select(b => Dot(a, b)))], p.GradientGram(), 1e-12, 1e-13);
            Assert.Equal(whole.Loss(), p.Loss());
        }
    }

    [Theory, MemberData(nameof(SweepCases.Names), MemberType = typeof(SweepCases))]
    public void Output_Hessians_are_symmetric_differences_of_output_gradients(string name)
    {
        var p = SweepCases.All[name]();
        var (v, hessians, stride) = (p.Directions(9), p.OutputHessian(), p.OutputStride);
        var rates = p.OutputDot(v);
        var expected = new double[rates.Length];
        for (var i = 0; i < p.Examples.Count; i++)
        {
            for (var j = 0; j < p.Outputs; j++)
            {
                var row = hessians.AsSpan((i * p.Outputs + j) * stride, p.Outputs);
                expected[i * stride + j] = Dot(row, rates.AsSpan(i * stride, p.Outputs));
                for (var k = 0; k < p.Outputs; k++)
                {
                    Assert.Equal(row[k], hessians[(i * p.Outputs + k) * stride + j], 1e-14);
                }
            }
        }

        Close.To(Difference(p, v, p.OutputGradient), expected, 1e-8, 1e-9);
    }

    [Theory, MemberData(nameof(SweepCases.GeneratedLayers), MemberType = typeof(SweepCases))]
    public void Every_sweep_of_generated_layers_is_that_of_numbers_that_know_their_derivatives(string name)
    {
        var (p, plain) = (SweepCases.All[name](), SweepCases.All["reference of " + name]());
        var (u, v, directions, c) = (p.Directions(1), p.Directions(2), p.Directions(3, 3), p.Coefficients);
        var cotangents = AlignedBuffer<double>.CopyOf(p.OutputGradient());
        Close.To(plain.Predict(), p.Predict(), 1e-12, 1e-13);
        Close.To(plain.Loss(), p.Loss(), 1e-12, 1e-13);
        Close.To(plain.OutputGradient(), p.OutputGradient(), 1e-12, 1e-13);
        Close.To(plain.OutputHessian(), p.OutputHessian(), 1e-12, 1e-13);
        Close.To(plain.LastLayerFeatures(), p.LastLayerFeatures(), 1e-12, 1e-13);
        Close.To(plain.OutputDot(directions), p.OutputDot(directions), 1e-12, 1e-13);
        Close.To(plain.OutputAdjointSum(cotangents), p.OutputAdjointSum(cotangents), 1e-12, 1e-13);
        Close.To(plain.GradientSum(c), p.GradientSum(c), 1e-12, 1e-13);
        Close.To(plain.HessianVectorSum(c, directions), p.HessianVectorSum(c, directions), 1e-12, 1e-13);
        Close.To(plain.HessianDot(u, v), p.HessianDot(u, v), 1e-12, 1e-13);
        Close.To(plain.ThirdDerivativeSum(c, u, v), p.ThirdDerivativeSum(c, u, v), 1e-12, 1e-13);
    }

    /// <summary>The derivative of a sweep's numbers along a direction, by Richardson's extrapolation.</summary>
    private static double[] Difference(SweepProbe p, AlignedBuffer<double> along, Func<double[]> sweep)
    {
        const double h = 5e-4;
        var weights = p.Weights.Span.ToArray();
        var (wide, middle, narrow) = (Central(h), Central(h / 2), Central(h / 4));
        return [.. narrow.Select((a, i) => (64 * a - 20 * middle[i] + wide[i]) / 45)];

        double[] Central(double step)
        {
            var (above, below) = (At(step), At(-step));
            return [.. above.Zip(below, (a, b) => (a - b) / (2 * step))];
        }

        double[] At(double step)
        {
            for (var k = 0; k < weights.Length; k++)
            {
                p.Weights[k] = weights[k] + step * along[k];
            }

            var result = sweep();
            weights.CopyTo(p.Weights.Span);
            return result;
        }
    }

    private static double[][] Parts(SweepProbe p, ReadOnlySpan<double> directions) => [.. directions.ToArray().Chunk(p.Layout.StorageLength)];

    private static double[] Combine(SweepProbe p, double[][] gradients, Func<int, double> coefficient)
    {
        var sum = new double[p.Layout.StorageLength];
        for (var i = 0; i < gradients.Length; i++)
        {
            for (var k = 0; k < sum.Length; k++)
            {
                sum[k] += coefficient(i) * gradients[i][k];
            }
        }

        return sum;
    }

    private static AlignedBuffer<double> Only(SweepProbe p, int kept, ReadOnlySpan<double> storage)
    {
        var block = p.Layout.Blocks[kept];
        var only = new AlignedBuffer<double>(storage.Length);
        storage.Slice(block.Offset, block.StorageLength).CopyTo(only.Span[block.Offset..]);
        return only;
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => GeneratedDerivativeTests.Dot(a, b);
}
