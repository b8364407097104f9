using System.Numerics;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Numerics.Panels;

public class PanelPassTests
{
    private static readonly PanelKind[] _rows = [PanelKind.Row, PanelKind.Rows, PanelKind.Gathered];
    private static readonly PanelKind[] _numbers = [PanelKind.Number, PanelKind.Numbers, PanelKind.Gathered];

    [Fact]
    public void A_pass_takes_dots_a_formula_and_sums_of_each_example()
    {
        Each(1e-14, Every<double>);
        Each(1e-5, Every<float>);
        static void Every<T>(int count, int columns, Random random, double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var one = new PassCase<T>(count, columns, _rows, _numbers, random);
            one.Run<EveryPart<T>>();
            double total0 = 0, total1 = 0;
            var sums = new double[2, columns];
            for (var e = 0; e < count; e++)
            {
                double dot0 = one.Dot(e, one.With0), dot1 = one.Dot(e, one.With1);
                double a = one.A.At(e, 0), b = one.B.At(e, 0), c = one.C.At(e, 0), d = one.D.At(e, 0);
                var factor = dot0 - dot1 * a + c;
                AssertClose(dot0 + 2 * dot1, one.Store0.Now(e, 0), tolerance * columns);
                AssertClose(a + 2 * b + 3 * c + 4 * d, one.Store1.Now(e, 0), tolerance);
                total0 += factor;
                total1 += 5 * dot0 + b - d;
                for (var k = 0; k < columns; k++)
                {
                    sums[0, k] += factor * one.Rows0.At(e, k);
                    sums[1, k] += factor * one.Rows1.At(e, k);
                }
            }

            var bound = tolerance * columns * (count + 1);
            AssertClose(one.Total0.At(0, 0) + total0, one.Total0.Now(0, 0), bound);
            AssertClose(one.Total1.At(0, 0) + total1, one.Total1.Now(0, 0), bound);
            for (var k = 0; k < columns; k++)
            {
                AssertClose(one.Sum0.At(0, k) + sums[0, k], one.Sum0.Now(0, k), bound);
                AssertClose(one.Sum1.At(0, k) + sums[1, k], one.Sum1.Now(0, k), bound);
            }

            one.AssertUntouched(one.Store0, one.Store1, one.Sum0, one.Sum1, one.Total0, one.Total1);
        }
    }

    [Fact]
    public void A_pass_without_dots_adds_rows_up()
    {
        Each(1e-14, Sums<double>);
        Each(1e-5, Sums<float>);
        static void Sums<T>(int count, int columns, Random random, double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var one = new PassCase<T>(count, columns, _rows, _numbers, random);
            one.Run<SumAndTotal<T>>();
            var examples = Enumerable.Range(0, count);
            AssertClose(one.Total1.At(0, 0) + examples.Sum(e => one.B.At(e, 0)), one.Total1.Now(0, 0), tolerance * (count + 1));
            for (var k = 0; k < columns; k++)
            {
                AssertClose(one.Sum0.At(0, k) + examples.Sum(e => one.A.At(e, 0) * one.B.At(e, 0) * one.Rows0.At(e, k)), one.Sum0.Now(0, k),
                    tolerance * (count + 1));
            }

            one.AssertUntouched(one.Sum0, one.Total1);
        }
    }

    [Fact]
    public void A_pass_of_other_rows_alone_adds_them_up()
    {
        Each(1e-14, Sums<double>);
        Each(1e-5, Sums<float>);
        static void Sums<T>(int count, int columns, Random random, double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var one = new PassCase<T>(count, columns, _rows, _numbers, random);
            Panel.Pass<OtherSum<T>, T>(new() { Rows1 = one.Rows1.Panel, C = one.C.Panel, Sum1 = one.Sum1.Panel, Total0 = one.Total0.Panel }, count);
            var examples = Enumerable.Range(0, count);
            AssertClose(one.Total0.At(0, 0) + examples.Sum(e => one.C.At(e, 0)), one.Total0.Now(0, 0), tolerance * (count + 1));
            for (var k = 0; k < columns; k++)
            {
                AssertClose(one.Sum1.At(0, k) + examples.Sum(e => one.C.At(e, 0) * one.Rows1.At(e, k)), one.Sum1.Now(0, k), tolerance * (count + 1));
            }

            one.AssertUntouched(one.Sum1, one.Total0);
        }
    }

    [Fact]
    public void A_pass_without_rows_stores_its_formula()
    {
        Each(1e-15, Stores<double>);
        Each(1e-6, Stores<float>);
        static void Stores<T>(int count, int columns, Random random, double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var one = new PassCase<T>(count, columns, _rows, _numbers, random);
            Panel.Pass<StoreAlone<T>, T>(new() { D = one.D.Panel, Store1 = one.Store1.Panel }, count);
            for (var e = 0; e < count; e++)
            {
                AssertClose(one.D.At(e, 0) + 1, one.Store1.Now(e, 0), 2 * tolerance);
            }

            one.AssertUntouched(one.Store1);
        }
    }

