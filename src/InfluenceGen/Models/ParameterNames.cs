using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using InfluenceGen.Examples;

namespace InfluenceGen.Models;

/// <summary>What to call a parameter: by its feature, user, item, class or unit, never by where it lies.</summary>
internal static class ParameterNames
{
    private const int Most = 5;

    // Of the largest, below which a part is not worth naming.
    private const double Worth = 0.1;

    /// <summary>The name of an embedding's row.</summary>
    public static string OfRow<T>(ExampleSet<T> examples, int table, int row)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => table == 0
            ? string.Create(CultureInfo.InvariantCulture, $"user {(row < examples.Individuals.Count ? examples.Individuals[row] : row)}")
            : string.Create(CultureInfo.InvariantCulture, $"item {(row < examples.ItemNames.Length ? examples.ItemNames[row] : row)}");

    /// <summary>What an output is called, empty where there is one.</summary>
    public static string OfOutput<TModel, T>(TModel model, ExampleSet<T> training, int output)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => model.Outputs == 1
            ? ""
            : string.Create(CultureInfo.InvariantCulture,
                $"{(model.Labels == LabelDomain.Distribution ? "class" : "output")} {(output < training.LabelNames.Length ? training.LabelNames[output] : output)}");

    /// <summary>What is named most by some numbers, one for each element of storage: the largest first, five at most.</summary>
    public static ImmutableArray<string> Largest<TModel, T>(TModel model, ExampleSet<T> training, ReadOnlySpan<double> sizes)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var squares = new Dictionary<string, double>();
        for (var b = 0; b < model.Layout.Blocks.Length; b++)
        {
            ref readonly var block = ref model.Layout.Blocks.ItemRef(b);
            for (var k = 0; k < block.Count; k++)
            {
                var size = sizes[block.Offset + k / block.Columns * block.Stride + k % block.Columns];
                if (size != 0)
                {
                    var name = Of(model, training, b, k / block.Columns, k % block.Columns);
                    squares[name] = squares.GetValueOrDefault(name) + size * size;
                }
            }
        }

        if (squares.Count == 0)
        {
            return [];
        }

        var largest = squares.Values.Max();
        return [.. squares.Where(named => named.Value >= Worth * Worth * largest).OrderByDescending(named => named.Value)
            .ThenBy(named => named.Key, StringComparer.Ordinal).Take(Most).Select(named => named.Key)];
    }

    private static string Of<TModel, T>(TModel model, ExampleSet<T> training, int number, int row, int column)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var blocks = model.Layout.Blocks;
        if (blocks[number].IsTable)
        {
            return OfRow(training, blocks[number].RowIndex, row);
        }

        var layers = Layer.Of<TModel, T>(model);
        if (layers.IsEmpty)
        {
            return model.Layout.OutputBias == blocks[number] ? "the common bias" : $"the parameters {blocks[number].Name}";
        }

        var layer = 0;
        while (layer < layers.Length - 1 && layers[layer].Weights != blocks[number] && layers[layer].Bias != blocks[number])
        {
            layer++;
        }

        var isBias = layers[layer].Bias == blocks[number];
        var unit = layer < layers.Length - 1 ? Unit(layer, isBias ? column : row) : OfOutput(model, training, isBias ? column : row);
        var input = isBias ? "the bias" : layer == 0 ? training.NameOfFeature(column) : Unit(layer - 1, column);
        return unit.Length == 0 ? input : $"{input} of {unit}";

        static string Unit(int layer, int unit) => string.Create(CultureInfo.InvariantCulture, $"unit {unit} of hidden layer {layer + 1}");
    }
}
