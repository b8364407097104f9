using System.Numerics;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Numerics.Panels;

public class PanelMapTests
{
    private static readonly PanelKind[] _ofNumbers = [PanelKind.Number, PanelKind.Numbers];
    private static readonly PanelKind[] _ofRows = [PanelKind.Number, PanelKind.Numbers, PanelKind.Row, PanelKind.Rows];

    [Fact]
    public void A_formula_of_numbers_fills_numbers()
    {
        Each(1e-15, Numbers<double>);
        Each(1e-6, Numbers<float>);
        static void Numbers<T>(int arity, int count, int columns, Random random, double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var operands = Operands<T>(arity, _ofNumbers, count, 1, random);
            var target = Scratch<T>.OfThread().Numbers(count);
            Map(in target, operands, count);
            for (var e = 0; e < count; e++)
            {
                AssertClose(Weighted<T>.Expected(operands, o => o.At(e, 0)), PanelCase<T>.At(in target, e, 0), tolerance);
            }
        }
    }

    [Fact]
    public void A_formula_fills_rows_along_which_numbers_are_the_same()
    {
        Each(1e-15, Rows<double>);
        Each(1e-6, Rows<float>);
        static void Rows<T>(int arity, int count, int columns, Random random, double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            // Rows alone, too: they take another way.
            var operands = Operands<T>(arity, count % 3 == 0 ? [PanelKind.Number, PanelKind.Rows] : _ofRows, count, columns, random);
            var target = Scratch<T>.OfThread().Rows(count, columns);
            Map(in target, operands, count);
            Panel.ClearPads(in target, count);
            for (var e = 0; e < count; e++)
            {
                for (var k = 0; k < columns; k++)
                {
                    AssertClose(Weighted<T>.Expected(operands, o => o.At(e, k)), PanelCase<T>.At(in target, e, k), tolerance);
                }

                for (var k = columns; k < Workspace<T>.Stride(columns); k++)
                {
                    Assert.Equal(0, PanelCase<T>.At(in target, e, k));
                }
            }
        }
    }

    [Fact]
    public void What_is_one_for_all_is_filled_once()
    {
        Each(1e-15, Shared<double>);
        Each(1e-6, Shared<float>);
        static void Shared<T>(int arity, int count, int columns, Random random, double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var scratch = Scratch<T>.OfThread();
            var numbers = Operands<T>(arity, _ofNumbers, count, 1, random);
            var number = scratch.Number(T.NaN);
            Map(in number, numbers, count);
            var rows = Operands<T>(arity, _ofRows, count, columns, random);
            var row = scratch.Row(columns);
            Map(in row, rows, count);
            if (count == 0)
            {
                Assert.Equal(double.NaN, PanelCase<T>.At(in number, 0, 0));
                return;
            }

            AssertClose(Weighted<T>.Expected(numbers, o => o.At(0, 0)), PanelCase<T>.At(in number, 0, 0), tolerance);
            for (var k = 0; k < columns; k++)
            {
                AssertClose(Weighted<T>.Expected(rows, o => o.At(0, k)), PanelCase<T>.At(in row, 0, k), tolerance);
            }
        }
    }

    [Fact]
    public void A_target_that_is_not_scratch_is_filled_exactly()
    {
        Each(1e-15, Exact<double>);
        Each(1e-6, Exact<float>);
        static void Exact<T>(int arity, int count, int columns, Random random, double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var operands = Operands<T>(arity, _ofNumbers, count, 1, random);
            var target = new PanelCase<T>(PanelKind.Numbers, count, 1, random);
            Map(target.Panel, operands, count);
            target.AssertUntouched(isTarget: true);
            for (var e = 0; e < count; e++)
            {
                AssertClose(Weighted<T>.Expected(operands, o => o.At(e, 0)), target.Now(e, 0), tolerance);
            }
        }
    }

    [Fact]
    public void A_target_may_be_an_operand()
    {
        var random = new Random(4);
        var (a, b) = (new PanelCase<double>(PanelKind.Numbers, 21, 1, random), new PanelCase<double>(PanelKind.Numbers, 21, 1, random));
        Panel.Subtract(a.Panel, a.Panel, b.Panel, 21);
        Panel.Multiply(a.Panel, a.Panel, a.Panel, 21);
        Panel.Add(a.Panel, b.Panel, a.Panel, 21);
        for (var e = 0; e < 21; e++)
        {
            var difference = a.At(e, 0) - b.At(e, 0);
            Assert.Equal(b.At(e, 0) + difference * difference, a.Now(e, 0), 1e-15);
        }
    }

    [Fact]
    public void Rows_may_lie_farther_apart_than_they_are_long()
    {
        // 3 rows of 10 numbers, 16 with pads, 24 apart.
        var memory = Enumerable.Range(0, 72).Select(i => (double)i).ToArray();
        var far = new Panel<double>(ref memory[0], 24, 1, 10, 16, 72, true);
        var near = Scratch<double>.OfThread().Rows(3, 10);
        Panel.Copy(in near, in far, 3);
        Panel.Add(in far, in near, in near, 3);
        Panel.ClearPads(in far, 3);
        for (var i = 0; i < 72; i++)
        {
            Assert.Equal((i % 24) switch { < 10 => 2 * i, < 16 => 0, _ => i }, memory[i]);
        }
    }

