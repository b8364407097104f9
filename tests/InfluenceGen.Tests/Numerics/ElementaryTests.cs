using System.Runtime.Intrinsics;
using InfluenceGen.Numerics;
using Xunit;
using OfNarrow = InfluenceGen.Numerics.ElementaryFormulas<double, InfluenceGen.Numerics.Narrow<double>>;
using OfNarrowFloat = InfluenceGen.Numerics.ElementaryFormulas<float, InfluenceGen.Numerics.Narrow<float>>;
using OfSlim = InfluenceGen.Numerics.ElementaryFormulas<double, InfluenceGen.Numerics.Slim<double>>;
using OfSlimFloat = InfluenceGen.Numerics.ElementaryFormulas<float, InfluenceGen.Numerics.Slim<float>>;
using OfWide = InfluenceGen.Numerics.ElementaryFormulas<double, InfluenceGen.Numerics.Wide<double>>;
using OfWideFloat = InfluenceGen.Numerics.ElementaryFormulas<float, InfluenceGen.Numerics.Wide<float>>;

namespace InfluenceGen.Tests.Numerics;

public class ElementaryTests
{
    private sealed record Function((double X, double Value)[] References, double Tolerance,
        Func<Wide<double>, Wide<double>> Wide, Func<Narrow<double>, Narrow<double>> Narrow, Func<Slim<double>, Slim<double>> Slim,
        Func<Wide<float>, Wide<float>> WideFloat, Func<Narrow<float>, Narrow<float>> NarrowFloat, Func<Slim<float>, Slim<float>> SlimFloat);

    private const double FewUlps = 1e-15;
    private const double FewFloatUlps = 6 * 5.9604645e-8;

    private static readonly Dictionary<string, Function> _functions = new()
    {
        ["Exp"] = new(ElementaryReferences.Exp, FewUlps,
            OfWide.Exp, OfNarrow.Exp, OfSlim.Exp, OfWideFloat.Exp, OfNarrowFloat.Exp, OfSlimFloat.Exp),
        ["Log"] = new(ElementaryReferences.Log, FewUlps,
            OfWide.Log, OfNarrow.Log, OfSlim.Log, OfWideFloat.Log, OfNarrowFloat.Log, OfSlimFloat.Log),
        ["LogOnePlus"] = new(ElementaryReferences.LogOnePlus, FewUlps,
            OfWide.LogOnePlus, OfNarrow.LogOnePlus, OfSlim.LogOnePlus, OfWideFloat.LogOnePlus, OfNarrowFloat.LogOnePlus, OfSlimFloat.LogOnePlus),
        ["Sigmoid"] = new(ElementaryReferences.Sigmoid, FewUlps,
            OfWide.Sigmoid, OfNarrow.Sigmoid, OfSlim.Sigmoid, OfWideFloat.Sigmoid, OfNarrowFloat.Sigmoid, OfSlimFloat.Sigmoid),
        ["Softplus"] = new(ElementaryReferences.Softplus, FewUlps,
            OfWide.Softplus, OfNarrow.Softplus, OfSlim.Softplus, OfWideFloat.Softplus, OfNarrowFloat.Softplus, OfSlimFloat.Softplus),
        ["Tanh"] = new(ElementaryReferences.Tanh, FewUlps,
            OfWide.Tanh, OfNarrow.Tanh, OfSlim.Tanh, OfWideFloat.Tanh, OfNarrowFloat.Tanh, OfSlimFloat.Tanh),
        ["NormalCdf"] = new(ElementaryReferences.NormalCdf, 4e-15,
            OfWide.NormalCdf, OfNarrow.NormalCdf, OfSlim.NormalCdf, OfWideFloat.NormalCdf, OfNarrowFloat.NormalCdf, OfSlimFloat.NormalCdf),
        ["NormalDensity"] = new(ElementaryReferences.NormalDensity, FewUlps,
            OfWide.NormalDensity, OfNarrow.NormalDensity, OfSlim.NormalDensity,
            OfWideFloat.NormalDensity, OfNarrowFloat.NormalDensity, OfSlimFloat.NormalDensity),
        ["Positive"] = new([(-double.MaxValue, 0), (-1.5, 0), (-double.Epsilon, 0), (double.Epsilon, double.Epsilon), (1.5, 1.5),
            (double.MaxValue, double.MaxValue)], 0,
            OfWide.Positive, OfNarrow.Positive, OfSlim.Positive, OfWideFloat.Positive, OfNarrowFloat.Positive, OfSlimFloat.Positive),
        ["Step"] = new([(-double.MaxValue, 0), (-1.5, 0), (-double.Epsilon, 0), (double.Epsilon, 1), (1.5, 1), (double.MaxValue, 1)], 0,
            OfWide.Step, OfNarrow.Step, OfSlim.Step, OfWideFloat.Step, OfNarrowFloat.Step, OfSlimFloat.Step),
    };

    public static TheoryData<string> Functions => [.. _functions.Keys];

