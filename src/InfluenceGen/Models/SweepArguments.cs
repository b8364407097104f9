using System.ComponentModel;
using System.Numerics;
using InfluenceGen.Examples;

namespace InfluenceGen.Models;

/// <summary>
/// The checks at the door of every generated sweep: inside, memory is addressed without bounds checks, so whatever is
/// handed in must be long enough.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class SweepArguments
{
    /// <summary>Requires that a span is long enough.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void Require(int length, long needed, string name)
    {
        if (length < needed)
        {
            throw new ArgumentException($"{name} holds {length} elements; this sweep needs {needed}.", name);
        }
    }

    /// <summary>Requires whole directions, one behind the other.</summary>
    /// <exception cref="ArgumentException">The last one is cut short.</exception>
    public static void RequireDirections(int length, ParameterLayout layout)
    {
        if (length % layout.StorageLength != 0)
        {
            throw new ArgumentException(
                $"directions holds {length} elements; this sweep needs {layout.StorageLength} for each direction.",
                "directions");
        }
    }

    /// <summary>Requires a pass that the model has.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It has none of that number.</exception>
    public static void RequirePass(int pass, int passes)
    {
        if ((uint)pass >= (uint)passes)
        {
            throw new ArgumentOutOfRangeException(nameof(pass), pass, $"Passes are counted from 0; this model has {passes}.");
        }
    }

    /// <summary>Requires examples of <paramref name="features"/> features and a range of segments among theirs.</summary>
    /// <exception cref="ArgumentException">They have another number of features, or are ratings.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the segments.</exception>
    public static void RequireFeatures<T>(ExampleSet<T> examples, int features, int first, int last)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (examples.TableCount != 0 || examples.FeatureCount != features)
        {
            throw new ArgumentException(
                $"The model reads {features} features; the examples have {examples.FeatureCount}.", nameof(examples));
        }

        RequireRange(examples.SegmentsOf(0), first, last);
    }

    /// <summary>Requires as many numbers in a label as the model has outputs.</summary>
    /// <exception cref="ArgumentException">Labels have another number.</exception>
    public static void RequireLabels<T>(ExampleSet<T> examples, int outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (examples.LabelCount != outputs)
        {
            throw new ArgumentException(
                $"The model has {outputs} outputs; the label of an example has {examples.LabelCount} numbers.", nameof(examples));
        }
    }

    /// <summary>Requires examples that name rows of the layout's tables and a range of segments among theirs.</summary>
    /// <exception cref="ArgumentException">They are not ratings, or their tables have other numbers of rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the segments of the pass.</exception>
    public static void RequireRows<T>(ExampleSet<T> examples, ParameterLayout layout, int pass, int first, int last)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var block in layout.Blocks)
        {
            var rows = examples.TableCount > block.RowIndex ? examples.RowCount(block.RowIndex) : 0;
            if (rows != block.Rows)
            {
                throw new ArgumentException(
                    $"The model's table {block.Name} has {block.Rows} rows; the examples name {rows}.", nameof(examples));
            }
        }

        RequireRange(examples.SegmentsOf(pass), first, last);
    }

    /// <summary>Requires one segment for each row of a table, in order, so that a row's examples can be looked up.</summary>
    /// <exception cref="ArgumentException">Rows are missing, as they are in a batch, or stand for other things.</exception>
    public static void RequireEveryRow<T>(ExampleSet<T> examples, int pass, int rows, string name)
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
}
