using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

public static partial class Panel
{
    /// <summary>target = source: gathers, broadcasts, copies.</summary>
    /// <param name="target">Numbers or rows; one row or number is filled once.</param>
    /// <param name="source">Anything for numbers or rows of the same length; into rows also numbers, each all along its example's row.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentException">The source does not fit the target, or that is gathered.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An operand has not so many examples.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(in Panel<T> target, in Panel<T> source, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!source.IsGathered)
        {
            Map<Same<T>, T>(in target, in source, count);
            return;
        }

        RequireDirect(in target, nameof(target));
        RequireColumns(in source, target.Columns, nameof(source));
        count = target.IsShared ? Math.Min(count, 1) : count;
        target.Require(count);
        source.Require(count);
        if (source.IsNumber)
        {
            // Of a table of numbers: into numbers, or into rows of one number.
            for (nint e = 0; e < count; e++)
            {
                target.Row(e) = source.Row(e);
            }

            ClearPads(in target, count);
        }
        else if (Vector512.IsHardwareAccelerated)
        {
            RowCopies<T, Wide<T>>.Gather(in target, in source, count);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            RowCopies<T, Narrow<T>>.Gather(in target, in source, count);
        }
        else
        {
            RowCopies<T, Slim<T>>.Gather(in target, in source, count);
        }
    }

    /// <summary>target = 0, pads and all.</summary>
    /// <param name="target">Numbers or rows, or one of them, of any memory.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentOutOfRangeException">The target has not so many examples.</exception>
    public static void Clear<T>(in Panel<T> target, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireDirect(in target, nameof(target));
        target.Require(count);
        count = target.IsShared ? Math.Min(count, 1) : count;
        if (target.IsShared || target.RowStep == target.Stride)
        {
            MemoryMarshal.CreateSpan(ref target.Start, count * target.Stride).Clear();
            return;
        }

        for (nint e = 0; e < count; e++)
        {
            MemoryMarshal.CreateSpan(ref target.Row(e), target.Stride).Clear();
        }
    }

    /// <summary>Sets what pads rows to 0: after a formula that does not make 0 of zeros.</summary>
    /// <param name="rows">Rows, or one row.</param>
    /// <param name="count">How many examples.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many examples.</exception>
    public static void ClearPads<T>(in Panel<T> rows, int count) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireDirect(in rows, nameof(rows));
        rows.Require(count);
        count = rows.IsShared ? Math.Min(count, 1) : count;
        for (nint e = 0; e < count && rows.Columns < rows.Stride; e++)
        {
            MemoryMarshal.CreateSpan(ref Unsafe.Add(ref rows.Row(e), rows.Columns), rows.Stride - rows.Columns).Clear();
        }
    }

    /// <summary>target = a + b, element by element.</summary>
    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    public static void Add<T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Map<Sums<T>, T>(in target, in a, in b, count);

    /// <summary>target = a − b, element by element.</summary>
    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    public static void Subtract<T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Map<Differences<T>, T>(in target, in a, in b, count);

    /// <summary>target = a·b, element by element.</summary>
    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    public static void Multiply<T>(in Panel<T> target, in Panel<T> a, in Panel<T> b, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Map<Products<T>, T>(in target, in a, in b, count);

    private readonly struct Same<T> : IFormula1<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V a) where V : struct, ILanes<V, T> => a;
    }

    private readonly struct Sums<T> : IFormula2<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V a, V b) where V : struct, ILanes<V, T> => a + b;
    }

    private readonly struct Differences<T> : IFormula2<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V a, V b) where V : struct, ILanes<V, T> => a - b;
    }

    private readonly struct Products<T> : IFormula2<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V a, V b) where V : struct, ILanes<V, T> => a * b;
    }
}
