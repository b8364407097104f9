using System.ComponentModel;

namespace InfluenceGen.Examples;

/// <summary>Some neighbouring positions of a segment, which a kernel takes together.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct Tile
{
    internal Tile(int start, int count, int row, int target, bool isFirst, ReadOnlySpan<int> order)
    {
        Start = start;
        Count = count;
        Row = row;
        Target = target;
        IsFirst = isFirst;
        Order = order;
    }

    /// <summary>The first position.</summary>
    public int Start { get; }

    /// <summary>How many there are; 0 for a segment without examples.</summary>
    public int Count { get; }

    /// <summary>The row that the segment's examples share.</summary>
    public int Row { get; }

    /// <summary>The row of the output that the segment's sum is written to.</summary>
    public int Target { get; }

    /// <summary>Whether the segment starts here, and sums are to be cleared.</summary>
    public bool IsFirst { get; }

    /// <summary>The examples at these positions; empty where position and example are the same number.</summary>
    public ReadOnlySpan<int> Order { get; }

    /// <summary>A part of the tile.</summary>
    internal Tile Part(int start, int count) =>
        new(Start + start, count, Row, Target, IsFirst && start == 0, Order.IsEmpty ? [] : Order.Slice(start, count));
}

/// <summary>Takes segments apart into tiles, in order.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Tiles
{
    /// <summary>The tiles of some segments; a segment without examples is one tile without any, since its sum is to be cleared.</summary>
    /// <param name="segments">The segments.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="last">The one to stop before.</param>
    /// <param name="length">Most examples of a tile.</param>
    public static OfSegments Of(Segments segments, int first, int last, int length) => new(segments, first, last, length);

    /// <summary>All examples of some segments as one tile, whatever segments they are in.</summary>
    /// <param name="segments">The segments.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="last">The one to stop before.</param>
    public static Tile Whole(Segments segments, int first, int last)
    {
        var (start, end) = (segments.Offsets[first], segments.Offsets[last]);
        var order = segments.Order.IsEmpty ? [] : segments.Order[start..end];
        return new(start, end - start, 0, 0, true, order);
    }

    /// <summary>Tiles of examples from the first to before the last, in no segment.</summary>
    /// <param name="count">How many examples there are.</param>
    /// <param name="length">Most examples of a tile.</param>
    public static OfRun Over(int count, int length) => new(new Tile(0, count, 0, 0, true, []), length);

    /// <summary>Parts of a tile.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="length">Most examples of a part.</param>
    public static OfRun Parts(Tile tile, int length) => new(tile, length);

    /// <summary>Tiles of segments, one after the other.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ref struct OfSegments
    {
        private readonly ReadOnlySpan<int> _rows;
        private readonly ReadOnlySpan<int> _targets;
        private readonly ReadOnlySpan<int> _offsets;
        private readonly ReadOnlySpan<int> _order;
        private readonly int _last;
        private readonly int _length;
        private int _segment;
        private int _start;
        private int _count;
        private bool _isFirst;

        internal OfSegments(Segments segments, int first, int last, int length)
        {
            _rows = segments.Rows;
            _targets = segments.Targets;
            _offsets = segments.Offsets;
            _order = segments.Order;
            _segment = first - 1;
            _last = last;
            _length = length;
        }

        /// <summary>The tiles themselves.</summary>
        public readonly OfSegments GetEnumerator() => this;

        /// <summary>The tile that the loop is at.</summary>
        public readonly Tile Current => new(_start, _count, _rows[_segment], _targets[_segment], _isFirst,
            _order.IsEmpty ? [] : _order.Slice(_start, _count));

        /// <summary>Goes on to the next one.</summary>
        public bool MoveNext()
        {
            if (_segment >= 0 && _count > 0 && _start + _count < _offsets[_segment + 1])
            {
                _start += _count;
                _isFirst = false;
            }
            else
            {
                if (++_segment >= _last)
                {
                    return false;
                }

                _start = _offsets[_segment];
                _isFirst = true;
            }

            _count = Math.Min(_length, _offsets[_segment + 1] - _start);
            return true;
        }
    }

    /// <summary>Parts of one tile, one after the other; none of a tile without examples.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ref struct OfRun
    {
        private readonly Tile _run;
        private readonly int _length;
        private int _start;
        private int _count;

        internal OfRun(Tile run, int length)
        {
            _run = run;
            _length = length;
        }

        /// <summary>The parts themselves.</summary>
        public readonly OfRun GetEnumerator() => this;

        /// <summary>The part that the loop is at.</summary>
        public readonly Tile Current => _run.Part(_start, _count);

        /// <summary>Goes on to the next one.</summary>
        public bool MoveNext()
        {
            _start += _count;
            _count = Math.Min(_length, _run.Count - _start);
            return _count > 0;
        }
    }
}
