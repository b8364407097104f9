using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;

namespace InfluenceGen.Numerics;

/// <summary>
/// Products by broadcasting: a tile of the result stays in registers while, for each k, a few vectors of the right
/// matrix's row k are multiplied by one number of each left row. A tile with fewer rows than it is made for computes its
/// first row in their place and leaves them out. All is compiled with optimisation at once: loops over so many sums that wait for
/// their second compilation are many times slower.
/// </summary>
internal static partial class BroadcastTiles<T, TVector>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : struct, ILanes<TVector, T>
{
    /// <summary>Sixteen registers hold 6 × 2 sums, two vectors and a factor; 32 of them, as AVX-512 and Arm64 have, 8 × 3 or 6 × 4.</summary>
    private static bool HasManyRegisters
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TVector.Count * Unsafe.SizeOf<T>() == 64 || AdvSimd.IsSupported;
    }

    /// <summary>result[i, j] += Σ_k left[i, k] · right[k, j], as <see cref="DenseProducts.AddProduct"/> says.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddProduct(ref T left, nint leftRowStride, nint leftStep, ref T right, nint rightStride, ref T result,
        nint resultStride, int rows, int inner, int columns)
    {
        // Whichever height leaves the fewer rows of a last tile idle; of two that leave as many, the lower and wider tile.
        var height = HasManyRegisters && Tiles(rows, 8) * 8 < Tiles(rows, 6) * 6 ? 8 : 6;
        var column = 0;
        for (var vectors = Tiles(columns, TVector.Count); vectors > 0;)
        {
            ref var panel = ref Unsafe.Add(ref right, column);
            ref var target = ref Unsafe.Add(ref result, column);
            var width = rows == 1 ? Math.Min(vectors, 8) : Width(height, vectors);
            if (rows == 1)
            {
                Tile1x8(width, ref left, leftStep, ref panel, rightStride, ref target, inner);
            }
            else
            {
                AddPanel(width == 1 ? 8 : height, width, ref left, leftRowStride, leftStep, ref panel, rightStride, ref target,
                    resultStride, rows, inner);
            }

            vectors -= width;
            column += width * TVector.Count;
        }
    }

    /// <summary>Adds as many vectors of columns as a tile is wide to all rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddPanel(int height, int width, ref T left, nint leftRowStride, nint leftStep, ref T right, nint rightStride,
        ref T result, nint resultStride, int rows, int inner)
    {
        for (var row = 0; row < rows; row += height)
        {
            ref var first = ref Unsafe.Add(ref left, row * leftRowStride);
            ref var sums = ref Unsafe.Add(ref result, row * resultStride);
            var count = Math.Min(height, rows - row);
            switch ((height, width))
            {
                case (8, 3):
                    Tile8x3(ref first, leftRowStride, leftStep, ref right, rightStride, ref sums, resultStride, count, inner);
                    break;
                case (8, 2):
                    Tile8x2(ref first, leftRowStride, leftStep, ref right, rightStride, ref sums, resultStride, count, inner);
                    break;
                case (6, 4):
                    Tile6x4(ref first, leftRowStride, leftStep, ref right, rightStride, ref sums, resultStride, count, inner);
                    break;
                case (6, 2):
                    Tile6x2(ref first, leftRowStride, leftStep, ref right, rightStride, ref sums, resultStride, count, inner);
                    break;
                default:
                    Tile8x1(ref first, leftRowStride, leftStep, ref right, rightStride, ref sums, resultStride, count, inner);
                    break;
            }
        }
    }

    /// <summary>How many of the vectors left a tile of that height takes: what remains must not be a single one, if possible.</summary>
    private static int Width(int height, int vectors) => (height, HasManyRegisters) switch
    {
        (8, _) => vectors == 4 ? 2 : Math.Min(vectors, 3),
        (6, true) => vectors >= 4 ? 4 : vectors == 3 ? 2 : vectors,
        _ => Math.Min(vectors, 2),
    };

    private static int Tiles(int count, int size) => (count + size - 1) / size;

    /// <summary>
    /// One row of up to eight vectors, enough chains of sums to keep two multiply-adds a cycle busy: the sum of the right
    /// matrix's rows, each times a factor, added up in the order of the other tiles, so that a row's bits do not depend on how
    /// many rows it is computed with.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x8(int vectors, ref T left, nint leftStep, ref T right, nint rightStride, ref T result, int inner)
    {
        nint vector1 = vectors > 1 ? TVector.Count : 0;
        nint vector2 = vectors > 2 ? 2 * TVector.Count : 0;
        nint vector3 = vectors > 3 ? 3 * TVector.Count : 0;
        nint vector4 = vectors > 4 ? 4 * TVector.Count : 0;
        nint vector5 = vectors > 5 ? 5 * TVector.Count : 0;
        nint vector6 = vectors > 6 ? 6 * TVector.Count : 0;
        nint vector7 = vectors > 7 ? 7 * TVector.Count : 0;
        TVector sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        TVector sum4 = default, sum5 = default, sum6 = default, sum7 = default;
        for (; inner > 0; inner--)
        {
            var factor = TVector.Create(left);
            sum0 = TVector.MultiplyAdd(factor, TVector.Load(ref right, 0), sum0);
            sum1 = TVector.MultiplyAdd(factor, TVector.Load(ref right, vector1), sum1);
            sum2 = TVector.MultiplyAdd(factor, TVector.Load(ref right, vector2), sum2);
            sum3 = TVector.MultiplyAdd(factor, TVector.Load(ref right, vector3), sum3);
            sum4 = TVector.MultiplyAdd(factor, TVector.Load(ref right, vector4), sum4);
            sum5 = TVector.MultiplyAdd(factor, TVector.Load(ref right, vector5), sum5);
            sum6 = TVector.MultiplyAdd(factor, TVector.Load(ref right, vector6), sum6);
            sum7 = TVector.MultiplyAdd(factor, TVector.Load(ref right, vector7), sum7);
            left = ref Unsafe.Add(ref left, leftStep);
            right = ref Unsafe.Add(ref right, rightStride);
        }

        Add(sum0, ref result);
        if (vectors > 1)
        {
            Add(sum1, ref Unsafe.Add(ref result, vector1));
        }

        if (vectors > 2)
        {
            Add(sum2, ref Unsafe.Add(ref result, vector2));
        }

        if (vectors > 3)
        {
            Add(sum3, ref Unsafe.Add(ref result, vector3));
        }

        if (vectors > 4)
        {
            Add(sum4, ref Unsafe.Add(ref result, vector4));
        }

        if (vectors > 5)
        {
            Add(sum5, ref Unsafe.Add(ref result, vector5));
        }

        if (vectors > 6)
        {
            Add(sum6, ref Unsafe.Add(ref result, vector6));
        }

        if (vectors > 7)
        {
            Add(sum7, ref Unsafe.Add(ref result, vector7));
        }
    }
}