    [Theory, MemberData(nameof(Functions))]
    public void A_function_is_right_to_a_few_units_in_the_last_place(string name)
    {
        var function = _functions[name];
        foreach (var (x, value) in function.References)
        {
            Near(value, Wide(function, x), function.Tolerance, x);
            Near(value, Narrow(function, x), function.Tolerance, x);
            Near(value, Slim(function, x), function.Tolerance, x);
        }
    }

    /// <summary>Between the references, functions are held to formulas in twice the precision's reach: float to double.</summary>
    [Theory, MemberData(nameof(Functions))]
    public void In_single_precision_a_function_is_right_to_a_few_units_in_the_last_place(string name)
    {
        var function = _functions[name];
        var points = function.References.Select(reference => (float)reference.X).Where(float.IsFinite);
        var dense = Enumerable.Range(-2800, 5600).Select(i => i / 200f + 1e-3f * MathF.Sin(i));
        foreach (var x in points.Concat(dense).Where(x => name switch { "Log" => x > 0, "LogOnePlus" => x > -1, _ => true }))
        {
            var expected = Wide(function, x);
            NearFloat(expected, OfFloat(function.WideFloat, x), x);
            NearFloat(expected, OfFloat(function.NarrowFloat, x), x);
            NearFloat(expected, OfFloat(function.SlimFloat, x), x);
        }
    }

    [Theory, MemberData(nameof(Functions))]
    public void What_is_not_a_number_stays_so(string name)
    {
        var function = _functions[name];
        Assert.Equal(double.NaN, Wide(function, double.NaN));
        Assert.Equal(double.NaN, Narrow(function, double.NaN));
        Assert.Equal(double.NaN, Slim(function, double.NaN));
        Assert.Equal(float.NaN, OfFloat(function.WideFloat, float.NaN));
        Assert.Equal(float.NaN, OfFloat(function.NarrowFloat, float.NaN));
        Assert.Equal(float.NaN, OfFloat(function.SlimFloat, float.NaN));
    }

    /// <summary>The numbers of a block of examples share vectors: how far out one is must not show in another's last digit.</summary>
    [Theory, MemberData(nameof(Functions))]
    public void No_number_depends_on_those_beside_it(string name)
    {
        var function = _functions[name];
        for (var x = 0.013; x < 3; x += 0.113)
        {
            var wide = function.Wide(new(Vector512.Create(x))).Value[3];
            var narrow = function.Narrow(new(Vector256.Create(x))).Value[2];
            var slim = function.Slim(new(Vector128.Create(x))).Value[1];
            foreach (var far in new[] { -1e300, -800, 0, 720, 1e300, double.NaN, double.NegativeInfinity, double.PositiveInfinity })
            {
                Assert.Equal(wide, function.Wide(new(Vector512.Create(far).WithElement(3, x))).Value[3]);
                Assert.Equal(narrow, function.Narrow(new(Vector256.Create(far).WithElement(2, x))).Value[2]);
                Assert.Equal(slim, function.Slim(new(Vector128.Create(far).WithElement(1, x))).Value[1]);
            }
        }
    }

    [Theory]
    [InlineData("Exp", 0, 1, double.PositiveInfinity)]
    [InlineData("Log", double.NaN, double.NegativeInfinity, double.PositiveInfinity)]
    [InlineData("LogOnePlus", double.NaN, 0, double.PositiveInfinity)]
    [InlineData("Sigmoid", 0, 0.5, 1)]
    [InlineData("Softplus", 0, 0.6931471805599453, double.PositiveInfinity)]
    [InlineData("Tanh", -1, 0, 1)]
    [InlineData("NormalCdf", 0, 0.5, 1)]
    [InlineData("NormalDensity", 0, 0.3989422804014327, 0)]
    [InlineData("Positive", 0, 0, double.PositiveInfinity)]
    [InlineData("Step", 0, 0, 1)]
    public void At_the_ends_and_at_both_zeros_functions_are_their_limits(string name, double atMinusInfinity, double atZero,
        double atInfinity)
    {
        var function = _functions[name];
        foreach (var (x, value) in new[]
        {
            (double.NegativeInfinity, atMinusInfinity), (-0.0, atZero), (0.0, atZero), (double.PositiveInfinity, atInfinity),
        })
        {
            Near(value, Wide(function, x), function.Tolerance, x);
            Near(value, Narrow(function, x), function.Tolerance, x);
            Near(value, Slim(function, x), function.Tolerance, x);
            NearFloat(value, OfFloat(function.WideFloat, (float)x), (float)x);
            NearFloat(value, OfFloat(function.NarrowFloat, (float)x), (float)x);
            NearFloat(value, OfFloat(function.SlimFloat, (float)x), (float)x);
        }
    }

    [Fact]
    public void Logarithms_of_numbers_below_their_domain_are_not_numbers()
    {
        Assert.Equal(double.NaN, Wide(_functions["Log"], -1));
        Assert.Equal(double.NaN, Wide(_functions["LogOnePlus"], -1.5));
        Assert.Equal(double.NegativeInfinity, Wide(_functions["LogOnePlus"], -1));
        Assert.Equal(double.NegativeInfinity, Narrow(_functions["LogOnePlus"], -1));
    }

