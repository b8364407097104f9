using System.Numerics;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Numerics;

public class DenseProductsTests
{
    private const int Cases = 150;

    /// <summary>A block whose rows lie farther apart than they need to, with a row after the last that nothing may touch.</summary>
    private sealed class Block<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly AlignedBuffer<T> _numbers;

        public Block(int rows, int columns, Random random)
        {
            (Rows, Columns) = (rows, columns);
            Stride = Workspace<T>.Stride(columns + 1) + random.Next(2) * Workspace<T>.Stride(1);
            _numbers = new AlignedBuffer<T>((rows + 1) * Stride);
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column++)
                {
                    this[row, column] = T.CreateTruncating(2 * random.NextDouble() - 1);
                }
            }

            _numbers.Span[(rows * Stride)..].Fill(T.One);
        }

        public int Rows { get; }

        public int Columns { get; }

        public int Stride { get; }

        public ref T First => ref _numbers.Span[0];

        public ref T this[int row, int column] => ref _numbers.Span[row * Stride + column];

        public double At(int row, int column) => double.CreateChecked(this[row, column]);

        public double[,] ToArray()
        {
            var copy = new double[Rows, Columns];
            Each((row, column) => copy[row, column] = At(row, column));
            return copy;
        }

        public void Each(Action<int, int> visit)
        {
            for (var row = 0; row < Rows; row++)
            {
                for (var column = 0; column < Columns; column++)
                {
                    visit(row, column);
                }
            }
        }

        public void AssertPadsAreUntouched()
        {
            for (var row = 0; row < Rows; row++)
            {
                var pads = _numbers.Span[(row * Stride + Columns)..((row + 1) * Stride)];
                Assert.True(pads.IndexOfAnyExcept(T.Zero) < 0, $"pads of row {row}");
            }

            Assert.True(_numbers.Span[(Rows * Stride)..].IndexOfAnyExcept(T.One) < 0, "the row after the last");
        }
    }

    [Fact]
    public void A_product_adds_sums_of_products()
    {
        Each(1e-14, Product<double>);
        Each(1e-5, Product<float>);
        static void Product<T>(int m, int inner, int n, Random random, double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            Block<T> left = new(m, inner, random), right = new(inner, n, random), result = new(m, n, random);
            var before = result.ToArray();
            DenseProducts.AddProduct(ref left.First, left.Stride, 1, ref right.First, right.Stride, ref result.First,
                result.Stride, m, inner, n);
            AssertSums(result, before, inner, (i, j, k) => left.At(i, k) * right.At(k, j), tolerance);
        }
    }

    [Fact]
    public void The_left_matrix_may_lie_the_other_way_round()
    {
        Each(1e-14, Product<double>);
        Each(1e-5, Product<float>);
        static void Product<T>(int m, int inner, int n, Random random, double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            Block<T> left = new(inner, m, random), right = new(inner, n, random), result = new(m, n, random);
            var before = result.ToArray();
            DenseProducts.AddProduct(ref left.First, 1, left.Stride, ref right.First, right.Stride, ref result.First,
                result.Stride, m, inner, n);
            AssertSums(result, before, inner, (i, j, k) => left.At(k, i) * right.At(k, j), tolerance);
        }
    }

    [Fact]
    public void A_transposed_product_adds_dots_of_rows()
    {
        Each(1e-14, Product<double>);
        Each(1e-5, Product<float>);
        static void Product<T>(int m, int inner, int n, Random random, double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            Block<T> left = new(m, inner, random), right = new(n, inner, random), result = new(m, n, random);
            var before = result.ToArray();
            DenseProducts.AddProductTransposed(ref left.First, left.Stride, ref right.First, right.Stride, ref result.First,
                result.Stride, m, inner, n);
            AssertSums(result, before, inner, (i, j, k) => left.At(i, k) * right.At(j, k), tolerance);
        }
    }

    [Fact]
    public void A_matrix_times_a_vector_may_go_into_neighbouring_numbers()
    {
        var random = new Random(7);
        Block<double> matrix = new(13, 21, random), vector = new(1, 21, random), result = new(1, 13, random);
        var before = result.ToArray();
        DenseProducts.AddProductTransposed(ref matrix.First, matrix.Stride, ref vector.First, vector.Stride, ref result.First,
            1, 13, 21, 1);
        AssertSums(result, before, 21, (_, j, k) => matrix.At(j, k) * vector.At(0, k), 1e-14);
    }

    [Fact]
    public void Weighted_squares_are_sums_of_outer_products()
    {
        Each(1e-14, Squares<double>);
        Each(1e-5, Squares<float>);
        static void Squares<T>(int m, int examples, int n, Random random, double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            // More examples than are scaled at once.
            examples *= 3;
            Block<T> x = new(examples, n, random), weights = new(examples, 1, random), result = new(n, n, random);
            result.Each((i, j) => result[i, j] = i > j ? T.One : result[i, j]);
            var before = result.ToArray();
            result.Each((i, j) => before[i, j] = before[Math.Min(i, j), Math.Max(i, j)]);
            DenseProducts.AddWeightedSquares(ref x.First, x.Stride, ref weights.First, weights.Stride, ref result.First,
                result.Stride, examples, n);
            DenseProducts.MirrorUpper(ref result.First, result.Stride, n);
            AssertSums(result, before, examples, (i, j, k) => weights.At(k, 0) * x.At(k, i) * x.At(k, j), tolerance);
        }
    }

    [Fact]
    public void A_transposed_copy_has_rows_for_columns_and_zeros_for_pads()
    {
        Each(0, Copy<double>);
        Each(0, Copy<float>);
        static void Copy<T>(int m, int inner, int n, Random random, double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            Block<T> source = new(m, n, random), target = new(n, m, random);
            target.Each((i, j) => target[i, j] = T.NaN);
            for (var row = 0; row < n; row++)
            {
                target[row, m] = T.NaN;
            }

            DenseProducts.Transpose(ref source.First, source.Stride, m, n, ref target.First, target.Stride);
            target.Each((i, j) => Assert.Equal(source[j, i], target[i, j]));
            target.AssertPadsAreUntouched();
        }
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var random = new Random(3);
        Block<double> a = new(70, 40, random), b = new(40, 50, random), c = new(70, 50, random), square = new(40, 40, random);
        Assert.Equal(0, Allocations.Of(() =>
        {
            DenseProducts.AddProduct(ref a.First, a.Stride, 1, ref b.First, b.Stride, ref c.First, c.Stride, 70, 40, 50);
            DenseProducts.AddProductTransposed(ref a.First, a.Stride, ref b.First, b.Stride, ref c.First, c.Stride, 70, 40, 40);
            DenseProducts.AddWeightedSquares(ref a.First, a.Stride, ref c.First, c.Stride, ref square.First, square.Stride, 70, 40);
            DenseProducts.MirrorUpper(ref square.First, square.Stride, 40);
            DenseProducts.Transpose(ref b.First, b.Stride, 40, 50, ref c.First, c.Stride);
        }));
    }

    /// <summary>Sizes around those of tiles, 0 and 1 among them.</summary>
    private static void Each(double tolerance, Action<int, int, int, Random, double> check)
    {
        var random = new Random(1);
        for (var i = 0; i < Cases; i++)
        {
            var inner = random.Next(40);
            check(random.Next(20), inner, random.Next(i % 3 == 0 ? 90 : 20), random, tolerance * (inner + 1));
        }
    }

    private static void AssertSums<T>(Block<T> result, double[,] before, int inner, Func<int, int, int, double> term, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        result.Each((i, j) =>
        {
            var sum = before[i, j];
            for (var k = 0; k < inner; k++)
            {
                sum += term(i, j, k);
            }

            Assert.True(Math.Abs(sum - result.At(i, j)) <= tolerance,
                $"{typeof(T).Name}, {result.Rows} × {inner} × {result.Columns}, at {i}, {j}: {result.At(i, j):R}, expected {sum:R}");
        });
        result.AssertPadsAreUntouched();
    }
}
