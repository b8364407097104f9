using System.Numerics.Tensors;

namespace InfluenceGen.Numerics;

/// <summary>
/// The factorisation A = L Lᵀ of a symmetric positive definite matrix, and products with A⁻¹. Rows are of whole 64-byte
/// lines, so their number is a multiple of 8; a parameter layout's pads carry a 1 on the diagonal and stay out of the way.
/// </summary>
/// <remarks>Blocks of 64 columns, so that all but n²·64/2 of the n³/3 multiply-adds are matrix products.</remarks>
internal sealed class Cholesky
{
    private const int Block = 64;

    private readonly AlignedBuffer<double> _factor;
    private readonly AlignedBuffer<double> _scratch;
    private readonly AlignedBuffer<double> _inverseBlocks;

    private Cholesky(AlignedBuffer<double> factor, int order)
    {
        _factor = factor;
        Order = order;
        _scratch = new AlignedBuffer<double>(Block, order);
        _inverseBlocks = new AlignedBuffer<double>(Block, order);
    }

    /// <summary>Rows of the matrix.</summary>
    public int Order { get; }

    /// <summary>Factors a matrix in place.</summary>
    /// <param name="matrix">A, row by row; afterwards L below and on the diagonal.</param>
    /// <param name="order">Rows and columns, a multiple of 8.</param>
    /// <param name="least">What has to be left of every diagonal element when its turn comes, relative to the element: a solve loses about
    /// as many digits as that has zeros. It has no unit.</param>
    /// <returns>Null where less is left: <see cref="SemidefiniteFactor"/> then tells what the matrix is.</returns>
    public static Cholesky? Factor(AlignedBuffer<double> matrix, int order, double least = 1e-6)
    {
        var cholesky = new Cholesky(matrix, order);
        return cholesky.Factor(least) ? cholesky : null;
    }

    /// <summary>Products with the inverse of L Lᵀ from an L that is known.</summary>
    /// <param name="lower">L; what lies above its diagonal counts for nothing.</param>
    /// <param name="order">Rows and columns, a multiple of 8.</param>
    public static Cholesky Of(AlignedBuffer<double> lower, int order)
    {
        var cholesky = new Cholesky(lower, order);
        for (var start = 0; start < order; start += Block)
        {
            cholesky.InvertBlock(start, Math.Min(start + Block, order));
        }

        return cholesky;
    }

    /// <summary>Replaces each row v by A⁻¹ v.</summary>
    public void Solve(Span<double> rows, int count)
    {
        HalfSolve(rows, count);
        HalfSolveTransposed(rows, count);
    }

    /// <summary>Replaces each row v by L⁻ᵀ v.</summary>
    public void HalfSolveTransposed(Span<double> rows, int count)
    {
        for (var end = Order; end > 0;)
        {
            var start = (end - 1) / Block * Block;
            if (end < Order)
            {
                Negate(rows, count, start, end);
                DenseProducts.AddProduct(ref rows[end], Order, 1, ref _factor[end * Order + start], Order, ref rows[start], Order,
                    count, Order - end, end - start);
                Negate(rows, count, start, end);
            }

            MultiplyByInverse(rows, count, start, end, transposed: false);
            end = start;
        }
    }

    /// <summary>Replaces each row v by L⁻¹ v, whose squared length is vᵀ A⁻¹ v.</summary>
    public void HalfSolve(Span<double> rows, int count)
    {
        for (var start = 0; start < Order; start += Block)
        {
            var end = Math.Min(start + Block, Order);
            if (start > 0)
            {
                Negate(rows, count, start, end);
                DenseProducts.AddProductTransposed(ref rows[0], Order, ref _factor[start * Order], Order, ref rows[start], Order,
                    count, start, end - start);
                Negate(rows, count, start, end);
            }

            MultiplyByInverse(rows, count, start, end, transposed: true);
        }
    }

    private void Negate(Span<double> rows, int count, int start, int end)
    {
        for (var row = 0; row < count; row++)
        {
            var part = rows[(row * Order + start)..(row * Order + end)];
            TensorPrimitives.Negate(part, part);
        }
    }

    /// <summary>Multiplies columns of all rows by the inverse of L's diagonal block of the same columns, or by its transpose.</summary>
    private void MultiplyByInverse(Span<double> rows, int count, int start, int end, bool transposed)
    {
        var columns = end - start;

        // Of the thread: several may solve at once.
        var tile = Workspace<double>.OfThread(Block * Block);
        for (var first = 0; first < count; first += Block)
        {
            var height = Math.Min(Block, count - first);
            for (var row = 0; row < height; row++)
            {
                var part = rows.Slice((first + row) * Order + start, columns);
                part.CopyTo(tile[(row * Block)..]);
                part.Clear();
            }

            ref var result = ref rows[first * Order + start];
            if (transposed)
            {
                DenseProducts.AddProductTransposed(ref tile[0], Block, ref _inverseBlocks[start * Block], Block, ref result, Order,
                    height, columns, columns);
            }
            else
            {
                DenseProducts.AddProduct(ref tile[0], Block, 1, ref _inverseBlocks[start * Block], Block, ref result, Order,
                    height, columns, columns);
            }
        }
    }

    /// <summary>Writes the inverse of L's diagonal block that starts at a column.</summary>
    private void InvertBlock(int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            var row = _inverseBlocks.Span.Slice(i * Block, Block);
            for (var k = start; k < i; k++)
            {
                TensorPrimitives.MultiplyAdd(_inverseBlocks.Span.Slice(k * Block, k - start + 1), -_factor[i * Order + k],
                    row[..(k - start + 1)], row[..(k - start + 1)]);
            }

            row[i - start] = 1;
            TensorPrimitives.Divide(row[..(i - start + 1)], _factor[i * Order + i], row[..(i - start + 1)]);
        }
    }

    private bool Factor(double least)
    {
        var a = _factor.Span;
        var diagonal = new double[Order];
        for (var k = 0; k < Order; k++)
        {
            diagonal[k] = a[k * Order + k];
        }

        for (var start = 0; start < Order; start += Block)
        {
            var end = Math.Min(start + Block, Order);
            for (var k = start; k < end && start > 0; k++)
            {
                TensorPrimitives.Negate<double>(a.Slice(k * Order, start), _scratch.Span.Slice((k - start) * Order, start));
            }

            if (start > 0)
            {
                DenseProducts.AddProductTransposed(ref a[start * Order], Order, ref _scratch.Span[0], Order,
                    ref a[start * Order + start], Order, Order - start, start, end - start);
            }

            for (var row = start; row < Order; row++)
            {
                var x = a.Slice(row * Order, Order);
                for (var k = start; k < Math.Min(row, end); k++)
                {
                    var known = TensorPrimitives.Dot<double>(x[start..k], a.Slice(k * Order + start, k - start));
                    x[k] = (x[k] - known) / a[k * Order + k];
                }

                if (row < end)
                {
                    var pivot = x[row] - TensorPrimitives.SumOfSquares<double>(x[start..row]);
                    if (!(pivot > least * Math.Abs(diagonal[row])))
                    {
                        return false;
                    }

                    x[row] = Math.Sqrt(pivot);
                }
            }

            InvertBlock(start, end);
        }

        return true;
    }
}
