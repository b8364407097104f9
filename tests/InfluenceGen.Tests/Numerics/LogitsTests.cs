using System.Numerics;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Numerics;

public class LogitsTests
{
    /// <summary>Outputs, labels, and the cross-entropy computed with 60 digits.</summary>
    public static TheoryData<double[], double[], double> Losses => new()
    {
        { [40, 0, 0], [1, 0, 0], 8.496708510583178e-18 },
        { [10_000, -10_000, 0], [1, 0, 0], 0 },
        { [10_000, -10_000, 0], [0, 1, 0], 20_000 },
        { [-10_000, -10_000, -10_000], [0, 1, 0], 1.0986122886681098 },
        { [0, 700, 0], [0, 1, 0], 1.971935308751954e-304 },
        { [3, 3, 3, 3], [0.25, 0.25, 0.25, 0.25], 1.3862943611198906 },
        { [1, 2, 3], [0.5, 0.25, 0.25], 1.6576059644443804 },
        { [7], [1], 0 },
    };

    [Theory, MemberData(nameof(Losses))]
    public void Cross_entropy_keeps_its_relative_accuracy(double[] outputs, double[] labels, double expected)
    {
        double[] s = Padded<double>(outputs, double.NaN), y = Padded<double>(labels, 1e9);
        Assert.Equal(expected, Logits.SoftmaxCrossEntropy(ref s[0], ref y[0], outputs.Length), 1e-12 * expected);
        float[] sf = Padded<float>(outputs, float.NaN), yf = Padded<float>(labels, 1e9f);
        if (expected is 0 or > 1e-37)
        {
            Assert.Equal(expected, Logits.SoftmaxCrossEntropy(ref sf[0], ref yf[0], outputs.Length), 1e-6 * expected);
        }
    }

    [Fact]
    public void What_an_output_with_label_zero_is_does_not_matter_to_the_distance_of_labels()
    {
        double[] s = Padded<double>([double.NegativeInfinity, 1, 0], 0), y = Padded<double>([0, 1, 0], 0);
        Assert.Equal(Math.Log(1 + Math.Exp(-1)), Logits.SoftmaxCrossEntropy(ref s[0], ref y[0], 3), 1e-15);
    }

    [Fact]
    public void Residuals_and_covariances_of_a_nearly_certain_row_keep_their_digits()
    {
        // p = (1 − 3e−18, 1e−18, 2e−18), y = (1, 0, 0), v = (3, 5, 6): Σ_k p_k (v_k − v_0) = 8e−18.
        double[] p = Padded<double>([1, 1e-18, 2e-18], double.NaN), y = Padded<double>([1, 0, 0], 1e9), v = Padded<double>([3, 5, 6], double.NaN);
        var (residuals, products) = (new double[8], new double[8]);
        Logits.Residual(ref p[0], ref y[0], ref residuals[0], 3);
        Logits.Covariance(ref p[0], ref v[0], ref products[0], 3);
        Assert.All(residuals.Zip([-3e-18, 1e-18, 2e-18, 0, 0, 0, 0, 0]), pair => Assert.Equal(pair.Second, pair.First, 1e-30));
        Assert.All(products.Zip([-8e-18, 2e-18, 6e-18, 0, 0, 0, 0, 0]), pair => Assert.Equal(pair.Second, pair.First, 1e-30));
    }

    [Fact]
    public void A_share_that_is_not_a_number_shows_in_the_whole_row()
    {
        double[] p = Padded<double>([double.NaN, 0.5, 0.25], 0), v = Padded<double>([1, 2, 3], 0);
        var (residuals, products) = (new double[8], new double[8]);
        Logits.Residual(ref p[0], ref v[0], ref residuals[0], 3);
        Logits.Covariance(ref p[0], ref v[0], ref products[0], 3);
        Assert.True(double.IsNaN(residuals[0]));
        Assert.All(products[..3], product => Assert.True(double.IsNaN(product)));
    }

    [Fact]
    public void Rows_of_all_lengths_agree_with_sums_term_by_term()
    {
        RowsAgree<double>(1e-13);
        RowsAgree<float>(4e-6);
    }

    private static void RowsAgree<T>(double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(1);
        for (var count = 1; count <= 70; count++)
        {
            // Twice with a greatest output that is far from the others, so that ties and gaps both occur.
            var outputs = Enumerable.Range(0, count).Select(_ => Math.Round(random.NextDouble() * 40 - 20)).ToArray();
            var labels = Enumerable.Range(0, count).Select(_ => random.NextDouble()).ToArray();
            labels = [.. labels.Select(label => label / labels.Sum())];
            var greatest = outputs.Max();
            var sum = outputs.Sum(output => Math.Exp(output - greatest));
            T[] s = Padded<T>(outputs, T.NaN), y = Padded<T>(labels, T.NaN), p = Padded<T>(new double[count], T.NaN);
            Assert.Equal(greatest + Math.Log(sum), double.CreateChecked(Logits.LogSumExp(ref s[0], count)), tolerance * 20);
            Assert.Equal(greatest + Math.Log(sum) - outputs.Zip(labels, (output, label) => output * label).Sum(),
                double.CreateChecked(Logits.SoftmaxCrossEntropy(ref s[0], ref y[0], count)), tolerance * 20);
            Logits.Softmax(ref s[0], ref p[0], count);
            for (var k = 0; k < count; k++)
            {
                var expected = Math.Exp(outputs[k] - greatest) / sum;
                Assert.Equal(expected, double.CreateChecked(p[k]), tolerance * expected);
            }

            Assert.All(p[count..], pad => Assert.Equal(T.Zero, pad));
            Logits.Softmax(ref s[0], ref s[0], count);
            Assert.Equal(p, s);
        }
    }

    [Fact]
    public void Softmax_of_huge_outputs_is_finite()
    {
        double[] s = Padded<double>([10_000, 9_999, -10_000], 0), p = Padded<double>([0, 0, 0], 0);
        Logits.Softmax(ref s[0], ref p[0], 3);
        Assert.Equal(1 / (1 + Math.Exp(-1)), p[0], 1e-15);
        Assert.Equal(Math.Exp(-1) / (1 + Math.Exp(-1)), p[1], 1e-15);
        Assert.Equal(0, p[2]);
    }

    [Fact]
    public void What_is_not_a_number_stays_so()
    {
        double[] s = Padded<double>([1, double.NaN, 0], 0), y = Padded<double>([1, 0, 0], 0), p = Padded<double>([0, 0, 0], 0);
        Assert.Equal(double.NaN, Logits.LogSumExp(ref s[0], 3));
        Assert.Equal(double.NaN, Logits.SoftmaxCrossEntropy(ref s[0], ref y[0], 3));
        Logits.Softmax(ref s[0], ref p[0], 3);
        Assert.All(p[..3], value => Assert.Equal(double.NaN, value));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        double[] s = Padded<double>([1, 2, 0], 0), y = Padded<double>([1, 0, 0], 0), p = Padded<double>([0, 0, 0], 0);
        Assert.Equal(0, Allocations.Of(() =>
        {
            Logits.Softmax(ref s[0], ref p[0], 3);
            p[0] += Logits.LogSumExp(ref s[0], 3) + Logits.SoftmaxCrossEntropy(ref s[0], ref y[0], 3);
        }));
    }

    private static T[] Padded<T>(double[] values, T pad) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var row = new T[Workspace<T>.Stride(values.Length)];
        row.AsSpan().Fill(pad);
        for (var k = 0; k < values.Length; k++)
        {
            row[k] = T.CreateTruncating(values[k]);
        }

        return row;
    }
}
