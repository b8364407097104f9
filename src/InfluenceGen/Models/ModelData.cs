using System.Globalization;
using System.Numerics;
using InfluenceGen.Examples;

namespace InfluenceGen.Models;

/// <summary>Checks once, before any sweep, that a set of examples is one the model can read.</summary>
internal static class ModelData
{
    /// <exception cref="ArgumentException">The set has other features, tables or labels than the model asks for.</exception>
    public static void RequireFit<TModel, T>(TModel model, ExampleSet<T> examples, string name)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(examples, name);
        if (examples.Count == 0)
        {
            throw new ArgumentException("The set holds no example.", name);
        }

        var tables = 0;
        foreach (var block in model.Layout.Blocks)
        {
            if (block.RowIndex < 0)
            {
                continue;
            }

            tables++;
            if (block.RowIndex >= examples.TableCount)
            {
                throw new ArgumentException(
                    $"The model looks up rows of {block.Name}, but the examples name no row of a table {block.RowIndex}: they are {Describe(examples)}.",
                    name);
            }

            if (block.Rows != examples.RowCount(block.RowIndex))
            {
                throw new ArgumentException(
                    $"The model's {block.Name} has {block.Rows} rows; the examples name rows of a table of {examples.RowCount(block.RowIndex)}.",
                    name);
            }
        }

        if (tables == 0)
        {
            // The first block of a model without tables multiplies the features.
            var features = model.Layout.Blocks[0].Columns;
            if (examples.TableCount != 0 || examples.FeatureCount != features)
            {
                throw new ArgumentException(
                    $"The model reads {features} features from an example; these are {Describe(examples)}.", name);
            }
        }

        if (model.Labels == LabelDomain.Binary)
        {
            RequireBinary(examples, name);
        }
    }

    private static void RequireBinary<T>(ExampleSet<T> examples, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var labels = examples.Labels;
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] != T.Zero && labels[i] != T.One)
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"Row {examples.Source[i]} (counted from 0) has the label {labels[i]}; this model's loss is for labels 0 and 1."),
                    name);
            }
        }
    }

    private static string Describe<T>(ExampleSet<T> examples) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        examples.TableCount == 0
            ? $"examples with {examples.FeatureCount} features"
            : "ratings";
}
