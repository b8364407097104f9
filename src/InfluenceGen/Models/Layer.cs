using System.Collections.Immutable;
using System.Numerics;

namespace InfluenceGen.Models;

/// <summary>One layer of a model of features: a row of weights for each unit, and the units' biases.</summary>
/// <param name="Weights">As many rows as units, as many columns as inputs.</param>
/// <param name="Bias">One row, a column for each unit; null where units have none.</param>
internal readonly record struct Layer(ParameterBlock Weights, ParameterBlock? Bias)
{
    /// <summary>The layers of a model, from the features to the outputs; empty for a model of tables, or whose outputs no single layer
    /// makes.</summary>
    /// <param name="model">Its blocks are the weights of each layer, followed by its bias where it has one.</param>
    public static ImmutableArray<Layer> Of<TModel, T>(TModel model)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var layers = ImmutableArray.CreateBuilder<Layer>();
        var blocks = model.Layout.Blocks;
        for (var b = 0; b < blocks.Length; b++)
        {
            if (blocks[b].IsTable || model.LastLayerLength == 0)
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

    /// <summary>The blocks of the layer that makes a model's outputs.</summary>
    /// <exception cref="InvalidOperationException">No single layer makes the outputs.</exception>
    public static BlockSet BlocksOfLast<TModel, T>(TModel model)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (model.LastLayerLength == 0)
        {
            throw new InvalidOperationException(
                "No single layer makes this model's outputs: representer points are about linear, logistic and softmax models and the last layer of networks. Use influence functions.");
        }

        var count = model.Layout.Blocks.Length;
        return Of<TModel, T>(model)[^1].Bias is null ? BlockSet.Of(count - 1) : BlockSet.Of(count - 2, count - 1);
    }
}
