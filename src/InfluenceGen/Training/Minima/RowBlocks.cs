using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Models;

namespace InfluenceGen.Training.Minima;

/// <summary>
/// The second derivatives of an objective in each row that an index names, of all its tables together, the other rows fixed: blocks of the
/// diagonal of H, as many columns wide as the tables' rows. No example names two rows by one index, so a product with one direction gives a
/// column of every block of it. What every example reads is one such row. Rows that nothing bends, such as those of users without ratings,
/// are left alone.
/// </summary>
internal sealed class RowBlocks : Preconditioner
{
    private readonly Domain[] _domains;
    private readonly double[][] _factors;

    private RowBlocks(Domain[] domains, double[][] factors) => (_domains, _factors) = (domains, factors);

    /// <summary>The blocks here, of every pass or of one.</summary>
    public static RowBlocks Of<TModel, T>(UnitFreeObjective<TModel, T> objective, int? only = null)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var domains = DomainsOf(objective.Sweeps.Layout);
        var factors = new double[domains.Length][];
        for (var d = 0; d < domains.Length; d++)
        {
            factors[d] = only is { } one && one != d ? [] : BlocksOf(objective, domains[d]);
        }

        return new RowBlocks(domains, factors);
    }

    /// <inheritdoc/>
    public override void Solve(ReadOnlySpan<double> residual, Span<double> result)
    {
        result.Clear();
        for (var d = 0; d < _domains.Length; d++)
        {
            var (domain, columns) = (_domains[d], _domains[d].Columns);
            var vector = new double[columns];
            for (var row = 0; row < (_factors[d].Length > 0 ? domain.Rows : 0); row++)
            {
                for (var k = 0; k < columns; k++)
                {
                    vector[k] = residual[domain.Place(row, k)];
                }

                SolveRow(_factors[d].AsSpan(row * columns * columns, columns * columns), vector);
                for (var k = 0; k < columns; k++)
                {
                    result[domain.Place(row, k)] = vector[k];
                }
            }
        }
    }

    /// <summary>What each pass adds up, as places in a point.</summary>
    private static Domain[] DomainsOf(ParameterLayout layout)
    {
        var (domains, offset) = (new Domain[layout.Passes], 0);
        for (var pass = 0; pass < domains.Length; pass++)
        {
            var columns = new List<(int Offset, int Apart)>();
            foreach (var block in layout.Blocks.AsSpan()[layout.BlocksOf(pass)])
            {
                for (var k = 0; k < (block.IsTable ? block.Columns : block.Count); k++)
                {
                    columns.Add((offset + k, block.Columns));
                }

                offset += block.Count;
            }

            domains[pass] = new Domain(layout.IsOfTables(pass) ? layout.Blocks[layout.BlocksOf(pass).Start.Value].Rows : 1, [.. columns]);
        }

        return domains;
    }

    private static double[] BlocksOf<TModel, T>(UnitFreeObjective<TModel, T> objective, Domain domain)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int Together = 16;
        var (rows, columns) = (domain.Rows, domain.Columns);
        var blocks = new double[checked(rows * columns * columns)];
        var (directions, products) = (new double[checked(Together * objective.Order)], new double[checked(Together * objective.Order)]);
        for (var first = 0; first < columns; first += Together)
        {
            var count = Math.Min(Together, columns - first);
            Array.Clear(directions);
            for (var k = 0; k < count; k++)
            {
                for (var row = 0; row < rows; row++)
                {
                    directions[k * objective.Order + domain.Place(row, first + k)] = 1;
                }
            }

            objective.Multiply(directions.AsSpan(0, count * objective.Order), products.AsSpan(0, count * objective.Order));
            for (var k = 0; k < count; k++)
            {
                for (var row = 0; row < rows; row++)
                {
                    for (var other = 0; other < columns; other++)
                    {
                        blocks[(row * columns + first + k) * columns + other] = products[k * objective.Order + domain.Place(row, other)];
                    }
                }
            }
        }

        for (var row = 0; row < rows; row++)
        {
            Factor(blocks.AsSpan(row * columns * columns, columns * columns), columns);
        }

        return blocks;
    }

    /// <summary>L of a small matrix in place; a pivot that rounding leaves is made infinite, so that nothing moves there.</summary>
    private static void Factor(Span<double> matrix, int order)
    {
        for (var i = 0; i < order; i++)
        {
            var diagonal = matrix[i * order + i];
            for (var j = 0; j <= i; j++)
            {
                var known = TensorPrimitives.Dot<double>(matrix.Slice(i * order, j), matrix.Slice(j * order, j));
                if (j < i)
                {
                    matrix[i * order + j] = (matrix[i * order + j] - known) / matrix[j * order + j];
                }
                else
                {
                    var pivot = diagonal - known;
                    matrix[i * order + i] = pivot > 1e-12 * Math.Abs(diagonal) ? Math.Sqrt(pivot) : double.PositiveInfinity;
                }
            }
        }
    }

    private static void SolveRow(ReadOnlySpan<double> factor, Span<double> vector)
    {
        var order = vector.Length;
        for (var i = 0; i < order; i++)
        {
            vector[i] = (vector[i] - TensorPrimitives.Dot(factor.Slice(i * order, i), vector[..i])) / factor[i * order + i];
        }

        for (var i = order - 1; i >= 0; i--)
        {
            vector[i] /= factor[i * order + i];
            for (var j = 0; j < i; j++)
            {
                vector[j] -= factor[i * order + j] * vector[i];
            }
        }
    }

    /// <summary>Rows of parameters that no example names two of.</summary>
    /// <param name="Rows">How many.</param>
    /// <param name="Places">Where each column of row 0 lies in a point, and how far apart it lies in two rows.</param>
    private readonly record struct Domain(int Rows, (int Offset, int Apart)[] Places)
    {
        public int Columns => Places.Length;

        public int Place(int row, int column) => Places[column].Offset + row * Places[column].Apart;
    }
}
