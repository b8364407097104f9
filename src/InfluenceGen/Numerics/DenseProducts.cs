using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

/// <summary>
/// Products of blocks of rows that are added to what is already there: what generated sweeps of layered models consist
/// of. Rows start on 64-byte lines, so strides are whole lines (8 doubles, 16 floats; <see cref="Workspace{T}.Stride"/>),
/// and what pads a row to the next line is 0. A call runs on the calling thread, adds in an order that depends on the
/// sizes alone, and allocates nothing. T is double or float. Nothing checks that the blocks are as large as is said.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class DenseProducts
{
    /// <summary>
    /// result[i, j] += Σ_k left[i, k] · right[k, j]. The left matrix may lie any way round: a backward pass δ·W steps
    /// along rows (row stride = δ's stride, step 1), a gradient Σ_i δ_i x_i′ down columns (row stride 1, step = δ's stride),
    /// and with <paramref name="rows"/> = 1 it is Σ_k c_k · right[k, ·].
    /// </summary>
    /// <param name="left">left[0, 0]; left[i, k] lies <paramref name="leftRowStride"/>·i + <paramref name="leftStep"/>·k further.</param>
    /// <param name="leftRowStride">From row to row of the left matrix, in numbers: anything.</param>
    /// <param name="leftStep">From number to number within its row: anything.</param>
    /// <param name="right">right[0, 0].</param>
    /// <param name="rightStride">From row to row of the right matrix: whole lines.</param>
    /// <param name="result">result[0, 0].</param>
    /// <param name="resultStride">From row to row of the result: whole lines.</param>
    /// <param name="rows">Rows of the left matrix and of the result.</param>
    /// <param name="inner">Columns of the left matrix, rows of the right one.</param>
    /// <param name="columns">Columns of the right matrix and of the result. The product is taken up to the end of the vector
    /// that the last one lies in: pads of the result that are 0 stay so where the right matrix's are 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddProduct<T>(ref readonly T left, int leftRowStride, int leftStep, ref readonly T right, int rightStride,
        ref T result, int resultStride, int rows, int inner, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var l = ref Unsafe.AsRef(in left);
        ref var r = ref Unsafe.AsRef(in right);
        if (Vector512.IsHardwareAccelerated)
        {
            BroadcastTiles<T, Wide<T>>.AddProduct(ref l, leftRowStride, leftStep, ref r, rightStride, ref result, resultStride,
                rows, inner, columns);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            BroadcastTiles<T, Narrow<T>>.AddProduct(ref l, leftRowStride, leftStep, ref r, rightStride, ref result, resultStride,
                rows, inner, columns);
        }
        else
        {
            BroadcastTiles<T, Slim<T>>.AddProduct(ref l, leftRowStride, leftStep, ref r, rightStride, ref result, resultStride,
                rows, inner, columns);
        }
    }

    /// <summary>
    /// result[i, j] += Σ_k left[i, k] · right[j, k], by dots along the rows of both: forward passes with few outputs, and
    /// Gram matrices. With <paramref name="columns"/> = 1 it is a matrix times a vector.
    /// </summary>
    /// <param name="left">left[0, 0].</param>
    /// <param name="leftStride">From row to row of the left matrix: whole lines.</param>
    /// <param name="right">right[0, 0].</param>
    /// <param name="rightStride">From row to row of the right matrix: whole lines.</param>
    /// <param name="result">result[0, 0].</param>
    /// <param name="resultStride">From row to row of the result: anything. Its pads are not touched.</param>
    /// <param name="rows">Rows of the left matrix and of the result.</param>
    /// <param name="inner">Columns of both matrices. Dots are taken up to the end of the vector that the last one lies in, so
    /// pads of both must be 0.</param>
    /// <param name="columns">Rows of the right matrix, columns of the result.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddProductTransposed<T>(ref readonly T left, int leftStride, ref readonly T right, int rightStride,
        ref T result, int resultStride, int rows, int inner, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var l = ref Unsafe.AsRef(in left);
        ref var r = ref Unsafe.AsRef(in right);
        if (Vector512.IsHardwareAccelerated)
        {
            DotTiles<T, Wide<T>>.AddProduct(ref l, leftStride, ref r, rightStride, ref result, resultStride, rows, inner, columns);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            DotTiles<T, Narrow<T>>.AddProduct(ref l, leftStride, ref r, rightStride, ref result, resultStride, rows, inner, columns);
        }
        else
        {
            DotTiles<T, Slim<T>>.AddProduct(ref l, leftStride, ref r, rightStride, ref result, resultStride, rows, inner, columns);
        }
    }
}
