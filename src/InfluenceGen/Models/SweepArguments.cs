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

    private static void RequireRange(Segments segments, int first, int last)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, last);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(last, segments.Count);
    }
}
