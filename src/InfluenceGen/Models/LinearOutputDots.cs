using System.Numerics;
using System.Runtime.CompilerServices;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Models;

/// <summary>
/// g_i · v for many directions of a model whose outputs are linear in its parameters: s_i = W x_i + b, so g_i is the outer product
/// of r_i and (x_i, 1), and all dots are one product of two matrices. A block of examples is transposed and multiplied by r_i
/// once, and every direction reads it from the cache.
/// </summary>
internal static class LinearOutputDots
{
    // A tile of dots, and the features of its examples: 64 KB and some.
    private const int BlockBytes = 1024;
    private const int TileDirections = 128;
    private const int PanelFeatures = 256;

    // Numbers of scratch memory that a thread may take, 256 MB of double: 260,000 features. Beyond, sweeps take direction by direction.
    private const long MostScratch = 1 << 25;

    /// <summary>Whether a model's transposed features fit into a thread's scratch memory.</summary>
    /// <param name="layout">W (or w), and b where there is one.</param>
    /// <param name="outputs">m.</param>
    public static bool Suits<T>(ParameterLayout layout, int outputs) where T : unmanaged =>
        ScratchOf<T>(layout.Blocks[0].Columns, outputs) <= MostScratch;

    /// <summary>Writes the dots of some segments' examples.</summary>
    /// <param name="layout">W (or w), and b where there is one.</param>
    /// <param name="blocks">The blocks that are differentiated.</param>
    /// <param name="outputs">m.</param>
    /// <param name="outputStride">From example to example of <paramref name="outputGradients"/>.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="first">First segment.</param>
    /// <param name="last">Segment to stop before.</param>
    /// <param name="outputGradients">r_i.</param>
    /// <param name="directions">K directions, each in storage order.</param>
    /// <param name="dots">Receives K rows of a number for each example.</param>
    /// <returns>Whether dots that <see cref="IsLarge"/> says are many were all finite; nobody looked at fewer.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Write<T>(ParameterLayout layout, BlockSet blocks, int outputs, int outputStride, ExampleSet<T> examples,
        int first, int last, ReadOnlySpan<T> outputGradients, ReadOnlySpan<T> directions, Span<T> dots)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (weights, bias) = (layout.Blocks[0], layout.Blocks.Length > 1 ? layout.Blocks[1] : default);
        var (hasWeights, hasBias) = (blocks.Contains(0), bias.Count > 0 && blocks.Contains(1));
        var block = BlockBytes / Unsafe.SizeOf<T>();
        var panel = Math.Min(PanelFeatures, weights.Columns);
        var count = directions.Length / layout.StorageLength;
        var scratch = Workspace<T>.OfThread(ScratchOf<T>(weights.Columns, outputs));
        var transposed = scratch[..(weights.Columns * block)];
        var scaled = scratch.Slice(weights.Columns * block, panel * block);
        var residuals = scratch.Slice((weights.Columns + panel) * block, outputs * block);
        var tile = scratch[((weights.Columns + panel + outputs) * block)..];
        var isLarge = IsLarge<T>(count, examples.Count);
        var areFinite = true;
        var offsets = examples.SegmentsOf(0).Offsets;
        for (var start = offsets[first]; start < offsets[last]; start += block)
        {
            var width = Math.Min(block, offsets[last] - start);
            DenseProducts.Transpose(in outputGradients[start * outputStride], outputStride, width, outputs, ref residuals[0], block);
            if (hasWeights)
            {
                DenseProducts.Transpose(in examples.Features[start * weights.Stride], weights.Stride, width, weights.Columns,
                    ref transposed[0], block);
            }

            // Rows of dots that are whole lines are added up where they lie, unless nobody would find them there in a cache.
            var isWhole = width % ParameterLayout.LineOf<T>() == 0;
            var isStored = isLarge && isWhole;
            isWhole &= !isLarge;
            for (var k = 0; k < count; k += TileDirections)
            {
                var height = Math.Min(TileDirections, count - k);
                var rows = directions[(k * layout.StorageLength)..];
                var into = isWhole ? dots[(k * examples.Count + start)..] : tile;
                var stride = isWhole ? examples.Count : block;
                for (var row = 0; row < height; row++)
                {
                    into.Slice(row * stride, width).Clear();
                }

                if (hasBias)
                {
                    DenseProducts.AddProduct(in rows[bias.Offset], layout.StorageLength, 1, in residuals[0], block, ref into[0], stride,
                        height, outputs, width);
                }

                for (var output = 0; hasWeights && output < outputs; output++)
                {
                    for (var feature = 0; feature < weights.Columns; feature += panel)
                    {
                        var inner = Math.Min(panel, weights.Columns - feature);
                        if (k == 0 || outputs > 1 || weights.Columns > panel)
                        {
                            Scale(residuals.Slice(output * block, ParameterLayout.RoundUp(width, ParameterLayout.LineOf<T>())), transposed[(feature * block)..], scaled, inner, block);
                        }

                        DenseProducts.AddProduct(in rows[weights.Offset + output * weights.Stride + feature], layout.StorageLength, 1,
                            in scaled[0], block, ref into[0], stride, height, inner, width);
                    }
                }

                for (var row = 0; !isWhole && row < height; row++)
                {
                    var (from, to) = (row * block, (k + row) * examples.Count + start);
                    if (isStored)
                    {
                        areFinite &= LargeMemory.Store<T>(tile.Slice(from, width), dots.Slice(to, width));
                    }
                    else
                    {
                        tile.Slice(from, width).CopyTo(dots[to..]);
                        areFinite &= !isLarge || Finite.IndexOfOther<T>(tile.Slice(from, width)) < 0;
                    }
                }
            }
        }

        return areFinite;
    }

    /// <summary>Whether so many dots are written past the caches, and looked at on their way.</summary>
    public static bool IsLarge<T>(int directions, int examples) where T : unmanaged =>
        (long)directions * examples * Unsafe.SizeOf<T>() >= LargeMemory.Threshold && examples % ParameterLayout.LineOf<T>() == 0;

    private static long ScratchOf<T>(int features, int outputs) where T : unmanaged =>
        ((long)features + Math.Min(PanelFeatures, features) + outputs + TileDirections) * (BlockBytes / Unsafe.SizeOf<T>());

    /// <summary>scaled[j, i] = r_i x_ij for a panel of transposed features, up to the end of the vector that the last lies in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale<T>(ReadOnlySpan<T> residuals, ReadOnlySpan<T> transposed, Span<T> scaled, int inner, int block)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < residuals.Length; i += Vector<T>.Count)
        {
            var r = new Vector<T>(residuals[i..]);
            for (var j = i; j < inner * block; j += block)
            {
                (r * new Vector<T>(transposed[j..])).CopyTo(scaled[j..]);
            }
        }
    }
}
