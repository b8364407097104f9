using System.Globalization;
using System.Numerics;
using InfluenceGen.Examples;

namespace InfluenceGen.Models;

/// <summary>Checks once, before any sweep, that a set of examples is one the model can read.</summary>
internal static class ModelData
{
    /// <summary>A set as the model reads it: with everything that has a name where the training set has it, at the same
    /// positions; the set itself where it is there already.</summary>
    /// <exception cref="ArgumentException">A name is missing in one of the sets, or the set has other features, tables or
    /// labels than the model asks for.</exception>
    public static ExampleSet<T> Matched<TModel, T>(TModel model, ExampleSet<T> training, ExampleSet<T> examples, string name)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(examples, name);
        var matched = examples.Matched(training, name);
        RequireFit(model, matched, name);
        return matched;
    }

    /// <exception cref="ArgumentException">The set has other features, tables or labels than the model asks for.</exception>
    public static void RequireFit<TModel, T>(TModel model, ExampleSet<T> examples, string name)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(examples, name);
        if (model.Layout is null)
        {
            throw new ArgumentException($"The model is the default value of {typeof(TModel)}, which has no sizes. Make it for a set of examples (Model.For).", nameof(model));
        }

        if (examples.Count == 0)
        {
            throw new ArgumentException("The set holds no example.", name);
        }

        if (model.Layout.HasTables)
        {
            RequireTables(model.Layout, examples, name);
        }
        else if (examples.IsOfRatings)
        {
            throw new ArgumentException(
                $"The model reads {model.Features} features from an example; these are {Describe(examples)}.", name);
        }

        RequireColumns(model.Layout, examples, name);
        if (model.Features != 0 && examples.FeatureCount != model.Features)
        {
            throw new ArgumentException(
                $"The model reads {model.Features} features from an example; these are {Describe(examples)}.", name);
        }

        if (examples.LabelCount != model.Outputs)
        {
            throw new ArgumentException(LabelCounts(model.Outputs, model.Labels, examples.LabelCount), name);
        }

        RequireWeightsAndOffsets(model.HasWeights, model.HasOffsets, examples, name);
        RequireDomain(model.Labels, examples, name);
    }

    private static void RequireTables<T>(ParameterLayout layout, ExampleSet<T> examples, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var block in layout.Blocks)
        {
            if (!block.IsTable)
            {
                continue;
            }

            if (!examples.IsOfRatings || block.RowIndex >= examples.TableCount)
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
    }

    private static void RequireColumns<T>(ParameterLayout layout, ExampleSet<T> examples, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var column = 0; column < Math.Max(layout.IndexRows.Length, examples.TableCount); column++)
        {
            var rows = column < layout.IndexRows.Length ? layout.IndexRows[column] : 0;
            var named = column < examples.TableCount ? examples.RowCount(column) : 0;
            if (named != rows)
            {
                throw new ArgumentException(
                    $"The model reads {(rows > 0 ? $"from index {column} of an example a row of {rows}" : $"no index {column}")}; {(named > 0 ? $"these name rows of {named}" : "these have none")}: they are {Describe(examples)}.",
                    name);
            }
        }
    }

    /// <summary>Refuses a set over which there is no mean.</summary>
    /// <exception cref="ArgumentException">Every example has weight 0.</exception>
    public static void RequireWeight<T>(ExampleSet<T> examples, string name) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!(examples.TotalWeight > 0) || double.IsInfinity(examples.TotalWeight))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"The weights of these {examples.Count} examples add up to {examples.TotalWeight}, and a mean over them is divided by that. Give weights that add up to a finite number above 0."), name);
        }
    }

    private static void RequireWeightsAndOffsets<T>(bool hasWeights, bool hasOffsets, ExampleSet<T> examples, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var difference = Difference(hasWeights, examples.Weights, "weight", nameof(WeightAttribute), 1)
            ?? Difference(hasOffsets, examples.Offsets, "offset", nameof(OffsetAttribute), 0);
        if (difference is not null)
        {
            throw new ArgumentException(difference, name);
        }

        static string? Difference(bool isDeclared, ReadOnlySpan<T> values, string what, string attribute, int usual)
        {
            var mark = attribute.Replace(nameof(Attribute), "", StringComparison.Ordinal);
            return isDeclared == !values.IsEmpty ? null
                : isDeclared ? $"The model is declared with {what}s, and these examples have none. Give each one its {what} ({what}s: of ExampleSet, the column {what}: of Read, or the property marked [{mark}]), {usual} where it has no other."
                : $"The examples have {what}s, and the model does not read them. Declare it with a property marked [{mark}], or with {mark}s = true; or leave the {what}s out.";
        }
    }

    private static string LabelCounts(int outputs, LabelDomain domain, int labels)
    {
        var cure = (outputs, domain) switch
        {
            (1, _) => "Give each example one number (ExampleSet.FromFeatures).",
            (_, LabelDomain.Distribution) => $"Give classes from 0 to {outputs - 1} (ExampleSet.FromClasses), or a row of {outputs} shares for each example (ExampleSet.FromFeatures with a label count).",
            _ => $"Give a row of {outputs} labels for each example (ExampleSet.FromFeatures with a label count).",
        };
        return $"The model has {outputs} {(outputs == 1 ? "output" : "outputs")}; the label of these examples has {labels} {(labels == 1 ? "number" : "numbers")}. {cure}";
    }

    private static void RequireDomain<T>(LabelDomain domain, ExampleSet<T> examples, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // What is finite was checked when the set was made.
        if (domain == LabelDomain.Real)
        {
            return;
        }

        for (var i = 0; i < examples.Count; i++)
        {
            var labels = examples.Labels.Slice(i * examples.LabelStride, examples.LabelCount);
            for (var label = 0; label < labels.Length; label++)
            {
                if (WhatIsExpected(domain, labels[label]) is { } expected)
                {
                    throw new ArgumentException(labels.Length == 1
                        ? string.Create(CultureInfo.InvariantCulture,
                            $"Row {examples.Source[i]} (counted from 0) has the label {labels[label]}; this model's loss is for {expected}.")
                        : string.Create(CultureInfo.InvariantCulture,
                            $"Row {examples.Source[i]}, label {label} (both counted from 0) is {labels[label]}; this model's loss is for {expected}."),
                        name);
                }
            }

            if (domain == LabelDomain.Distribution)
            {
                RequireSumOfOne(labels, examples.Source[i], name);
            }
        }
    }

    /// <summary>What labels a loss is for, where <paramref name="label"/> is none of them.</summary>
    private static string? WhatIsExpected<T>(LabelDomain domain, T label) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        domain switch
        {
            LabelDomain.Binary when label != T.Zero && label != T.One => "labels 0 and 1",
            LabelDomain.NonNegative when label < T.Zero => "labels from 0 up, such as counts",
            LabelDomain.Distribution when label < T.Zero || label > T.One => "shares from 0 to 1, one for each class",
            _ => null,
        };

    private static void RequireSumOfOne<T>(ReadOnlySpan<T> shares, int row, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sum = T.Zero;
        foreach (var share in shares)
        {
            sum += share;
        }

        // Half of the digits: shares that were rounded or divided still add up, those that were forgotten do not.
        if (T.Abs(sum - T.One) > T.Sqrt(T.BitIncrement(T.One) - T.One))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"Row {row} (counted from 0): the shares of the classes add up to {sum} and not to 1. Divide each by their sum."),
                name);
        }
    }

    private static string Describe<T>(ExampleSet<T> examples) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        examples.IsOfRatings ? "ratings"
        : $"examples with {examples.FeatureCount} features{(examples.TableCount == 0 ? "" : $" and {examples.TableCount} {(examples.TableCount == 1 ? "index" : "indices")}")}";
}
