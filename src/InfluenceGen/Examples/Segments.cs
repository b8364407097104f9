namespace InfluenceGen.Examples;

/// <summary>
/// A partition of examples into runs that share a row (a user's ratings, an item's ratings) or a chunk of work. A sweep
/// visits segment by segment and writes one sum for each; since a row belongs to one segment, no two threads ever write
/// to the same place, and sums are added in an order that does not depend on how many threads there are.
/// </summary>
public sealed class Segments
{
    private int[] _rows;
    private int[] _targets;
    private int[] _offsets;
    private int[] _order;

    /// <summary>An empty partition with room for as many segments and examples.</summary>
    /// <param name="segmentCapacity">Most segments it will hold.</param>
    /// <param name="exampleCapacity">Most examples it will list; 0 where segments are contiguous runs of examples.</param>
    public Segments(int segmentCapacity, int exampleCapacity)
    {
        _rows = new int[segmentCapacity];
        _targets = new int[segmentCapacity];
        _offsets = new int[segmentCapacity + 1];
        _order = new int[exampleCapacity];
    }

    /// <summary>The number of segments.</summary>
    public int Count { get; private set; }

    /// <summary>The embedding row that a segment's examples share; 0 where there is none.</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    /// <summary>The row of the output that a segment's sum is written to.</summary>
    public ReadOnlySpan<int> Targets => _targets.AsSpan(0, Count);

    /// <summary>Segment s holds the positions from <c>Offsets[s]</c> to before <c>Offsets[s + 1]</c>.</summary>
    public ReadOnlySpan<int> Offsets => _offsets.AsSpan(0, Count + 1);

    /// <summary>The example at each position; empty where position and example are the same number.</summary>
    public ReadOnlySpan<int> Order => _order;

    /// <summary>
    /// Contiguous chunks for a model whose every example reads every parameter. Their number depends on the number of
    /// examples alone, so partial sums are the same on any number of threads.
    /// </summary>
    public static Segments Chunks(int examples, int chunkLength)
    {
        var segments = new Segments(Math.Max(1, (examples + chunkLength - 1) / chunkLength), 0);
        segments.FillChunks(examples, chunkLength);
        return segments;
    }

    /// <summary>One segment for each row of a table, the contiguous run of examples that name it (perhaps empty).</summary>
    /// <param name="rowOf">Each example's row, ascending.</param>
    /// <param name="rows">Rows of the table.</param>
    public static Segments Contiguous(ReadOnlySpan<int> rowOf, int rows)
    {
        var segments = new Segments(rows, 0);
        segments.CountRows(rowOf, rows);
        return segments;
    }

    /// <summary>One segment for each row of a table, listing the examples that name it in ascending order.</summary>
    /// <param name="rowOf">Each example's row, in any order.</param>
    /// <param name="rows">Rows of the table.</param>
    public static Segments Ordered(ReadOnlySpan<int> rowOf, int rows)
    {
        var segments = new Segments(rows, rowOf.Length);
        segments.CountRows(rowOf, rows);
        var next = segments._offsets.AsSpan(0, rows).ToArray();
        for (var example = 0; example < rowOf.Length; example++)
        {
            segments._order[next[rowOf[example]]++] = example;
        }

        return segments;
    }

    internal void FillChunks(int examples, int chunkLength)
    {
        Count = Math.Max(1, (examples + chunkLength - 1) / chunkLength);
        for (var s = 0; s < Count; s++)
        {
            _rows[s] = 0;
            _targets[s] = s;
            _offsets[s] = s * chunkLength;
        }

        _offsets[Count] = examples;
    }

    private void CountRows(ReadOnlySpan<int> rowOf, int rows)
    {
        Count = rows;
        foreach (var row in rowOf)
        {
            _offsets[row + 1]++;
        }

        for (var row = 0; row < rows; row++)
        {
            _rows[row] = row;
            _targets[row] = row;
            _offsets[row + 1] += _offsets[row];
        }
    }
}
