using System.Numerics;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Numerics.Panels;

public class PanelPassTests
{
    [Fact]
    public void A_pass_takes_dots_a_formula_and_sums_of_each_segment()
    {
        Each<double>(2e-15);
        Each<float>(1e-6);
        static void Each<T>(double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            Passes<T, Everything>(tolerance);
            Passes<T, EverythingLong>(tolerance);
            Passes<T, BothSums>(tolerance);
            Passes<T, DotAndSum>(tolerance);
            Passes<T, SumAlone>(tolerance);
            Passes<T, InnerAndCross>(tolerance);
            Passes<T, StoresAlone>(tolerance);
            Passes<T, NumbersAlone>(tolerance);
        }

        static void Passes<T, P>(double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where P : IParts => Cases<T>(one =>
            {
                one.Run<PassFormula<T, P>>();
                one.Assert<P>(tolerance);
            });
    }

    [Fact]
    public void Vectors_of_every_width_do_the_same()
    {
        Each<double, Wide<double>, Wide<double>>(2e-15);
        Each<double, Narrow<double>, Narrow<double>>(2e-15);
        Each<double, Slim<double>, Slim<double>>(2e-15);
        Each<float, Wide<float>, Narrow<float>>(1e-6);
        Each<float, Narrow<float>, Narrow<float>>(1e-6);
        Each<float, Slim<float>, Slim<float>>(1e-6);
        static void Each<T, V, W>(double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where V : struct, IRowLanes<V, T>
            where W : struct, IRowLanes<W, T>
        {
            Passes<T, V, W, Everything>(tolerance);
            Passes<T, V, W, EverythingLong>(tolerance);
            Passes<T, V, W, BothSums>(tolerance);
            Passes<T, V, W, SumAlone>(tolerance);
        }

        static void Passes<T, V, W, P>(double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where V : struct, IRowLanes<V, T>
            where W : struct, IRowLanes<W, T>
            where P : IParts => Cases<T>(one =>
            {
                one.Run<PassFormula<T, P>, V, W>();
                one.Assert<P>(tolerance);
            });
    }

    [Fact]
    public void Sums_of_a_segment_that_is_taken_in_tiles_are_added_to()
    {
        Cases<double>(one =>
        {
            one.Run<PassFormula<double, BothSums>>(adds: true);
            one.Assert<BothSums>(2e-15, adds: true);
        });
        Cases<float>(one =>
        {
            one.Run<PassFormula<float, EverythingLong>>(adds: true);
            one.Assert<EverythingLong>(1e-6, adds: true);
        });
    }

    [Fact]
    public void A_segment_has_the_same_bits_alone_and_among_others()
    {
        Each<double>();
        Each<float>();
        static void Each<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T> => Cases<T>(one =>
        {
            one.Run<PassFormula<T, BothSums>>();
            var all = Results(one);
            for (var s = one.Segments - 1; s >= 0; s--)
            {
                one.Run<PassFormula<T, BothSums>>(s, s + 1);
            }

            Assert.Equal(all, Results(one));
        });

        static double[] Results<T>(PassCase<T> one) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [
            .. one.Stores.SelectMany(store => Enumerable.Range(0, one.Count).Select(e => store.Now(e, 0))),
            .. one.Sums.SelectMany(sum => Enumerable.Range(0, one.Segments).SelectMany(s => Enumerable.Range(0, sum.Columns).Select(k => sum.Now(s, k)))),
            .. one.Totals.SelectMany(total => Enumerable.Range(0, one.Segments).Select(s => total.Now(s, 0))),
        ];
    }

    [Fact]
    public void A_dot_has_the_bits_that_dots_give_it()
    {
        Each<double>();
        Each<float>();
        static void Each<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var random = new Random(7);
            for (var count = 2; count < 40; count++)
            {
                var (rows, with) = (new PanelCase<T>(PanelKind.Gathered, count, count, random), new PanelCase<T>(PanelKind.Row, 1, count, random));
                var (dots, stored) = (new PanelCase<T>(PanelKind.Numbers, count, 1, random), new PanelCase<T>(PanelKind.Numbers, count, 1, random));
                Panel.Dots(dots.Panel, rows.Panel, with.Panel, count);
                Panel.Pass<DotAlone<T>, T>(new() { Rows0 = rows.Panel, With0 = with.Panel, Store0 = stored.Panel }, count);
                Assert.Equal(Enumerable.Range(0, count).Select(e => dots.Now(e, 0)), Enumerable.Range(0, count).Select(e => stored.Now(e, 0)));
            }
        }
    }

    [Fact]
    public void A_pass_allocates_nothing()
    {
        foreach (var columns in new[] { 16, 50 })
        {
            var one = new PassCase<double>([30, 0, 200], columns, new Random(3));
            one.Run<PassFormula<double, Everything>>();
            Assert.Equal(0, Allocations.Of(() => one.Run<PassFormula<double, Everything>>()));
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var memory = new double[64];
        Assert.Equal("Rows0", Refused(new() { Rows0 = Panel.Numbers<double>(memory, 0, 2) }));
        Assert.Equal("Rows0", Refused(new() { Rows0 = Panel.Row<double>(memory, 0, 3) }));
        Assert.Equal("Rows1", Refused(new() { Rows0 = Panel.Rows<double>(memory, 0, 2, 3), Rows1 = Panel.Rows<double>(memory, 0, 2, 4) }));
        Assert.Equal("Rows1", Refused(new() { Rows0 = Panel.Rows<double>(memory, 0, 2, 3), Rows1 = Panel.Gathered<double>(memory, 0, 3, [0, 0]) }));
        Assert.Equal("Sum0", Refused(new() { Rows0 = Panel.Rows<double>(memory, 0, 2, 3), Rows1 = Panel.Rows<double>(memory, 0, 2, 3), Sum0 = Panel.Row<double>(memory, 0, 4) }));
        Assert.Equal("Total0", Refused(new()
        {
            Rows0 = Panel.Rows<double>(memory, 0, 2, 3),
            Rows1 = Panel.Rows<double>(memory, 0, 2, 3),
            Sum0 = Panel.Row<double>(memory, 0, 3),
            Sum1 = Panel.Row<double>(memory, 0, 3),
            Total0 = Panel.Row<double>(memory, 0, 3),
        }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Panel.Pass<PassFormula<double, NumbersAlone>, double>(new() { B = Panel.Numbers<double>(memory, 63, 1) }, 2));
        Assert.Throws<ArgumentException>(() => Panel.Pass<PassFormula<double, NumbersAlone>, double>(
            new() { B = Panel.Numbers<double>(memory, 0, 2), D = Panel.Row<double>(memory, 0, 2) }, 2));
        Assert.Throws<ArgumentException>(() => new PassSegments([0, 1], [0, 0], [0]));
        Assert.Throws<ArgumentException>(() => new PassSegments([0, 1], [0], []));

        static string? Refused(PassOperands<double> operands)
        {
            try
            {
                Panel.Pass<SumsAlone, double>(operands, 2);
                return null;
            }
            catch (ArgumentException refusal)
            {
                return refusal.ParamName;
            }
        }
    }

    /// <summary>Segments of none to more examples than a tile has, and rows of a number to more than registers hold.</summary>
    private static void Cases<T>(Action<PassCase<T>> check) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(5);
        for (var i = 0; i < 26; i++)
        {
            var lengths = Enumerable.Range(0, 1 + random.Next(6)).Select(_ => random.Next(4) == 0 ? 0 : random.Next(i % 5 == 0 ? 300 : 22)).ToArray();
            check(new(lengths, 2 + random.Next(i % 3 == 0 ? 100 : 34), random));
        }
    }

    private readonly struct DotAlone<T> : IPass<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static PassParts Parts => PassParts.Dot0 | PassParts.Store0;

        public static void Of<V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
            out V store0, out V store1, out V factor, out V cross, out V decay, out V total0, out V total1)
            where V : struct, ILanes<V, T>
        {
            store0 = dot0;
            store1 = factor = cross = decay = total0 = total1 = V.Zero;
        }
    }

    private readonly struct SumsAlone : IPass<double>
    {
        public static PassParts Parts => PassParts.Sum0 | PassParts.Sum1 | PassParts.Total0;

        public static void Of<V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
            out V store0, out V store1, out V factor, out V cross, out V decay, out V total0, out V total1)
            where V : struct, ILanes<V, double> => store0 = store1 = factor = cross = decay = total0 = total1 = V.One;
    }
}
