using System.Runtime.Intrinsics;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Numerics;

public class ElementaryTests
{
    /// <summary>Magnitudes from the smallest to the largest, and closely spaced ones where functions bend.</summary>
    private static readonly double[] _arguments =
    [
        .. new[] { 0, double.Epsilon, 1e-310, 1e-300, 1e-100, 1e-20, 1e-17, 1e-16, 2.2e-16, 1e-15, 1e-8, 1e-4 },
        .. Enumerable.Range(1, 8_000).Select(i => i / 200.0 + 1e-3 * Math.Sin(i)),
        .. Enumerable.Range(40, 800).Select(i => i + 1 / 3.0),
        .. new[] { 36.7, 36.8, 37.5, 709.78, 709.79, 745, 746, 1e3, 1e10, 1e300, double.MaxValue, double.PositiveInfinity },
    ];

    [Fact]
    public void Sigmoid_is_right_to_a_few_units_in_the_last_place() => Each((x, value) => Near(Sigmoid(x), value, x),
        Elementary.Sigmoid, Elementary.Sigmoid);

    [Fact]
    public void Softplus_is_right_to_a_few_units_in_the_last_place() => Each((x, value) => Near(Softplus(x), value, x),
        Elementary.Softplus, Elementary.Softplus);

    [Fact]
    public void Sigmoids_of_opposite_numbers_sum_to_one() => Each(
        (x, value) => Assert.Equal(1, value + Elementary.Sigmoid(Vector256.Create(-x))[0], 1e-15),
        Elementary.Sigmoid, Elementary.Sigmoid);

    [Fact]
    public void What_is_not_a_number_stays_so()
    {
        var nan = Vector512.Create(double.NaN);
        Assert.True(Vector512.EqualsAll(Vector512.IsNaN(Elementary.Sigmoid(nan)).AsInt64(), Vector512<long>.AllBitsSet));
        Assert.True(Vector512.EqualsAll(Vector512.IsNaN(Elementary.Softplus(nan)).AsInt64(), Vector512<long>.AllBitsSet));
        var narrow = Vector256.Create(double.NaN);
        Assert.True(Vector256.EqualsAll(Vector256.IsNaN(Elementary.Sigmoid(narrow)).AsInt64(), Vector256<long>.AllBitsSet));
        Assert.True(Vector256.EqualsAll(Vector256.IsNaN(Elementary.Softplus(narrow)).AsInt64(), Vector256<long>.AllBitsSet));
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.25, -1.0986122886681098)]
    [InlineData(1e-300, -690.77552789821368)]
    [InlineData(0, double.NegativeInfinity)]
    [InlineData(1, double.PositiveInfinity)]
    public void Logit_is_the_inverse_of_sigmoid(double p, double expected) => Assert.Equal(expected, Elementary.Logit(p), 1e-13);

    private static void Each(Action<double, double> check, Func<Vector512<double>, Vector512<double>> wide,
        Func<Vector256<double>, Vector256<double>> narrow)
    {
        foreach (var magnitude in _arguments)
        {
            foreach (var x in new[] { magnitude, -magnitude })
            {
                // A neighbour in the same vector must not matter.
                check(x, wide(Vector512.Create(x, 1, 2, 3, 4, 5, 6, 7))[0]);
                check(x, narrow(Vector256.Create(1, 2, 3, x))[3]);
            }
        }
    }

    private const double SmallestNormal = 2.2250738585072014e-308;

    private static void Near(double expected, double actual, double x)
    {
        // Below the smallest normal number no relative accuracy is to be had.
        var tolerance = Math.Abs(expected) < SmallestNormal ? 2 * double.Epsilon : 1e-15 * Math.Abs(expected);
        Assert.True(expected == actual || Math.Abs(expected - actual) <= tolerance, $"at {x:R}: {actual:R}, expected {expected:R}");
    }

    private static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    private static double Softplus(double x) => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x)));

    /// <summary>log(1 + z), 0 ≤ z ≤ 1: 1 + z is kept as a sum of two doubles, and the logarithm extended by one term.</summary>
    private static double LogOnePlus(double z)
    {
        var high = 1 + z;
        var low = z - (high - 1);
        return Math.Log(high) + low / high;
    }
}
