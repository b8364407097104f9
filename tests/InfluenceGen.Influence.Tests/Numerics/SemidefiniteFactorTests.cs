using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Influence.Tests.Numerics;

/// <summary>Rank, null directions and generalised inverses, against matrices that are made of known factors.</summary>
public class SemidefiniteFactorTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(5, 3)]
    [InlineData(40, 40)]
    [InlineData(100, 70)]
    [InlineData(150, 149)]
    [InlineData(150, 1)]
    public void The_rank_is_that_of_the_factor_it_was_made_of_whatever_the_units(int order, int rank)
    {
        var random = new RandomSource(order + rank);
        var root = Draws(order * rank, random);
        foreach (var spread in new[] { 0.0, 12 })
        {
            // A row for a quantity in any unit from 1e-12 to 1e12.
            double[] units = [.. Enumerable.Range(0, order).Select(i => Math.Pow(10, spread * Math.Sin(i)))];
            var matrix = Square(order, (i, k) => units[i] * units[k] * Enumerable.Range(0, rank).Sum(r => root[i * rank + r] * root[k * rank + r]));
            var factor = Factor(matrix, order);
            Assert.Equal(rank, factor.Rank);
            Assert.Equal(rank == order, factor.IsDefinite);
            Assert.Null(factor.NegativeDirection);
            Assert.Equal(order - rank, factor.NullSpace.Length);
            foreach (var direction in factor.NullSpace)
            {
                // Σ_i z_i u_i root_i is 0 beside its terms.
                for (var r = 0; r < rank; r++)
                {
                    var terms = Enumerable.Range(0, order).Select(i => direction[i] * units[i] * root[i * rank + r]).ToArray();
                    Assert.Equal(0, terms.Sum(), 1e-9 * terms.Sum(Math.Abs));
                }
            }
        }
    }

    [Theory]
    [InlineData(30, 30, 4)]
    [InlineData(90, 75, 3)]
    [InlineData(90, 20, 0)]
    public void A_solution_of_what_is_in_the_range_solves(int order, int rank, int first)
    {
        var random = new RandomSource(7);
        var root = Draws(order * rank, random);
        var matrix = Square(order, (i, k) => Enumerable.Range(0, rank).Sum(r => root[i * rank + r] * root[k * rank + r]));
        var factor = Factor(matrix, order, first);
        Assert.Equal(rank, factor.Rank);
        const int Count = 5;
        var draws = Draws(Count * order, random);
        double[] rights = [.. Enumerable.Range(0, Count).SelectMany(v => Times(matrix, draws.AsSpan(v * order, order).ToArray()))];
        var solved = (double[])rights.Clone();
        factor.Solve(solved, Count);
        for (var v = 0; v < Count; v++)
        {
            var back = Times(matrix, solved.AsSpan(v * order, order).ToArray());
            var size = rights.Max(Math.Abs);
            for (var i = 0; i < order; i++)
            {
                Assert.Equal(rights[v * order + i], back[i], 1e-9 * size);
            }
        }
    }

    [Fact]
    public void What_the_first_rows_leave_is_what_ranks_are_decided_by()
    {
        // Columns of 1s and of 1e4 + a_i, 1e4 + a_i + 0.1 c_i: beside the bias of each diagonal 1e-8 is left.
        const int Examples = 50;
        var random = new RandomSource(3);
        double[][] x = [.. Enumerable.Range(0, Examples).Select(_ => random.NextGaussian()).Select(a => new[] { 1, 1e4 + a, 1e4 + a + 0.1 * random.NextGaussian(), 2e4 + 2 * a })];
        var matrix = Square(4, (i, k) => x.Sum(row => row[i] * row[k]));
        Assert.Equal(3, Factor(matrix, 4, 1).Rank);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(80, 10)]
    public void Negative_curvature_is_told_from_rounding_and_from_none(int order, int first)
    {
        var random = new RandomSource(11);
        var root = Draws(order * order, random);
        var direction = Draws(order, random);
        var length = Math.Sqrt(direction.Sum(d => d * d));
        direction = [.. direction.Select(d => d / length)];
        foreach (var negative in new[] { 0, 1e-9, 0.5, 1e3 })
        {
            // (I − ddᵀ) RRᵀ (I − ddᵀ) − negative ddᵀ.
            double[][] rows = [.. Enumerable.Range(0, order).Select(r => root.AsSpan(r * order, order).ToArray()).Select(row =>
            {
                var dot = row.Zip(direction, (a, b) => a * b).Sum();
                return row.Zip(direction, (a, b) => a - dot * b).ToArray();
            })];
            var matrix = Square(order, (i, k) => rows.Sum(row => row[i] * row[k]) - negative * direction[i] * direction[k]);
            var factor = Factor(matrix, order, first);
            if (negative == 0)
            {
                Assert.Null(factor.NegativeDirection);
                Assert.Equal(order - 1, factor.Rank);
                continue;
            }

            var found = factor.NegativeDirection!;
            var curvature = Times(matrix, found).Zip(found, (a, b) => a * b).Sum();
            var scaled = found.Select((z, i) => z * z * Math.Abs(matrix[i * order + i])).Sum();
            Assert.True(curvature < 0);
            Assert.True(factor.NegativeCurvature < 0);
            if (first == 0)
            {
                Assert.Equal(factor.NegativeCurvature, curvature / scaled, 1e-3 * Math.Abs(factor.NegativeCurvature) + 1e-13);
            }
        }

        // Beside a diagonal of 0 stands something: a saddle.
        var saddle = Factor([0, 1, 1, 0], 2);
        Assert.Equal(-1, saddle.NegativeCurvature, 1e-12);
        Assert.Equal(0, saddle.NegativeDirection!.Sum(), 1e-12);
    }

    private static SemidefiniteFactor Factor(double[] matrix, int order, int first = 0) => new(matrix, order, order, first, new double[order]);

    private static double[] Square(int order, Func<int, int, double> element)
    {
        var matrix = new double[order * order];
        for (var i = 0; i < order; i++)
        {
            for (var k = 0; k <= i; k++)
            {
                matrix[i * order + k] = matrix[k * order + i] = element(i, k);
            }
        }

        return matrix;
    }

    private static double[] Times(double[] matrix, double[] vector) =>
        [.. Enumerable.Range(0, vector.Length).Select(i => Enumerable.Range(0, vector.Length).Sum(k => matrix[i * vector.Length + k] * vector[k]))];

    private static double[] Draws(int count, RandomSource random) => [.. Enumerable.Range(0, count).Select(_ => random.NextGaussian())];
}
