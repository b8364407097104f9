using InfluenceGen.Examples;
using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Tests.Models;
using Xunit;

namespace InfluenceGen.Generators.Tests;

/// <summary>
/// The proof that it is a compiler: a loss that the product does not ship is added as one rule in a table handed in, and
/// every sweep of linear models, layers and factorizations with it is right.
/// </summary>
public class NewLossTests
{
    /// <summary>Examples: more than one block of a kernel.</summary>
    private const int Count = 66;

    /// <summary>
    /// Huber's loss with δ = 1 (Huber 1964): e²/2 for |e| ≤ 1, |e| − ½ beyond, e = s − y. That is ½(e² − [e − 1]₊² − [−e − 1]₊²),
    /// summed over the outputs.
    /// </summary>
    private static readonly LossRule _huber = new("Huber", (s, y) =>
    {
        var e = s.Graph.Named("error", Algebra.Subtract(s, y));
        var one = Algebra.Constant(1, s);
        return Algebra.Multiply(s.Graph.Number(0.5), Algebra.Subtract(Algebra.Inner(e, e), Algebra.Add(
            Excess(Algebra.Subtract(e, one)), Excess(Algebra.Multiply(s.Graph.Number(-1), Algebra.Add(e, one))))));

        static Expression Excess(Expression beyond) => Algebra.Inner(Algebra.Apply(FunctionRules.Positive, beyond), Algebra.Apply(FunctionRules.Positive, beyond));
    }, "Real", "meanLabel");

    /// <summary>
    /// Σ_j (e^(s_j) − y_j s_j), counts of several kinds at once: unlike Huber's its parts are not 0 where s and y are, as in the
    /// padding of rows, and its third derivative does not vanish.
    /// </summary>
    private static readonly LossRule _counts = new("Counts", (s, y) => Algebra.Subtract(
        Algebra.Inner(Algebra.Constant(1, s), Algebra.Apply(FunctionRules.Exp, s)), Algebra.Inner(y, s)), "NonNegative", "Math.Log(meanLabel)");

    private static readonly RuleTables _rules = RuleTables.Shipped with
    {
        Losses = new[] { _huber, _counts }.ToDictionary(rule => rule.Name),
    };

    private static readonly Dictionary<string, Func<double, double, double>> _plain = new()
    {
        ["Huber"] = (s, y) => Math.Abs(s - y) <= 1 ? (s - y) * (s - y) / 2 : Math.Abs(s - y) - 0.5,
        ["Counts"] = (s, y) => Math.Exp(s) - y * s,
    };

