using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>
/// Every sweep of every declared model on random examples: against scalar arithmetic, against finite differences of it,
/// and against each other, since most numbers can be had by forward and by reverse mode.
/// </summary>
public class GeneratedDerivativeTests
{
    /// <summary>Few examples and many, and each number up to the lanes of two vectors, for the remainders of loops.</summary>
    private static readonly int[] _counts = [1, 2, 3, 5, 8, 9, 12, 15, 16, 23, 40];

    [Theory, MemberData(nameof(GeneratedModels.Names), MemberType = typeof(GeneratedModels))]
    public void Outputs_and_losses_are_those_of_scalar_arithmetic(string name) => Each(name, c =>
    {
        Close.All(c.EachExample(i => c.ScalarOutput(c.Theta, i)), c.Predict(), 1e-13, 1e-14);
        Close.All(c.EachExample(i => c.ScalarLoss(c.Theta, i)), c.Loss(), 1e-13, 1e-14);
    });

    [Theory, MemberData(nameof(GeneratedModels.Names), MemberType = typeof(GeneratedModels))]
    public void Gradients_are_finite_differences_of_the_loss(string name) => Each(name, c =>
    {
        var gradients = c.Gradients();
        for (var i = 0; i < gradients.Length; i++)
        {
            var expected = new double[c.Layout.Count];
            foreach (var parameter in c.Touched(i))
            {
                expected[parameter] = Difference(c, i, parameter);
            }

            Close.All(expected, gradients[i], 1e-8, 1e-10);
        }
    });

    [Theory, MemberData(nameof(GeneratedModels.Names), MemberType = typeof(GeneratedModels))]
    public void Forward_mode_gives_what_reverse_mode_gives(string name) => Each(name, c =>
    {
        var gradients = c.Gradients();
        Close.All(c.EachExample(i => Dot(gradients[i], c.V)), c.GradientDot(), 1e-12);
        Close.All(c.EachExample(i => Dot(gradients[i], gradients[i])), c.GradientSquaredNorm(), 1e-12);
    });

    [Theory, MemberData(nameof(GeneratedModels.Names), MemberType = typeof(GeneratedModels))]
    public void The_output_gradient_is_the_derivative_of_the_loss_in_the_output(string name) => Each(name, c =>
    {
        // In a model with a bias the output moves one for one with it; otherwise the loss is ½(s − y)² and a penalty
        // that does not depend on s.
        var gradients = c.Gradients();
        var expected = c.Model.Passes == 1
            ? c.EachExample(i => gradients[i][^1])
            : c.EachExample(i => c.ScalarOutput(c.Theta, i) - c.Examples.Labels[i]);
        Close.All(expected, c.OutputGradient(), 1e-13);
    });

    [Theory, MemberData(nameof(GeneratedModels.Names), MemberType = typeof(GeneratedModels))]
    public void A_gradient_sum_adds_weighted_gradients_over_each_segment(string name) => Each(name, c =>
    {
        var gradients = c.Gradients();
        var outputGradients = new double[c.Examples.Count];
        for (var pass = 0; pass < c.Model.Passes; pass++)
        {
            Close.All(ExpectedSums(c, gradients, pass), c.GradientSum(pass, outputGradients), 1e-12);
        }

        Assert.Equal(c.OutputGradient(), outputGradients);
    });

    [Theory, MemberData(nameof(GeneratedModels.Names), MemberType = typeof(GeneratedModels))]
    public void A_flow_is_the_weighted_gradient_along_the_direction_over_blocks_that_are_not_owned(string name) => Each(name, c =>
    {
        var owned = c.Model.OwnsRows ? c.Layout.Blocks[0].Count : 0;
        var gradients = c.Gradients();
        var perExample = c.EachExample(i => c.CoefficientOf(i) * Dot(gradients[i].AsSpan(owned), c.V.AsSpan(owned)));
        var expected = perExample;
        if (c.Model.OwnsRows)
        {
            expected = new double[c.Examples.SegmentsOf(0).TargetRows];
            for (var i = 0; i < perExample.Length; i++)
            {
                expected[c.Examples.Index(0)[i]] += perExample[i];
            }
        }

        Close.All(expected, c.Flow(c.OutputGradient()), 1e-12);
    });

