using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace InfluenceGen.Numerics;

public static partial class Panel
{
    /// <summary>target += Σ_e left_e right_eᵀ.</summary>
    /// <param name="target">A matrix of any memory: rows, one for each number of the left operand's, as long as the right operand's.</param>
    /// <param name="left">Rows or numbers, or one of them for all.</param>
    /// <param name="right">The same.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentException">An operand is gathered, or the matrix has rows of another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples, or the matrix not so many rows.</exception>
    public static void AddOuter<T>(in Panel<T> target, in Panel<T> left, in Panel<T> right, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireDirect(in target, nameof(target));
        RequireDirect(in left, nameof(left));
        RequireDirect(in right, nameof(right));
        RequireColumns(in right, target.Columns, nameof(right));
        target.Require(left.Columns);
        left.Require(count);
        right.Require(count);
        if (right.IsNumber || target.IsNumber)
        {
            for (nint e = 0; e < count; e++)
            {
                for (nint j = 0; j < left.Columns; j++)
                {
                    target.Row(j) += Unsafe.Add(ref left.Row(e), j) * right.Row(e);
                }
            }
        }
        else
        {
            DenseProducts.AddProduct(ref left.Start, 1, left.RowStep, ref right.Start, right.RowStep, ref target.Start, target.RowStep,
                left.Columns, count, right.Columns);
        }
    }

    /// <summary>target_e = left_e right_eᵀ, row by row with the right operand's pads, as one long row.</summary>
    /// <param name="target">Rows of scratch memory.</param>
    /// <param name="left">Rows, or one for all.</param>
    /// <param name="right">The same.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentException">An operand is gathered, or the target has rows of another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples.</exception>
    public static void OuterRows<T>(in Panel<T> target, in Panel<T> left, in Panel<T> right, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireDirect(in target, nameof(target));
        RequireDirect(in left, nameof(left));
        RequireRow(in right, right.Columns, count, nameof(right));
        RequireColumns(in target, left.Columns * right.Stride, nameof(target));
        target.Require(count);
        left.Require(count);
        for (nint e = 0; e < count; e++)
        {
            var numbers = new Panel<T>(ref left.Row(e), 1, 0, 1, 1, left.Columns, false);
            var row = new Panel<T>(ref right.Row(e), 0, 1, right.Columns, right.Stride, right.Stride, false);
            Multiply(Matrix(in target, e, in row, left.Columns), in numbers, in row, left.Columns);
        }
    }

    /// <summary>target_e = M ∘ left_e right_eᵀ, row by row, as one long row.</summary>
    /// <param name="target">Rows of scratch memory.</param>
    /// <param name="matrix">M: as many rows as the left operand's are long, as long as the right operand's.</param>
    /// <param name="left">Rows, or one for all.</param>
    /// <param name="right">The same.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentException">An operand is gathered, or the target or the matrix has rows of another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples, or the matrix not so many rows.</exception>
    public static void OuterRows<T>(in Panel<T> target, in Panel<T> matrix, in Panel<T> left, in Panel<T> right, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        OuterRows(in target, in left, in right, count);
        for (nint e = 0; e < count; e++)
        {
            var rows = Matrix(in target, e, in right, left.Columns);
            Multiply(in rows, in rows, in matrix, left.Columns);
        }
    }

