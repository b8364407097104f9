using System.Numerics;
using InfluenceGen.Numerics;

namespace InfluenceGen.Examples;

/// <summary>
/// A partition of examples into runs that share a row (a user's ratings, an item's ratings) or a chunk of work. A sweep
/// visits segment by segment and writes one sum for each; since a row belongs to one segment, no two threads ever write
/// to the same place, and sums are added in an order that does not depend on how many threads there are.
/// </summary>
public sealed class Segments
{
    private readonly int[] _rows;
    private readonly int[] _targets;
    private readonly int[] _offsets;
    private readonly int[] _order;

    /// <summary>An empty partition with room for as many segments and examples.</summary>
    /// <param name="segmentCapacity">Most segments it will hold.</param>
    /// <param name="exampleCapacity">Most examples it will list; 0 where segments are contiguous runs of examples.</param>
    internal Segments(int segmentCapacity, int exampleCapacity)
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

    /// <summary>Rows of what targets name: of the whole table where they are its rows, even of a batch that touches few of them; otherwise
    /// the chunks, or the groups. A sweep's sums have that many rows for each table
    /// (<see cref="Models.ParameterLayout.SumOffset"/>).</summary>
    public int TargetRows { get; private set; }

    /// <summary>Segment s holds the positions from <c>Offsets[s]</c> to before <c>Offsets[s + 1]</c>.</summary>
    public ReadOnlySpan<int> Offsets => _offsets.AsSpan(0, Count + 1);

    /// <summary>
    /// The example at each position. Empty for the first pass and for that of the blocks which every example reads, whose segments
    /// are runs of examples, so that position and example are the same number; never empty for the passes between them, whose
    /// generated code does not ask.
    /// </summary>
    public ReadOnlySpan<int> Order => _order.Length == 0 ? [] : _order.AsSpan(0, _offsets[Count]);

    /// <summary>Some of them as a pass takes them.</summary>
    /// <param name="first">The first one.</param>
    /// <param name="last">The one to stop before.</param>
    public PassSegments Between(int first, int last) =>
        new(Offsets.Slice(first, last - first + 1), Rows[first..last], Targets[first..last]);

    /// <summary>
    /// An empty partition for a pass over a later index, whose segments are runs of examples all the same: they are listed
    /// in order.
    /// </summary>
    /// <param name="segmentCapacity">Most segments it will hold.</param>
    /// <param name="exampleCapacity">Most examples it will list.</param>
    internal static Segments ListedRuns(int segmentCapacity, int exampleCapacity)
    {
        var segments = new Segments(segmentCapacity, exampleCapacity);
        for (var position = 0; position < exampleCapacity; position++)
        {
            segments._order[position] = position;
        }

        return segments;
    }

    /// <summary>
    /// Contiguous chunks for a model whose every example reads every parameter. Their number depends on the number of
    /// examples alone, so partial sums are the same on any number of threads.
    /// </summary>
    internal static Segments Chunks(int examples, int chunkLength)
    {
        var segments = new Segments(ChunkCount(examples, chunkLength), 0);
        segments.FillChunks(examples, chunkLength);
        return segments;
    }

    /// <summary>One segment for each row of a table, the contiguous run of examples that name it (perhaps empty).</summary>
    /// <param name="rowOf">Each example's row: equal ones stand together, ascending or not.</param>
    /// <param name="rows">Rows of the table.</param>
    internal static Segments Contiguous(ReadOnlySpan<int> rowOf, int rows)
    {
        var segments = new Segments(rows, 0);
        if (IsAscending(rowOf))
        {
            segments.CountRows(rowOf, rows);
            return segments;
        }

        segments.FillContiguousTouched(rowOf, rows);
        var isTouched = new bool[rows];
        foreach (var row in segments.Rows)
        {
            isTouched[row] = true;
        }

        for (var row = 0; row < rows; row++)
        {
            if (!isTouched[row])
            {
                segments.AddRun(row, row, rowOf.Length);
            }
        }

        return segments;
    }

