using System.Numerics;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Numerics.Panels;

public class PanelResultTests
{
    private static readonly PanelKind[] _all = [PanelKind.Number, PanelKind.Numbers, PanelKind.Row, PanelKind.Rows, PanelKind.Gathered];
    private static readonly PanelKind[] _ofPairs = [PanelKind.Number, PanelKind.Numbers, PanelKind.Row, PanelKind.Rows];

    [Fact]
    public void Numbers_and_rows_are_written_where_they_belong_and_nowhere_else()
    {
        Each(Writes<double>);
        Each(Writes<float>);
        static void Writes<T>(int count, int columns, Random random) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            foreach (var kind in _all)
            {
                var source = new PanelCase<T>(kind, count, columns, random);
                var line = Workspace<T>.Stride(1);
                var width = source.IsNumber ? 1 : Workspace<T>.Stride(source.Columns);
                foreach (var step in source.IsNumber ? new[] { 1, line, 3 * line } : [width, width + line])
                {
                    var written = step > 1 ? Math.Max(width, line) : 1;
                    var memory = Filled<T>(line + count * step + line);
                    Panel.Write(memory, line, step, source.Panel, count);
                    AssertPlaces(memory, line, step, written, count,
                        (e, k) => source.IsNumber && k > 0 || k >= source.Columns ? 0 : source.At(e, k), 0);
                }
            }
        }
    }

    [Fact]
    public void Outer_products_are_written_row_by_row()
    {
        Each(Writes<double>);
        Each(Writes<float>);
        static void Writes<T>(int count, int columns, Random random) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            foreach (var (leftKind, rightKind) in from a in _all from b in new[] { PanelKind.Row, PanelKind.Rows } select (a, b))
            {
                PanelCase<T> left = new(leftKind, count, 1 + columns / 2, random), right = new(rightKind, count, columns, random);
                var (line, stride) = (Workspace<T>.Stride(1), Workspace<T>.Stride(columns));
                var step = left.Columns * stride + line;
                var memory = Filled<T>(line + count * step + line);
                Panel.WriteOuter(memory, line, step, left.Panel, right.Panel, count);
                AssertPlaces(memory, line, step, left.Columns * stride, count,
                    (e, k) => k % stride < columns ? left.At(e, k / stride) * right.At(e, k % stride) : 0, typeof(T) == typeof(float) ? 1e-7 : 1e-16);
            }
        }
    }

    [Fact]
    public void A_formula_of_pairs_is_added_to_their_matrix()
    {
        var random = new Random(9);
        for (var i = 0; i < 80; i++)
        {
            Pairs<double>(1 + i % 8, random.Next(9), 1 + random.Next(40), random, 1e-14);
            Pairs<float>(1 + i % 8, random.Next(9), 1 + random.Next(40), random, 1e-5);
        }

        static void Pairs<T>(int arity, int rows, int columns, Random random, double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var operands = Enumerable.Range(0, arity)
                .Select(_ => new PanelCase<T>(_ofPairs[random.Next(_ofPairs.Length)], rows, columns, random)).ToArray();
            var step = columns + 3;
            var gram = Filled<T>(5 + rows * step);
            AddPairs(gram, 5, step, operands, rows, columns);
            AssertPlaces(gram, 5, step, columns, rows, (e, k) => double.CreateChecked(Filler<T>(5 + e * step + k))
                + Weighted<T>.Expected(operands, o => o.At(e, k)), tolerance);
        }
    }

    [Fact]
    public void Rows_of_logits_become_shares_losses_and_their_derivatives()
    {
        Each(Rows<double>);
        Each(Rows<float>);
        static void Rows<T>(int count, int columns, Random random) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            PanelCase<T> s = new(PanelKind.Rows, count, columns, random), v = new(PanelKind.Row, count, columns, random);
            var scratch = Scratch<T>.OfThread();
            var (p, r, c) = (new T[count * Workspace<T>.Stride(columns)], new T[count * Workspace<T>.Stride(columns)], new T[count]);
            var y = new T[count * Workspace<T>.Stride(columns)];
            for (var e = 0; e < count; e++)
            {
                y[e * Workspace<T>.Stride(columns) + e % columns] = T.One;
            }

            var probabilities = scratch.Rows(count, columns);
            var labels = Panel.Rows<T>(y, 0, count, columns);
            Panel.Softmax(in probabilities, s.Panel, count);
            Panel.Write(p, 0, probabilities.Stride, in probabilities, count);
            Panel.SoftmaxCrossEntropy(Panel.Numbers<T>(c, 0, count), s.Panel, in labels, count);
            var residuals = scratch.Rows(count, columns);
            Panel.Residual(in residuals, in probabilities, in labels, count);
            Panel.Covariance(in probabilities, in probabilities, v.Panel, count);
            var tolerance = typeof(T) == typeof(float) ? 1e-5 : 1e-13;
            for (var e = 0; e < count; e++)
            {
                var total = Enumerable.Range(0, columns).Sum(k => Math.Exp(s.At(e, k)));
                var mean = Enumerable.Range(0, columns).Sum(k => Math.Exp(s.At(e, k)) / total * v.At(e, k));
                Assert.Equal(Math.Log(total) - s.At(e, e % columns), double.CreateChecked(c[e]), tolerance);
                for (var k = 0; k < columns; k++)
                {
                    var share = Math.Exp(s.At(e, k)) / total;
                    Assert.Equal(share, double.CreateChecked(p[e * Workspace<T>.Stride(columns) + k]), tolerance);
                    Assert.Equal(share - (k == e % columns ? 1 : 0), PanelCase<T>.At(in residuals, e, k), tolerance);
                    Assert.Equal(share * (v.At(e, k) - mean), PanelCase<T>.At(in probabilities, e, k), tolerance);
                }
            }
        }
    }

    [Fact]
    public void Memory_that_ends_before_is_refused()
    {
        var memory = new double[64];
        Assert.Throws<ArgumentOutOfRangeException>(() => Panel.Write(memory.AsSpan(0, 10), 8, 1, Panel.Numbers<double>(memory, 0, 3), 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Panel.Write(memory.AsSpan(0, 23), 0, 8, Panel.Numbers<double>(memory, 0, 3), 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Panel.Write(memory.AsSpan(0, 23), 0, 8, Panel.Rows<double>(memory, 0, 3, 2), 3));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Panel.WriteOuter(memory.AsSpan(0, 31), 0, 16, Panel.Rows<double>(memory, 0, 2, 2), Panel.Row<double>(memory, 0, 2), 2));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Panel.AddPairs<Weighted<double>, double>(memory.AsSpan(0, 22), 0, 10, Panel.Number<double>(memory, 0), 3, 3));
    }

    private static void AddPairs<T>(Span<T> gram, int offset, int step, PanelCase<T>[] o, int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (o.Length)
        {
            case 1:
                Panel.AddPairs<Weighted<T>, T>(gram, offset, step, o[0].Panel, rows, columns);
                break;
            case 2:
                Panel.AddPairs<Weighted<T>, T>(gram, offset, step, o[0].Panel, o[1].Panel, rows, columns);
                break;
            case 3:
                Panel.AddPairs<Weighted<T>, T>(gram, offset, step, o[0].Panel, o[1].Panel, o[2].Panel, rows, columns);
                break;
            case 4:
                Panel.AddPairs<Weighted<T>, T>(gram, offset, step, o[0].Panel, o[1].Panel, o[2].Panel, o[3].Panel, rows, columns);
                break;
            case 5:
                Panel.AddPairs<Weighted<T>, T>(gram, offset, step, o[0].Panel, o[1].Panel, o[2].Panel, o[3].Panel, o[4].Panel, rows, columns);
                break;
            case 6:
                Panel.AddPairs<Weighted<T>, T>(gram, offset, step, o[0].Panel, o[1].Panel, o[2].Panel, o[3].Panel, o[4].Panel, o[5].Panel,
                    rows, columns);
                break;
            case 7:
                Panel.AddPairs<Weighted<T>, T>(gram, offset, step, o[0].Panel, o[1].Panel, o[2].Panel, o[3].Panel, o[4].Panel, o[5].Panel,
                    o[6].Panel, rows, columns);
                break;
            default:
                Panel.AddPairs<Weighted<T>, T>(gram, offset, step, o[0].Panel, o[1].Panel, o[2].Panel, o[3].Panel, o[4].Panel, o[5].Panel,
                    o[6].Panel, o[7].Panel, rows, columns);
                break;
        }
    }

    private static T Filler<T>(int place) where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.CreateTruncating(place % 7 - 3);

    private static T[] Filled<T>(int length) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [.. Enumerable.Range(0, length).Select(Filler<T>)];

    /// <summary>What stands in the written places, and that all else is as before.</summary>
    private static void AssertPlaces<T>(T[] memory, int offset, int step, int written, int count, Func<int, int, double> expected,
        double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < memory.Length; i++)
        {
            var (e, k) = i < offset ? (-1, 0) : ((i - offset) / step, (i - offset) % step);
            var value = e >= 0 && e < count && k < written ? expected(e, k) : double.CreateChecked(Filler<T>(i));
            Assert.True(Math.Abs(value - double.CreateChecked(memory[i])) <= tolerance,
                $"place {i}, example {e}, number {k}: {memory[i]}, expected {value}");
        }
    }

    private static void Each(Action<int, int, Random> check)
    {
        var random = new Random(3);
        for (var i = 0; i < 40; i++)
        {
            check(random.Next(1, 12), random.Next(1, 25), random);
        }
    }
}
