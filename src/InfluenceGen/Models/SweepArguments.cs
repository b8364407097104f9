using System.ComponentModel;
using System.Numerics;
using InfluenceGen.Examples;

namespace InfluenceGen.Models;

/// <summary>
/// The checks at the door of every generated sweep, one for each member of <see cref="IModel{T}"/>: whatever is handed in must be as
/// long, and the examples of the kind, that the kernels take for granted.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class SweepArguments
{
    /// <summary>Requires examples that the model can read, a range of segments among a pass's, and all parameters.</summary>
    private static void Require<TModel, T>(in TModel model, int pass, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequirePass(pass, model.Passes);
        RequireExamples(model, examples);
        RequireRange(examples.SegmentsOf(pass), first, last);
        Require(weights.Length, model.Layout.StorageLength, nameof(weights));
    }

    private static void RequireExamples<TModel, T>(in TModel model, ExampleSet<T> examples)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var layout = model.Layout;
        if (layout.HasTables)
        {
            RequireTables(examples, layout);
        }
        else
        {
            if (examples.IsOfRatings || (model.Features != 0 && examples.FeatureCount != model.Features))
            {
                throw new ArgumentException(
                    $"The model reads {model.Features} features; the examples {(examples.IsOfRatings ? "are ratings" : $"have {examples.FeatureCount}")}.",
                    nameof(examples));
            }

            RequireColumns(layout, examples);
        }

        if (examples.LabelCount != model.Outputs)
        {
            throw new ArgumentException(
                $"The model has {model.Outputs} outputs; the label of an example has {examples.LabelCount} numbers.", nameof(examples));
        }

        var lacksWeights = model.HasWeights && examples.Weights.Length != examples.Count;
        if (lacksWeights || (model.HasOffsets && examples.Offsets.Length != examples.Count))
        {
            throw new ArgumentException(
                $"The model reads {(lacksWeights ? "weights" : "offsets")} of its examples; these have none.", nameof(examples));
        }
    }

    private static void RequireTables<T>(ExampleSet<T> examples, ParameterLayout layout) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var block in layout.Blocks)
        {
            var rows = examples.IsOfRatings && block.IsTable && examples.TableCount > block.RowIndex ? examples.RowCount(block.RowIndex) : 0;
            if (block.IsTable && rows != block.Rows)
            {
                throw new ArgumentException(
                    $"The model's table {block.Name} has {block.Rows} rows; the examples name {rows}.", nameof(examples));
            }
        }
    }

    private static void RequireColumns<T>(ParameterLayout layout, ExampleSet<T> examples) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var column = 0; column < layout.IndexRows.Length; column++)
        {
            var (rows, named) = (layout.IndexRows[column], column < examples.TableCount ? examples.RowCount(column) : 0);
            if (named != rows)
            {
                throw new ArgumentException(
                    $"The model reads from index {column} a row of {rows}; the examples name {(named == 0 ? "none" : $"rows of {named}")}.", nameof(examples));
            }
        }
    }

    private static void RequirePass(int pass, int passes)
    {
        if ((uint)pass >= (uint)passes)
        {
            throw new ArgumentOutOfRangeException(nameof(pass), pass, $"Passes are counted from 0; this model has {passes}.");
        }
    }

    /// <summary>Requires one segment for each row of a table, in order, so that a row's examples can be looked up.</summary>
    private static void RequireEveryRow<T>(ExampleSet<T> examples, int pass, int rows, string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var listed = examples.SegmentsOf(pass).Rows;
        var row = 0;
        while (row < listed.Length && listed[row] == row)
        {
            row++;
        }

        if (row != rows || listed.Length != rows)
        {
            throw new ArgumentException(
                $"{name} must list the examples of every row of its table; it lists {listed.Length} of {rows}. Use a whole set, not a batch.",
                name);
        }
    }

    private static void RequireRange(Segments segments, int first, int last)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, last);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(last, segments.Count);
    }

    internal static void Require(int length, long needed, string name)
    {
        if (length < needed)
        {
            throw new ArgumentException($"{name} holds {length} elements; this sweep needs {needed}.", name);
        }
    }

    private static void RequireCoefficients<T>(ReadOnlySpan<T> coefficients, ExampleSet<T> examples)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Require(coefficients.Length, coefficients.IsEmpty ? 0 : examples.Count, nameof(coefficients));

    /// <summary>How many whole directions there are.</summary>
    private static long DirectionsIn(int length, ParameterLayout layout)
    {
        var (count, rest) = Math.DivRem(length, layout.StorageLength);
        return rest == 0
            ? count
            : throw new ArgumentException(
                $"directions holds {length} elements; this sweep needs {layout.StorageLength} for each direction.", "directions");
    }
}
