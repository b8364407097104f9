using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace InfluenceGen.Numerics;

/// <summary>
/// Scratch memory of the thread that asks for it, handed out in pieces which start on 64-byte lines: what the panels of a kernel lie in.
/// It is kept for the thread's life and holds whatever was left in it. A piece stays where it is until the next <see cref="OfThread"/>,
/// however many follow; where they do not fit, more memory is taken, and joined with the rest the next time, so
/// that work which is done again allocates nothing.
/// </summary>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class Scratch<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int FirstLength = 4096;

    [ThreadStatic]
    private static Scratch<T>? _ofThread;

    private AlignedBuffer<T> _memory = new(FirstLength);
    private int _used;
    private int _buffers;
    private long _left;

    private Scratch()
    {
    }

    /// <summary>The calling thread's, all of it free again: it has one user at a time, a sweep, which asks once.</summary>
    public static Scratch<T> OfThread()
    {
        var scratch = _ofThread ??= new();
        scratch.Reset();
        return scratch;
    }

    /// <summary>Numbers for so many examples.</summary>
    /// <param name="length">How many examples.</param>
    public Panel<T> Numbers(int length)
    {
        ref var start = ref Take(length, out var taken);
        return new(ref start, 1, 0, 1, 1, taken, true);
    }

    /// <summary>Rows for so many examples.</summary>
    /// <param name="length">How many examples.</param>
    /// <param name="columns">Numbers of a row without its pads.</param>
    public Panel<T> Rows(int length, int columns)
    {
        var stride = Workspace<T>.Stride(columns);
        ref var start = ref Take((long)length * stride, out var taken);
        return new(ref start, stride, 1, columns, stride, taken, true);
    }

    /// <summary>One row for all examples.</summary>
    /// <param name="columns">Numbers of the row without its pads.</param>
    public Panel<T> Row(int columns)
    {
        var stride = Workspace<T>.Stride(columns);
        ref var start = ref Take(stride, out var taken);
        return new(ref start, 0, 1, columns, stride, taken, true);
    }

    /// <summary>One number for all examples.</summary>
    /// <param name="value">Which.</param>
    public Panel<T> Number(T value)
    {
        ref var start = ref Take(1, out var taken);
        start = value;
        return new(ref start, 0, 0, 1, 1, taken, true);
    }

    /// <summary>A matrix of parameters as it lies in memory.</summary>
    /// <param name="memory">Where it lies.</param>
    /// <param name="offset">The place of its first number.</param>
    /// <param name="rows">How many rows, each on a line of its own, padded with zeros.</param>
    /// <param name="columns">Numbers of a row without its pads.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not within the memory.</exception>
    public PanelMatrix<T> Matrix(ReadOnlySpan<T> memory, int offset, int rows, int columns)
    {
        var stride = Workspace<T>.Stride(columns);
        var numbers = (long)rows * stride;
        if (offset < 0 || rows < 0 || offset + numbers > memory.Length)
        {
            PanelErrors.ThrowOutside(offset, numbers, memory.Length);
        }

        return new(ref Unsafe.Add(ref MemoryMarshal.GetReference(memory), offset), ref Unsafe.NullRef<T>(), rows, columns, stride, 0);
    }

    /// <summary>The same with a transposed copy, where products with so many rows are faster by one.</summary>
    /// <param name="memory">Where it lies.</param>
    /// <param name="offset">The place of its first number.</param>
    /// <param name="rows">How many rows, each on a line of its own, padded with zeros.</param>
    /// <param name="columns">Numbers of a row without its pads.</param>
    /// <param name="expectedRows">How many examples the matrix is going to be multiplied with before it changes.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not within the memory.</exception>
    public PanelMatrix<T> Packed(ReadOnlySpan<T> memory, int offset, int rows, int columns, int expectedRows)
    {
        var matrix = Matrix(memory, offset, rows, columns);
        if (!DenseProducts.PrefersTransposed<T>(expectedRows, columns, rows))
        {
            return matrix;
        }

        var stride = Workspace<T>.Stride(rows);
        ref var copy = ref Take((long)columns * stride, out _);
        DenseProducts.Transpose(ref matrix.Start, matrix.Stride, rows, columns, ref copy, stride);
        return new(ref matrix.Start, ref copy, rows, columns, matrix.Stride, stride);
    }

    /// <summary>A matrix that a step made, as it lies in scratch memory.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="count">How many.</param>
    public PanelMatrix<T> Matrix(in Panel<T> rows, int count)
    {
        rows.Require(count);
        return new(ref rows.Start, ref Unsafe.NullRef<T>(), count, rows.Columns, rows.Stride, 0);
    }

    /// <summary>Plain numbers, as many as are asked for.</summary>
    /// <param name="length">How many.</param>
    public Span<T> Span(int length) => MemoryMarshal.CreateSpan(ref Take(length, out _), length);

    /// <summary>Where the next piece starts, to give back (<see cref="Release"/>) what is taken from here on.</summary>
    public (int Buffers, int Used) Mark() => (_buffers, _used);

    /// <summary>Gives back the pieces that were taken since <see cref="Mark"/>, as far as no other buffer was needed for them.</summary>
    /// <param name="mark">What <see cref="Mark"/> gave.</param>
    public void Release((int Buffers, int Used) mark)
    {
        if (mark.Buffers == _buffers)
        {
            _used = mark.Used;
        }
    }

    private void Reset()
    {
        if (_left > 0)
        {
            _memory = new(Math.Min(_left + _memory.Length, AlignedBuffer<T>.MaxLength));
            _left = 0;
        }

        (_used, _buffers) = (0, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref T Take(long numbers, out int taken)
    {
        var line = 64 / Unsafe.SizeOf<T>();
        var rounded = (numbers + line - 1) & -line;
        if (numbers < 0 || rounded > _memory.Length - _used)
        {
            Grow(numbers < 0 ? numbers : rounded);
        }

        ref var start = ref Unsafe.Add(ref MemoryMarshal.GetReference(_memory.Span), _used);
        taken = (int)rounded;
        _used += taken;
        return ref start;
    }

    /// <summary>Takes more memory; panels hold what lies in the memory before.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The numbers are less than none, or more than a buffer holds.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(long numbers)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(numbers);
        var memory = new AlignedBuffer<T>(Math.Max(numbers, Math.Min(2L * _memory.Length, AlignedBuffer<T>.MaxLength)));
        _left += _memory.Length;
        (_memory, _used) = (memory, 0);
        _buffers++;
    }
}
