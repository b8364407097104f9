using System.Reflection;
using InfluenceGen.Examples;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Generators.Tests.Expressions;

/// <summary>Every entry of the tables, against finite differences, high-precision references and the runtime.</summary>
public class RuleTests
{
    private readonly Leaves _leaves = new();
    private readonly Symbol _x, _y, _s, _labels, _v, _u;

    public RuleTests()
    {
        (_x, _y) = (_leaves.Scalar("x"), _leaves.Scalar("y"));
        (_s, _labels, _v, _u) = (_leaves.Vector("s"), _leaves.Vector("y"), _leaves.Vector("v"), _leaves.Vector("u"));
    }

    /// <summary>Functions that are not smooth at 0.</summary>
    private static readonly FunctionRule[] _kinked = [FunctionRules.Positive, FunctionRules.Step];

    public static TheoryData<string> Functions => [.. Leaves.Functions.Keys];

    public static TheoryData<string> Activations => [.. ActivationRules.ByName.Keys];

    public static TheoryData<string> RowFunctions => [.. Leaves.RowFunctions.Keys];

    /// <summary>Losses of one output.</summary>
    public static TheoryData<string> Losses => [.. Leaves.Losses.Where(loss => loss.Value.Labels != nameof(LabelDomain.Distribution)).Select(loss => loss.Key)];

    /// <summary>Losses of several outputs.</summary>
    public static TheoryData<string> LossesOfSeveral =>
        [.. Leaves.Losses.Where(loss => loss.Value.Labels is nameof(LabelDomain.Distribution) or nameof(LabelDomain.Real)).Select(loss => loss.Key)];

    [Theory, MemberData(nameof(Functions))]
    public void Derivatives_of_a_function_are_finite_differences_of_it(string name)
    {
        var rule = Leaves.Functions[name];
        Differences(_leaves.Graph.Apply(rule, _x), Grid.Where(x => x != 0 || !_kinked.Contains(rule)), label: 0);
    }

    [Theory, MemberData(nameof(Activations))]
    public void Derivatives_of_an_activation_are_finite_differences_of_it(string name) =>
        Differences(ActivationRules.ByName[name](_x), Grid.Where(x => x != 0 || name != "Relu"), label: 0);

    [Theory, MemberData(nameof(Losses))]
    public void Derivatives_of_a_loss_are_finite_differences_of_it(string name)
    {
        foreach (var label in new[] { 0.0, 1 })
        {
            Differences(Leaves.Losses[name].Value(_x, _y), Grid, label);
        }
    }

    [Fact]
    public void At_a_kink_the_derivative_is_that_of_the_left()
    {
        var relu = ActivationRules.ByName["Relu"](_x);
        foreach (var (x, slope) in new[] { (-1e300, 0.0), (-double.Epsilon, 0), (-0.0, 0), (0, 0), (double.Epsilon, 1), (1e300, 1) })
        {
            Assert.Equal(Math.Max(x, 0), At(relu, x, 0));
            Assert.Equal(slope, At(Along(relu), x, 0));
            Assert.Equal(0.0, At(Along(Along(relu)), x, 0));

            // Reverse mode makes the same of it.
            Assert.Equal(slope, At(Derivative.Adjoint(relu, _leaves.One)[_x], x, 0));
        }
    }

    /// <summary>f = u·((a bᵀ) x) = (u·a)(b·x), the matrix as long as it is not high, and its transpose.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_outer_product_passes_its_adjoint_on_to_both_factors(bool isTransposed)
    {
        var (a, b) = (_leaves.Vector("a", Leaves.Height), _leaves.Vector("b"));
        var (u, x) = isTransposed ? (_leaves.Vector("u of the length"), _leaves.Vector("x", Leaves.Height)) : (_leaves.Vector("u", Leaves.Height), _leaves.Vector("x of the length"));
        double[] ofA = [2, -3], ofB = [5, 7, -11], ofU = isTransposed ? [1.5, -0.5, 4] : [1.5, -0.5], ofX = isTransposed ? [13, 17] : [13, 17, 19];
        var leaves = new Dictionary<Expression, double[]> { [a] = ofA, [b] = ofB, [u] = ofU, [x] = ofX };
        var value = _leaves.Graph.Dot(u, _leaves.Graph.MatrixVector(_leaves.Graph.Outer(a, b), x, isTransposed));
        var (withA, withB) = isTransposed ? (Arithmetic.Dot(ofA, ofX), Arithmetic.Dot(ofB, ofU)) : (Arithmetic.Dot(ofA, ofU), Arithmetic.Dot(ofB, ofX));
        Assert.Equal(withA * withB, Arithmetic.Scalar(value, leaves), 1e-12);
        var adjoints = Derivative.Adjoint(value, _leaves.One);
        Assert.Equal([.. (isTransposed ? ofX : ofU).Select(k => k * withB)], Arithmetic.Value(adjoints[a], leaves));
        Assert.Equal([.. (isTransposed ? ofU : ofX).Select(k => k * withA)], Arithmetic.Value(adjoints[b], leaves));
    }

