using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

public static partial class DenseProducts
{
    // Examples whose scaled copies are made at once: few enough to stay in the first cache while they are used.
    private const int SymmetricBatch = 64;

    /// <summary>
    /// result[j, k] += Σ_i weights[i] · x[i, j] · x[i, k] for k ≥ j: second derivatives of models that are linear in their
    /// parameters. What lies left of the diagonal is unspecified until <see cref="MirrorUpper"/> fills it.
    /// </summary>
    /// <param name="x">x[0, 0].</param>
    /// <param name="stride">From row to row of x: whole lines, with zeros as pads.</param>
    /// <param name="weights">The first example's weight.</param>
    /// <param name="weightsStride">From weight to weight.</param>
    /// <param name="result">result[0, 0].</param>
    /// <param name="resultStride">From row to row of the result: whole lines. Pads that are 0 stay so.</param>
    /// <param name="examples">Rows of x.</param>
    /// <param name="columns">Columns of x.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddWeightedSquares<T>(ref readonly T x, int stride, ref readonly T weights, int weightsStride, ref T result,
        int resultStride, int examples, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Rows that are computed together: a whole number of tiles, and of vectors where those are short. What lies left of
        // the vector that the first one's diagonal is in is skipped.
        var (height, lanes) = Vector512.IsHardwareAccelerated ? (8, Vector512<T>.Count)
            : Vector256.IsHardwareAccelerated ? (24, Vector256<T>.Count)
            : (12, Vector128<T>.Count);
        var scaledStride = Workspace<T>.Stride(columns);
        ref var scaled = ref MemoryMarshal.GetReference(Workspace<T>.OfProducts((long)SymmetricBatch * scaledStride));
        for (var start = 0; start < examples; start += SymmetricBatch)
        {
            var count = Math.Min(SymmetricBatch, examples - start);
            ref var batch = ref Unsafe.Add(ref Unsafe.AsRef(in x), (nint)start * stride);
            ref var batchWeights = ref Unsafe.Add(ref Unsafe.AsRef(in weights), (nint)start * weightsStride);
            if (Vector512.IsHardwareAccelerated)
            {
                ScaleRows<T, Wide<T>>(ref batch, stride, ref batchWeights, weightsStride, ref scaled, scaledStride, count);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                ScaleRows<T, Narrow<T>>(ref batch, stride, ref batchWeights, weightsStride, ref scaled, scaledStride, count);
            }
            else
            {
                ScaleRows<T, Slim<T>>(ref batch, stride, ref batchWeights, weightsStride, ref scaled, scaledStride, count);
            }

            for (var row = 0; row < columns; row += height)
            {
                var column = row - row % lanes;
                AddProduct(in Unsafe.Add(ref scaled, row), 1, scaledStride, in Unsafe.Add(ref batch, column), stride,
                    ref Unsafe.Add(ref result, (nint)row * resultStride + column), resultStride, Math.Min(height, columns - row),
                    count, columns - column);
            }
        }
    }

    /// <summary>Rows times their weights, pads and all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScaleRows<T, V>(ref T x, nint stride, ref T weights, nint weightsStride, ref T scaled, int scaledStride, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T>
    {
        for (; count > 0; count--)
        {
            var weight = V.Create(weights);
            for (nint k = 0; k < scaledStride; k += V.Count)
            {
                (weight * V.Load(ref x, k)).Store(ref scaled, k);
            }

            x = ref Unsafe.Add(ref x, stride);
            weights = ref Unsafe.Add(ref weights, weightsStride);
            scaled = ref Unsafe.Add(ref scaled, scaledStride);
        }
    }

    /// <summary>Copies a square matrix's upper triangle to the lower one: result[k, j] = result[j, k] for k &gt; j.</summary>
    /// <param name="result">result[0, 0].</param>
    /// <param name="stride">From row to row, in numbers.</param>
    /// <param name="columns">Rows and columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MirrorUpper<T>(ref T result, int stride, int columns) where T : unmanaged
    {
        for (nint row = 1; row < columns; row++)
        {
            for (nint column = 0; column < row; column++)
            {
                Unsafe.Add(ref result, row * stride + column) = Unsafe.Add(ref result, column * stride + row);
            }
        }
    }
}
