using System.Numerics;
using InfluenceGen.Numerics;

namespace InfluenceGen.Examples;

/// <summary>
/// Rows of numbers as they are read, laid out as an <see cref="ExampleSet{T}"/> keeps them. Where their number is known
/// beforehand they are written where they stay; where it is not, memory is added in pieces of an eighth of what there is,
/// so that with the one copy at the end 2.2 times the numbers are held, not 3 as with a list that doubles.
/// </summary>
/// <typeparam name="T">double or float.</typeparam>
internal sealed class RowBuffer<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int FirstBytes = 64 * 1024;
    private const int Share = 8;
    private readonly int _length;
    private readonly int _stride;
    private readonly List<AlignedBuffer<T>> _pieces = [];
    private AlignedBuffer<T> _piece;
    private int _used;

    /// <summary>No rows.</summary>
    /// <param name="length">Numbers in a row.</param>
    /// <param name="stride">Numbers from one row to the next; what lies between stays zero.</param>
    /// <param name="expected">How many rows there are going to be; 0 where that is not known.</param>
    public RowBuffer(int length, int stride, long expected)
    {
        (_length, _stride) = (length, stride);
        MostRows = (int)Math.Min(ExampleSet<T>.MostNumbers / stride, int.MaxValue);
        _piece = Piece(expected > 0 ? expected : FirstBytes / sizeof(double) / stride);
    }

    /// <summary>How many rows fit a set.</summary>
    public int MostRows { get; }

    /// <summary>Rows that were added.</summary>
    public int Count { get; private set; }

    /// <summary>Another row, of zeros.</summary>
    public Span<T> Add()
    {
        if (_used == _piece.Length)
        {
            _piece = Piece(Math.Max(FirstBytes / sizeof(double) / _stride, Count / Share));
            _used = 0;
        }

        var row = _piece.Span.Slice(_used, _length);
        _used += _stride;
        Count++;
        return row;
    }

    /// <summary>All rows; the last use of this object.</summary>
    public AlignedBuffer<T> Finish()
    {
        if (_pieces.Count == 1 && _used >= _piece.Length - _piece.Length / Share)
        {
            return _piece;
        }

        var rows = new AlignedBuffer<T>(Count, _stride);
        var left = rows.Span;
        for (var piece = 0; piece < _pieces.Count; piece++)
        {
            var numbers = _pieces[piece].Span;
            numbers = numbers[..Math.Min(numbers.Length, left.Length)];
            numbers.CopyTo(left);
            left = left[numbers.Length..];
            _pieces[piece] = rows;
        }

        return rows;
    }

    private AlignedBuffer<T> Piece(long rows)
    {
        var piece = new AlignedBuffer<T>((int)Math.Clamp(rows, 1, MostRows - Count), _stride);
        _pieces.Add(piece);
        return piece;
    }
}
