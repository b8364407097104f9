using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

public static partial class Panel
{
    /// <summary>
    /// gram[offset + row·step + column] += F(a, …), for all pairs of a tile of examples with another. Rows are a number for each pair
    /// (as <see cref="PairDots"/> fills them), numbers the left tile's, one row the right tile's, one number all pairs'.
    /// </summary>
    /// <typeparam name="F">The formula.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="gram">The pairs' matrix, whose rows have no pads.</param>
    /// <param name="offset">The place of the first pair.</param>
    /// <param name="step">From row to row.</param>
    /// <param name="a">The formula's first operand; the others follow.</param>
    /// <param name="rows">Examples of the left tile.</param>
    /// <param name="columns">Examples of the right tile.</param>
    /// <exception cref="ArgumentException">An operand is gathered or of another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The matrix ends before, or an operand has not so many examples.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddPairs<F, T>(Span<T> gram, int offset, int step, in Panel<T> a, int rows, int columns)
        where F : struct, IFormula1<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var target = ref Places(gram, offset, step, columns, rows);
        var block = PairRows<T>(columns);
        for (var r = 0; r < rows; r += PairBlock)
        {
            var part = Math.Min(PairBlock, rows - r);
            Map<F, T>(in block, a.From(r), part);
            AddNumbers(ref Unsafe.Add(ref target, (nint)r * step), step, in block, part, columns);
        }
    }

    /// <inheritdoc cref="AddPairs{F, T}(Span{T}, int, int, in Panel{T}, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddPairs<F, T>(Span<T> gram, int offset, int step, in Panel<T> a, in Panel<T> b, int rows, int columns)
        where F : struct, IFormula2<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var target = ref Places(gram, offset, step, columns, rows);
        var block = PairRows<T>(columns);
        for (var r = 0; r < rows; r += PairBlock)
        {
            var part = Math.Min(PairBlock, rows - r);
            Map<F, T>(in block, a.From(r), b.From(r), part);
            AddNumbers(ref Unsafe.Add(ref target, (nint)r * step), step, in block, part, columns);
        }
    }

    /// <inheritdoc cref="AddPairs{F, T}(Span{T}, int, int, in Panel{T}, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddPairs<F, T>(Span<T> gram, int offset, int step, in Panel<T> a, in Panel<T> b, in Panel<T> c,
        int rows, int columns)
        where F : struct, IFormula3<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var target = ref Places(gram, offset, step, columns, rows);
        var block = PairRows<T>(columns);
        for (var r = 0; r < rows; r += PairBlock)
        {
            var part = Math.Min(PairBlock, rows - r);
            Map<F, T>(in block, a.From(r), b.From(r), c.From(r), part);
            AddNumbers(ref Unsafe.Add(ref target, (nint)r * step), step, in block, part, columns);
        }
    }

    /// <inheritdoc cref="AddPairs{F, T}(Span{T}, int, int, in Panel{T}, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddPairs<F, T>(Span<T> gram, int offset, int step, in Panel<T> a, in Panel<T> b, in Panel<T> c,
        in Panel<T> d, int rows, int columns)
        where F : struct, IFormula4<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var target = ref Places(gram, offset, step, columns, rows);
        var block = PairRows<T>(columns);
        for (var r = 0; r < rows; r += PairBlock)
        {
            var part = Math.Min(PairBlock, rows - r);
            Map<F, T>(in block, a.From(r), b.From(r), c.From(r), d.From(r), part);
            AddNumbers(ref Unsafe.Add(ref target, (nint)r * step), step, in block, part, columns);
        }
    }

    /// <inheritdoc cref="AddPairs{F, T}(Span{T}, int, int, in Panel{T}, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddPairs<F, T>(Span<T> gram, int offset, int step, in Panel<T> a, in Panel<T> b, in Panel<T> c,
        in Panel<T> d, in Panel<T> e, int rows, int columns)
        where F : struct, IFormula5<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var target = ref Places(gram, offset, step, columns, rows);
        var block = PairRows<T>(columns);
        for (var r = 0; r < rows; r += PairBlock)
        {
            var part = Math.Min(PairBlock, rows - r);
            Map<F, T>(in block, a.From(r), b.From(r), c.From(r), d.From(r), e.From(r), part);
            AddNumbers(ref Unsafe.Add(ref target, (nint)r * step), step, in block, part, columns);
        }
    }

    /// <inheritdoc cref="AddPairs{F, T}(Span{T}, int, int, in Panel{T}, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddPairs<F, T>(Span<T> gram, int offset, int step, in Panel<T> a, in Panel<T> b, in Panel<T> c,
        in Panel<T> d, in Panel<T> e, in Panel<T> f, int rows, int columns)
        where F : struct, IFormula6<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var target = ref Places(gram, offset, step, columns, rows);
        var block = PairRows<T>(columns);
        for (var r = 0; r < rows; r += PairBlock)
        {
            var part = Math.Min(PairBlock, rows - r);
            Map<F, T>(in block, a.From(r), b.From(r), c.From(r), d.From(r), e.From(r), f.From(r), part);
            AddNumbers(ref Unsafe.Add(ref target, (nint)r * step), step, in block, part, columns);
        }
    }

    /// <inheritdoc cref="AddPairs{F, T}(Span{T}, int, int, in Panel{T}, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddPairs<F, T>(Span<T> gram, int offset, int step, in Panel<T> a, in Panel<T> b, in Panel<T> c,
        in Panel<T> d, in Panel<T> e, in Panel<T> f, in Panel<T> g, int rows, int columns)
        where F : struct, IFormula7<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var target = ref Places(gram, offset, step, columns, rows);
        var block = PairRows<T>(columns);
        for (var r = 0; r < rows; r += PairBlock)
        {
            var part = Math.Min(PairBlock, rows - r);
            Map<F, T>(in block, a.From(r), b.From(r), c.From(r), d.From(r), e.From(r), f.From(r), g.From(r), part);
            AddNumbers(ref Unsafe.Add(ref target, (nint)r * step), step, in block, part, columns);
        }
    }

    /// <inheritdoc cref="AddPairs{F, T}(Span{T}, int, int, in Panel{T}, int, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddPairs<F, T>(Span<T> gram, int offset, int step, in Panel<T> a, in Panel<T> b, in Panel<T> c,
        in Panel<T> d, in Panel<T> e, in Panel<T> f, in Panel<T> g, in Panel<T> h, int rows, int columns)
        where F : struct, IFormula8<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var target = ref Places(gram, offset, step, columns, rows);
        var block = PairRows<T>(columns);
        for (var r = 0; r < rows; r += PairBlock)
        {
            var part = Math.Min(PairBlock, rows - r);
            Map<F, T>(in block, a.From(r), b.From(r), c.From(r), d.From(r), e.From(r), f.From(r), g.From(r), h.From(r), part);
            AddNumbers(ref Unsafe.Add(ref target, (nint)r * step), step, in block, part, columns);
        }
    }

    // Rows of pairs that a formula is taken of at a time: they stay in the first cache until they are added.
    private const int PairBlock = 8;

    /// <summary>Scratch memory of the products' own for some rows of pairs.</summary>
    private static Panel<T> PairRows<T>(int columns) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var stride = Workspace<T>.Stride(columns);
        return new(ref MemoryMarshal.GetReference(Workspace<T>.OfProducts((long)PairBlock * stride)), stride, 1, columns, stride, PairBlock * stride, true);
    }

    private static void AddNumbers<T>(ref T target, nint step, in Panel<T> block, int rows, nint count) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var r = 0; r < rows; r++)
        {
            ref var numbers = ref Unsafe.Add(ref target, r * step);
            if (Vector512.IsHardwareAccelerated)
            {
                RowCopies<T, Wide<T>>.AddNumbers(ref numbers, ref block.Row(r), count);
            }
            else if (Vector256.IsHardwareAccelerated)
            {
                RowCopies<T, Narrow<T>>.AddNumbers(ref numbers, ref block.Row(r), count);
            }
            else
            {
                RowCopies<T, Slim<T>>.AddNumbers(ref numbers, ref block.Row(r), count);
            }
        }
    }
}
