using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Influence.Tests.Numerics;

[Mlp(Inputs = 300, Hidden = [128], Outputs = 3, Activation = Activation.Tanh, Loss = Loss.SoftmaxCrossEntropy)]
internal sealed partial class LargeLayers;

/// <summary>Sweeps beside a matrix so large that blocks are of 256 examples: sets that fill blocks and such that do not.</summary>
public class LargeMatrixTests
{
    private const int Inputs = 300;

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(600)]
    public void Sums_and_dots_are_those_of_the_gradients_written_out(int count)
    {
        var (sweeps, set, weights) = Given(count);
        var length = sweeps.Layout.StorageLength;
        var rows = new AlignedBuffer<double>(count * length);
        sweeps.Gradients(set, weights, rows);
        var (sum, direction) = (new AlignedBuffer<double>(length), Vector(sweeps.Layout, 7));
        var (dots, norms) = (new AlignedBuffer<double>(count), new AlignedBuffer<double>(count));
        sweeps.GradientSum(set, weights, null, new AlignedBuffer<double>(count * sweeps.Model.OutputStride), sum);
        sweeps.GradientDot(set, weights, direction, dots);
        sweeps.GradientSquaredNorm(set, weights, norms);
        var expected = new double[length];
        for (var i = 0; i < count; i++)
        {
            var (dot, norm) = (0.0, 0.0);
            for (var k = 0; k < length; k++)
            {
                var g = rows[i * length + k];
                expected[k] += g;
                dot += g * direction[k];
                norm += g * g;
            }

            Assert.Equal(dot, dots[i], 1e-11 * (1 + Math.Abs(dot)));
            Assert.Equal(norm, norms[i], 1e-12 * (1 + norm));
        }

        for (var k = 0; k < length; k++)
        {
            Assert.Equal(expected[k], sum[k], 1e-11);
        }
    }

    [Fact]
    public void Hessian_products_are_the_change_of_the_gradient()
    {
        const int Count = 300;
        const double Step = 1e-5;
        var (sweeps, set, weights) = Given(Count);
        var length = sweeps.Layout.StorageLength;
        AlignedBuffer<double> first = Vector(sweeps.Layout, 8), second = Vector(sweeps.Layout, 9);
        var (directions, products) = (new AlignedBuffer<double>(2 * length), new AlignedBuffer<double>(2 * length));
        first.Span.CopyTo(directions.Span);
        second.Span.CopyTo(directions.Span[length..]);
        sweeps.HessianVectorSum(set, weights, null, directions, products);
        for (var k = 0; k < 2; k++)
        {
            var (ahead, behind) = (Gradient(k, Step), Gradient(k, -Step));
            var largest = products.Span.Slice(k * length, length).ToArray().Max(Math.Abs);
            for (var j = 0; j < length; j++)
            {
                Assert.Equal((ahead[j] - behind[j]) / (2 * Step), products[k * length + j], 1e-6 * largest);
            }
        }

        // u' H v = v' H u.
        var (uv, vu) = (0.0, 0.0);
        for (var j = 0; j < length; j++)
        {
            uv += first[j] * products[length + j];
            vu += second[j] * products[j];
        }

        Assert.Equal(uv, vu, 1e-10 * Math.Abs(uv));

        AlignedBuffer<double> Gradient(int direction, double step)
        {
            var (moved, gradient) = (AlignedBuffer<double>.CopyOf(weights.Span), new AlignedBuffer<double>(length));
            for (var j = 0; j < length; j++)
            {
                moved[j] += step * directions[direction * length + j];
            }

            sweeps.GradientSum(set, moved, null, new AlignedBuffer<double>(Count * sweeps.Model.OutputStride), gradient);
            return gradient;
        }
    }

    private static (SweepRunner<LargeLayers.Model, double> Sweeps, ExampleSet<double> Set, AlignedBuffer<double> Weights) Given(int count)
    {
        var random = new RandomSource(count);
        double[] x = [.. Enumerable.Range(0, count * Inputs).Select(_ => random.NextGaussian())];
        var set = ExampleSet<double>.FromClasses(x, Inputs, [.. Enumerable.Range(0, count).Select(_ => random.NextBelow(3))], 3);
        var sweeps = new SweepRunner<LargeLayers.Model, double>(default, new WorkerTeam(1));
        return (sweeps, set, Vector(sweeps.Layout, 3));
    }

    private static AlignedBuffer<double> Vector(ParameterLayout layout, long seed)
    {
        var random = new RandomSource(seed);
        double[] theta = [.. Enumerable.Range(0, layout.Count).Select(_ => 0.05 * random.NextGaussian())];
        var storage = new AlignedBuffer<double>(layout.StorageLength);
        layout.Unpack<double>(theta, storage.Span);
        return storage;
    }
}
