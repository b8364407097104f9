using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace InfluenceGen.Numerics;

public static partial class DenseProducts
{
    private const int TileSide = 4;

    /// <summary>
    /// Whether a product with the transposed right matrix is faster by a copy of it made with <see cref="Transpose"/> (once
    /// a sweep) and <see cref="AddProduct"/> than by <see cref="AddProductTransposed"/>: dots are added up across their
    /// vectors at the end, which is much work when they are short, broadcasting leaves lanes idle when there are few columns,
    /// and a copy has to be used often. The costs compared are cycles, fitted to what a processor with two multiply-adds a
    /// cycle takes.
    /// </summary>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="rows">Rows of the left matrix, those of all blocks of a sweep together.</param>
    /// <param name="inner">The length of the dots.</param>
    /// <param name="columns">Rows of the right matrix as it is.</param>
    public static bool PrefersTransposed<T>(int rows, int inner, int columns) where T : unmanaged
    {
        var lanes = Vector512.IsHardwareAccelerated ? Vector512<T>.Count
            : Vector256.IsHardwareAccelerated ? Vector256<T>.Count
            : Vector128<T>.Count;
        var dots = columns == 1
            ? Tiles(rows, 8) * (5.0 * Tiles(inner, lanes) + 30)
            : Tiles(rows, TileSide) * Tiles(columns, TileSide) * (9.0 * Tiles(inner, lanes) + 30);
        var broadcasts = rows * (Tiles(columns, lanes) * (0.55 * inner + 4)) + 0.6 * inner * columns + 60;
        return broadcasts < dots;
    }

    private static long Tiles(int count, int size) => (count + size - 1) / size;

    /// <summary>target[j, i] = source[i, j].</summary>
    /// <param name="source">source[0, 0].</param>
    /// <param name="stride">From row to row of the source, in numbers.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="target">target[0, 0]. What pads its rows is set to 0.</param>
    /// <param name="targetStride">From row to row of the target, in numbers, at least <paramref name="rows"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose<T>(ref readonly T source, int stride, int rows, int columns, ref T target, int targetStride)
        where T : unmanaged
    {
        ref var from = ref Unsafe.AsRef(in source);
        for (nint column = 0; column < columns; column += TileSide)
        {
            for (nint row = 0; row < rows; row += TileSide)
            {
                ref var tile = ref Unsafe.Add(ref from, row * stride + column);
                ref var copy = ref Unsafe.Add(ref target, column * targetStride + row);
                if (!Sse2.IsSupported || rows - row < TileSide || columns - column < TileSide)
                {
                    TransposeByNumbers(ref tile, stride, (int)Math.Min(TileSide, rows - row), (int)Math.Min(TileSide, columns - column),
                        ref copy, targetStride);
                }
                else if (Unsafe.SizeOf<T>() == sizeof(double))
                {
                    TransposeTile(ref Unsafe.As<T, double>(ref tile), stride, ref Unsafe.As<T, double>(ref copy), targetStride);
                }
                else
                {
                    TransposeTile(ref Unsafe.As<T, float>(ref tile), stride, ref Unsafe.As<T, float>(ref copy), targetStride);
                }
            }
        }

        Workspace<T>.ClearPads(ref target, targetStride, columns, rows);
    }

    private static void TransposeByNumbers<T>(ref T source, nint stride, int rows, int columns, ref T target, nint targetStride)
    {
        for (nint row = 0; row < rows; row++)
        {
            for (nint column = 0; column < columns; column++)
            {
                Unsafe.Add(ref target, column * targetStride + row) = Unsafe.Add(ref source, row * stride + column);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeTile(ref double source, nint stride, ref double target, nint targetStride)
    {
        if (!Avx.IsSupported)
        {
            TransposePairs(ref source, stride, ref target, targetStride);
            TransposePairs(ref Unsafe.Add(ref source, 2), stride, ref Unsafe.Add(ref target, 2 * targetStride), targetStride);
            TransposePairs(ref Unsafe.Add(ref source, 2 * stride), stride, ref Unsafe.Add(ref target, 2), targetStride);
            TransposePairs(ref Unsafe.Add(ref source, 2 * stride + 2), stride, ref Unsafe.Add(ref target, 2 * targetStride + 2), targetStride);
            return;
        }

        var v0 = Vector256.LoadUnsafe(ref source);
        var v1 = Vector256.LoadUnsafe(ref source, (nuint)stride);
        var v2 = Vector256.LoadUnsafe(ref source, (nuint)(2 * stride));
        var v3 = Vector256.LoadUnsafe(ref source, (nuint)(3 * stride));
        var (even01, odd01) = (Avx.UnpackLow(v0, v1), Avx.UnpackHigh(v0, v1));
        var (even23, odd23) = (Avx.UnpackLow(v2, v3), Avx.UnpackHigh(v2, v3));
        Avx.Permute2x128(even01, even23, 0x20).StoreUnsafe(ref target);
        Avx.Permute2x128(odd01, odd23, 0x20).StoreUnsafe(ref target, (nuint)targetStride);
        Avx.Permute2x128(even01, even23, 0x31).StoreUnsafe(ref target, (nuint)(2 * targetStride));
        Avx.Permute2x128(odd01, odd23, 0x31).StoreUnsafe(ref target, (nuint)(3 * targetStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposePairs(ref double source, nint stride, ref double target, nint targetStride)
    {
        var (v0, v1) = (Vector128.LoadUnsafe(ref source), Vector128.LoadUnsafe(ref source, (nuint)stride));
        Sse2.UnpackLow(v0, v1).StoreUnsafe(ref target);
        Sse2.UnpackHigh(v0, v1).StoreUnsafe(ref target, (nuint)targetStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeTile(ref float source, nint stride, ref float target, nint targetStride)
    {
        var v0 = Vector128.LoadUnsafe(ref source);
        var v1 = Vector128.LoadUnsafe(ref source, (nuint)stride);
        var v2 = Vector128.LoadUnsafe(ref source, (nuint)(2 * stride));
        var v3 = Vector128.LoadUnsafe(ref source, (nuint)(3 * stride));
        var (low01, high01) = (Sse.UnpackLow(v0, v1), Sse.UnpackHigh(v0, v1));
        var (low23, high23) = (Sse.UnpackLow(v2, v3), Sse.UnpackHigh(v2, v3));
        Sse.MoveLowToHigh(low01, low23).StoreUnsafe(ref target);
        Sse.MoveHighToLow(low23, low01).StoreUnsafe(ref target, (nuint)targetStride);
        Sse.MoveLowToHigh(high01, high23).StoreUnsafe(ref target, (nuint)(2 * targetStride));
        Sse.MoveHighToLow(high23, high01).StoreUnsafe(ref target, (nuint)(3 * targetStride));
    }
}
