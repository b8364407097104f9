using System.Numerics;
using System.Runtime.CompilerServices;

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
    /// <summary>Sixteen registers hold 6 × 2 sums, two vectors and a factor; 32 of them 8 × 3 or 6 × 4.</summary>
    private static bool HasManyRegisters
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TVector.Count * Unsafe.SizeOf<T>() == 64;
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
            var width = rows == 1 ? Math.Min(vectors, 4) : Width(height, vectors);
            if (rows == 1)
            {
                AddRow(width, ref left, leftStep, ref panel, rightStride, ref target, inner);
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

    /// <summary>One row of the result, so many vectors of it: the sum of the right matrix's rows, each times a factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRow(int width, ref T left, nint leftStep, ref T right, nint rightStride, ref T result, int inner)
    {
        if (width == 4)
        {
            Tile1x4(ref left, leftStep, ref right, rightStride, ref result, inner);
            return;
        }

        for (var vector = 0; vector < width; vector++)
        {
            Tile1x1(ref left, leftStep, ref Unsafe.Add(ref right, vector * TVector.Count), rightStride,
                ref Unsafe.Add(ref result, vector * TVector.Count), inner);
        }
    }

    /// <summary>One row of four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x4(ref T left, nint leftStep, ref T right, nint rightStride, ref T result, int inner)
    {
        TVector sum00 = default, sum01 = default, sum02 = default, sum03 = default;
        for (; inner > 0; inner--)
        {
            var right0 = TVector.Load(ref right, 0);
            var right1 = TVector.Load(ref right, TVector.Count);
            var right2 = TVector.Load(ref right, 2 * TVector.Count);
            var right3 = TVector.Load(ref right, 3 * TVector.Count);
            var factor = TVector.Create(left);
            sum00 = TVector.MultiplyAdd(factor, right0, sum00);
            sum01 = TVector.MultiplyAdd(factor, right1, sum01);
            sum02 = TVector.MultiplyAdd(factor, right2, sum02);
            sum03 = TVector.MultiplyAdd(factor, right3, sum03);
            left = ref Unsafe.Add(ref left, leftStep);
            right = ref Unsafe.Add(ref right, rightStride);
        }

        Add(sum00, sum01, sum02, sum03, ref result);
    }

    /// <summary>One row of one vector, in four chains of sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x1(ref T left, nint leftStep, ref T right, nint rightStride, ref T result, int inner)
    {
        TVector sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        for (; inner >= 4; inner -= 4)
        {
            sum0 = TVector.MultiplyAdd(TVector.Create(left), TVector.Load(ref right, 0), sum0);
            sum1 = TVector.MultiplyAdd(TVector.Create(Unsafe.Add(ref left, leftStep)), TVector.Load(ref right, rightStride), sum1);
            sum2 = TVector.MultiplyAdd(TVector.Create(Unsafe.Add(ref left, 2 * leftStep)), TVector.Load(ref right, 2 * rightStride), sum2);
            sum3 = TVector.MultiplyAdd(TVector.Create(Unsafe.Add(ref left, 3 * leftStep)), TVector.Load(ref right, 3 * rightStride), sum3);
            left = ref Unsafe.Add(ref left, 4 * leftStep);
            right = ref Unsafe.Add(ref right, 4 * rightStride);
        }

        for (; inner > 0; inner--)
        {
            sum0 = TVector.MultiplyAdd(TVector.Create(left), TVector.Load(ref right, 0), sum0);
            left = ref Unsafe.Add(ref left, leftStep);
            right = ref Unsafe.Add(ref right, rightStride);
        }

        Add(sum0 + sum1 + (sum2 + sum3), ref result);
    }
}