    [Theory, MemberData(nameof(FarActivations))]
    public void Far_out_the_runtimes_values_and_three_derivatives_are_right(string name)
    {
        // tanh' = 1 − tanh² is right to a rounding error of 1, its greatest value; the others keep their relative accuracy.
        var absolute = name == "Tanh" ? 2e-15 : 1e-300;
        foreach (var (x, expected) in RuleReferences.Activations[name].Select(row => (row.X, row.Values)))
        {
            var value = ActivationRules.ByName[name](_x);
            foreach (var order in expected)
            {
                foreach (var width in _widths)
                {
                    var actual = Arithmetic.Value(value, new Dictionary<Expression, double[]> { [_x] = [x] }, rule => Runtime(rule, width))[0];
                    Assert.True(Math.Abs(actual - order) <= absolute + 1e-12 * Math.Abs(order), $"{Formula.Of(value)} at {x}: {actual}, not {order}");
                }

                value = Along(value);
            }
        }
    }

    public static TheoryData<string> FarActivations => [.. RuleReferences.Activations.Keys];

    [Fact]
    public void Every_smooth_activation_is_checked_far_out() =>
        Assert.Equal(ActivationRules.ByName.Keys.Except(["Identity", "Relu"]).Order(), RuleReferences.Activations.Keys.Order());

    [Theory, MemberData(nameof(Functions))]
    public void The_runtime_has_the_function_for_all_vector_widths(string name)
    {
        var rule = Leaves.Functions[name];
        foreach (var function in _widths.Select(width => Runtime(rule, width)))
        {
            for (var x = -40.0; x <= 40; x += 0.5)
            {
                var expected = Arithmetic.Function(rule)(x);
                Assert.Equal(expected, function(x), 1e-14 * Math.Max(1, Math.Abs(expected)));
            }
        }
    }

    [Theory, MemberData(nameof(RowFunctions))]
    public void The_runtime_has_the_function_of_a_row(string name)
    {
        // A row as blocks have it: on 64-byte lines, what stands behind its end not minded.
        var rule = Leaves.RowFunctions[name];
        var (row, other, result) = (AlignedBuffer<double>.CopyOf([0.125, 0.75, 0.125, 9, 9, 9, 9, 9]),
            AlignedBuffer<double>.CopyOf([0.5, 0.3, 0.2, 9, 9, 9, 9, 9]), new AlignedBuffer<double>(8));
        var expected = Arithmetic.RowFunction(rule)([row.Span[..3].ToArray(), other.Span[..3].ToArray()]);
        switch (name)
        {
            case "Softmax":
                Logits.Softmax(ref row.Span[0], ref result.Span[0], 3);
                break;
            case "SoftmaxCrossEntropy":
                result[0] = Logits.SoftmaxCrossEntropy(ref row.Span[0], ref other.Span[0], 3);
                break;
            case "Residual":
                Logits.Residual(ref row.Span[0], ref other.Span[0], ref result.Span[0], 3);
                break;
            case "Covariance":
                Logits.Covariance(ref row.Span[0], ref other.Span[0], ref result.Span[0], 3);
                break;
            default:
                Assert.Fail($"Logits.{name} is not called here.");
                break;
        }

        Assert.All(expected.Zip(result.Span.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-15));
    }

    [Theory, MemberData(nameof(Losses))]
    public void A_loss_is_convex_and_a_greater_label_asks_for_a_greater_output(string name)
    {
        var rule = Leaves.Losses[name];
        var value = rule.Value(_x, _y);
        var (first, second) = (Along(value), Along(Along(value)));
        foreach (var x in Grid)
        {
            Assert.True(At(second, x, 1) > 0);
            Assert.True(At(first, x, 0) > At(first, x, 1));
        }

        Assert.Contains(rule.Labels, Enum.GetNames<LabelDomain>());
    }

    [Fact]
    public void A_small_squared_error_of_several_outputs_keeps_its_digits()
    {
        var (s, y) = (new[] { 1e6, -1e6, 0.5 }, new[] { 1e6 + 1.0 / 1024, -1e6, 0.5 });
        Assert.Equal(0.5 / (1024 * 1024), Arithmetic.Scalar(LossRules.Squared.Value(_s, _labels),
            new Dictionary<Expression, double[]> { [_s] = s, [_labels] = y }));
    }