    /// <summary>The loss, the widths of layers; none for a factorization.</summary>
    public static TheoryData<string, int[]> Shapes => new()
    {
        { "Huber", [3, 1] },
        { "Huber", [3, 2] },
        { "Huber", [3, 4, 1] },
        { "Huber", [3, 9, 2] },
        { "Huber", [] },
        { "Counts", [3, 1] },
        { "Counts", [3, 2] },
        { "Counts", [3, 9, 11] },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Every_sweep_of_a_loss_that_is_not_shipped_is_right(string loss, int[] widths)
    {
        var p = Probe(loss, widths);
        var (u, v, c, outputs) = (p.Directions(1), p.Directions(2), p.Coefficients, p.Predict());
        if (loss == "Huber")
        {
            // Both parts of it, and none so near to where they meet that a difference sees the other.
            var distances = outputs.Zip(Labels(p, outputs), (s, y) => Math.Abs(s - y)).ToArray();
            Assert.Contains(distances, e => e > 1);
            Assert.Contains(distances, e => e is > 0 and < 1);
            Assert.DoesNotContain(distances, e => Math.Abs(e - 1) < 0.004);
        }

        // By formula: the loss, its derivative in the outputs, and the penalty of a factorization.
        var losses = new double[Count];
        for (var k = 0; k < outputs.Length; k++)
        {
            losses[k / p.OutputStride] += k % p.OutputStride < p.Outputs ? _plain[loss](outputs[k], Labels(p, outputs)[k]) : 0;
        }

        if (widths.Length > 0)
        {
            Near(losses, p.Loss(), 1e-13);
        }

        // Everything else by differences and in two ways.
        var gradients = p.Gradients();
        Near(Difference(p, v, p.Loss), p.GradientDot(v), 1e-9);
        Near(Difference(p, v, p.Predict), p.OutputDot(v), 1e-9);
        Near([.. gradients.Select(g => Dot(g, v.Span))], p.GradientDot(v), 1e-12);
        Near(Sum(gradients, i => c[i]), p.GradientSum(c), 1e-12);
        Near([.. gradients.Select(g => Dot(g, g))], p.GradientSquaredNorm(), 1e-12);
        Near([.. gradients.SelectMany(a => gradients.Select(b => Dot(a, b)))], p.GradientGram(), 1e-12);

        var (rates, r, hessians) = (p.OutputDot(v), p.OutputGradient(), p.OutputHessian());
        Near(Difference(p, v, p.OutputGradient), [.. Enumerable.Range(0, rates.Length).Select(k => k % p.OutputStride >= p.Outputs ? 0
            : Dot(hessians.AsSpan((k / p.OutputStride * p.Outputs + k % p.OutputStride) * p.OutputStride, p.Outputs),
                rates.AsSpan(k / p.OutputStride * p.OutputStride, p.Outputs)))], 1e-8);
        Near([Dot(r, rates)], [Dot(p.OutputAdjointSum(AlignedBuffer<double>.CopyOf(r)), v.Span)], 1e-12);

        Near(Difference(p, v, () => p.GradientSum(c)), p.HessianVectorSum(c, v), 1e-8);
        Near(Difference(p, v, () => p.GradientDot(u)), p.HessianDot(u, v), 1e-8);
        Near(Difference(p, u, () => p.HessianVectorSum(c, v)), p.ThirdDerivativeSum(c, u, v), 1e-8);
        if (widths.Length == 2)
        {
            Near([.. p.HessianSum(c).Chunk(p.Layout.StorageLength).Select(row => Dot(row, v.Span))], p.HessianVectorSum(c, v), 1e-12);
        }
    }

    private static SweepProbe Probe(string loss, int[] widths)
    {
        var layers = widths.Length == 0 ? null : new LayersSpec(widths[0], new(widths[1..^1]), "Tanh", widths[^1], HasBias: true);
        var spec = new ModelSpec("Robust", "", new([]), "class", "Robust", layers is null ? ModelFamily.MatrixFactorization : ModelFamily.Layers,
            layers, loss, Rank: 3, L2: 0.25, RegularisesBias: false, IsSingle: false, new([]), null, null);
        var model = Generation.Of(spec, _rules, "/// <summary>A model.</summary>\npublic partial class Robust;")
            .Load().GetType("Robust+Model", throwOnError: true)!;
        var draw = new RandomSource(8);
        double[] Draw(int count, double scale = 1) => [.. Enumerable.Range(0, count).Select(_ => scale * draw.NextGaussian())];
        var examples = layers is null
            ? ExampleSet<double>.FromRatings([.. Enumerable.Range(0, Count).Select(i => i % 5)],
                [.. Enumerable.Range(0, Count).Select(i => i * i % 7)], Draw(Count, 1.5), 5, 7)
            : ExampleSet<double>.FromFeatures(Draw(Count * widths[0]), widths[0],
                [.. Draw(Count * widths[^1], 1.5).Select(y => loss == "Counts" ? Math.Round(Math.Abs(y)) : y)], widths[^1]);
        var made = Activator.CreateInstance(model, layers is null ? [5, 7] : [])!;
        return (SweepProbe)typeof(SweepProbe).GetMethod(nameof(SweepProbe.Of))!.MakeGenericMethod(model).Invoke(null, [made, examples, 0.5])!;
    }

    /// <summary>The labels, laid out as the outputs.</summary>
    private static double[] Labels(SweepProbe p, double[] outputs) => p.Examples.Labels[..outputs.Length].ToArray();

    /// <summary>The derivative of a sweep's numbers along a direction, by Richardson's extrapolation.</summary>
    private static double[] Difference(SweepProbe p, AlignedBuffer<double> along, Func<double[]> sweep)
    {
        const double h = 5e-4;
        var weights = p.Weights.Span.ToArray();
        var (wide, middle, narrow) = (Central(h), Central(h / 2), Central(h / 4));
        return [.. narrow.Select((a, i) => (64 * a - 20 * middle[i] + wide[i]) / 45)];

        double[] Central(double step) => [.. At(step).Zip(At(-step), (a, b) => (a - b) / (2 * step))];

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

    private static double[] Sum(double[][] gradients, Func<int, double> coefficient) => [.. Enumerable.Range(0, gradients[0].Length)
        .Select(k => gradients.Select((g, i) => coefficient(i) * g[k]).Sum())];

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var k = 0; k < a.Length; k++)
        {
            sum += a[k] * b[k];
        }

        return sum;
    }

    private static void Near(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var k = 0; k < expected.Length; k++)
        {
            Assert.True(Math.Abs(expected[k] - actual[k]) <= tolerance * Math.Max(1, Math.Abs(expected[k])),
                $"element {k}: {actual[k]:R}, not {expected[k]:R}");
        }
    }
}
