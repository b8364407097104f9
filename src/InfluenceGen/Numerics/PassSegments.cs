using System.ComponentModel;

namespace InfluenceGen.Numerics;

/// <summary>Some segments of a pass, one after the other: which examples each has, and whose row it is.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct PassSegments
{
    /// <summary>Segments as they stand in a partition.</summary>
    /// <param name="offsets">Segment s has the positions from <c>offsets[s]</c> to before <c>offsets[s + 1]</c>; the first one's first example is the operands' first.</param>
    /// <param name="rows">The row that a segment's examples share.</param>
    /// <param name="targets">The row of the sums that a segment's go to.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public PassSegments(ReadOnlySpan<int> offsets, ReadOnlySpan<int> rows, ReadOnlySpan<int> targets)
    {
        if (offsets.Length != rows.Length + 1 || targets.Length != rows.Length)
        {
            throw new ArgumentException("Segments have a row and a target each, and one offset more.", nameof(offsets));
        }

        Offsets = offsets;
        Rows = rows;
        Targets = targets;
    }

    internal ReadOnlySpan<int> Offsets { get; }

    internal ReadOnlySpan<int> Rows { get; }

    internal ReadOnlySpan<int> Targets { get; }

    /// <summary>How many examples they have.</summary>
    internal int Count => Offsets[^1] - Offsets[0];
}
