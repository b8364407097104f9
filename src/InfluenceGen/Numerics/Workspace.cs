using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace InfluenceGen.Numerics;

/// <summary>
/// Scratch memory of the thread that asks for it: kept for the thread's life and grown when more is asked for, so that
/// work which is done again allocates nothing.
/// </summary>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Workspace<T> where T : unmanaged
{
    private const int LineBytes = 64;

    [ThreadStatic]
    private static AlignedBuffer<T>? _sweeps;

    [ThreadStatic]
    private static AlignedBuffer<T>? _products;

    /// <summary>
    /// Memory of the calling thread, on a 64-byte boundary, holding whatever was left in it. The next call on the same
    /// thread gives the same memory again, so it has one user at a time: a sweep asks once and divides what it got.
    /// </summary>
    /// <param name="elements">How many numbers.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="elements"/> is negative, or more than a buffer holds.</exception>
    public static Span<T> OfThread(long elements) => Of(ref _sweeps, elements);

    /// <summary>The distance between rows of so many columns: whole lines of 64 bytes.</summary>
    /// <param name="columns">Numbers in a row.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are more than a buffer holds.</exception>
    public static int Stride(int columns) => Sizes.RoundUp(columns, LineBytes / Unsafe.SizeOf<T>());

    /// <summary>Sets to 0 what lies between a row's last number and the next row, in every row of a block.</summary>
    /// <param name="block">The first row's first number.</param>
    /// <param name="stride">From row to row, in numbers.</param>
    /// <param name="rows">Rows of the block.</param>
    /// <param name="columns">Numbers in a row.</param>
    public static void ClearPads(ref T block, int stride, int rows, int columns)
    {
        if (columns == stride)
        {
            return;
        }

        for (nint row = 0; row < rows; row++)
        {
            var pads = MemoryMarshal.CreateSpan(
                ref Unsafe.Add(ref block, row * stride + columns), stride - columns);
            pads.Clear();
        }
    }

    /// <summary>The same for the products themselves, which run while a sweep uses its own.</summary>
    internal static Span<T> OfProducts(long elements) => Of(ref _products, elements);

    private static Span<T> Of(ref AlignedBuffer<T>? buffer, long elements)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(elements);
        if (buffer is null || buffer.Length < elements)
        {
            // Twice as much as before, so that memory which grows little by little is not allocated as often; as far as that goes.
            var doubled = Math.Min(2L * (buffer?.Length ?? 0), AlignedBuffer<T>.MaxLength);
            buffer = new AlignedBuffer<T>(Math.Max(elements, doubled));
        }

        return buffer.Span[..(int)elements];
    }
}