    /// <summary>An example's long row as the matrix that it is.</summary>
    private static Panel<T> Matrix<T>(in Panel<T> target, nint example, in Panel<T> like, int rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(ref target.Row(example), like.Stride, 1, like.Columns, like.Stride, rows * like.Stride, true);

    /// <summary>target_e += M row_e.</summary>
    /// <param name="target">Rows as long as the matrix is high, or numbers where it is one row.</param>
    /// <param name="matrix">M.</param>
    /// <param name="rows">Rows as long as the matrix is wide; numbers where it is one column.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentException">An operand is gathered or does not fit the matrix.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples.</exception>
    public static void AddProduct<T>(in Panel<T> target, in PanelMatrix<T> matrix, in Panel<T> rows, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireFit(in target, matrix.Rows, in rows, matrix.Columns, count);
        if (rows.IsNumber)
        {
            for (nint e = 0; e < count; e++)
            {
                for (nint j = 0; j < matrix.Rows; j++)
                {
                    Unsafe.Add(ref target.Row(e), j) += Unsafe.Add(ref matrix.Start, j * matrix.Stride) * rows.Row(e);
                }
            }
        }
        else if (Unsafe.IsNullRef(ref matrix.Copy) || target.IsNumber)
        {
            DenseProducts.AddProductTransposed(ref rows.Start, rows.RowStep, ref matrix.Start, matrix.Stride, ref target.Start,
                target.RowStep, count, matrix.Columns, matrix.Rows);
        }
        else
        {
            DenseProducts.AddProduct(ref rows.Start, rows.RowStep, 1, ref matrix.Copy, matrix.CopyStride, ref target.Start,
                target.RowStep, count, matrix.Columns, matrix.Rows);
        }
    }

    /// <summary>target_e += Mᵀ row_e.</summary>
    /// <param name="target">Rows as long as the matrix is wide, or numbers where it is one column.</param>
    /// <param name="matrix">M.</param>
    /// <param name="rows">Rows as long as the matrix is high; numbers where it is one row.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentException">An operand is gathered or does not fit the matrix.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples.</exception>
    public static void AddTransposedProduct<T>(in Panel<T> target, in PanelMatrix<T> matrix, in Panel<T> rows, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireFit(in target, matrix.Columns, in rows, matrix.Rows, count);
        if (target.IsNumber)
        {
            for (nint e = 0; e < count; e++)
            {
                for (nint j = 0; j < matrix.Rows; j++)
                {
                    target.Row(e) += Unsafe.Add(ref matrix.Start, j * matrix.Stride) * Unsafe.Add(ref rows.Row(e), j);
                }
            }
        }
        else
        {
            DenseProducts.AddProduct(ref rows.Start, rows.RowStep, 1, ref matrix.Start, matrix.Stride, ref target.Start, target.RowStep,
                count, matrix.Rows, matrix.Columns);
        }
    }

    /// <summary>target[a][b] = left_a · right_b, for all pairs of a tile of examples with another.</summary>
    /// <param name="target">Rows for the left tile's examples, of as many numbers as the right tile has examples.</param>
    /// <param name="left">Rows or numbers, or one of them for all.</param>
    /// <param name="right">The same, of as many numbers.</param>
    /// <param name="rows">Examples of the left tile.</param>
    /// <param name="columns">Examples of the right tile.</param>
    /// <exception cref="ArgumentException">An operand is gathered or of another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples.</exception>
    public static void PairDots<T>(in Panel<T> target, in Panel<T> left, in Panel<T> right, int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireDirect(in left, nameof(left));
        RequireDirect(in right, nameof(right));
        RequireColumns(in right, left.Columns, nameof(right));
        RequireColumns(in target, columns, nameof(target));
        left.Require(rows);
        right.Require(columns);
        Clear(in target, rows);
        if (left.IsNumber || right.IsNumber)
        {
            for (nint a = 0; a < rows; a++)
            {
                for (nint b = 0; b < columns; b++)
                {
                    Unsafe.Add(ref target.Row(a), b) = left.Row(a) * right.Row(b);
                }
            }
        }
        else if (target.IsNumber || !DenseProducts.PrefersTransposed<T>(rows, left.Columns, columns))
        {
            DenseProducts.AddProductTransposed(ref left.Start, left.RowStep, ref right.Start, right.RowStep, ref target.Start,
                target.RowStep, rows, left.Columns, columns);
        }
        else
        {
            var stride = Workspace<T>.Stride(columns);
            ref var copy = ref MemoryMarshal.GetReference(Workspace<T>.OfProducts((long)left.Columns * stride));
            DenseProducts.Transpose(ref right.Start, right.RowStep, columns, left.Columns, ref copy, stride);
            DenseProducts.AddProduct(ref left.Start, left.RowStep, 1, ref copy, stride, ref target.Start, target.RowStep, rows, left.Columns,
                columns);
        }
    }

    private static void RequireFit<T>(in Panel<T> target, int targetColumns, in Panel<T> rows, int columns, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireDirect(in target, nameof(target));
        RequireDirect(in rows, nameof(rows));
        RequireColumns(in target, targetColumns, nameof(target));
        RequireColumns(in rows, columns, nameof(rows));
        target.Require(count);
        rows.Require(count);
    }
}
