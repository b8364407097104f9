using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>
/// Every sweep of every declared model on random examples: against plain loops written by hand, against finite
/// differences of the loss, and against each other, since most numbers can be had by forward and by reverse mode.
/// </summary>
public class GeneratedDerivativeTests
{
    /// <summary>Few examples and many, and each number up to the lanes of two vectors, for the remainders of loops.</summary>
    private static readonly int[] _counts = [1, 2, 3, 5, 8, 9, 12, 15, 16, 23, 40];

    [Theory, MemberData(nameof(DeclaredModels.Names), MemberType = typeof(DeclaredModels))]
    public void Every_sweep_is_that_of_plain_loops(string name) => Each(name, c =>
    {
        var plain = c.ByReference();
        Close.To(plain.Predict(), c.Predict(), 1e-13, 1e-14);
        Close.To(plain.Loss(), c.Loss(), 1e-13, 1e-14);
        Close.To(plain.OutputGradient(), c.OutputGradient(), 1e-13, 1e-14);
        Close.To(plain.GradientDot(), c.GradientDot(), 1e-12, 1e-13);
        Close.To(plain.GradientSquaredNorm(), c.GradientSquaredNorm(), 1e-12, 1e-13);
        Close.To([.. plain.Gradients().SelectMany(g => g)], [.. c.Gradients().SelectMany(g => g)], 1e-13, 1e-14);
        var (r, ours) = (new double[c.Examples.Count], new double[c.Examples.Count]);
        for (var pass = 0; pass < c.Model.Passes; pass++)
        {
            Close.To(plain.GradientSum(pass, r), c.GradientSum(pass, ours), 1e-12, 1e-13);
        }

        Close.To(plain.Flow(r), c.Flow(ours), 1e-12, 1e-13);
        var (sums, flows) = plain.GradientSumWithFlow(r);
        var (ourSums, ourFlows) = c.GradientSumWithFlow(ours);
        Close.To(sums, ourSums, 1e-12, 1e-13);
        Close.To(flows, ourFlows, 1e-12, 1e-13);
        Close.To(plain.GradientGram(plain), c.GradientGram(c), 1e-12, 1e-13);
    });

    [Theory, MemberData(nameof(DeclaredModels.Names), MemberType = typeof(DeclaredModels))]
    public void Gradients_are_finite_differences_of_the_loss(string name) => Each(name, c =>
    {
        var gradients = c.Gradients();
        var touched = Enumerable.Range(0, c.Examples.Count).Select(c.Touched).ToArray();
        var parameters = touched[0].Length;
        var expected = c.EachExample(_ => 0).Select(_ => new double[c.Layout.Count]).ToArray();
        for (var parameter = 0; parameter < parameters; parameter++)
        {
            // The same element of every row at once: an example reads one row of each table.
            var derivatives = Difference(c, [.. touched.Select(places => places[parameter]).Distinct()]);
            for (var i = 0; i < expected.Length; i++)
            {
                expected[i][touched[i][parameter]] = derivatives[i];
            }
        }

        Close.To([.. expected.SelectMany(g => g)], [.. gradients.SelectMany(g => g)], 1e-9, 1e-10);
    });

    [Theory, MemberData(nameof(DeclaredModels.Names), MemberType = typeof(DeclaredModels))]
    public void Forward_mode_gives_what_reverse_mode_gives(string name) => Each(name, c =>
    {
        var gradients = c.Gradients();
        Close.To(c.EachExample(i => Dot(gradients[i], c.V)), c.GradientDot(), 1e-12, 1e-13);
        Close.To(c.EachExample(i => Dot(gradients[i], gradients[i])), c.GradientSquaredNorm(), 1e-12, 1e-13);
    });

    [Theory, MemberData(nameof(DeclaredModels.Names), MemberType = typeof(DeclaredModels))]
    public void The_output_gradient_is_the_derivative_of_the_loss_in_the_output(string name) => Each(name, c =>
    {
        // In a model with a bias the output moves one for one with it; otherwise the loss is ½(s − y)² and a penalty
        // that does not depend on s.
        var gradients = c.Gradients();
        var expected = c.Model.Passes == 1
            ? c.EachExample(i => gradients[i][^1])
            : [.. c.Predict().Zip(c.Examples.Labels.ToArray(), (s, y) => s - y)];
        Close.To(expected, c.OutputGradient(), 1e-13, 1e-13);
    });

