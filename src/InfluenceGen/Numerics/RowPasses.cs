using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace InfluenceGen.Numerics;

/// <summary>
/// The loop of <see cref="Panel.Pass{F, T}(in PassOperands{T}, PassSegments)"/>, for vectors of rows (V) and such that the formula is taken in
/// (W): segment by segment, eight examples at a time, then one by one those that are left. A segment's
/// sums stay in registers, and nothing of an example goes through memory but a line of dots and one of each factor.
/// </summary>
internal static class RowPasses<F, T, V, W>
    where F : struct, IPass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct, IRowLanes<V, T>
    where W : struct, IRowLanes<W, T>
{
    // Examples that are taken together. A vector of the formula has no more lanes.
    private const int Block = 8;

    // Examples that rows of more vectors than stay in registers are taken at a time.
    private const int Tile = 128;

    // Lines: dots, factors and numbers that are one for all.
    private const int Dots0 = 0, Dots1 = Block, Factors = 2 * Block, Crosses = 3 * Block, Numbers = 4 * Block;

    // The parts, which the JIT knows as constants before it looks into what they lead to.
    private static readonly bool _hasDot0 = Has(PassParts.Dot0);
    private static readonly bool _hasDot1 = Has(PassParts.Dot1);
    private static readonly bool _hasA = Has(PassParts.A);
    private static readonly bool _hasB = Has(PassParts.B);
    private static readonly bool _hasC = Has(PassParts.C);
    private static readonly bool _hasD = Has(PassParts.D);
    private static readonly bool _hasE = Has(PassParts.E);
    private static readonly bool _hasF = Has(PassParts.F);
    private static readonly bool _hasG = Has(PassParts.G);
    private static readonly bool _hasH = Has(PassParts.H);
    private static readonly bool _hasI = Has(PassParts.I);
    private static readonly bool _hasJ = Has(PassParts.J);
    private static readonly bool _hasStore0 = Has(PassParts.Store0);
    private static readonly bool _hasStore1 = Has(PassParts.Store1);
    private static readonly bool _hasSum0 = Has(PassParts.Sum0);
    private static readonly bool _hasSum1 = Has(PassParts.Sum1);
    private static readonly bool _hasInner = Has(PassParts.Inner);
    private static readonly bool _hasCross = Has(PassParts.Cross);
    private static readonly bool _hasDecay = Has(PassParts.Decay);
    private static readonly bool _hasTotal0 = Has(PassParts.Total0);
    private static readonly bool _hasTotal1 = Has(PassParts.Total1);
    private static readonly bool _isLong = Has(PassParts.Long);
    private static readonly bool _hasDots = Has(PassParts.Dot0 | PassParts.Dot1);
    private static readonly bool _hasRows = Has(PassParts.Dot0 | PassParts.Dot1 | PassParts.Sum0 | PassParts.Sum1 | PassParts.Cross);
    private static readonly bool _hasFactor = Has(PassParts.Sum0 | PassParts.Sum1);
    private static readonly bool _hasSecondTotal = Has(PassParts.Total1 | PassParts.Inner | PassParts.Cross);

    public static void Run(in PassOperands<T> operands, in PassSegments segments)
    {
        if (_isLong && _hasRows && !operands.Rows0.IsGathered)
        {
            // Many examples to a segment: a long formula is best alone in its loop.
            RunLong(in operands, in segments);
            return;
        }

        switch (!_hasRows ? 1 : operands.Rows0.Stride / V.Count)
        {
            case 1:
                Run<OneVector>(in operands, in segments);
                break;
            case 2:
                Run<TwoVectors>(in operands, in segments);
                break;
            case 3:
                Run<ThreeVectors>(in operands, in segments);
                break;
            case 4:
                Run<FourVectors>(in operands, in segments);
                break;
            default:
                RunLong(in operands, in segments);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run<N>(in PassOperands<T> operands, in PassSegments segments) where N : struct, IRowLength
    {
        if (_hasRows && operands.Rows0.IsGathered)
        {
            Run<N, ByIndex>(in operands, in segments);
        }
        else
        {
            Run<N, InOrder>(in operands, in segments);
        }
    }

    // Each sum is in two chains, even and odd, whose vectors stay in registers.
    [SkipLocalsInit]
    private static void Run<N, R>(in PassOperands<T> operands, in PassSegments segments)
        where N : struct, IRowLength
        where R : struct, IRowOrder
    {
        Unsafe.SkipInit(out PassLines<T> lines);
        ref var line = ref lines.First;
        var a = _hasA ? new PassNumbers<T, W>(in operands.A, ref Unsafe.Add(ref line, Numbers)) : default;
        var b = _hasB ? new PassNumbers<T, W>(in operands.B, ref Unsafe.Add(ref line, Numbers + Block)) : default;
        var c = _hasC ? new PassNumbers<T, W>(in operands.C, ref Unsafe.Add(ref line, Numbers + 2 * Block)) : default;
        var d = _hasD ? new PassNumbers<T, W>(in operands.D, ref Unsafe.Add(ref line, Numbers + 3 * Block)) : default;
        var e = _hasE ? new PassNumbers<T, W>(in operands.E, ref Unsafe.Add(ref line, Numbers + 4 * Block)) : default;
        var f = _hasF ? new PassNumbers<T, W>(in operands.F, ref Unsafe.Add(ref line, Numbers + 5 * Block)) : default;
        ref var store0 = ref operands.Store0.Start;
        ref var store1 = ref operands.Store1.Start;
        ref var rows = ref operands.Rows0.Start;
        ref var others = ref operands.Rows1.Start;
        ref var index = ref operands.Rows0.Index;
        nint step = operands.Rows0.RowStep;
        ref var offsets = ref MemoryMarshal.GetReference(segments.Offsets);
        ref var segmentRows = ref MemoryMarshal.GetReference(segments.Rows);
        ref var targets = ref MemoryMarshal.GetReference(segments.Targets);
        nint origin = offsets;
        for (nint s = 0; s < segments.Rows.Length; s++)
        {
            nint row = Unsafe.Add(ref segmentRows, s);
            var example = Unsafe.Add(ref offsets, s) - origin;
            var last = Unsafe.Add(ref offsets, s + 1) - origin;
            V with00 = default, with01 = default, with02 = default, with03 = default;
            if (_hasDot0)
            {
                Load<N>(ref operands.With0.RowOfSegment(row), out with00, out with01, out with02, out with03);
            }

            V with10 = default, with11 = default, with12 = default, with13 = default;
            if (_hasDot1)
            {
                Load<N>(ref operands.With1.RowOfSegment(row), out with10, out with11, out with12, out with13);
            }

            var g = _hasG ? W.Create(operands.G.RowOfSegment(row)) : default;
            var h = _hasH ? W.Create(operands.H.RowOfSegment(row)) : default;
            var i = _hasI ? W.Create(operands.I.RowOfSegment(row)) : default;
            var j = _hasJ ? W.Create(operands.J.RowOfSegment(row)) : default;
            V even00 = default, even01 = default, even02 = default, even03 = default;
            V odd00 = default, odd01 = default, odd02 = default, odd03 = default;
            V even10 = default, even11 = default, even12 = default, even13 = default;
            V odd10 = default, odd11 = default, odd12 = default, odd13 = default;
            V evenCross = default, oddCross = default;
            W decays = default, total0 = default, total1 = default;
            for (; example + Block <= last; example += Block)
            {
                nint at0 = 0, at1 = 0, at2 = 0, at3 = 0, at4 = 0, at5 = 0, at6 = 0, at7 = 0;
                if (_hasDots)
                {
                    at0 = At<R>(ref index, example, step);
                    at1 = At<R>(ref index, example + 1, step);
                    at2 = At<R>(ref index, example + 2, step);
                    at3 = At<R>(ref index, example + 3, step);
                    at4 = At<R>(ref index, example + 4, step);
                    at5 = At<R>(ref index, example + 5, step);
                    at6 = At<R>(ref index, example + 6, step);
                    at7 = At<R>(ref index, example + 7, step);
                }

                if (_hasDot0)
                {
                    V.StoreDots<N>(ref rows, at0, at1, at2, at3, at4, at5, at6, at7, with00, with01, with02, with03, ref Unsafe.Add(ref line, Dots0));
                }

                if (_hasDot1)
                {
                    V.StoreDots<N>(ref rows, at0, at1, at2, at3, at4, at5, at6, at7, with10, with11, with12, with13, ref Unsafe.Add(ref line, Dots1));
                }

                for (nint k = 0; k < Block; k += W.Count)
                {
                    F.Of(_hasDot0 ? W.Load(ref line, Dots0 + k) : default,
                        _hasDot1 ? W.Load(ref line, Dots1 + k) : default,
                        _hasA ? a.From(example + k) : default, _hasB ? b.From(example + k) : default, _hasC ? c.From(example + k) : default,
                        _hasD ? d.From(example + k) : default, _hasE ? e.From(example + k) : default, _hasF ? f.From(example + k) : default,
                        g, h, i, j, out var first, out var second, out var factor, out var cross, out var decay, out var number0, out var number1);
                    if (_hasStore0)
                    {
                        first.Store(ref store0, example + k);
                    }

                    if (_hasStore1)
                    {
                        second.Store(ref store1, example + k);
                    }

                    if (_hasFactor)
                    {
                        factor.Store(ref line, Factors + k);
                    }

                    if (_hasCross)
                    {
                        cross.Store(ref line, Crosses + k);
                    }

                    AddNumbers(decay, number0, number1, ref decays, ref total0, ref total1);
                }

                // Row by row: the more of them are at hand at once, the more go through memory.
                if (_hasDots)
                {
                    Add<N>(V.Create(Unsafe.Add(ref line, Factors)), V.Create(Unsafe.Add(ref line, Crosses)), ref Unsafe.Add(ref rows, at0), ref Unsafe.Add(ref others, at0),
                        ref even00, ref even01, ref even02, ref even03, ref even10, ref even11, ref even12, ref even13, ref evenCross);
                    Add<N>(V.Create(Unsafe.Add(ref line, Factors + 1)), V.Create(Unsafe.Add(ref line, Crosses + 1)), ref Unsafe.Add(ref rows, at1), ref Unsafe.Add(ref others, at1),
                        ref odd00, ref odd01, ref odd02, ref odd03, ref odd10, ref odd11, ref odd12, ref odd13, ref oddCross);
                    Add<N>(V.Create(Unsafe.Add(ref line, Factors + 2)), V.Create(Unsafe.Add(ref line, Crosses + 2)), ref Unsafe.Add(ref rows, at2), ref Unsafe.Add(ref others, at2),
                        ref even00, ref even01, ref even02, ref even03, ref even10, ref even11, ref even12, ref even13, ref evenCross);
                    Add<N>(V.Create(Unsafe.Add(ref line, Factors + 3)), V.Create(Unsafe.Add(ref line, Crosses + 3)), ref Unsafe.Add(ref rows, at3), ref Unsafe.Add(ref others, at3),
                        ref odd00, ref odd01, ref odd02, ref odd03, ref odd10, ref odd11, ref odd12, ref odd13, ref oddCross);
                    Add<N>(V.Create(Unsafe.Add(ref line, Factors + 4)), V.Create(Unsafe.Add(ref line, Crosses + 4)), ref Unsafe.Add(ref rows, at4), ref Unsafe.Add(ref others, at4),
                        ref even00, ref even01, ref even02, ref even03, ref even10, ref even11, ref even12, ref even13, ref evenCross);
                    Add<N>(V.Create(Unsafe.Add(ref line, Factors + 5)), V.Create(Unsafe.Add(ref line, Crosses + 5)), ref Unsafe.Add(ref rows, at5), ref Unsafe.Add(ref others, at5),
                        ref odd00, ref odd01, ref odd02, ref odd03, ref odd10, ref odd11, ref odd12, ref odd13, ref oddCross);
                    Add<N>(V.Create(Unsafe.Add(ref line, Factors + 6)), V.Create(Unsafe.Add(ref line, Crosses + 6)), ref Unsafe.Add(ref rows, at6), ref Unsafe.Add(ref others, at6),
                        ref even00, ref even01, ref even02, ref even03, ref even10, ref even11, ref even12, ref even13, ref evenCross);
                    Add<N>(V.Create(Unsafe.Add(ref line, Factors + 7)), V.Create(Unsafe.Add(ref line, Crosses + 7)), ref Unsafe.Add(ref rows, at7), ref Unsafe.Add(ref others, at7),
                        ref odd00, ref odd01, ref odd02, ref odd03, ref odd10, ref odd11, ref odd12, ref odd13, ref oddCross);
                }
                else
                {
                    Add<N>(V.Create(Unsafe.Add(ref line, Factors)), V.Create(Unsafe.Add(ref line, Crosses)), ref Unsafe.Add(ref rows, At<R>(ref index, example, step)), ref Unsafe.Add(ref others, At<R>(ref index, example, step)),
                        ref even00, ref even01, ref even02, ref even03, ref even10, ref even11, ref even12, ref even13, ref evenCross);
                    Add<N>(V.Create(Unsafe.Add(ref line, Factors + 1)), V.Create(Unsafe.Add(ref line, Crosses + 1)), ref Unsafe.Add(ref rows, At<R>(ref index, example + 1, step)), ref Unsafe.Add(ref others, At<R>(ref index, example + 1, step)),
                        ref odd00, ref odd01, ref odd02, ref odd03, ref odd10, ref odd11, ref odd12, ref odd13, ref oddCross);
                    Add<N>(V.Create(Unsafe.Add(ref line, Factors + 2)), V.Create(Unsafe.Add(ref line, Crosses + 2)), ref Unsafe.Add(ref rows, At<R>(ref index, example + 2, step)), ref Unsafe.Add(ref others, At<R>(ref index, example + 2, step)),
                        ref even00, ref even01, ref even02, ref even03, ref even10, ref even11, ref even12, ref even13, ref evenCross);
                    Add<N>(V.Create(Unsafe.Add(ref line, Factors + 3)), V.Create(Unsafe.Add(ref line, Crosses + 3)), ref Unsafe.Add(ref rows, At<R>(ref index, example + 3, step)), ref Unsafe.Add(ref others, At<R>(ref index, example + 3, step)),
                        ref odd00, ref odd01, ref odd02, ref odd03, ref odd10, ref odd11, ref odd12, ref odd13, ref oddCross);
                    Add<N>(V.Create(Unsafe.Add(ref line, Factors + 4)), V.Create(Unsafe.Add(ref line, Crosses + 4)), ref Unsafe.Add(ref rows, At<R>(ref index, example + 4, step)), ref Unsafe.Add(ref others, At<R>(ref index, example + 4, step)),
                        ref even00, ref even01, ref even02, ref even03, ref even10, ref even11, ref even12, ref even13, ref evenCross);
                    Add<N>(V.Create(Unsafe.Add(ref line, Factors + 5)), V.Create(Unsafe.Add(ref line, Crosses + 5)), ref Unsafe.Add(ref rows, At<R>(ref index, example + 5, step)), ref Unsafe.Add(ref others, At<R>(ref index, example + 5, step)),
                        ref odd00, ref odd01, ref odd02, ref odd03, ref odd10, ref odd11, ref odd12, ref odd13, ref oddCross);
                    Add<N>(V.Create(Unsafe.Add(ref line, Factors + 6)), V.Create(Unsafe.Add(ref line, Crosses + 6)), ref Unsafe.Add(ref rows, At<R>(ref index, example + 6, step)), ref Unsafe.Add(ref others, At<R>(ref index, example + 6, step)),
                        ref even00, ref even01, ref even02, ref even03, ref even10, ref even11, ref even12, ref even13, ref evenCross);
                    Add<N>(V.Create(Unsafe.Add(ref line, Factors + 7)), V.Create(Unsafe.Add(ref line, Crosses + 7)), ref Unsafe.Add(ref rows, At<R>(ref index, example + 7, step)), ref Unsafe.Add(ref others, At<R>(ref index, example + 7, step)),
                        ref odd00, ref odd01, ref odd02, ref odd03, ref odd10, ref odd11, ref odd12, ref odd13, ref oddCross);
                }
            }

            T lastDecays = default, lastTotal0 = default, lastTotal1 = default;
            for (; example < last; example++)
            {
                var at = At<R>(ref index, example, step);
                Last(_hasDot0 ? W.Create(V.Sum(V.Products<N>(ref Unsafe.Add(ref rows, at), with00, with01, with02, with03))) : default,
                    _hasDot1 ? W.Create(V.Sum(V.Products<N>(ref Unsafe.Add(ref rows, at), with10, with11, with12, with13))) : default,
                    _hasA ? a.Of(example) : default, _hasB ? b.Of(example) : default, _hasC ? c.Of(example) : default,
                    _hasD ? d.Of(example) : default, _hasE ? e.Of(example) : default, _hasF ? f.Of(example) : default,
                    g, h, i, j, out var first, out var second, out var factor, out var cross, out var decay, out var number0, out var number1);
                if (_hasStore0)
                {
                    Unsafe.Add(ref store0, example) = first.First;
                }

                if (_hasStore1)
                {
                    Unsafe.Add(ref store1, example) = second.First;
                }

                AddNumbers(decay.First, number0.First, number1.First, ref lastDecays, ref lastTotal0, ref lastTotal1);
                Add<N>(V.Create(factor.First), V.Create(cross.First), ref Unsafe.Add(ref rows, at), ref Unsafe.Add(ref others, at),
                    ref even00, ref even01, ref even02, ref even03, ref even10, ref even11, ref even12, ref even13, ref evenCross);
            }

            nint target = Unsafe.Add(ref targets, s);
            if (_hasSum0)
            {
                even00 += odd00;
                even01 += odd01;
                even02 += odd02;
                even03 += odd03;
                if (_hasDecay)
                {
                    V.AddRow<N>(V.Create(W.Sum(decays) + lastDecays), ref operands.With0.RowOfSegment(row), ref even00, ref even01, ref even02, ref even03);
                }

                WriteSum<N>(ref operands.Sum0.RowOfSegment(target), even00, even01, even02, even03, operands.Adds);
            }

            if (_hasSum1)
            {
                even10 += odd10;
                even11 += odd11;
                even12 += odd12;
                even13 += odd13;
                if (!_hasInner)
                {
                    WriteSum<N>(ref operands.Sum1.RowOfSegment(target), even10, even11, even12, even13, operands.Adds);
                }
            }

            if (_hasTotal0)
            {
                WriteTotal(ref operands.Total0.RowOfSegment(target), W.Sum(total0) + lastTotal0, operands.Adds);
            }

            if (_hasSecondTotal)
            {
                var total = _hasTotal1 ? W.Sum(total1) + lastTotal1 : T.Zero;
                if (_hasInner)
                {
                    total += operands.Scale * V.Sum(V.Products<N>(ref operands.With0.RowOfSegment(row), even10, even11, even12, even13));
                }

                if (_hasCross)
                {
                    total += V.Sum(evenCross + oddCross);
                }

                WriteTotal(ref operands.Total1.RowOfSegment(target), total, operands.Adds);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<N>(ref T row, out V v0, out V v1, out V v2, out V v3) where N : struct, IRowLength
    {
        v0 = V.Load(ref row, 0);
        v1 = typeof(N) != typeof(OneVector) ? V.Load(ref row, V.Count) : default;
        v2 = typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors) ? V.Load(ref row, 2 * V.Count) : default;
        v3 = typeof(N) == typeof(FourVectors) ? V.Load(ref row, 3 * V.Count) : default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint At<R>(ref int index, nint example, nint step) where R : struct, IRowOrder =>
        (typeof(R) == typeof(InOrder) ? example : Unsafe.Add(ref index, example)) * step;

    /// <summary>The formula of one example: a long one stands in the loop over eight alone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Last(W dot0, W dot1, W a, W b, W c, W d, W e, W f, W g, W h, W i, W j,
        out W store0, out W store1, out W factor, out W cross, out W decay, out W total0, out W total1)
    {
        if (_isLong)
        {
            LongLast(dot0, dot1, a, b, c, d, e, f, g, h, i, j, out store0, out store1, out factor, out cross, out decay, out total0, out total1);
        }
        else
        {
            F.Of(dot0, dot1, a, b, c, d, e, f, g, h, i, j, out store0, out store1, out factor, out cross, out decay, out total0, out total1);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LongLast(W dot0, W dot1, W a, W b, W c, W d, W e, W f, W g, W h, W i, W j,
        out W store0, out W store1, out W factor, out W cross, out W decay, out W total0, out W total1) =>
        F.Of(dot0, dot1, a, b, c, d, e, f, g, h, i, j, out store0, out store1, out factor, out cross, out decay, out total0, out total1);

    /// <summary>Adds what is made of an example's rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<N>(V factors, V crosses, ref T row, ref T other, ref V sum00, ref V sum01, ref V sum02, ref V sum03,
        ref V sum10, ref V sum11, ref V sum12, ref V sum13, ref V sumCross)
        where N : struct, IRowLength
    {
        if (_hasSum0)
        {
            V.AddRow<N>(factors, ref row, ref sum00, ref sum01, ref sum02, ref sum03);
        }

        if (_hasSum1)
        {
            V.AddRow<N>(factors, ref other, ref sum10, ref sum11, ref sum12, ref sum13);
        }

        if (_hasCross)
        {
            V.AddProducts<N>(crosses, ref row, ref other, ref sumCross);
        }
    }

    /// <summary>Adds numbers up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddNumbers<X>(X decay, X number0, X number1, ref X decays, ref X total0, ref X total1)
        where X : struct, IAdditionOperators<X, X, X>
    {
        if (_hasDecay)
        {
            decays += decay;
        }

        if (_hasTotal0)
        {
            total0 += number0;
        }

        if (_hasTotal1)
        {
            total1 += number1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteSum<N>(ref T target, V sum0, V sum1, V sum2, V sum3, bool adds) where N : struct, IRowLength
    {
        if (adds)
        {
            Load<N>(ref target, out var old0, out var old1, out var old2, out var old3);
            sum0 += old0;
            sum1 += old1;
            sum2 += old2;
            sum3 += old3;
        }

        sum0.Store(ref target, 0);
        if (typeof(N) != typeof(OneVector))
        {
            sum1.Store(ref target, V.Count);
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            sum2.Store(ref target, 2 * V.Count);
        }

        if (typeof(N) == typeof(FourVectors))
        {
            sum3.Store(ref target, 3 * V.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteTotal(ref T target, T total, bool adds) => target = adds ? target + total : total;

    /// <summary>Rows of more than four vectors: dots, formulas and sums of a tile of examples after each other.</summary>
    [SkipLocalsInit]
    private static void RunLong(in PassOperands<T> operands, in PassSegments segments)
    {
        Span<T> numbers = stackalloc T[4 * Tile];
        var dots0 = Scratch(ref numbers[0]);
        var dots1 = Scratch(ref numbers[Tile]);
        var factors = Scratch(ref numbers[2 * Tile]);
        var crosses = Scratch(ref numbers[3 * Tile]);
        Unsafe.SkipInit(out PassLines<T> lines);
        ref var line = ref lines.First;
        var stride = operands.Rows0.Stride;
        for (var s = 0; s < segments.Rows.Length; s++)
        {
            var (row, target) = (segments.Rows[s], segments.Targets[s]);
            var first = segments.Offsets[s] - segments.Offsets[0];
            var last = segments.Offsets[s + 1] - segments.Offsets[0];
            if (_hasSum0 && !operands.Adds)
            {
                Panel.Clear(operands.Sum0.OfSegment(target), 1);
            }

            if (_hasSum1 && (_hasInner || !operands.Adds))
            {
                Panel.Clear(operands.Sum1.OfSegment(target), 1);
            }

            W decays = default, total0 = default, total1 = default;
            T lastDecays = default, lastTotal0 = default, lastTotal1 = default;
            var total = T.Zero;
            for (; first < last; first += Tile)
            {
                var part = Math.Min(Tile, last - first);
                if (_hasDot0)
                {
                    RowDots<T, V>.WithOne(in dots0, operands.Rows0.From(first), operands.With0.OfSegment(row), part);
                }

                if (_hasDot1)
                {
                    RowDots<T, V>.WithOne(in dots1, operands.Rows0.From(first), operands.With1.OfSegment(row), part);
                }

                LongFormulas(in operands, ref line, row, first, part, ref dots0.Start, ref dots1.Start, ref factors.Start, ref crosses.Start,
                    ref decays, ref total0, ref total1, ref lastDecays, ref lastTotal0, ref lastTotal1);
                if (_hasSum0)
                {
                    RowSums<T, V>.AddRows(ref operands.Sum0.RowOfSegment(target), in factors, operands.Rows0.From(first), part);
                }

                if (_hasSum1)
                {
                    RowSums<T, V>.AddRows(ref operands.Sum1.RowOfSegment(target), in factors, operands.Rows1.From(first), part);
                }

                if (_hasCross)
                {
                    total += RowDotSums<T, V>.Sum(in crosses, operands.Rows0.From(first), operands.Rows1.From(first), part);
                }
            }

            if (_hasDecay)
            {
                RowSums<T, V>.AddRow(ref operands.Sum0.RowOfSegment(target), W.Sum(decays) + lastDecays, ref operands.With0.RowOfSegment(row), stride);
            }

            if (_hasTotal0)
            {
                WriteTotal(ref operands.Total0.RowOfSegment(target), W.Sum(total0) + lastTotal0, operands.Adds);
            }

            if (_hasSecondTotal)
            {
                total += _hasTotal1 ? W.Sum(total1) + lastTotal1 : T.Zero;
                if (_hasInner)
                {
                    total += operands.Scale * Panel.Dot(operands.Sum1.OfSegment(target), operands.With0.OfSegment(row));
                }

                WriteTotal(ref operands.Total1.RowOfSegment(target), total, operands.Adds);
            }
        }
    }

    /// <summary>The formula of a tile's examples.</summary>
    private static void LongFormulas(in PassOperands<T> operands, ref T line, nint row, nint from, nint part, ref T dots0, ref T dots1,
        ref T factors, ref T crosses, ref W decays, ref W total0, ref W total1,
        ref T lastDecays, ref T lastTotal0, ref T lastTotal1)
    {
        var a = _hasA ? new PassNumbers<T, W>(in operands.A, ref Unsafe.Add(ref line, Numbers)) : default;
        var b = _hasB ? new PassNumbers<T, W>(in operands.B, ref Unsafe.Add(ref line, Numbers + Block)) : default;
        var c = _hasC ? new PassNumbers<T, W>(in operands.C, ref Unsafe.Add(ref line, Numbers + 2 * Block)) : default;
        var d = _hasD ? new PassNumbers<T, W>(in operands.D, ref Unsafe.Add(ref line, Numbers + 3 * Block)) : default;
        var e = _hasE ? new PassNumbers<T, W>(in operands.E, ref Unsafe.Add(ref line, Numbers + 4 * Block)) : default;
        var f = _hasF ? new PassNumbers<T, W>(in operands.F, ref Unsafe.Add(ref line, Numbers + 5 * Block)) : default;
        var g = _hasG ? W.Create(operands.G.RowOfSegment(row)) : default;
        var h = _hasH ? W.Create(operands.H.RowOfSegment(row)) : default;
        var i = _hasI ? W.Create(operands.I.RowOfSegment(row)) : default;
        var j = _hasJ ? W.Create(operands.J.RowOfSegment(row)) : default;
        nint k = 0;
        for (; k + W.Count <= part; k += W.Count)
        {
            F.Of(_hasDot0 ? W.Load(ref dots0, k) : default,
                _hasDot1 ? W.Load(ref dots1, k) : default,
                _hasA ? a.From(from + k) : default, _hasB ? b.From(from + k) : default, _hasC ? c.From(from + k) : default,
                _hasD ? d.From(from + k) : default, _hasE ? e.From(from + k) : default, _hasF ? f.From(from + k) : default,
                g, h, i, j, out var first, out var second, out var factor, out var cross, out var decay, out var number0, out var number1);
            if (_hasStore0)
            {
                first.Store(ref operands.Store0.Start, from + k);
            }

            if (_hasStore1)
            {
                second.Store(ref operands.Store1.Start, from + k);
            }

            factor.Store(ref factors, k);
            cross.Store(ref crosses, k);
            AddNumbers(decay, number0, number1, ref decays, ref total0, ref total1);
        }

        for (; k < part; k++)
        {
            F.Of(_hasDot0 ? W.Create(Unsafe.Add(ref dots0, k)) : default,
                _hasDot1 ? W.Create(Unsafe.Add(ref dots1, k)) : default,
                _hasA ? a.Of(from + k) : default, _hasB ? b.Of(from + k) : default, _hasC ? c.Of(from + k) : default,
                _hasD ? d.Of(from + k) : default, _hasE ? e.Of(from + k) : default, _hasF ? f.Of(from + k) : default,
                g, h, i, j, out var first, out var second, out var factor, out var cross, out var decay, out var number0, out var number1);
            if (_hasStore0)
            {
                Unsafe.Add(ref operands.Store0.Start, from + k) = first.First;
            }

            if (_hasStore1)
            {
                Unsafe.Add(ref operands.Store1.Start, from + k) = second.First;
            }

            Unsafe.Add(ref factors, k) = factor.First;
            Unsafe.Add(ref crosses, k) = cross.First;
            AddNumbers(decay.First, number0.First, number1.First, ref lastDecays, ref lastTotal0, ref lastTotal1);
        }
    }

    private static Panel<T> Scratch(ref T numbers) => new(ref numbers, 1, 0, 1, 1, Tile, true);

    private static bool Has(PassParts parts) => (F.Parts & parts) != 0;
}