    [Fact]
    public void The_exponential_overflows_where_the_true_one_does()
    {
        Assert.Equal(double.PositiveInfinity, Wide(_functions["Exp"], 709.79));
        Assert.Equal(float.PositiveInfinity, OfFloat(_functions["Exp"].WideFloat, 88.73f));
        Assert.True(float.IsFinite(OfFloat(_functions["Exp"].WideFloat, 88.72f)));
    }

    [Fact]
    public void Functions_that_are_odd_or_even_or_complement_each_other_are_so_exactly_or_nearly()
    {
        foreach (var x in Enumerable.Range(0, 800).Select(i => i / 17.0))
        {
            Assert.Equal(-Wide(_functions["Tanh"], x), Wide(_functions["Tanh"], -x));
            Assert.Equal(Wide(_functions["NormalDensity"], x), Wide(_functions["NormalDensity"], -x));
            Assert.Equal(1, Wide(_functions["NormalCdf"], x) + Wide(_functions["NormalCdf"], -x), 4e-16);
            Assert.Equal(1, Narrow(_functions["Sigmoid"], x) + Narrow(_functions["Sigmoid"], -x), 4e-16);
        }
    }

    [Fact]
    public void Where_Mills_ratio_is_approximated_the_distribution_is_smooth()
    {
        // Φ(x + h) − Φ(x − h) = 2h φ(x)(1 + h²(x² − 1)/6 + …), relative to the value itself on the whole left tail.
        for (var x = -37.0; x <= -1; x += 1 / 64.0)
        {
            const double H = 1.0 / 1024;
            var slope = (Wide(_functions["NormalCdf"], x + H) - Wide(_functions["NormalCdf"], x - H)) / (2 * H);
            var terms = 1 + H * H * (x * x - 1) / 6 + Math.Pow(H, 4) * (Math.Pow(x, 4) - 6 * x * x + 3) / 120;
            Assert.Equal(1, slope / (Wide(_functions["NormalDensity"], x) * terms), 1e-11);
        }
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.25, -1.0986122886681098)]
    [InlineData(1e-300, -690.77552789821368)]
    [InlineData(0, double.NegativeInfinity)]
    [InlineData(1, double.PositiveInfinity)]
    public void Logit_is_the_inverse_of_sigmoid(double p, double expected) => Assert.Equal(expected, Elementary.Logit(p), 1e-13);

    // A neighbour in the same vector must not matter.
    private static double Wide(Function function, double x) =>
        function.Wide(new(Vector512.Create(1, 2, double.NaN, 800, -800, x, 7, -3))).Value[5];

    private static double Narrow(Function function, double x) =>
        function.Narrow(new(Vector256.Create(1, double.PositiveInfinity, -3, x))).Value[3];

    private static double Slim(Function function, double x) => function.Slim(new(Vector128.Create(double.NaN, x))).Value[1];

    private static float OfFloat(Func<Wide<float>, Wide<float>> function, float x) =>
        function(new(Vector512.Create(1, 2, float.NaN, 800f, -800, 3, 7, -3, 9, 10, 11, 12, 13, 14, 15, 16).WithElement(3, x))).Value[3];

    private static float OfFloat(Func<Narrow<float>, Narrow<float>> function, float x) =>
        function(new(Vector256.Create(1, 2, float.NaN, 800f, -800, x, 7, -3))).Value[5];

    private static float OfFloat(Func<Slim<float>, Slim<float>> function, float x) =>
        function(new(Vector128.Create(float.NaN, 800f, x, -800))).Value[2];

    private const double SmallestNormal = 2.2250738585072014e-308;

    private static void Near(double expected, double actual, double tolerance, double x)
    {
        // Below the smallest normal number no relative accuracy is to be had.
        var smallest = Math.Abs(expected) < SmallestNormal && tolerance > 0 ? 2 * double.Epsilon : 0;
        var allowed = Math.Max(tolerance * Math.Abs(expected), smallest);
        Assert.True(expected.Equals(actual) || expected == actual || Math.Abs(expected - actual) <= allowed,
            $"at {x:R}: {actual:R}, expected {expected:R}, {(actual - expected) / expected:G2} off");
    }

    private static void NearFloat(double expected, float actual, float x)
    {
        const float SmallestNormalFloat = 1.1754944e-38f;
        var rounded = (float)expected;
        var allowed = Math.Max(FewFloatUlps * Math.Abs(expected), Math.Abs(expected) < SmallestNormalFloat ? 2 * float.Epsilon : 0);
        Assert.True(rounded.Equals(actual) || rounded == actual || Math.Abs(expected - actual) <= allowed,
            $"at {x:R}: {actual:R}, expected {rounded:R}, {(actual - expected) / expected:G2} off");
    }
}