    /// <summary>One segment for each row of a table, listing the examples that name it in ascending order.</summary>
    /// <param name="rowOf">Each example's row, in any order.</param>
    /// <param name="rows">Rows of the table.</param>
    internal static Segments Ordered(ReadOnlySpan<int> rowOf, int rows)
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

    internal static int ChunkCount(int examples, int chunkLength) =>
        Math.Max(1, (int)(((long)examples + chunkLength - 1) / chunkLength));

    internal void FillChunks(int examples, int chunkLength)
    {
        Count = ChunkCount(examples, chunkLength);
        TargetRows = Count;
        for (var s = 0; s < Count; s++)
        {
            _rows[s] = 0;
            _targets[s] = s;
            _offsets[s] = s * chunkLength;
        }

        _offsets[Count] = examples;
    }

    /// <summary>Most segments it holds.</summary>
    internal int Capacity => _targets.Length;

    /// <summary>The same runs of examples as <paramref name="segments"/>, their targets counted from 0 again after every
    /// <paramref name="targetRows"/>.</summary>
    internal void FillRounds(Segments segments, int targetRows)
    {
        Count = segments.Count;
        TargetRows = targetRows;
        segments.Offsets.CopyTo(_offsets);
        segments.Rows.CopyTo(_rows);
        for (var s = 0; s < Count; s++)
        {
            _targets[s] = s % targetRows;
        }
    }

    /// <summary>Starts anew; segments are then added one by one with <see cref="AddRun"/>.</summary>
    /// <param name="targetRows">Rows of what targets name.</param>
    internal void Clear(int targetRows)
    {
        Count = 0;
        TargetRows = targetRows;
        _offsets[0] = 0;
    }

    /// <summary>Adds the run of examples from where the last one ended to before <paramref name="end"/>.</summary>
    internal void AddRun(int row, int target, int end)
    {
        _rows[Count] = row;
        _targets[Count] = target;
        Count++;
        _offsets[Count] = end;
    }

    /// <summary>One segment for each row that is named, the contiguous run of examples that name it.</summary>
    /// <param name="rowOf">Each example's row: equal ones stand together.</param>
    /// <param name="rows">Rows of the table.</param>
    internal void FillContiguousTouched(ReadOnlySpan<int> rowOf, int rows)
    {
        Clear(rows);
        for (var example = 0; example < rowOf.Length; example++)
        {
            if (example + 1 == rowOf.Length || rowOf[example + 1] != rowOf[example])
            {
                AddRun(rowOf[example], rowOf[example], example + 1);
            }
        }
    }

    /// <summary>
    /// One segment for each row that is named, ascending, listing the examples that name it in ascending order. Takes
    /// time for the examples and a 64th of the table's rows.
    /// </summary>
    /// <param name="rowOf">Each example's row, in any order.</param>
    /// <param name="touched">A bit for each row of the table, all clear; clear again afterwards.</param>
    /// <param name="next">A number for each row of the table, all 0; 0 again afterwards.</param>
    internal void FillOrderedTouched(ReadOnlySpan<int> rowOf, Span<ulong> touched, Span<int> next)
    {
        foreach (var row in rowOf)
        {
            touched[row >> 6] |= 1UL << row;
            next[row]++;
        }

        Clear(next.Length);
        var end = 0;
        for (var word = 0; word < touched.Length; word++)
        {
            for (var bits = touched[word]; bits != 0; bits &= bits - 1)
            {
                var row = (word << 6) + BitOperations.TrailingZeroCount(bits);
                var start = end;
                end += next[row];
                next[row] = start;
                AddRun(row, row, end);
            }

            touched[word] = 0;
        }

        for (var example = 0; example < rowOf.Length; example++)
        {
            _order[next[rowOf[example]]++] = example;
        }

        foreach (var row in Rows)
        {
            next[row] = 0;
        }
    }

    private static bool IsAscending(ReadOnlySpan<int> rowOf)
    {
        for (var example = 1; example < rowOf.Length; example++)
        {
            if (rowOf[example] < rowOf[example - 1])
            {
                return false;
            }
        }

        return true;
    }

    private void CountRows(ReadOnlySpan<int> rowOf, int rows)
    {
        Count = rows;
        TargetRows = rows;
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
