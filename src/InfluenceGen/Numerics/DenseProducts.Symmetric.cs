using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Numerics.Tensors;

namespace InfluenceGen.Numerics;

public static partial class DenseProducts
{
    // Rows of the result that are computed together, and as few as a line has numbers: what lies left of their first line is
    // skipped.
    private const int SymmetricHeight = 24;

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
    public static void AddWeightedSquares<T>(ref readonly T x, int stride, ref readonly T weights, int weightsStride, ref T result,
        int resultStride, int examples, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var scaledStride = Workspace<T>.Stride(columns);
        ref var scaled = ref MemoryMarshal.GetReference(Workspace<T>.OfProducts(SymmetricBatch * scaledStride));
        for (var start = 0; start < examples; start += SymmetricBatch)
        {
            var count = Math.Min(SymmetricBatch, examples - start);
            ref var batch = ref Unsafe.Add(ref Unsafe.AsRef(in x), (nint)start * stride);
            for (nint i = 0; i < count; i++)
            {
                TensorPrimitives.Multiply(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref batch, i * stride), columns),
                    Unsafe.Add(ref Unsafe.AsRef(in weights), (start + i) * weightsStride),
                    MemoryMarshal.CreateSpan(ref Unsafe.Add(ref scaled, i * scaledStride), columns));
            }

            for (var row = 0; row < columns; row += SymmetricHeight)
            {
                AddProduct(in Unsafe.Add(ref scaled, row), 1, scaledStride, in Unsafe.Add(ref batch, row), stride,
                    ref Unsafe.Add(ref result, (nint)row * resultStride + row), resultStride, Math.Min(SymmetricHeight, columns - row),
                    count, columns - row);
            }
        }
    }

    /// <summary>Copies what lies right of the diagonal of a square matrix to the left of it: result[k, j] = result[j, k] for k &gt; j.</summary>
    /// <param name="result">result[0, 0].</param>
    /// <param name="stride">From row to row, in numbers.</param>
    /// <param name="columns">Rows and columns.</param>
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

    /// <summary>target[j, i] = source[i, j].</summary>
    /// <param name="source">source[0, 0].</param>
    /// <param name="stride">From row to row of the source, in numbers.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="target">target[0, 0]. What pads its rows is set to 0.</param>
    /// <param name="targetStride">From row to row of the target, in numbers, at least <paramref name="rows"/>.</param>
    public static void Transpose<T>(ref readonly T source, int stride, int rows, int columns, ref T target, int targetStride)
        where T : unmanaged
    {
        ref var from = ref Unsafe.AsRef(in source);
        for (nint column = 0; column < columns; column++)
        {
            for (nint row = 0; row < rows; row++)
            {
                Unsafe.Add(ref target, column * targetStride + row) = Unsafe.Add(ref from, row * stride + column);
            }
        }

        Workspace<T>.ClearPads(ref target, targetStride, columns, rows);
    }
}
