using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>
/// The loop of <see cref="Panel.Pass"/>, for vectors of rows (V) and such that the formula is taken in (W): eight examples at a time, then
/// one by one those that are left. Nothing of it goes through memory but a line of dots and one of factors.
/// </summary>
internal static class RowPasses<F, T, V, W>
    where F : struct, IPass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct, IRowLanes<V, T>
    where W : struct, ILanes<W, T>
{
    // Examples whose dots are taken together. A vector of the formula has no more lanes.
    private const int Block = 8;

    // Examples that rows of more vectors than stay in registers are taken at a time.
    private const int Tile = 64;

    public static void Run(in PassOperands<T> operands, int count)
    {
        if (operands.A.IsGathered || operands.B.IsGathered || operands.C.IsGathered || operands.D.IsGathered)
        {
            RunCollected(operands, count);
            return;
        }

        var stride = (F.Parts & (PassParts.Dot0 | PassParts.Dot1 | PassParts.Sum0)) != 0 ? operands.Rows0.Stride
            : (F.Parts & PassParts.Sum1) != 0 ? operands.Rows1.Stride : V.Count;
        switch (stride / V.Count)
        {
            case 1:
                Run<OneVector>(in operands, count);
                break;
            case 2:
                Run<TwoVectors>(in operands, count);
                break;
            case 3:
                Run<ThreeVectors>(in operands, count);
                break;
            case 4:
                Run<FourVectors>(in operands, count);
                break;
            default:
                RunLong(in operands, count);
                break;
        }
    }

    /// <summary>The same with numbers that an index names brought side by side.</summary>
    private static void RunCollected(PassOperands<T> operands, int count)
    {
        var memory = Workspace<T>.OfProducts(4L * count);
        Collect(ref operands.A, memory[..count]);
        Collect(ref operands.B, memory.Slice(count, count));
        Collect(ref operands.C, memory.Slice(2 * count, count));
        Collect(ref operands.D, memory.Slice(3 * count, count));
        Run(in operands, count);
    }

    private static void Collect(ref Panel<T> numbers, Span<T> memory)
    {
        if (numbers.IsGathered)
        {
            for (var e = 0; e < memory.Length; e++)
            {
                memory[e] = numbers.Row(e);
            }

            numbers = Panel.Numbers<T>(memory, 0, memory.Length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run<N>(in PassOperands<T> operands, int count) where N : struct, IRowLength
    {
        if ((F.Parts & (PassParts.Dot0 | PassParts.Dot1 | PassParts.Sum0)) != 0 && operands.Rows0.IsGathered)
        {
            Run<N, ByIndex>(in operands, count);
        }
        else
        {
            Run<N, InOrder>(in operands, count);
        }
    }

    // Each sum is in two chains, even and odd, whose vectors stay in registers.
    [SkipLocalsInit]
    private static void Run<N, R>(in PassOperands<T> operands, nint count)
        where N : struct, IRowLength
        where R : struct, IRowOrder
    {
        Unsafe.SkipInit(out PassLines<T> lines);
        ref var line = ref lines.First;
        var a = new PassNumbers<T, W>(in operands.A, ref Unsafe.Add(ref line, 3 * Block));
        var b = new PassNumbers<T, W>(in operands.B, ref Unsafe.Add(ref line, 4 * Block));
        var c = new PassNumbers<T, W>(in operands.C, ref Unsafe.Add(ref line, 5 * Block));
        var d = new PassNumbers<T, W>(in operands.D, ref Unsafe.Add(ref line, 6 * Block));
        ref var store0 = ref operands.Store0.Start;
        ref var store1 = ref operands.Store1.Start;
        ref var rows = ref operands.Rows0.Start;
        ref var index = ref operands.Rows0.Index;
        nint step = operands.Rows0.RowStep;
        var others = new RowAddresses<T>(in operands.Rows1);
        V with00 = default, with01 = default, with02 = default, with03 = default;
        if ((F.Parts & PassParts.Dot0) != 0)
        {
            ref var one = ref operands.With0.Start;
            with00 = V.Load(ref one, 0);
            with01 = N.Vectors > 1 ? V.Load(ref one, V.Count) : default;
            with02 = N.Vectors > 2 ? V.Load(ref one, 2 * V.Count) : default;
            with03 = N.Vectors > 3 ? V.Load(ref one, 3 * V.Count) : default;
        }

        V with10 = default, with11 = default, with12 = default, with13 = default;
        if ((F.Parts & PassParts.Dot1) != 0)
        {
            ref var one = ref operands.With1.Start;
            with10 = V.Load(ref one, 0);
            with11 = N.Vectors > 1 ? V.Load(ref one, V.Count) : default;
            with12 = N.Vectors > 2 ? V.Load(ref one, 2 * V.Count) : default;
            with13 = N.Vectors > 3 ? V.Load(ref one, 3 * V.Count) : default;
        }

        V even00 = default, even01 = default, even02 = default, even03 = default;
        V odd00 = default, odd01 = default, odd02 = default, odd03 = default;
        V even10 = default, even11 = default, even12 = default, even13 = default;
        V odd10 = default, odd11 = default, odd12 = default, odd13 = default;
        W total0 = default, total1 = default;
        nint e = 0;
        for (; e + Block <= count; e += Block)
        {
            // Where a pass has no use for rows these are addresses in order, which nobody reads.
            ref var row0 = ref Unsafe.Add(ref rows, (typeof(R) == typeof(InOrder) ? e : Unsafe.Add(ref index, e)) * step);
            ref var row1 = ref Unsafe.Add(ref rows, (typeof(R) == typeof(InOrder) ? e + 1 : Unsafe.Add(ref index, e + 1)) * step);
            ref var row2 = ref Unsafe.Add(ref rows, (typeof(R) == typeof(InOrder) ? e + 2 : Unsafe.Add(ref index, e + 2)) * step);
            ref var row3 = ref Unsafe.Add(ref rows, (typeof(R) == typeof(InOrder) ? e + 3 : Unsafe.Add(ref index, e + 3)) * step);
            ref var row4 = ref Unsafe.Add(ref rows, (typeof(R) == typeof(InOrder) ? e + 4 : Unsafe.Add(ref index, e + 4)) * step);
            ref var row5 = ref Unsafe.Add(ref rows, (typeof(R) == typeof(InOrder) ? e + 5 : Unsafe.Add(ref index, e + 5)) * step);
            ref var row6 = ref Unsafe.Add(ref rows, (typeof(R) == typeof(InOrder) ? e + 6 : Unsafe.Add(ref index, e + 6)) * step);
            ref var row7 = ref Unsafe.Add(ref rows, (typeof(R) == typeof(InOrder) ? e + 7 : Unsafe.Add(ref index, e + 7)) * step);
            if ((F.Parts & PassParts.Dot0) != 0)
            {
                V.StoreSums(
                    V.Products<N>(ref row0, with00, with01, with02, with03),
                    V.Products<N>(ref row1, with00, with01, with02, with03),
                    V.Products<N>(ref row2, with00, with01, with02, with03),
                    V.Products<N>(ref row3, with00, with01, with02, with03),
                    V.Products<N>(ref row4, with00, with01, with02, with03),
                    V.Products<N>(ref row5, with00, with01, with02, with03),
                    V.Products<N>(ref row6, with00, with01, with02, with03),
                    V.Products<N>(ref row7, with00, with01, with02, with03),
                    ref line, 0);
            }

            if ((F.Parts & PassParts.Dot1) != 0)
            {
                V.StoreSums(
                    V.Products<N>(ref row0, with10, with11, with12, with13),
                    V.Products<N>(ref row1, with10, with11, with12, with13),
                    V.Products<N>(ref row2, with10, with11, with12, with13),
                    V.Products<N>(ref row3, with10, with11, with12, with13),
                    V.Products<N>(ref row4, with10, with11, with12, with13),
                    V.Products<N>(ref row5, with10, with11, with12, with13),
                    V.Products<N>(ref row6, with10, with11, with12, with13),
                    V.Products<N>(ref row7, with10, with11, with12, with13),
                    ref line, Block);
            }

            for (nint k = 0; k < Block; k += W.Count)
            {
                Formula(e + k, (F.Parts & PassParts.Dot0) != 0 ? W.Load(ref line, k) : default,
                    (F.Parts & PassParts.Dot1) != 0 ? W.Load(ref line, Block + k) : default, in a, in b, in c, in d,
                    ref store0, ref store1, ref Unsafe.Add(ref line, 2 * Block + k), ref total0, ref total1);
            }

            ref var factors = ref Unsafe.Add(ref line, 2 * Block);
            if ((F.Parts & PassParts.Sum0) != 0)
            {
                V.AddRow<N>(ref factors, ref row0, ref even00, ref even01, ref even02, ref even03);
                V.AddRow<N>(ref Unsafe.Add(ref factors, 1), ref row1, ref odd00, ref odd01, ref odd02, ref odd03);
                V.AddRow<N>(ref Unsafe.Add(ref factors, 2), ref row2, ref even00, ref even01, ref even02, ref even03);
                V.AddRow<N>(ref Unsafe.Add(ref factors, 3), ref row3, ref odd00, ref odd01, ref odd02, ref odd03);
                V.AddRow<N>(ref Unsafe.Add(ref factors, 4), ref row4, ref even00, ref even01, ref even02, ref even03);
                V.AddRow<N>(ref Unsafe.Add(ref factors, 5), ref row5, ref odd00, ref odd01, ref odd02, ref odd03);
                V.AddRow<N>(ref Unsafe.Add(ref factors, 6), ref row6, ref even00, ref even01, ref even02, ref even03);
                V.AddRow<N>(ref Unsafe.Add(ref factors, 7), ref row7, ref odd00, ref odd01, ref odd02, ref odd03);
            }

            if ((F.Parts & PassParts.Sum1) != 0)
            {
                V.AddRow<N>(ref factors, ref others.At(e), ref even10, ref even11, ref even12, ref even13);
                V.AddRow<N>(ref Unsafe.Add(ref factors, 1), ref others.At(e + 1), ref odd10, ref odd11, ref odd12, ref odd13);
                V.AddRow<N>(ref Unsafe.Add(ref factors, 2), ref others.At(e + 2), ref even10, ref even11, ref even12, ref even13);
                V.AddRow<N>(ref Unsafe.Add(ref factors, 3), ref others.At(e + 3), ref odd10, ref odd11, ref odd12, ref odd13);
                V.AddRow<N>(ref Unsafe.Add(ref factors, 4), ref others.At(e + 4), ref even10, ref even11, ref even12, ref even13);
                V.AddRow<N>(ref Unsafe.Add(ref factors, 5), ref others.At(e + 5), ref odd10, ref odd11, ref odd12, ref odd13);
                V.AddRow<N>(ref Unsafe.Add(ref factors, 6), ref others.At(e + 6), ref even10, ref even11, ref even12, ref even13);
                V.AddRow<N>(ref Unsafe.Add(ref factors, 7), ref others.At(e + 7), ref odd10, ref odd11, ref odd12, ref odd13);
            }
        }

        W rest0 = default, rest1 = default;
        for (; e < count; e++)
        {
            ref var row = ref Unsafe.Add(ref rows, (typeof(R) == typeof(InOrder) ? e : Unsafe.Add(ref index, e)) * step);
            var factor = Formula(e,
                (F.Parts & PassParts.Dot0) != 0 ? V.Sum(V.Products<N>(ref row, with00, with01, with02, with03)) : default,
                (F.Parts & PassParts.Dot1) != 0 ? V.Sum(V.Products<N>(ref row, with10, with11, with12, with13)) : default,
                in a, in b, in c, in d, ref store0, ref store1, ref rest0, ref rest1);
            if ((F.Parts & PassParts.Sum0) != 0)
            {
                V.AddRow<N>(ref factor, ref row, ref even00, ref even01, ref even02, ref even03);
            }

            if ((F.Parts & PassParts.Sum1) != 0)
            {
                V.AddRow<N>(ref factor, ref others.At(e),
                    ref even10, ref even11, ref even12, ref even13);
            }
        }

        if ((F.Parts & PassParts.Sum0) != 0)
        {
            AddSums<N>(ref operands.Sum0.Start, even00 + odd00, even01 + odd01, even02 + odd02, even03 + odd03);
        }

        if ((F.Parts & PassParts.Sum1) != 0)
        {
            AddSums<N>(ref operands.Sum1.Start, even10 + odd10, even11 + odd11, even12 + odd12, even13 + odd13);
        }

        AddTotals(in operands, total0, total1, rest0, rest1);
    }

    /// <summary>Rows of more than four vectors: dots, formulas and sums of a tile of examples after each other.</summary>
    private static void RunLong(in PassOperands<T> operands, int count)
    {
        Span<T> numbers = stackalloc T[3 * Tile];
        var dots0 = Scratch(ref numbers[0]);
        var dots1 = Scratch(ref numbers[Tile]);
        var factors = Scratch(ref numbers[2 * Tile]);
        Unsafe.SkipInit(out PassLines<T> lines);
        ref var line = ref lines.First;
        var a = new PassNumbers<T, W>(in operands.A, ref Unsafe.Add(ref line, 3 * Block));
        var b = new PassNumbers<T, W>(in operands.B, ref Unsafe.Add(ref line, 4 * Block));
        var c = new PassNumbers<T, W>(in operands.C, ref Unsafe.Add(ref line, 5 * Block));
        var d = new PassNumbers<T, W>(in operands.D, ref Unsafe.Add(ref line, 6 * Block));
        ref var store0 = ref operands.Store0.Start;
        ref var store1 = ref operands.Store1.Start;
        W total0 = default, total1 = default;
        W rest0 = default, rest1 = default;
        for (var first = 0; first < count; first += Tile)
        {
            var part = Math.Min(Tile, count - first);
            if ((F.Parts & PassParts.Dot0) != 0)
            {
                RowDots<T, V>.WithOne(in dots0, operands.Rows0.From(first), in operands.With0, part);
            }

            if ((F.Parts & PassParts.Dot1) != 0)
            {
                RowDots<T, V>.WithOne(in dots1, operands.Rows0.From(first), in operands.With1, part);
            }

            nint k = 0;
            for (; k + W.Count <= part; k += W.Count)
            {
                Formula(first + k, W.Load(ref dots0.Start, k), W.Load(ref dots1.Start, k), in a, in b, in c, in d, ref store0, ref store1,
                    ref Unsafe.Add(ref factors.Start, k), ref total0, ref total1);
            }

            for (; k < part; k++)
            {
                Unsafe.Add(ref factors.Start, k) = Formula(first + k, Unsafe.Add(ref dots0.Start, k), Unsafe.Add(ref dots1.Start, k),
                    in a, in b, in c, in d, ref store0, ref store1, ref rest0, ref rest1);
            }

            if ((F.Parts & PassParts.Sum0) != 0)
            {
                RowSums<T, V>.AddRows(ref operands.Sum0.Start, in factors, operands.Rows0.From(first), part);
            }

            if ((F.Parts & PassParts.Sum1) != 0)
            {
                RowSums<T, V>.AddRows(ref operands.Sum1.Start, in factors, operands.Rows1.From(first), part);
            }
        }

        AddTotals(in operands, total0, total1, rest0, rest1);
    }

    /// <summary>The formula of neighbouring examples, whose first factors go to a line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Formula(nint example, W dot0, W dot1, in PassNumbers<T, W> a, in PassNumbers<T, W> b, in PassNumbers<T, W> c,
        in PassNumbers<T, W> d, ref T store0, ref T store1, ref T factors, ref W total0, ref W total1)
    {
        F.Of(dot0, dot1, a.At(example), b.At(example), c.At(example), d.At(example),
            out var first, out var second, out var factor0, out var factor1);
        if ((F.Parts & PassParts.Store0) != 0)
        {
            first.Store(ref store0, example);
        }

        if ((F.Parts & PassParts.Store1) != 0)
        {
            second.Store(ref store1, example);
        }

        if ((F.Parts & (PassParts.Sum0 | PassParts.Sum1)) != 0)
        {
            factor0.Store(ref factors, 0);
        }

        if ((F.Parts & PassParts.Total0) != 0)
        {
            total0 += factor0;
        }

        if ((F.Parts & PassParts.Total1) != 0)
        {
            total1 += factor1;
        }
    }

    /// <summary>The formula of one example, in each lane the same; the first factor comes back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Formula(nint example, T dot0, T dot1, in PassNumbers<T, W> a, in PassNumbers<T, W> b, in PassNumbers<T, W> c,
        in PassNumbers<T, W> d, ref T store0, ref T store1, ref W total0, ref W total1)
    {
        F.Of((F.Parts & PassParts.Dot0) != 0 ? W.Create(dot0) : default, (F.Parts & PassParts.Dot1) != 0 ? W.Create(dot1) : default,
            a.Of(example), b.Of(example), c.Of(example), d.Of(example), out var first, out var second, out var factor0, out var factor1);
        if ((F.Parts & PassParts.Store0) != 0)
        {
            Unsafe.Add(ref store0, example) = first.First;
        }

        if ((F.Parts & PassParts.Store1) != 0)
        {
            Unsafe.Add(ref store1, example) = second.First;
        }

        if ((F.Parts & PassParts.Total0) != 0)
        {
            total0 += factor0;
        }

        if ((F.Parts & PassParts.Total1) != 0)
        {
            total1 += factor1;
        }

        return factor0.First;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddSums<N>(ref T target, V sum0, V sum1, V sum2, V sum3) where N : struct, IRowLength
    {
        (V.Load(ref target, 0) + sum0).Store(ref target, 0);
        if (N.Vectors > 1)
        {
            (V.Load(ref target, V.Count) + sum1).Store(ref target, V.Count);
        }

        if (N.Vectors > 2)
        {
            (V.Load(ref target, 2 * V.Count) + sum2).Store(ref target, 2 * V.Count);
        }

        if (N.Vectors > 3)
        {
            (V.Load(ref target, 3 * V.Count) + sum3).Store(ref target, 3 * V.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTotals(in PassOperands<T> operands, W total0, W total1, W rest0, W rest1)
    {
        if ((F.Parts & PassParts.Total0) != 0)
        {
            operands.Total0.Start += W.Sum(total0) + rest0.First;
        }

        if ((F.Parts & PassParts.Total1) != 0)
        {
            operands.Total1.Start += W.Sum(total1) + rest1.First;
        }
    }

    private static Panel<T> Scratch(ref T numbers) => new(ref numbers, 1, 0, 1, 1, Tile, true);
}
