using System.Numerics;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Numerics.Panels;

public class PanelSumTests
{
    private static readonly PanelKind[] _rows = [PanelKind.Row, PanelKind.Rows, PanelKind.Gathered];
    private static readonly PanelKind[] _numbers = [PanelKind.Number, PanelKind.Numbers];

    [Fact]
    public void Dots_are_sums_of_products()
    {
        Each(1e-15, Dots<double>);
        Each(1e-6, Dots<float>);
        static void Dots<T>(int count, int columns, Random random, double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            foreach (var (left, right) in from a in _rows from b in _rows select (a, b))
            {
                PanelCase<T> a = new(left, count, columns, random), b = new(right, count, columns, random);
                var target = new PanelCase<T>(PanelKind.Numbers, count, 1, random);
                Panel.Dots(target.Panel, a.Panel, b.Panel, count);
                target.AssertUntouched(isTarget: true);
                for (var e = 0; e < count; e++)
                {
                    AssertClose(Enumerable.Range(0, columns).Sum(k => a.At(e, k) * b.At(e, k)), target.Now(e, 0), tolerance * columns,
                        $"{left} · {right} of {columns}, example {e} of {count}");
                }
            }
        }
    }

    [Fact]
    public void A_dot_has_the_same_bits_alone_and_among_others()
    {
        Each(0, Bits<double>);
        Each(0, Bits<float>);
        static void Bits<T>(int count, int columns, Random random, double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            foreach (var (left, right) in from a in _rows from b in _rows select (a, b))
            {
                PanelCase<T> a = new(left, count, columns, random), b = new(right, count, columns, random);
                PanelCase<T> all = new(PanelKind.Numbers, count, 1, random), alone = new(PanelKind.Numbers, count, 1, random);
                var scratch = Scratch<T>.OfThread().Numbers(count);
                Panel.Dots(all.Panel, a.Panel, b.Panel, count);
                Panel.Dots(in scratch, a.Panel, b.Panel, count);
                for (var e = 0; e < count; e++)
                {
                    Panel.Dots(alone.Part(e, 1), a.Part(e, 1), b.Part(e, 1), 1);
                    Assert.Equal(all.Now(e, 0), alone.Now(e, 0));
                    Assert.Equal(all.Now(e, 0), PanelCase<T>.At(in scratch, e, 0));
                }
            }
        }
    }

    [Fact]
    public void Rows_are_added_up_with_factors()
    {
        Each(1e-15, Sums<double>);
        Each(1e-6, Sums<float>);
        static void Sums<T>(int count, int columns, Random random, double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            foreach (var (kind, factors) in from a in _rows from b in _numbers select (a, b))
            {
                PanelCase<T> rows = new(kind, count, columns, random), factor = new(factors, count, 1, random);
                var target = new PanelCase<T>(PanelKind.Row, count, columns, random);
                Panel.AddRows(target.Panel, factor.Panel, rows.Panel, count);
                target.AssertUntouched(isTarget: true);
                for (var k = 0; k < columns; k++)
                {
                    AssertClose(target.At(0, k) + Enumerable.Range(0, count).Sum(e => factor.At(e, 0) * rows.At(e, k)), target.Now(0, k),
                        tolerance * (count + 1), $"{factors} · {kind} of {columns}, column {k}, {count} examples");
                }
            }
        }
    }

    [Fact]
    public void Weighted_dots_are_added_up()
    {
        Each(1e-15, Sums<double>);
        Each(1e-6, Sums<float>);
        static void Sums<T>(int count, int columns, Random random, double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            foreach (var (left, right, factors) in from a in _rows from b in _rows from c in _numbers select (a, b, c))
            {
                PanelCase<T> a = new(left, count, columns, random), b = new(right, count, columns, random);
                var factor = new PanelCase<T>(factors, count, 1, random);
                var expected = Enumerable.Range(0, count).Sum(e => factor.At(e, 0) * Enumerable.Range(0, columns).Sum(k => a.At(e, k) * b.At(e, k)));
                AssertClose(expected, double.CreateChecked(Panel.SumOfDots(factor.Panel, a.Panel, b.Panel, count)),
                    tolerance * columns * (count + 1), $"{factors} · ({left} · {right}) of {columns}, {count} examples");
            }
        }
    }