    [Theory, MemberData(nameof(DeclaredModels.Names), MemberType = typeof(DeclaredModels))]
    public void A_gradient_sum_adds_weighted_gradients_over_each_segment(string name) => Each(name, c =>
    {
        var gradients = c.Gradients();
        var outputGradients = new double[c.Examples.Count];
        for (var pass = 0; pass < c.Model.Passes; pass++)
        {
            Close.To(ExpectedSums(c, gradients, pass), c.GradientSum(pass, outputGradients), 1e-12, 1e-13);
        }

        Assert.Equal(c.OutputGradient(), outputGradients);
    });

    [Theory, MemberData(nameof(DeclaredModels.Names), MemberType = typeof(DeclaredModels))]
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

        Close.To(expected, c.Flow(c.OutputGradient()), 1e-12, 1e-13);
    });

    [Theory, MemberData(nameof(DeclaredModels.Names), MemberType = typeof(DeclaredModels))]
    public void The_fused_sweep_gives_the_sum_and_the_flow(string name) => Each(name, c =>
    {
        var (apart, fused) = (new double[c.Examples.Count], new double[c.Examples.Count]);
        var expected = c.GradientSum(0, apart);
        var (sums, flows) = c.GradientSumWithFlow(fused);
        Close.To(expected, sums, 1e-13, 1e-13);
        Close.To(c.Flow(apart), flows, 1e-13, 1e-13);
        Close.To(apart, fused, 1e-15, 1e-15);
    });

    [Theory, MemberData(nameof(DeclaredModels.Names), MemberType = typeof(DeclaredModels))]
    public void A_gram_holds_the_dot_product_of_every_pair_of_gradients(string name) => Each(name, c =>
    {
        var right = c.On(c.Examples.Subset([.. Enumerable.Range(0, c.Examples.Count).Where(i => i % 3 != 1)]));
        var (a, b) = (c.Gradients(), right.Gradients());
        Close.To([.. a.SelectMany(ga => b.Select(gb => Dot(ga, gb)))], c.GradientGram(right), 1e-12, 1e-13);
    });

    [Theory, MemberData(nameof(DeclaredModels.OfFeatures), MemberType = typeof(DeclaredModels))]
    public void Many_examples_are_summed_chunk_by_chunk(string name)
    {
        var c = GeneratedCase.Random(name, seed: 11, count: 2 * 512 + 77);
        Assert.Equal(3, c.Examples.SegmentsOf(0).Count);
        var gradients = c.Gradients();
        Close.To(ExpectedSums(c, gradients, 0), c.GradientSum(0, new double[c.Examples.Count]), 1e-12, 1e-13);
        Close.To([.. gradients.Select(g => Dot(g, c.V))], c.GradientDot(), 1e-12, 1e-13);
    }

    /// <summary>Runs a check at every count of examples.</summary>
    private static void Each(string name, Action<GeneratedCase> check)
    {
        foreach (var count in _counts)
        {
            check(GeneratedCase.Random(name, seed: 100 + count, count));
        }
    }

    /// <summary>The derivative of every loss as some parameters move alike, by Richardson's extrapolation of central
    /// differences: exact for a polynomial of degree 4.</summary>
    private static double[] Difference(GeneratedCase c, int[] parameters)
    {
        const double h = 2e-3;
        var (wide, narrow) = (Central(h), Central(h / 2));
        return c.EachExample(i => (4 * narrow[i] - wide[i]) / 3);

        double[] Central(double step)
        {
            var (above, below) = (Losses(step), Losses(-step));
            return c.EachExample(i => (above[i] - below[i]) / (2 * step));
        }

        double[] Losses(double step)
        {
            var weights = (double[])c.Theta.Clone();
            foreach (var parameter in parameters)
            {
                weights[parameter] += step;
            }

            var losses = new double[c.Examples.Count];
            c.Model.Loss(c.Examples, 0, c.Examples.SegmentsOf(0).Count, c.Stored(weights), losses);
            return losses;
        }
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
