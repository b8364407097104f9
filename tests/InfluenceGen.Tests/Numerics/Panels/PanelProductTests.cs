using System.Numerics;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Numerics.Panels;

public class PanelProductTests
{
    private static readonly PanelKind[] _direct = [PanelKind.Number, PanelKind.Numbers, PanelKind.Row, PanelKind.Rows];

    private static readonly PanelKind[] _rows = [PanelKind.Row, PanelKind.Rows];

    [Fact]
    public void Outer_products_are_added_to_a_matrix()
    {
        Each(1e-15, Outer<double>);
        Each(1e-6, Outer<float>);
        static void Outer<T>(int count, int m, int n, Random random, double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            foreach (var (leftKind, rightKind) in from a in _direct from b in _direct select (a, b))
            {
                PanelCase<T> left = new(leftKind, count, m, random), right = new(rightKind, count, n, random);
                var target = new PanelCase<T>(PanelKind.Rows, left.Columns, right.Columns, random);
                Panel.AddOuter(target.Panel, left.Panel, right.Panel, count);
                target.AssertUntouched(isTarget: true);
                AssertEach(left.Columns, right.Columns,
                    (j, k) => target.At(j, k) + Enumerable.Range(0, count).Sum(e => left.At(e, j) * right.At(e, k)),
                    target.Now, tolerance * (count + 1));
            }
        }
    }

    [Fact]
    public void Rows_are_multiplied_by_a_matrix_as_it_is_and_packed()
    {
        Each(1e-15, Products<double>);
        Each(1e-6, Products<float>);
        static void Products<T>(int count, int m, int n, Random random, double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            foreach (var isPacked in new[] { false, true })
            {
                var matrix = new PanelCase<T>(PanelKind.Rows, m, n, random);
                var memory = Memory(matrix, m);
                var scratch = Scratch<T>.OfThread();
                var product = isPacked ? scratch.Packed(memory, 0, m, n, 100_000) : scratch.Matrix(memory, 0, m, n);
                foreach (var kind in new[] { PanelKind.Rows, PanelKind.Numbers }.Where(kind => kind == PanelKind.Rows || n == 1))
                {
                    var rows = new PanelCase<T>(kind, count, n, random);
                    var target = new PanelCase<T>(m == 1 && count % 2 == 0 ? PanelKind.Numbers : PanelKind.Rows, count, m, random);
                    Panel.AddProduct(target.Panel, in product, rows.Panel, count);
                    target.AssertUntouched(isTarget: true);
                    AssertEach(count, m, (e, j) => target.At(e, j) + Enumerable.Range(0, n).Sum(k => matrix.At(j, k) * rows.At(e, k)),
                        target.Now, tolerance * (n + 1));
                }

                foreach (var kind in new[] { PanelKind.Rows, PanelKind.Numbers }.Where(kind => kind == PanelKind.Rows || m == 1))
                {
                    var rows = new PanelCase<T>(kind, count, m, random);
                    var target = new PanelCase<T>(n == 1 && count % 2 == 0 ? PanelKind.Numbers : PanelKind.Rows, count, n, random);
                    Panel.AddTransposedProduct(target.Panel, in product, rows.Panel, count);
                    target.AssertUntouched(isTarget: true);
                    AssertEach(count, n, (e, k) => target.At(e, k) + Enumerable.Range(0, m).Sum(j => matrix.At(j, k) * rows.At(e, j)),
                        target.Now, tolerance * (m + 1));
                }
            }
        }
    }

    [Fact]
    public void Pairs_are_dots_of_all_with_all()
    {
        Each(1e-15, Pairs<double>);
        Each(1e-6, Pairs<float>);
        static void Pairs<T>(int rows, int columns, int n, Random random, double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            foreach (var (leftKind, rightKind) in from a in _direct from b in _direct select (a, b))
            {
                var length = leftKind is PanelKind.Number or PanelKind.Numbers || rightKind is PanelKind.Number or PanelKind.Numbers ? 1 : n;
                PanelCase<T> left = new(leftKind, rows, length, random), right = new(rightKind, columns, length, random);
                var target = Scratch<T>.OfThread().Rows(rows, columns);
                Panel.PairDots(in target, left.Panel, right.Panel, rows, columns);
                for (var a = 0; a < rows; a++)
                {
                    for (var b = 0; b < Workspace<T>.Stride(columns); b++)
                    {
                        var expected = b < columns ? Enumerable.Range(0, length).Sum(k => left.At(a, k) * right.At(b, k)) : 0;
                        Assert.True(Math.Abs(expected - PanelCase<T>.At(in target, a, b)) <= tolerance * length);
                    }
                }
            }
        }
    }

