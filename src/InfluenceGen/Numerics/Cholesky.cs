using System.Globalization;
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

    private Cholesky(AlignedBuffer<double> factor, int order)
    {
        _factor = factor;
        Order = order;
        _scratch = new AlignedBuffer<double>(Block * order);
    }

    /// <summary>Rows of the matrix.</summary>
    public int Order { get; }

    /// <summary>Factors a matrix in place.</summary>
    /// <param name="matrix">A, row by row; afterwards L below and on the diagonal.</param>
    /// <param name="order">Rows and columns, a multiple of 8.</param>
    /// <exception cref="NotPositiveDefiniteException">A pivot is not positive beyond rounding.</exception>
    public static Cholesky Factor(AlignedBuffer<double> matrix, int order)
    {
        var cholesky = new Cholesky(matrix, order);
        cholesky.Factor();
        return cholesky;
    }

    /// <summary>Replaces each row v by A⁻¹ v.</summary>
    public void Solve(Span<double> rows, int count)
    {
        HalfSolve(rows, count);
        for (var end = Order; end > 0;)
        {
            var start = (end - 1) / Block * Block;
            Reduce(rows, count, start, end, end, Order);
            for (var row = 0; row < count; row++)
            {
                var x = rows.Slice(row * Order, Order);
                for (var k = end - 1; k >= start; k--)
                {
                    x[k] /= _factor[k * Order + k];
                    TensorPrimitives.MultiplyAdd(_factor.Span.Slice(k * Order + start, k - start), -x[k], x[start..k], x[start..k]);
                }
            }

            end = start;
        }
    }

    /// <summary>Replaces each row v by L⁻¹ v, whose squared length is vᵀ A⁻¹ v.</summary>
    public void HalfSolve(Span<double> rows, int count)
    {
        for (var start = 0; start < Order; start += Block)
        {
            var end = Math.Min(start + Block, Order);
            Reduce(rows, count, start, end, 0, start);
            for (var row = 0; row < count; row++)
            {
                var x = rows.Slice(row * Order, Order);
                for (var k = start; k < end; k++)
                {
                    var known = TensorPrimitives.Dot<double>(_factor.Span.Slice(k * Order + start, k - start), x[start..k]);
                    x[k] = (x[k] - known) / _factor[k * Order + k];
                }
            }
        }
    }

    /// <summary>rows[:, start..end] −= rows[:, from..to] L: of L's rows from..to going back, of its transpose going forth.</summary>
    private void Reduce(Span<double> rows, int count, int start, int end, int from, int to)
    {
        if (from == to || count == 0)
        {
            return;
        }

        for (var row = 0; row < count; row++)
        {
            var part = rows[(row * Order + start)..(row * Order + end)];
            TensorPrimitives.Negate(part, part);
        }

        ref var result = ref rows[start];
        if (from >= end)
        {
            DenseProducts.AddProduct(ref rows[from], Order, 1, ref _factor[from * Order + start], Order, ref result, Order,
                count, to - from, end - start);
        }
        else
        {
            DenseProducts.AddProductTransposed(ref rows[from], Order, ref _factor[start * Order + from], Order, ref result,
                Order, count, to - from, end - start);
        }

        for (var row = 0; row < count; row++)
        {
            var part = rows[(row * Order + start)..(row * Order + end)];
            TensorPrimitives.Negate(part, part);
        }
    }

    private void Factor()
    {
        var a = _factor.Span;
        var largest = 0.0;
        for (var k = 0; k < Order; k++)
        {
            largest = Math.Max(largest, Math.Abs(a[k * Order + k]));
        }

        // What rounding can leave of a pivot that is 0.
        var least = largest * Order * double.BitIncrement(1) - largest * Order;
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
                    if (!(pivot > least))
                    {
                        throw new NotPositiveDefiniteException(row, pivot);
                    }

                    x[row] = Math.Sqrt(pivot);
                }
            }
        }
    }
}

/// <summary>A matrix that has to be positive definite is not.</summary>
public sealed class NotPositiveDefiniteException : ArithmeticException
{
    internal NotPositiveDefiniteException(int row, double pivot, string? cure = null)
        : base(string.Create(CultureInfo.InvariantCulture,
            $"The matrix is not positive definite: the pivot of row {row} is {pivot:G3}.{cure}"))
    {
        Row = row;
        Pivot = pivot;
    }

    /// <summary>The row at which it was noticed, in storage order.</summary>
    public int Row { get; }

    /// <summary>What was left of that row's diagonal: 0 up to rounding, or negative.</summary>
    public double Pivot { get; }
}