    [Theory, MemberData(nameof(GeneratedModels.Names), MemberType = typeof(GeneratedModels))]
    public void The_fused_sweep_gives_the_sum_and_the_flow(string name) => Each(name, c =>
    {
        var (apart, fused) = (new double[c.Examples.Count], new double[c.Examples.Count]);
        var expected = c.GradientSum(0, apart);
        var (sums, flows) = c.GradientSumWithFlow(fused);
        Close.All(expected, sums, 1e-13);
        Close.All(c.Flow(apart), flows, 1e-13);
        Close.All(apart, fused, 1e-15);
    });

    [Theory, MemberData(nameof(GeneratedModels.Names), MemberType = typeof(GeneratedModels))]
    public void A_gram_holds_the_dot_product_of_every_pair_of_gradients(string name) => Each(name, c =>
    {
        var right = c.On(c.Examples.Subset([.. Enumerable.Range(0, c.Examples.Count).Where(i => i % 3 != 1)]));
        var (a, b) = (c.Gradients(), right.Gradients());
        Close.All([.. a.SelectMany(ga => b.Select(gb => Dot(ga, gb)))], c.GradientGram(right), 1e-12);
    });

    [Theory, MemberData(nameof(GeneratedModels.OfFeatures), MemberType = typeof(GeneratedModels))]
    public void Many_examples_are_summed_chunk_by_chunk(string name)
    {
        var c = GeneratedCase.Random(name, seed: 11, count: 2 * 512 + 77);
        Assert.Equal(3, c.Examples.SegmentsOf(0).Count);
        var gradients = c.Gradients();
        Close.All(ExpectedSums(c, gradients, 0), c.GradientSum(0, new double[c.Examples.Count]), 1e-12);
        Close.All([.. gradients.Select(g => Dot(g, c.V))], c.GradientDot(), 1e-12);
    }

    /// <summary>Runs a check at every count of examples.</summary>
    private static void Each(string name, Action<GeneratedCase> check)
    {
        foreach (var count in _counts)
        {
            check(GeneratedCase.Random(name, seed: 100 + count, count));
        }
    }

    /// <summary>∂ℓ_i/∂θ_k by Richardson's extrapolation of central differences: exact for a polynomial of degree 4.</summary>
    private static double Difference(GeneratedCase model, int example, int parameter)
    {
        double Central(double h)
        {
            var theta = (double[])model.Theta.Clone();
            theta[parameter] = model.Theta[parameter] + h;
            var above = model.ScalarLoss(theta, example);
            theta[parameter] = model.Theta[parameter] - h;
            return (above - model.ScalarLoss(theta, example)) / (2 * h);
        }

        var h = 1e-3 * Math.Max(1, Math.Abs(model.Theta[parameter]));
        return (4 * Central(h / 2) - Central(h)) / 3;
    }

    /// <summary>Σ c_i g_i over each segment of a pass, as <see cref="GeneratedCase.GradientSum"/> lays it out.</summary>
    internal static double[] ExpectedSums(GeneratedCase model, double[][] gradients, int pass)
    {
        var segments = model.Examples.SegmentsOf(pass);
        var expected = new double[segments.TargetRows * model.RowLength(pass)];
        for (var s = 0; s < segments.Count; s++)
        {
            var sum = new double[model.Layout.Count];
            for (var position = segments.Offsets[s]; position < segments.Offsets[s + 1]; position++)
            {
                var i = segments.Order.Length == 0 ? position : segments.Order[position];
                for (var k = 0; k < sum.Length; k++)
                {
                    sum[k] += model.CoefficientOf(i) * gradients[i][k];
                }
            }

            var stored = model.Stored(sum);
            var table = model.Model.Passes == 1 ? default : model.Layout.Blocks[pass];
            var row = model.Model.Passes == 1 ? stored : stored.AsSpan(table.Offset + segments.Rows[s] * table.Stride, table.Stride);
            row.CopyTo(expected.AsSpan(segments.Targets[s] * model.RowLength(pass)));
        }

        return expected;
    }

    internal static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var k = 0; k < a.Length; k++)
        {
            sum += a[k] * b[k];
        }

        return sum;
    }
}