    [Fact]
    public void A_copy_gathers_broadcasts_and_copies()
    {
        Each(0, Copies<double>);
        Each(0, Copies<float>);
        static void Copies<T>(int arity, int count, int columns, Random random, double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var scratch = Scratch<T>.OfThread();
            foreach (var kind in _ofRows.Append(PanelKind.Gathered))
            {
                var source = new PanelCase<T>(kind, count, columns, random);
                var rows = scratch.Rows(count, source.IsNumber && kind == PanelKind.Gathered ? 1 : columns);
                Panel.Copy(in rows, source.Panel, count);
                var one = new PanelCase<T>(kind, count, 1, random);
                var numbers = scratch.Numbers(count);
                if (one.IsNumber)
                {
                    Panel.Copy(in numbers, one.Panel, count);
                }

                for (var e = 0; e < count; e++)
                {
                    Assert.Equal(one.At(e, 0), one.IsNumber ? PanelCase<T>.At(in numbers, e, 0) : one.At(e, 0));
                    for (var k = 0; k < columns; k++)
                    {
                        Assert.Equal(source.At(e, k), PanelCase<T>.At(in rows, e, k));
                    }
                }
            }
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var memory = new double[64];
        Assert.Throws<ArgumentOutOfRangeException>(() => { Panel.Numbers<double>(memory, 60, 5); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { Panel.Numbers<double>(memory, -1, 5); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { Panel.Number<double>(memory, 64); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { Panel.Row<double>(memory, 58, 3); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { Panel.Rows<double>(memory, 7, 2, 3); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { Panel.Rows<double>(memory, 0, int.MaxValue, int.MaxValue); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { Panel.Rows<double>(memory, int.MaxValue, int.MaxValue, int.MaxValue); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { Panel.Gathered<double>(memory, 60, 3, [0]); });
        Assert.Throws<ArgumentOutOfRangeException>(() => Panel.Copy(Panel.Numbers<double>(memory, 0, 4), Panel.Numbers<double>(memory, 62, 2), 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => Panel.Copy(Panel.Numbers<double>(memory, 62, 2), Panel.Numbers<double>(memory, 0, 4), 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => Panel.Clear(Panel.Numbers<double>(memory, 62, 2), 4));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Panel.Copy(Panel.Rows<double>(memory, 0, 3, 4), Panel.Gathered<double>(memory, 0, 4, [0, 1]), 3));
        Assert.Throws<ArgumentException>(() => Panel.Copy(Panel.Numbers<double>(memory, 0, 4), Panel.Rows<double>(memory, 0, 4, 4), 4));
        Assert.Throws<ArgumentException>(() => Panel.Copy(Panel.Rows<double>(memory, 0, 2, 4), Panel.Rows<double>(memory, 2, 2, 9), 2));
        Assert.Throws<ArgumentException>(() => Panel.Map<Weighted<double>, double>(Panel.Rows<double>(memory, 0, 2, 4),
            Panel.Gathered<double>(memory, 0, 4, [0, 1]), 2));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var random = new Random(3);
        var (a, b) = (new PanelCase<double>(PanelKind.Rows, 20, 10, random), new PanelCase<double>(PanelKind.Gathered, 20, 10, random));
        Assert.Equal(0, Allocations.Of(() =>
        {
            var scratch = Scratch<double>.OfThread();
            var target = scratch.Rows(20, 10);
            Panel.Copy(in target, b.Panel, 20);
            Panel.Add(in target, in target, a.Panel, 20);
            Panel.ClearPads(in target, 20);
        }));
    }

    /// <summary>Numbers of operands, examples and columns, around those of vectors.</summary>
    private static void Each(double tolerance, Action<int, int, int, Random, double> check)
    {
        var random = new Random(2);
        for (var i = 0; i < 160; i++)
        {
            var arity = 1 + i % 8;
            check(arity, random.Next(i % 2 == 0 ? 6 : 40), 1 + random.Next(i % 3 == 0 ? 40 : 9), random, tolerance * 9 * (arity + 1));
        }
    }

    private static PanelCase<T>[] Operands<T>(int arity, PanelKind[] kinds, int count, int columns, Random random)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [.. Enumerable.Range(0, arity).Select(_ => new PanelCase<T>(kinds[random.Next(kinds.Length)], count, columns, random))];

    private static void Map<T>(in Panel<T> target, PanelCase<T>[] o, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (o.Length)
        {
            case 1:
                Panel.Map<Weighted<T>, T>(in target, o[0].Panel, count);
                break;
            case 2:
                Panel.Map<Weighted<T>, T>(in target, o[0].Panel, o[1].Panel, count);
                break;
            case 3:
                Panel.Map<Weighted<T>, T>(in target, o[0].Panel, o[1].Panel, o[2].Panel, count);
                break;
            case 4:
                Panel.Map<Weighted<T>, T>(in target, o[0].Panel, o[1].Panel, o[2].Panel, o[3].Panel, count);
                break;
            case 5:
                Panel.Map<Weighted<T>, T>(in target, o[0].Panel, o[1].Panel, o[2].Panel, o[3].Panel, o[4].Panel, count);
                break;
            case 6:
                Panel.Map<Weighted<T>, T>(in target, o[0].Panel, o[1].Panel, o[2].Panel, o[3].Panel, o[4].Panel, o[5].Panel, count);
                break;
            case 7:
                Panel.Map<Weighted<T>, T>(in target, o[0].Panel, o[1].Panel, o[2].Panel, o[3].Panel, o[4].Panel, o[5].Panel, o[6].Panel,
                    count);
                break;
            default:
                Panel.Map<Weighted<T>, T>(in target, o[0].Panel, o[1].Panel, o[2].Panel, o[3].Panel, o[4].Panel, o[5].Panel, o[6].Panel,
                    o[7].Panel, count);
                break;
        }
    }

    private static void AssertClose(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{actual:R}, expected {expected:R}");
}