    [Fact]
    public void Outer_products_are_long_rows_perhaps_times_a_matrix()
    {
        Each(1e-15, Rows<double>);
        Each(1e-6, Rows<float>);
        static void Rows<T>(int count, int m, int n, Random random, double tolerance) where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            foreach (var (leftKind, rightKind) in from a in _rows from b in _rows select (a, b))
            {
                PanelCase<T> left = new(leftKind, count, m, random), right = new(rightKind, count, n, random);
                var matrix = new PanelCase<T>(PanelKind.Rows, m, n, random);
                var stride = Workspace<T>.Stride(n);
                var target = Scratch<T>.OfThread().Rows(count, m * stride);
                Panel.OuterRows(in target, left.Panel, right.Panel, count);
                Are(in target, (_, _) => 1);
                Panel.OuterRows(in target, matrix.Panel, left.Panel, right.Panel, count);
                Are(in target, matrix.At);

                void Are(in Panel<T> actual, Func<int, int, double> times)
                {
                    for (var e = 0; e < count; e++)
                    {
                        for (var k = 0; k < m * stride; k++)
                        {
                            // What pads the right row pads each row of the matrix.
                            var expected = k % stride < n ? times(k / stride, k % stride) * left.At(e, k / stride) * right.At(e, k % stride) : 0;
                            Assert.True(Math.Abs(expected - PanelCase<T>.At(in actual, e, k)) <= tolerance * Math.Max(1, Math.Abs(expected)));
                        }
                    }
                }
            }
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var memory = new double[64];
        Assert.Throws<ArgumentException>(() => Panel.AddOuter(Panel.Rows<double>(memory, 0, 2, 3), Panel.Rows<double>(memory, 0, 1, 2),
            Panel.Gathered<double>(memory, 0, 3, [1, 2]), 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Panel.AddOuter(Panel.Rows<double>(memory, 6, 2, 3), Panel.Rows<double>(memory, 0, 1, 4),
            Panel.Row<double>(memory, 0, 3), 1));
        Assert.Throws<ArgumentException>(() => Panel.PairDots(Panel.Rows<double>(memory, 0, 2, 3), Panel.Rows<double>(memory, 0, 2, 4),
            Panel.Rows<double>(memory, 0, 3, 5), 2, 3));
        Assert.Throws<ArgumentException>(() => Panel.OuterRows(Scratch<double>.OfThread().Rows(2, 8), Panel.Rows<double>(memory, 0, 2, 2), Panel.Rows<double>(memory, 0, 2, 2), 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Panel.OuterRows(Scratch<double>.OfThread().Rows(2, 16), Panel.Rows<double>(memory, 0, 1, 3),
            Panel.Rows<double>(memory, 48, 2, 2), Panel.Rows<double>(memory, 0, 2, 2), 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => { Scratch<double>.OfThread().Matrix(memory, 8, 8, 3); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { Scratch<double>.OfThread().Packed(memory, -8, 2, 3, 100); });
        Assert.Throws<ArgumentException>(() =>
        {
            var matrix = Scratch<double>.OfThread().Matrix(memory, 0, 2, 3);
            Panel.AddProduct(Panel.Rows<double>(memory, 0, 2, 2), in matrix, Panel.Rows<double>(memory, 0, 2, 2), 2);
        });
    }

    private static T[] Memory<T>(PanelCase<T> matrix, int rows) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var stride = Workspace<T>.Stride(matrix.Columns);
        var memory = new T[rows * stride];
        Panel.Write(memory, 0, stride, matrix.Panel, rows);
        return memory;
    }

    private static void AssertEach(int rows, int columns, Func<int, int, double> expected, Func<int, int, double> actual, double tolerance)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                Assert.True(Math.Abs(expected(row, column) - actual(row, column)) <= tolerance,
                    $"at {row}, {column}: {actual(row, column):R}, expected {expected(row, column):R}");
            }
        }
    }

    /// <summary>Sizes around those of tiles.</summary>
    private static void Each(double tolerance, Action<int, int, int, Random, double> check)
    {
        var random = new Random(7);
        for (var i = 0; i < 40; i++)
        {
            check(random.Next(20), 1 + random.Next(i % 4 == 0 ? 1 : 20), 1 + random.Next(i % 4 == 1 ? 1 : i % 3 == 0 ? 70 : 20), random, tolerance);
        }
    }
}