    [Fact]
    public void An_example_has_the_same_bits_alone_and_among_others_and_its_dots_those_of_dots()
    {
        Each(0, Bits<double>);
        Each(0, Bits<float>);
        static void Bits<T>(int count, int columns, Random random, double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var one = new PassCase<T>(count, columns, _rows, _numbers, random);
            var dots = new PanelCase<T>(PanelKind.Numbers, count, 1, random);
            Panel.Dots(dots.Panel, one.Rows0.Panel, one.With0.Panel, count);
            one.Run<EveryPart<T>>();
            var (all0, all1) = (Stored(one.Store0, count), Stored(one.Store1, count));
            for (var e = 0; e < count; e++)
            {
                one.Run<EveryPart<T>>(e, 1);
            }

            Assert.Equal(all0, Stored(one.Store0, count));
            Assert.Equal(all1, Stored(one.Store1, count));
            one.Run<FirstDot<T>>();
            Assert.Equal(Stored(dots, count), Stored(one.Store0, count));
        }

        static double[] Stored<T>(PanelCase<T> numbers, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
            [.. Enumerable.Range(0, count).Select(e => numbers.Now(e, 0))];
    }

    [Fact]
    public void A_pass_allocates_nothing()
    {
        var one = new PassCase<double>(70, 50, [PanelKind.Gathered], [PanelKind.Numbers], new Random(3));
        one.Run<EveryPart<double>>();
        Assert.Equal(0, Allocations.Of(one.Run<EveryPart<double>>));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var memory = new double[64];
        Assert.Equal("Rows0", Assert.Throws<ArgumentException>(() => Panel.Pass<SumAndTotal<double>, double>(new()
        {
            Rows0 = Panel.Numbers<double>(memory, 0, 2),
            Sum0 = Panel.Row<double>(memory, 0, 3),
            Total1 = Panel.Number<double>(memory, 0),
        }, 2)).ParamName);
        Assert.Equal("Sum0", Assert.Throws<ArgumentException>(() => Panel.Pass<SumAndTotal<double>, double>(new()
        {
            Rows0 = Panel.Rows<double>(memory, 0, 2, 3),
            Sum0 = Panel.Row<double>(memory, 0, 4),
            Total1 = Panel.Number<double>(memory, 0),
        }, 2)).ParamName);
        Assert.Equal("Total1", Assert.Throws<ArgumentException>(() => Panel.Pass<SumAndTotal<double>, double>(new()
        {
            Rows0 = Panel.Rows<double>(memory, 0, 2, 3),
            Sum0 = Panel.Row<double>(memory, 0, 3),
            Total1 = Panel.Numbers<double>(memory, 0, 2),
        }, 2)).ParamName);
        Assert.Equal("Store1", Assert.Throws<ArgumentException>(() => Panel.Pass<StoreAlone<double>, double>(
            new() { Store1 = Panel.Number<double>(memory, 0) }, 2)).ParamName);
        Assert.Throws<ArgumentException>(() => Panel.Pass<StoreAlone<double>, double>(
            new() { D = Panel.Row<double>(memory, 0, 2), Store1 = Panel.Numbers<double>(memory, 0, 2) }, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Panel.Pass<StoreAlone<double>, double>(
            new() { D = Panel.Numbers<double>(memory, 63, 1), Store1 = Panel.Numbers<double>(memory, 0, 2) }, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Panel.Pass<StoreAlone<double>, double>(
            new() { D = Panel.Numbers<double>(memory, 0, 2), Store1 = Panel.Numbers<double>(memory, 63, 1) }, 2));
    }

    /// <summary>Numbers of examples up to more than a tile, and of columns up to more than registers hold.</summary>
    private static void Each(double tolerance, Action<int, int, Random, double> check)
    {
        var random = new Random(5);
        for (var i = 0; i < 71; i++)
        {
            check(i, 2 + random.Next(i % 3 == 0 ? 100 : 34), random, tolerance);
        }
    }

    private static void AssertClose(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * (1 + Math.Abs(expected)), $"{actual:R}, expected {expected:R}");

    private readonly struct FirstDot<T> : IPass<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static PassParts Parts => PassParts.Dot0 | PassParts.Store0;

        public static void Of<V>(V dot0, V dot1, V a, V b, V c, V d, out V store0, out V store1, out V factor0, out V factor1)
            where V : struct, ILanes<V, T>
        {
            store0 = dot0;
            store1 = factor0 = factor1 = V.Zero;
        }
    }
}
