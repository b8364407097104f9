using System.Collections.Immutable;

namespace InfluenceGen.Models;

/// <summary>One layer of a model of features: a row of weights for each unit, and the units' biases.</summary>
/// <param name="Weights">As many rows as units, as many columns as inputs.</param>
/// <param name="Bias">One row, a column for each unit; null where units have none.</param>
internal readonly record struct Layer(ParameterBlock Weights, ParameterBlock? Bias)
{
    /// <summary>The layers of a model, from the features to the outputs; empty for a model of embedding tables.</summary>
    /// <param name="layout">Its blocks: the weights of each layer, followed by its bias where it has one.</param>
    public static ImmutableArray<Layer> Of(ParameterLayout layout)
    {
        var layers = ImmutableArray.CreateBuilder<Layer>();
        var blocks = layout.Blocks;
        for (var b = 0; b < blocks.Length; b++)
        {
            if (blocks[b].RowIndex >= 0)
            {
                return [];
            }

            if (!blocks[b].IsBias)
            {
                layers.Add(new Layer(blocks[b], b + 1 < blocks.Length && blocks[b + 1].IsBias ? blocks[b + 1] : null));
            }
        }

        return layers.ToImmutable();
    }
}
