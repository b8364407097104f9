using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Models;

namespace InfluenceGen.Training.Minima;

/// <summary>
/// The second derivatives of an objective in each row of the embedding tables, the other rows fixed: blocks of the diagonal of H, as many
/// columns wide as a row. No example names two rows of one table, so a product with one direction gives a column of every block of it.
/// Rows that nothing bends, such as those of users without ratings, are left alone.
/// </summary>
internal sealed class RowBlocks : Preconditioner
{
    private readonly (int Offset, int Rows, int Columns)[] _tables;
    private readonly double[][] _factors;

    private RowBlocks((int Offset, int Rows, int Columns)[] tables, double[][] factors) => (_tables, _factors) = (tables, factors);

    /// <summary>The tables of a point: where each starts, its rows and its columns.</summary>
    public static (int Offset, int Rows, int Columns)[] TablesOf(ParameterLayout layout)
    {
        var (tables, offset) = (new List<(int, int, int)>(), 0);
        foreach (var block in layout.Blocks)
        {
            tables.Add((offset, block.Rows, block.Columns));
            offset += block.Count;
        }

        return [.. tables];
    }

    /// <summary>The blocks here, of every table or of one.</summary>
    public static RowBlocks Of<TModel, T>(UnitFreeObjective<TModel, T> objective, int? only = null)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var tables = TablesOf(objective.Sweeps.Layout);
        var factors = new double[tables.Length][];
        for (var t = 0; t < tables.Length; t++)
        {
            factors[t] = only is { } one && one != t ? [] : BlocksOf(objective, tables[t]);
        }

        return new RowBlocks(tables, factors);
    }

    /// <inheritdoc/>
    public override void Solve(ReadOnlySpan<double> residual, Span<double> result)
    {
        result.Clear();
        for (var t = 0; t < _tables.Length; t++)
        {
            var (offset, rows, columns) = _tables[t];
            for (var row = 0; row < (_factors[t].Length > 0 ? rows : 0); row++)
            {
                var solved = result.Slice(offset + row * columns, columns);
                residual.Slice(offset + row * columns, columns).CopyTo(solved);
                SolveRow(_factors[t].AsSpan(row * columns * columns, columns * columns), solved);
            }
        }
    }

    private static double[] BlocksOf<TModel, T>(UnitFreeObjective<TModel, T> objective, (int Offset, int Rows, int Columns) table)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int Together = 16;
        var (offset, rows, columns) = table;
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
                    directions[k * objective.Order + offset + row * columns + first + k] = 1;
                }
            }

            objective.Multiply(directions.AsSpan(0, count * objective.Order), products.AsSpan(0, count * objective.Order));
            for (var k = 0; k < count; k++)
            {
                for (var row = 0; row < rows; row++)
                {
                    products.AsSpan(k * objective.Order + offset + row * columns, columns)
                        .CopyTo(blocks.AsSpan((row * columns + first + k) * columns));
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
}
