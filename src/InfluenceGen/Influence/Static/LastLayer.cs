using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>The layer that makes the outputs, s = W f + b, seen as a model of its own on the features f that the others make.</summary>
internal sealed class LastLayer<TModel, T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly InfluenceTask<TModel, T> _task;

    /// <exception cref="InvalidOperationException">No single layer makes the outputs.</exception>
    public LastLayer(InfluenceTask<TModel, T> task)
    {
        _task = task;
        var blocks = task.Layout.Blocks;
        Blocks = Layer.BlocksOfLast<TModel, T>(task.Sweeps.Model);
        var hasBias = blocks.Length > 1 && Blocks.Contains(blocks.Length - 2);
        Weights = hasBias ? blocks[^2] : blocks[^1];
        Bias = hasBias ? blocks[^1] : null;
    }

    /// <summary>W.</summary>
    public ParameterBlock Weights { get; }

    /// <summary>b, where there is one.</summary>
    public ParameterBlock? Bias { get; }

    /// <summary>Both.</summary>
    public BlockSet Blocks { get; }

    /// <summary>f of each example, on rows as long as W's.</summary>
    public AlignedBuffer<T> Features(ExampleSet<T> examples)
    {
        var features = new AlignedBuffer<T>(examples.Count, Weights.Stride);
        _task.Sweeps.LastLayerFeatures(examples, _task.Weights, features);
        return features;
    }

    /// <summary>Writes Σ_c w_c ∂s_c/∂(W, b) of an example: w_c f in row c of W, w_c in b.</summary>
    public void WriteDirection(ReadOnlySpan<T> features, ReadOnlySpan<T> outputs, Span<T> direction)
    {
        direction.Clear();
        for (var c = 0; c < outputs.Length; c++)
        {
            var row = direction.Slice(Weights.Offset + c * Weights.Stride, Weights.Stride);
            TensorPrimitives.Multiply(features, outputs[c], row);
            if (Bias is { } bias)
            {
                direction[bias.Offset + c] = outputs[c];
            }
        }
    }
}
