using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace InfluenceGen.Numerics;

/// <summary>
/// A fixed-length run of numbers that starts on a 64-byte boundary, so that no vector load of generated code straddles
/// two cache lines. It is ordinary managed memory on the pinned heap: nothing to free, zero at first.
/// </summary>
/// <typeparam name="T">double or float.</typeparam>
public sealed class AlignedBuffer<T> where T : unmanaged
{
    private const int Alignment = 64;
    private readonly T[] _storage;
    private readonly int _start;

    /// <summary>Allocates <paramref name="length"/> zeros.</summary>
    /// <param name="length">How many numbers: in 64 bits, so that a product of sizes is checked here and nowhere else.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative, or more than <see cref="MaxLength"/>.</exception>
    public AlignedBuffer(long length)
        : this(GC.AllocateArray<T>(PaddedLength(length), pinned: true), (int)length)
    {
    }

    /// <summary>Allocates rows of zeros.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="stride">Numbers of each.</param>
    /// <exception cref="InvalidOperationException">Their product is more than <see cref="MaxLength"/>.</exception>
    internal AlignedBuffer(long rows, long stride)
        : this(Sizes.Product(rows, stride, MaxLength))
    {
    }

    private AlignedBuffer(T[] storage, int length)
    {
        Length = length;
        var size = Unsafe.SizeOf<T>();
        _storage = storage;
        var address = (long)Marshal.UnsafeAddrOfPinnedArrayElement(_storage, 0);
        _start = (int)((Alignment - address % Alignment) % Alignment / size);
    }

    /// <summary>The most numbers that one buffer holds.</summary>
    public static int MaxLength => Array.MaxLength - Alignment / Unsafe.SizeOf<T>();

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>The elements.</summary>
    public Span<T> Span => new(_storage, _start, Length);

    /// <summary>One element.</summary>
    public ref T this[int index] => ref Span[index];

    /// <summary>Memory for a result that is going to be written as a whole; what it holds before is anything.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative, or more than <see cref="MaxLength"/>.</exception>
    internal static AlignedBuffer<T> ForResult(long length)
    {
        var buffer = new AlignedBuffer<T>(GC.AllocateUninitializedArray<T>(PaddedLength(length), pinned: true), (int)length);
        LargeMemory.Advise(buffer.Span);
        return buffer;
    }

    /// <summary>Makes sure that a buffer which is used again and again is long enough; what it held is lost where it was not.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is more than <see cref="MaxLength"/>.</exception>
    internal static void Grow(ref AlignedBuffer<T> buffer, long length)
    {
        if (buffer.Length < length)
        {
            buffer = new AlignedBuffer<T>(length);
        }
    }

    /// <summary>A copy of <paramref name="values"/> on a 64-byte boundary.</summary>
    public static AlignedBuffer<T> CopyOf(ReadOnlySpan<T> values)
    {
        var buffer = new AlignedBuffer<T>(values.Length);
        values.CopyTo(buffer.Span);
        return buffer;
    }

    private static int PaddedLength(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return length <= MaxLength
            ? (int)length + Alignment / Unsafe.SizeOf<T>()
            : throw new ArgumentOutOfRangeException(nameof(length), length, Sizes.TooMany(length, MaxLength));
    }
}
