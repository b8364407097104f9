using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Influence.Tests.Numerics;

public class CholeskyTests
{
    [Theory]
    [InlineData(8, 1)]
    [InlineData(64, 3)]
    [InlineData(72, 70)]
    [InlineData(200, 130)]
    public void A_solution_solves_and_half_of_it_has_the_length_of_the_quadratic_form(int order, int count)
    {
        var random = new RandomSource(order);
        var matrix = Positive(order, random);
        var factor = Cholesky.Factor(AlignedBuffer<double>.CopyOf(matrix), order)!;
        var right = Draws(count * order, random);
        var (solved, half) = (AlignedBuffer<double>.CopyOf(right), AlignedBuffer<double>.CopyOf(right));
        factor.Solve(solved.Span, count);
        factor.HalfSolve(half.Span, count);
        for (var row = 0; row < count; row++)
        {
            var (form, length) = (0.0, 0.0);
            for (var i = 0; i < order; i++)
            {
                var product = 0.0;
                for (var k = 0; k < order; k++)
                {
                    product += matrix[i * order + k] * solved[row * order + k];
                }

                Assert.Equal(right[row * order + i], product, 1e-10);
                form += right[row * order + i] * solved[row * order + i];
                length += half[row * order + i] * half[row * order + i];
            }

            Assert.Equal(form, length, 1e-10 * form);
        }
    }

    [Fact]
    public void Several_threads_may_solve_with_one_factor()
    {
        const int Order = 136;
        var random = new RandomSource(5);
        var factor = Cholesky.Factor(AlignedBuffer<double>.CopyOf(Positive(Order, random)), Order)!;
        double[][] rights = [.. Enumerable.Range(0, 64).Select(_ => Draws(20 * Order, random))];
        double[][] alone = [.. rights.Select(Solved)];
        for (var round = 0; round < 5; round++)
        {
            var together = new double[rights.Length][];
            Parallel.For(0, rights.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => together[i] = Solved(rights[i]));
            Assert.Equal(alone, together);
        }

        double[] Solved(double[] right)
        {
            var rows = AlignedBuffer<double>.CopyOf(right);
            factor.Solve(rows.Span, 20);
            return rows.Span.ToArray();
        }
    }

    [Theory]
    [InlineData(16, 3)]
    [InlineData(136, 100)]
    public void What_is_not_positive_definite_has_no_factor(int order, int row)
    {
        var matrix = Positive(order, new RandomSource(1));
        matrix[row * order + row] = -1;
        Assert.Null(Cholesky.Factor(AlignedBuffer<double>.CopyOf(matrix), order));
    }

    [Fact]
    public void A_singular_matrix_has_no_factor_although_rounding_leaves_a_pivot()
    {
        // x xᵀ + y yᵀ has rank 2.
        const int Order = 24;
        var random = new RandomSource(7);
        var (x, y) = (Draws(Order, random), Draws(Order, random));
        var matrix = new double[Order * Order];
        for (var k = 0; k < matrix.Length; k++)
        {
            matrix[k] = x[k / Order] * x[k % Order] + y[k / Order] * y[k % Order];
        }

        Assert.Null(Cholesky.Factor(AlignedBuffer<double>.CopyOf(matrix), Order));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(13)]
    public void Eigenvectors_are_orthonormal_and_put_the_matrix_together_again(int n)
    {
        var random = new RandomSource(n);
        var matrix = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                matrix[i, j] = matrix[j, i] = random.NextGaussian();
            }
        }

        var diagonal = (double[,])matrix.Clone();
        var vectors = SymmetricEigen.Decompose(diagonal);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var (sum, dot) = (0.0, 0.0);
                for (var k = 0; k < n; k++)
                {
                    sum += vectors[i, k] * diagonal[k, k] * vectors[j, k];
                    dot += vectors[k, i] * vectors[k, j];
                }

                Assert.Equal(matrix[i, j], sum, 1e-12);
                Assert.Equal(i == j ? 1 : 0, dot, 1e-12);
            }
        }
    }

    private static double[] Draws(int count, RandomSource random) => [.. Enumerable.Range(0, count).Select(_ => random.NextGaussian())];

    private static double[] Positive(int order, RandomSource random)
    {
        var root = Draws(order * order, random);
        var matrix = new double[order * order];
        for (var i = 0; i < order; i++)
        {
            for (var j = 0; j < order; j++)
            {
                var sum = i == j ? 1.0 : 0;
                for (var k = 0; k < order; k++)
                {
                    sum += root[i * order + k] * root[j * order + k] / order;
                }

                matrix[i * order + j] = sum;
            }
        }

        return matrix;
    }
}
