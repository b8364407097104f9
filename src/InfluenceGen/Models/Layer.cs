using System.Collections.Immutable;

namespace InfluenceGen.Models;

/// <summary>One layer of a model of features: a row of weights for each unit, and the units' biases.</summary>
/// <param name="Weights">As many rows as units, as many columns as inputs.</param>
/// <param name="Bias">One row, a column for each unit; null where units have none.</param>
internal readonly record struct Layer(ParameterBlock Weights, ParameterBlock? Bias)
{
    /// <summary>The layers of a model, from the features to the outputs; empty for a model of embedding tables.</summary>
    /// <param name="layout">Its blocks: weights and biases in turn, or weights alone.</param>
    /// <param name="outputs">Its outputs, the units of the last layer.</param>
    /// <param name="isLinear">Whether outputs are linear in the parameters, so that there is one layer.</param>
    public static ImmutableArray<Layer> Of(ParameterLayout layout, int outputs, bool isLinear)
    {
        var blocks = layout.Blocks;
        foreach (var block in blocks)
        {
            if (block.RowIndex >= 0)
            {
                return [];
            }
        }

        var hasBias = isLinear ? blocks.Length == 2 : AlternateWithBiases(blocks) && blocks[^2].Rows == outputs && blocks.Length > 2;
        var layers = ImmutableArray.CreateBuilder<Layer>();
        for (var b = 0; b < blocks.Length; b += hasBias ? 2 : 1)
        {
            layers.Add(new Layer(blocks[b], hasBias ? blocks[b + 1] : null));
        }

        return layers.ToImmutable();
    }

    private static bool AlternateWithBiases(ImmutableArray<ParameterBlock> blocks)
    {
        for (var b = 1; b < blocks.Length; b += 2)
        {
            var units = blocks[b - 1].Rows;
            if (blocks[b].Rows != 1 || blocks[b].Columns != units || (b + 1 < blocks.Length && blocks[b + 1].Columns != units))
            {
                return false;
            }
        }

        return blocks.Length % 2 == 0;
    }
}
