using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace InfluenceGen.Numerics;

/// <summary>
/// The steps that kernels of generated models consist of. A kernel takes a tile of examples, and each of its steps is one call over all of
/// them: panels in, a panel out. How wide vectors are is decided here (512, 256 or 128 bits) and nowhere in generated code. A
/// step runs on the calling thread, allocates nothing, and adds up in an order that depends on sizes alone; an example's dot has the same
/// bits alone and among others. T is double or float.
/// </summary>
/// <remarks>
/// Memory is checked when an operand is made, and that there are numbers for all examples when it is used, in release too; what is
/// not looked at are the rows that a gathered operand's index names. Targets are scratch memory (<see cref="Scratch{T}"/>) unless said
/// otherwise, and may be one of the operands.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class Panel
{
    /// <summary>One number for all examples.</summary>
    /// <param name="memory">Where it lies.</param>
    /// <param name="offset">Its place.</param>
    /// <exception cref="ArgumentOutOfRangeException">The place is not within the memory.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel<T> Number<T>(ReadOnlySpan<T> memory, int offset) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(ref At(memory, offset, 1), 0, 0, 1, 1, 1, false);

    /// <summary>One row for all examples, on a line, padded with zeros.</summary>
    /// <param name="memory">Where it lies.</param>
    /// <param name="offset">The place of its first number.</param>
    /// <param name="columns">Numbers of the row without its pads.</param>
    /// <exception cref="ArgumentOutOfRangeException">The row and its pads are not within the memory.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel<T> Row<T>(ReadOnlySpan<T> memory, int offset, int columns) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var stride = Stride<T>(columns);
        ref var start = ref At(memory, offset, stride);
        return new(ref start, 0, 1, columns, (int)stride, (int)stride, false);
    }

    /// <summary>A number for each example, side by side.</summary>
    /// <param name="memory">Where they lie.</param>
    /// <param name="first">The place of the first example's.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not within the memory.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel<T> Numbers<T>(ReadOnlySpan<T> memory, int first, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var start = ref At(memory, first, count);
        return new(ref start, 1, 0, 1, 1, memory.Length - first, false);
    }

    /// <summary>A row for each example, each on a line of its own, padded with zeros.</summary>
    /// <param name="memory">Where they lie, one row behind the other from its start on.</param>
    /// <param name="first">The number of the first example's row.</param>
    /// <param name="count">How many.</param>
    /// <param name="columns">Numbers of a row without its pads; from row to row are <see cref="Workspace{T}.Stride"/> of them.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not within the memory.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel<T> Rows<T>(ReadOnlySpan<T> memory, int first, int count, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var stride = Stride<T>(columns);
        var offset = first * stride;
        ref var start = ref At(memory, offset, count * stride);
        return new(ref start, (int)stride, 1, columns, (int)stride, memory.Length - (int)offset, false);
    }

    /// <summary>For each segment of a pass, a row: of a table, or of sums; on a line, padded with zeros.</summary>
    /// <param name="memory">Where they lie.</param>
    /// <param name="offset">The place of the first row's first number.</param>
    /// <param name="columns">Numbers of a row without its pads.</param>
    /// <param name="step">From row to row.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not even the first row is within the memory.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel<T> RowsOfSegments<T>(ReadOnlySpan<T> memory, int offset, int columns, int step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var stride = Stride<T>(columns);
        return new(ref At(memory, offset, stride), step, 1, columns, (int)stride, memory.Length - offset, false);
    }

    /// <summary>For each segment of a pass, a number.</summary>
    /// <param name="memory">Where they lie.</param>
    /// <param name="offset">The place of the first one.</param>
    /// <param name="step">From number to number.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not even the first one is within the memory.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel<T> NumbersOfSegments<T>(ReadOnlySpan<T> memory, int offset, int step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(ref At(memory, offset, 1), step, 0, 1, 1, memory.Length - offset, false);

    /// <summary>For each example, the row of a table that its index names.</summary>
    /// <param name="table">Memory that the table lies in.</param>
    /// <param name="offset">The place of its first number.</param>
    /// <param name="columns">Numbers of a row without its pads.</param>
    /// <param name="index">The row of each example, which must be one of the table's.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not even the table's first row is within the memory.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel<T> Gathered<T>(ReadOnlySpan<T> table, int offset, int columns, ReadOnlySpan<int> index)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var stride = Stride<T>(columns);
        return new(ref At(table, offset, stride), ref MemoryMarshal.GetReference(index), index.Length, 1, columns, (int)stride);
    }

    /// <summary>For each example, the number of a packed table of numbers that its index names.</summary>
    /// <param name="table">Memory that the table lies in.</param>
    /// <param name="offset">The place of its first number.</param>
    /// <param name="index">The number of each example, which must be one of the table's.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not even the table's first number is within the memory.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel<T> GatheredNumbers<T>(ReadOnlySpan<T> table, int offset, ReadOnlySpan<int> index)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(ref At(table, offset, index.IsEmpty ? 0 : 1), ref MemoryMarshal.GetReference(index), index.Length, 0, 1, 1);

    /// <summary>The number 1 for all examples.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel<T> Ones<T>() where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(ref MemoryMarshal.GetArrayDataReference(One<T>.Numbers), 0, 0, 1, 1, 1, false);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref T At<T>(ReadOnlySpan<T> memory, long offset, long numbers)
    {
        if (offset < 0 || numbers < 0 || numbers > memory.Length - offset)
        {
            PanelErrors.ThrowOutside(offset, numbers, memory.Length);
        }

        return ref Unsafe.Add(ref MemoryMarshal.GetReference(memory), (nint)offset);
    }

    /// <summary>What <see cref="Workspace{T}.Stride"/> gives, in 64 bits: whoever asks compares it with a memory's length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Stride<T>(int columns)
    {
        var line = 64 / Unsafe.SizeOf<T>();
        return ((long)columns + line - 1) & -line;
    }

    private static class One<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static readonly T[] Numbers = [T.One];
    }
}
