using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>
/// Products by dots: vectors run along the rows of both matrices, each pair of rows has a vector of partial sums, and four
/// of those are added up together at the end. A tile with fewer rows or columns than it is made for computes the first in
/// their place and leaves them out.
/// </summary>
internal static class DotTiles<T, TVector>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : struct, ILanes<TVector, T>
{
    // Of each row at once: four right rows of it stay in the first cache while left rows go by.
    private const int PieceBytes = 4096;

    /// <summary>result[i, j] += Σ_k left[i, k] · right[j, k], as <see cref="DenseProducts.AddProductTransposed"/> says.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddProduct(ref T left, nint leftStride, ref T right, nint rightStride, ref T result, nint resultStride,
        int rows, int inner, int columns)
    {
        var piece = PieceBytes / Unsafe.SizeOf<T>();
        for (var k = 0; k < inner; k += piece)
        {
            AddPiece(ref Unsafe.Add(ref left, k), leftStride, ref Unsafe.Add(ref right, k), rightStride, ref result, resultStride, rows,
                Math.Min(piece, inner - k), columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddPiece(ref T left, nint leftStride, ref T right, nint rightStride, ref T result, nint resultStride,
        int rows, int inner, int columns)
    {
        for (var column = 0; column < columns; column += 4)
        {
            ref var other = ref Unsafe.Add(ref right, column * rightStride);
            ref var target = ref Unsafe.Add(ref result, column);
            if (column == columns - 1)
            {
                for (var row = 0; row < rows; row += 8)
                {
                    Dots8x1(ref Unsafe.Add(ref left, row * leftStride), leftStride, ref other,
                        ref Unsafe.Add(ref target, row * resultStride), resultStride, Math.Min(8, rows - row), inner);
                }

                return;
            }

            for (var row = 0; row < rows; row += 4)
            {
                Dots4x4(ref Unsafe.Add(ref left, row * leftStride), leftStride, ref other, rightStride,
                    ref Unsafe.Add(ref target, row * resultStride), resultStride, Math.Min(4, rows - row),
                    Math.Min(4, columns - column), inner);
            }
        }
    }

    /// <summary>Four left rows with four right rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dots4x4(ref T left, nint leftStride, ref T right, nint rightStride, ref T result, nint resultStride,
        int rows, int columns, int inner)
    {
        var row1 = rows > 1 ? leftStride : 0;
        var row2 = rows > 2 ? 2 * leftStride : 0;
        var row3 = rows > 3 ? 3 * leftStride : 0;
        var column1 = columns > 1 ? rightStride : 0;
        var column2 = columns > 2 ? 2 * rightStride : 0;
        var column3 = columns > 3 ? 3 * rightStride : 0;
        TVector sum00 = default, sum01 = default, sum02 = default, sum03 = default;
        TVector sum10 = default, sum11 = default, sum12 = default, sum13 = default;
        TVector sum20 = default, sum21 = default, sum22 = default, sum23 = default;
        TVector sum30 = default, sum31 = default, sum32 = default, sum33 = default;
        for (nint k = 0; k < inner; k += TVector.Count)
        {
            var right0 = TVector.Load(ref right, k);
            var right1 = TVector.Load(ref right, column1 + k);
            var right2 = TVector.Load(ref right, column2 + k);
            var right3 = TVector.Load(ref right, column3 + k);
            var factor = TVector.Load(ref left, k);
            sum00 = TVector.MultiplyAdd(factor, right0, sum00);
            sum01 = TVector.MultiplyAdd(factor, right1, sum01);
            sum02 = TVector.MultiplyAdd(factor, right2, sum02);
            sum03 = TVector.MultiplyAdd(factor, right3, sum03);
            factor = TVector.Load(ref left, row1 + k);
            sum10 = TVector.MultiplyAdd(factor, right0, sum10);
            sum11 = TVector.MultiplyAdd(factor, right1, sum11);
            sum12 = TVector.MultiplyAdd(factor, right2, sum12);
            sum13 = TVector.MultiplyAdd(factor, right3, sum13);
            factor = TVector.Load(ref left, row2 + k);
            sum20 = TVector.MultiplyAdd(factor, right0, sum20);
            sum21 = TVector.MultiplyAdd(factor, right1, sum21);
            sum22 = TVector.MultiplyAdd(factor, right2, sum22);
            sum23 = TVector.MultiplyAdd(factor, right3, sum23);
            factor = TVector.Load(ref left, row3 + k);
            sum30 = TVector.MultiplyAdd(factor, right0, sum30);
            sum31 = TVector.MultiplyAdd(factor, right1, sum31);
            sum32 = TVector.MultiplyAdd(factor, right2, sum32);
            sum33 = TVector.MultiplyAdd(factor, right3, sum33);
        }

        TVector.AddSums(sum00, sum01, sum02, sum03, ref result, 1, columns);
        if (rows > 1)
        {
            TVector.AddSums(sum10, sum11, sum12, sum13, ref Unsafe.Add(ref result, resultStride), 1, columns);
        }

        if (rows > 2)
        {
            TVector.AddSums(sum20, sum21, sum22, sum23, ref Unsafe.Add(ref result, 2 * resultStride), 1, columns);
        }

        if (rows > 3)
        {
            TVector.AddSums(sum30, sum31, sum32, sum33, ref Unsafe.Add(ref result, 3 * resultStride), 1, columns);
        }
    }

    /// <summary>Eight left rows with one right row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Dots8x1(ref T left, nint leftStride, ref T right, ref T result, nint resultStride, int rows,
        int inner)
    {
        var row1 = rows > 1 ? leftStride : 0;
        var row2 = rows > 2 ? 2 * leftStride : 0;
        var row3 = rows > 3 ? 3 * leftStride : 0;
        var row4 = rows > 4 ? 4 * leftStride : 0;
        var row5 = rows > 5 ? 5 * leftStride : 0;
        var row6 = rows > 6 ? 6 * leftStride : 0;
        var row7 = rows > 7 ? 7 * leftStride : 0;
        TVector sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        TVector sum4 = default, sum5 = default, sum6 = default, sum7 = default;
        for (nint k = 0; k < inner; k += TVector.Count)
        {
            var factor = TVector.Load(ref right, k);
            sum0 = TVector.MultiplyAdd(TVector.Load(ref left, k), factor, sum0);
            sum1 = TVector.MultiplyAdd(TVector.Load(ref left, row1 + k), factor, sum1);
            sum2 = TVector.MultiplyAdd(TVector.Load(ref left, row2 + k), factor, sum2);
            sum3 = TVector.MultiplyAdd(TVector.Load(ref left, row3 + k), factor, sum3);
            sum4 = TVector.MultiplyAdd(TVector.Load(ref left, row4 + k), factor, sum4);
            sum5 = TVector.MultiplyAdd(TVector.Load(ref left, row5 + k), factor, sum5);
            sum6 = TVector.MultiplyAdd(TVector.Load(ref left, row6 + k), factor, sum6);
            sum7 = TVector.MultiplyAdd(TVector.Load(ref left, row7 + k), factor, sum7);
        }

        TVector.AddSums(sum0, sum1, sum2, sum3, ref result, resultStride, Math.Min(4, rows));
        if (rows > 4)
        {
            TVector.AddSums(sum4, sum5, sum6, sum7, ref Unsafe.Add(ref result, 4 * resultStride), resultStride, rows - 4);
        }
    }
}
