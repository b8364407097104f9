using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>
/// The loops of <see cref="Panel.Dots"/>: eight examples at a time, whose vectors of partial sums are added up together at the end. A
/// dot's products are added in the order of its row's vectors, whoever is computed beside it.
/// </summary>
internal static class RowDots<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct, ILanes<V, T>
{
    // Examples whose dots are taken together.
    private const int Block = 8;

    /// <summary>Dots of rows with one row for all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WithOne(in Panel<T> target, in Panel<T> rows, in Panel<T> one, int count)
    {
        if (rows.IsGathered)
        {
            WithOne<ByIndex>(in target, in rows, in one, count);
        }
        else
        {
            WithOne<InOrder>(in target, in rows, in one, count);
        }
    }

    /// <summary>Dots of rows with rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WithEach(in Panel<T> target, in Panel<T> a, in Panel<T> b, int count)
    {
        switch (a.Stride / V.Count)
        {
            case 1:
                WithEach<OneVector>(in target, in a, in b, count);
                break;
            case 2:
                WithEach<TwoVectors>(in target, in a, in b, count);
                break;
            case 3:
                WithEach<ThreeVectors>(in target, in a, in b, count);
                break;
            case 4:
                WithEach<FourVectors>(in target, in a, in b, count);
                break;
            default:
                LongWithEach(in target, in a, in b, count);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WithOne<R>(in Panel<T> target, in Panel<T> rows, in Panel<T> one, int count) where R : struct, IRowOrder
    {
        switch (rows.Stride / V.Count)
        {
            case 1:
                WithOne<OneVector, R>(in target, in rows, ref one.Start, count);
                break;
            case 2:
                WithOne<TwoVectors, R>(in target, in rows, ref one.Start, count);
                break;
            case 3:
                WithOne<ThreeVectors, R>(in target, in rows, ref one.Start, count);
                break;
            case 4:
                WithOne<FourVectors, R>(in target, in rows, ref one.Start, count);
                break;
            default:
                LongWithOne(in target, in rows, ref one.Start, count);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WithOne<N, R>(in Panel<T> target, in Panel<T> panel, ref T one, nint count)
        where N : struct, IRowLength
        where R : struct, IRowOrder
    {
        ref var results = ref target.Start;
        var rows = new RowAddresses<T>(in panel);
        var one0 = V.Load(ref one, 0);
        var one1 = N.Vectors > 1 ? V.Load(ref one, V.Count) : default;
        var one2 = N.Vectors > 2 ? V.Load(ref one, 2 * V.Count) : default;
        var one3 = N.Vectors > 3 ? V.Load(ref one, 3 * V.Count) : default;
        nint e = 0;
        for (; e + Block <= count; e += Block)
        {
            V.StoreSums(
                Products<N>(ref rows.At<R>(e), one0, one1, one2, one3),
                Products<N>(ref rows.At<R>(e + 1), one0, one1, one2, one3),
                Products<N>(ref rows.At<R>(e + 2), one0, one1, one2, one3),
                Products<N>(ref rows.At<R>(e + 3), one0, one1, one2, one3),
                Products<N>(ref rows.At<R>(e + 4), one0, one1, one2, one3),
                Products<N>(ref rows.At<R>(e + 5), one0, one1, one2, one3),
                Products<N>(ref rows.At<R>(e + 6), one0, one1, one2, one3),
                Products<N>(ref rows.At<R>(e + 7), one0, one1, one2, one3),
                ref results, e);
        }

        if (e < count && target.IsScratch)
        {
            // One store, which a load of the same line can be served from. In place of missing examples the last one is taken.
            var last = count - 1;
            V.StoreSums(
                Products<N>(ref rows.At<R>(e), one0, one1, one2, one3),
                Products<N>(ref rows.At<R>(Math.Min(e + 1, last)), one0, one1, one2, one3),
                Products<N>(ref rows.At<R>(Math.Min(e + 2, last)), one0, one1, one2, one3),
                Products<N>(ref rows.At<R>(Math.Min(e + 3, last)), one0, one1, one2, one3),
                Products<N>(ref rows.At<R>(Math.Min(e + 4, last)), one0, one1, one2, one3),
                Products<N>(ref rows.At<R>(Math.Min(e + 5, last)), one0, one1, one2, one3),
                Products<N>(ref rows.At<R>(Math.Min(e + 6, last)), one0, one1, one2, one3),
                Products<N>(ref rows.At<R>(last), one0, one1, one2, one3),
                ref results, e);
            return;
        }

        for (; e < count; e++)
        {
            Unsafe.Add(ref results, e) = V.Sum(Products<N>(ref rows.At<R>(e), one0, one1, one2, one3));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WithEach<N>(in Panel<T> target, in Panel<T> a, in Panel<T> b, nint count) where N : struct, IRowLength
    {
        ref var results = ref target.Start;
        var left = new RowAddresses<T>(in a);
        var right = new RowAddresses<T>(in b);
        nint e = 0;
        for (; e + Block <= count; e += Block)
        {
            V.StoreSums(
                Products<N>(ref left.At(e), ref right.At(e)),
                Products<N>(ref left.At(e + 1), ref right.At(e + 1)),
                Products<N>(ref left.At(e + 2), ref right.At(e + 2)),
                Products<N>(ref left.At(e + 3), ref right.At(e + 3)),
                Products<N>(ref left.At(e + 4), ref right.At(e + 4)),
                Products<N>(ref left.At(e + 5), ref right.At(e + 5)),
                Products<N>(ref left.At(e + 6), ref right.At(e + 6)),
                Products<N>(ref left.At(e + 7), ref right.At(e + 7)),
                ref results, e);
        }

        if (e < count && target.IsScratch)
        {
            var last = count - 1;
            var (e1, e2, e3) = (Math.Min(e + 1, last), Math.Min(e + 2, last), Math.Min(e + 3, last));
            var (e4, e5, e6) = (Math.Min(e + 4, last), Math.Min(e + 5, last), Math.Min(e + 6, last));
            V.StoreSums(
                Products<N>(ref left.At(e), ref right.At(e)),
                Products<N>(ref left.At(e1), ref right.At(e1)),
                Products<N>(ref left.At(e2), ref right.At(e2)),
                Products<N>(ref left.At(e3), ref right.At(e3)),
                Products<N>(ref left.At(e4), ref right.At(e4)),
                Products<N>(ref left.At(e5), ref right.At(e5)),
                Products<N>(ref left.At(e6), ref right.At(e6)),
                Products<N>(ref left.At(last), ref right.At(last)),
                ref results, e);
            return;
        }

        for (; e < count; e++)
        {
            Unsafe.Add(ref results, e) = V.Sum(Products<N>(ref left.At(e), ref right.At(e)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Products<N>(ref T row, V one0, V one1, V one2, V one3) where N : struct, IRowLength
    {
        var sums = V.Multiply(one0, ref row, 0);
        if (N.Vectors > 1)
        {
            sums = V.MultiplyAdd(one1, ref row, V.Count, sums);
        }

        if (N.Vectors > 2)
        {
            sums = V.MultiplyAdd(one2, ref row, 2 * V.Count, sums);
        }

        if (N.Vectors > 3)
        {
            sums = V.MultiplyAdd(one3, ref row, 3 * V.Count, sums);
        }

        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Products<N>(ref T a, ref T b) where N : struct, IRowLength => Products<N>(ref a, V.Load(ref b, 0),
        N.Vectors > 1 ? V.Load(ref b, V.Count) : default,
        N.Vectors > 2 ? V.Load(ref b, 2 * V.Count) : default,
        N.Vectors > 3 ? V.Load(ref b, 3 * V.Count) : default);

    /// <summary>Rows of more than four vectors: eight chains of sums. In place of examples that are missing the first one is taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LongWithOne(in Panel<T> target, in Panel<T> panel, ref T one, nint count)
    {
        ref var results = ref target.Start;
        var rows = new RowAddresses<T>(in panel);
        nint length = panel.Stride;
        for (nint e = 0; e < count; e += Block)
        {
            var rest = count - e;
            ref var row0 = ref rows.At(e);
            ref var row1 = ref rows.At(rest > 1 ? e + 1 : e);
            ref var row2 = ref rows.At(rest > 2 ? e + 2 : e);
            ref var row3 = ref rows.At(rest > 3 ? e + 3 : e);
            ref var row4 = ref rows.At(rest > 4 ? e + 4 : e);
            ref var row5 = ref rows.At(rest > 5 ? e + 5 : e);
            ref var row6 = ref rows.At(rest > 6 ? e + 6 : e);
            ref var row7 = ref rows.At(rest > 7 ? e + 7 : e);
            V sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            V sum4 = default, sum5 = default, sum6 = default, sum7 = default;
            for (nint k = 0; k < length; k += V.Count)
            {
                var factor = V.Load(ref one, k);
                sum0 = V.MultiplyAdd(factor, ref row0, k, sum0);
                sum1 = V.MultiplyAdd(factor, ref row1, k, sum1);
                sum2 = V.MultiplyAdd(factor, ref row2, k, sum2);
                sum3 = V.MultiplyAdd(factor, ref row3, k, sum3);
                sum4 = V.MultiplyAdd(factor, ref row4, k, sum4);
                sum5 = V.MultiplyAdd(factor, ref row5, k, sum5);
                sum6 = V.MultiplyAdd(factor, ref row6, k, sum6);
                sum7 = V.MultiplyAdd(factor, ref row7, k, sum7);
            }

            if (rest >= Block)
            {
                V.StoreSums(sum0, sum1, sum2, sum3, sum4, sum5, sum6, sum7, ref results, e);
            }
            else
            {
                StoreRest(sum0, sum1, sum2, sum3, sum4, sum5, sum6, sum7, ref Unsafe.Add(ref results, e), rest);
            }
        }
    }

    /// <summary>Rows of more than four vectors, both different for each example: four chains, since each needs two addresses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LongWithEach(in Panel<T> target, in Panel<T> a, in Panel<T> b, nint count)
    {
        ref var results = ref target.Start;
        var left = new RowAddresses<T>(in a);
        var right = new RowAddresses<T>(in b);
        nint length = a.Stride;
        for (nint e = 0; e < count; e += Block / 2)
        {
            var rest = count - e;
            var (e1, e2, e3) = (rest > 1 ? e + 1 : e, rest > 2 ? e + 2 : e, rest > 3 ? e + 3 : e);
            ref var left0 = ref left.At(e);
            ref var left1 = ref left.At(e1);
            ref var left2 = ref left.At(e2);
            ref var left3 = ref left.At(e3);
            ref var right0 = ref right.At(e);
            ref var right1 = ref right.At(e1);
            ref var right2 = ref right.At(e2);
            ref var right3 = ref right.At(e3);
            V sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            for (nint k = 0; k < length; k += V.Count)
            {
                sum0 = V.MultiplyAdd(V.Load(ref left0, k), ref right0, k, sum0);
                sum1 = V.MultiplyAdd(V.Load(ref left1, k), ref right1, k, sum1);
                sum2 = V.MultiplyAdd(V.Load(ref left2, k), ref right2, k, sum2);
                sum3 = V.MultiplyAdd(V.Load(ref left3, k), ref right3, k, sum3);
            }

            StoreRest(sum0, sum1, sum2, sum3, sum0, sum1, sum2, sum3, ref Unsafe.Add(ref results, e), Math.Min(rest, Block / 2));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRest(V v0, V v1, V v2, V v3, V v4, V v5, V v6, V v7, ref T target, nint count)
    {
        var sums = default(Eight);
        V.StoreSums(v0, v1, v2, v3, v4, v5, v6, v7, ref sums.First, 0);
        for (nint i = 0; i < count; i++)
        {
            Unsafe.Add(ref target, i) = Unsafe.Add(ref sums.First, i);
        }
    }

    [InlineArray(Block)]
    private struct Eight
    {
        public T First;
    }
}