    [Fact]
    public void Ones_add_rows_up_as_they_are()
    {
        var random = new Random(6);
        PanelCase<double> rows = new(PanelKind.Gathered, 7, 12, random), target = new(PanelKind.Row, 7, 12, random);
        Panel.AddRows(target.Panel, Panel.Ones<double>(), rows.Panel, 7);
        Assert.Equal(target.At(0, 11) + Enumerable.Range(0, 7).Sum(e => rows.At(e, 11)), target.Now(0, 11), 1e-14);
        Assert.Equal(7, Panel.Sum(Panel.Ones<double>(), 7));
    }

    [Fact]
    public void Numbers_are_added_up()
    {
        Each(1e-15, Sums<double>);
        Each(1e-6, Sums<float>);
        static void Sums<T>(int count, int columns, Random random, double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            // More than the chains of a sum take at once.
            count *= 7;
            foreach (var kind in _numbers.Append(PanelKind.Gathered))
            {
                var numbers = new PanelCase<T>(kind, count, 1, random);
                AssertClose(Enumerable.Range(0, count).Sum(e => numbers.At(e, 0)), double.CreateChecked(Panel.Sum(numbers.Panel, count)),
                    4 * tolerance * (count + 1), $"{kind}, {count}");
            }
        }
    }

    [Fact]
    public void Of_numbers_there_are_products_and_their_sums()
    {
        var random = new Random(8);
        PanelCase<double> table = new(PanelKind.Gathered, 9, 1, random), other = new(PanelKind.Numbers, 9, 1, random);
        PanelCase<double> products = new(PanelKind.Numbers, 9, 1, random), sum = new(PanelKind.Number, 9, 1, random);
        Panel.Dots(products.Panel, table.Panel, other.Panel, 9);
        Panel.AddRows(sum.Panel, other.Panel, table.Panel, 9);
        Assert.All(Enumerable.Range(0, 9), e => Assert.Equal(table.At(e, 0) * other.At(e, 0), products.Now(e, 0)));
        Assert.Equal(sum.At(0, 0) + Enumerable.Range(0, 9).Sum(e => table.At(e, 0) * other.At(e, 0)), sum.Now(0, 0), 1e-15);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var memory = new double[64];
        Assert.Throws<ArgumentException>(() => Panel.Dots(Panel.Rows<double>(memory, 0, 2, 3), Panel.Rows<double>(memory, 0, 2, 3),
            Panel.Row<double>(memory, 0, 3), 2));
        Assert.Throws<ArgumentException>(() => Panel.Dots(Panel.Numbers<double>(memory, 0, 2), Panel.Rows<double>(memory, 0, 2, 4),
            Panel.Row<double>(memory, 0, 3), 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Panel.Dots(Panel.Numbers<double>(memory, 62, 2), Panel.Rows<double>(memory, 0, 3, 3),
            Panel.Row<double>(memory, 0, 3), 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Panel.AddRows(Panel.Row<double>(memory, 0, 3), Panel.Number<double>(memory, 0),
            Panel.Gathered<double>(memory, 0, 3, [1, 2]), 3));
        Assert.Throws<ArgumentException>(() => Panel.AddRows(Panel.Row<double>(memory, 0, 3), Panel.Rows<double>(memory, 0, 2, 3),
            Panel.Rows<double>(memory, 0, 2, 3), 2));
        Assert.Throws<ArgumentException>(() =>
        {
            Panel.SumOfDots(Panel.Number<double>(memory, 0), Panel.Rows<double>(memory, 0, 2, 4), Panel.Row<double>(memory, 0, 3), 2);
        });
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            Panel.SumOfDots(Panel.Numbers<double>(memory, 62, 2), Panel.Rows<double>(memory, 0, 3, 3), Panel.Row<double>(memory, 0, 3), 3);
        });
        Assert.Throws<ArgumentException>(() => { Panel.Sum(Panel.Row<double>(memory, 0, 3), 2); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { Panel.Sum(Panel.Numbers<double>(memory, 60, 4), 5); });
    }

    /// <summary>Numbers of examples and columns around those of vectors.</summary>
    private static void Each(double tolerance, Action<int, int, Random, double> check)
    {
        var random = new Random(5);
        for (var i = 0; i < 60; i++)
        {
            check(random.Next(i % 2 == 0 ? 7 : 30), 2 + random.Next(i % 3 == 0 ? 130 : 40), random, tolerance);
        }
    }

    private static void AssertClose(double expected, double actual, double tolerance, string what) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{what}: {actual:R}, expected {expected:R}");
}
