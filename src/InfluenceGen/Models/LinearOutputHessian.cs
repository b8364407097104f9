using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Models;

/// <summary>
/// The Hessian of a model whose outputs are linear in its parameters: H_i = J_iᵀ C_i J_i with s_i = W x_i + b, so the part
/// of W's rows j and k is (C_i)_jk x_i x_iᵀ, a weighted sum of squares, each pair of rows once. That is
/// m(m+1)/2 · d(d+1)/2 multiply-adds an example for m outputs and d features.
/// </summary>
internal static class LinearOutputHessian
{
    /// <summary>Writes Σ_i c_i H_i over each segment: for each target row a whole symmetric matrix in storage order.</summary>
    /// <param name="layout">W (or w), and b where there is one.</param>
    /// <param name="blocks">The blocks that are differentiated; rows and columns of the others are zero.</param>
    /// <param name="outputs">m.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="first">First segment.</param>
    /// <param name="last">Segment to stop before.</param>
    /// <param name="coefficients">c_i, or empty where every one is 1.</param>
    /// <param name="outputHessians">C_i: m rows each.</param>
    /// <param name="sums">Where the matrix of target row 0 starts.</param>
    public static void Sum<T>(ParameterLayout layout, BlockSet blocks, int outputs, ExampleSet<T> examples, int first, int last,
        ReadOnlySpan<T> coefficients, ReadOnlySpan<T> outputHessians, Span<T> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var segments = examples.SegmentsOf(0);
        var length = layout.StorageLength;
        var outputStride = outputHessians.Length / examples.Count / outputs;
        var (weights, bias) = (layout.Blocks[0], layout.Blocks.Length > 1 ? layout.Blocks[1].Offset : -1);
        var (hasWeights, hasBias) = (blocks.Contains(0), bias >= 0 && blocks.Contains(1));
        for (var segment = first; segment < last; segment++)
        {
            var (start, end) = (segments.Offsets[segment], segments.Offsets[segment + 1]);
            var matrix = sums.Slice(segments.Targets[segment] * length * length, length * length);
            matrix.Clear();
            var curvature = Workspace<T>.OfThread(end - start);
            ref var features = ref Unsafe.Add(ref MemoryMarshal.GetReference(examples.Features), start * weights.Stride);
            for (var j = 0; j < outputs; j++)
            {
                for (var k = j; k < outputs; k++)
                {
                    for (var i = start; i < end; i++)
                    {
                        var own = outputHessians[(i * outputs + j) * outputStride + k];
                        curvature[i - start] = coefficients.IsEmpty ? own : coefficients[i] * own;
                    }

                    var (row, column) = (weights.Offset + j * weights.Stride, weights.Offset + k * weights.Stride);
                    ref var factor = ref MemoryMarshal.GetReference(curvature);
                    if (hasWeights)
                    {
                        ref var part = ref matrix[row * length + column];
                        DenseProducts.AddWeightedSquares(ref features, weights.Stride, ref factor, 1, ref part, length,
                            end - start, weights.Columns);
                        DenseProducts.MirrorUpper(ref part, length, weights.Columns);
                    }

                    if (hasBias)
                    {
                        matrix[(bias + j) * length + bias + k] = Total(curvature);
                    }

                    if (hasWeights && hasBias)
                    {
                        DenseProducts.AddProduct(ref factor, 1, 1, ref features, weights.Stride,
                            ref matrix[(bias + j) * length + column], length, 1, end - start, weights.Columns);
                        if (k > j)
                        {
                            // Rows j of b and k of W are curved as much as rows k of b and j of W.
                            matrix.Slice((bias + j) * length + column, weights.Columns).CopyTo(matrix[((bias + k) * length + row)..]);
                        }
                    }
                }
            }

            Mirror(matrix, length, weights, outputs, bias);
        }
    }

    private static T Total<T>(ReadOnlySpan<T> values) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }

    /// <summary>Fills what lies below W's blocks of pairs, b's, and W's rows at b's columns.</summary>
    private static void Mirror<T>(Span<T> matrix, int length, ParameterBlock weights, int outputs, int bias)
        where T : unmanaged
    {
        for (var j = 0; j < outputs; j++)
        {
            for (var k = j + 1; k < outputs; k++)
            {
                for (var r = 0; r < weights.Columns; r++)
                {
                    var (row, column) = (weights.Offset + j * weights.Stride, weights.Offset + k * weights.Stride);
                    matrix.Slice((row + r) * length + column, weights.Columns).CopyTo(matrix[((column + r) * length + row)..]);
                }
            }
        }

        if (bias < 0)
        {
            return;
        }

        for (var j = 0; j < outputs; j++)
        {
            for (var k = 0; k < j; k++)
            {
                matrix[(bias + j) * length + bias + k] = matrix[(bias + k) * length + bias + j];
            }

            for (var element = weights.Offset; element < weights.Offset + weights.StorageLength; element++)
            {
                matrix[element * length + bias + j] = matrix[(bias + j) * length + element];
            }
        }
    }
}
