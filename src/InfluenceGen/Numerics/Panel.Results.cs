using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

public static partial class Panel
{
    /// <summary>
    /// Writes each example's number, or row with its pads, to memory[offset + e·step]. Numbers that are not side by side (step &gt; 1) stand
    /// on lines of 64 bytes, whose rest is set to 0.
    /// </summary>
    /// <param name="memory">Where to.</param>
    /// <param name="offset">The first example's place.</param>
    /// <param name="step">From example to example.</param>
    /// <param name="source">Numbers or rows of any kind.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentOutOfRangeException">The memory ends before, or the source has not so many examples.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write<T>(Span<T> memory, int offset, int step, in Panel<T> source, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        source.Require(count);
        if (!source.IsNumber)
        {
            ref var rows = ref Places(memory, offset, step, source.Stride, count);
            if (Vector512.IsHardwareAccelerated)
            {
                RowCopies<T, Wide<T>>.Write(ref rows, step, in source, count);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                RowCopies<T, Narrow<T>>.Write(ref rows, step, in source, count);
            }
            else
            {
                RowCopies<T, Slim<T>>.Write(ref rows, step, in source, count);
            }
        }
        else if (step > 1)
        {
            var line = (int)Stride<T>(1);
            ref var place = ref Places(memory, offset, step, line, count);
            for (nint e = 0; e < count; e++)
            {
                MemoryMarshal.CreateSpan(ref place, line).Clear();
                place = source.Row(e);
                place = ref Unsafe.Add(ref place, step);
            }
        }
        else
        {
            ref var numbers = ref Places(memory, offset, step, 1, count);
            WriteNumbers(MemoryMarshal.CreateSpan(ref numbers, count), in source);
        }
    }

    /// <summary>Writes each example's left_e right_eᵀ, row by row with the right operand's pads, to memory[offset + e·step].</summary>
    /// <param name="memory">Where to.</param>
    /// <param name="offset">The first example's place.</param>
    /// <param name="step">From example to example.</param>
    /// <param name="left">Rows or numbers of any kind.</param>
    /// <param name="right">Rows of any kind.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentException">The right operand is numbers.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The memory ends before, or an operand has not so many examples.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WriteOuter<T>(Span<T> memory, int offset, int step, in Panel<T> left, in Panel<T> right, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireRow(in right, right.Columns, count, nameof(right));
        left.Require(count);
        ref var target = ref Places(memory, offset, step, Math.Min((long)left.Columns * right.Stride, 1L << 32), count);
        if (Vector512.IsHardwareAccelerated)
        {
            RowCopies<T, Wide<T>>.WriteOuter(ref target, step, in left, in right, count);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            RowCopies<T, Narrow<T>>.WriteOuter(ref target, step, in left, in right, count);
        }
        else
        {
            RowCopies<T, Slim<T>>.WriteOuter(ref target, step, in left, in right, count);
        }
    }

    private static void WriteNumbers<T>(Span<T> target, in Panel<T> source) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (source.IsGathered)
        {
            for (var e = 0; e < target.Length; e++)
            {
                target[e] = source.Row(e);
            }
        }
        else if (source.IsShared)
        {
            target.Fill(source.Start);
        }
        else
        {
            MemoryMarshal.CreateReadOnlySpan(ref source.Start, target.Length).CopyTo(target);
        }
    }

    /// <summary>The first of places for so many numbers each, every step numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref T Places<T>(Span<T> memory, int offset, int step, long numbers, int count) =>
        ref At((ReadOnlySpan<T>)memory, count <= 0 ? 0 : offset, step < 0 ? -1 : count <= 0 ? 0 : (long)(count - 1) * step + numbers);
}