    [Theory, MemberData(nameof(LossesOfSeveral))]
    public void A_loss_of_several_outputs_is_differentiated_three_times_in_both_modes(string name)
    {
        var rule = Leaves.Losses[name];
        var loss = rule.Value(_s, _labels);
        var gradient = Derivative.Adjoint(loss, _leaves.One, leaf: _s)[_s];
        var hessian = Derivative.Tangent(gradient, e => e.Equals(_s) ? _v : null);
        foreach (var (s, labels) in Rows)
        {
            var leaves = new Dictionary<Expression, double[]>
            {
                [_s] = s,
                [_labels] = labels,
                [_v] = [0.7, -1.1, 0.4],
                [_u] = [-0.2, 0.9, 1.3],
            };

            // Forward = reverse; forward over reverse = reverse over reverse; each a difference of the one before.
            var slope = Derivative.Tangent(loss, e => e.Equals(_s) ? _v : null);
            Close([Arithmetic.Dot(Of(gradient), leaves[_v])], Of(slope), 1e-13);
            Close(Of(Derivative.Adjoint(slope, _leaves.One, leaf: _s)[_s]), Of(hessian), 1e-13);
            Close(Difference(loss, _v), Of(slope), 1e-8);
            Close(Difference(gradient, _v), Of(hessian), 1e-8);
            Close(Difference(hessian, _u), Of(Derivative.Tangent(hessian, e => e.Equals(_s) ? _u : null)), 1e-8);
            Assert.True(Arithmetic.Dot(Of(hessian), leaves[_v]) > 0, "convex");

            // A greater label for an output asks for more of it.
            var more = new Dictionary<Expression, double[]>(leaves) { [_labels] = [labels[0] + 0.25, labels[1] - 0.25, labels[2]] };
            Assert.True(Arithmetic.Value(gradient, more)[0] < Of(gradient)[0]);

            double[] Of(Expression e) => Arithmetic.Value(e, leaves);

            double[] Difference(Expression e, Symbol direction) => Differences(t =>
                Arithmetic.Value(e, new Dictionary<Expression, double[]>(leaves) { [_s] = [.. s.Zip(leaves[direction], (x, d) => x + t * d)] }));
        }
    }

    /// <summary>Outputs near and far from each other, with ties, and labels that are classes or shares.</summary>
    private static IEnumerable<(double[] Outputs, double[] Labels)> Rows =>
        from s in new double[][] { [0, 0, 0], [1, 1, -2], [-3, 0.5, 4], [10, -10, 9] }
        from y in new double[][] { [1, 0, 0], [0, 1, 0], [0.25, 0.25, 0.5] }
        select (s, y);

    private static IEnumerable<double> Grid => Enumerable.Range(-24, 49).Select(k => k / 4.0);

    /// <summary>Thrice: a derivative is an expression, which is differentiated again for Hessians and beyond.</summary>
    private void Differences(Expression value, IEnumerable<double> at, double label)
    {
        for (var order = 1; order <= 3; order++)
        {
            var (derivative, before) = (Along(value), value);
            Assert.All(at, x =>
            {
                var expected = Differences(t => [At(before, x + t, label)])[0];
                Assert.Equal(expected, At(derivative, x, label), 1e-8 * Math.Max(1, Math.Abs(expected)));
            });
            value = derivative;
        }
    }

    /// <summary>The derivative at 0, by central differences of three steps: the error is of the sixth order.</summary>
    private static double[] Differences(Func<double, double[]> value)
    {
        const double h = 1e-2;
        double[] Central(double step) => [.. value(step).Zip(value(-step), (a, b) => (a - b) / (2 * step))];
        var (fine, middle, coarse) = (Central(h / 4), Central(h / 2), Central(h));
        return [.. fine.Select((f, k) => (64 * f - 20 * middle[k] + coarse[k]) / 45)];
    }

    private static void Close(double[] expected, double[] actual, double tolerance) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance * Math.Max(1, Math.Abs(pair.First))));

    private Expression Along(Expression value) =>
        Derivative.Tangent(value, e => e.Equals(_x) ? _leaves.One : null);

    private double At(Expression value, double x, double label) =>
        Arithmetic.Scalar(value, new Dictionary<Expression, double[]> { [_x] = [x], [_y] = [label] });

    private static readonly Type[] _widths = [typeof(Wide<double>), typeof(Narrow<double>), typeof(Slim<double>)];

    /// <summary>The function as the runtime has it for vectors of a width.</summary>
    private static Func<double, double> Runtime(FunctionRule rule, Type width) => (Func<double, double>)typeof(RuleTests)
        .GetMethod(nameof(Of), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(width).Invoke(null, [rule.Name])!;

    private static Func<double, double> Of<V>(string name) where V : struct, ILanes<V, double>
    {
        var function = (typeof(ElementaryFormulas<double, V>).GetMethod(name)
            ?? throw new InvalidOperationException($"ElementaryFormulas.{name} is missing.")).CreateDelegate<Func<V, V>>();

        // Every lane holds x: the greatest is as good as any.
        return x => V.Greatest(function(V.Create(x)));
    }
}
