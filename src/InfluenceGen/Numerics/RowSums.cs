using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>
/// The loops of <see cref="Panel.AddRows"/> and <see cref="Panel.Sum"/>. Up to four vectors of a sum of rows stay in registers, in chains
/// enough to keep multiply-adds busy, while rows go by; longer rows are taken in pieces of four vectors.
/// </summary>
internal static class RowSums<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct, ILanes<V, T>
{
    /// <summary>target += Σ_e factor_e · row_e.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRows(ref T target, in Panel<T> factor, in Panel<T> rows, int count)
    {
        if (rows.IsGathered)
        {
            AddRows<ByIndex>(ref target, in factor, in rows, count);
        }
        else
        {
            AddRows<InOrder>(ref target, in factor, in rows, count);
        }
    }

    /// <summary>target += factor · row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRow(ref T target, T factor, ref T row, nint stride)
    {
        var factors = V.Create(factor);
        for (nint k = 0; k < stride; k += V.Count)
        {
            V.MultiplyAdd(factors, V.Load(ref row, k), V.Load(ref target, k)).Store(ref target, k);
        }
    }

    /// <summary>The sum of numbers that lie side by side: four chains of vectors, then one by one what is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Sum(ref T numbers, nint count)
    {
        V sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        nint k = 0;
        for (; k + 4 * V.Count <= count; k += 4 * V.Count)
        {
            sum0 += V.Load(ref numbers, k);
            sum1 += V.Load(ref numbers, k + V.Count);
            sum2 += V.Load(ref numbers, k + 2 * V.Count);
            sum3 += V.Load(ref numbers, k + 3 * V.Count);
        }

        for (; k + V.Count <= count; k += V.Count)
        {
            sum0 += V.Load(ref numbers, k);
        }

        var sum = V.Sum(sum0 + sum1 + (sum2 + sum3));
        for (; k < count; k++)
        {
            sum += Unsafe.Add(ref numbers, k);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRows<R>(ref T target, in Panel<T> factor, in Panel<T> rows, int count) where R : struct, IRowOrder
    {
        nint column = 0;
        for (var vectors = rows.Stride / V.Count; vectors > 0; vectors -= 4)
        {
            switch (vectors)
            {
                case 1:
                    AddRows<OneVector, R>(ref target, in factor, in rows, column, count);
                    break;
                case 2:
                    AddRows<TwoVectors, R>(ref target, in factor, in rows, column, count);
                    break;
                case 3:
                    AddRows<ThreeVectors, R>(ref target, in factor, in rows, column, count);
                    break;
                default:
                    AddRows<FourVectors, R>(ref target, in factor, in rows, column, count);
                    break;
            }

            column += 4 * V.Count;
        }
    }

    // With one vector or two there are four chains, with more two; the other vectors of the names below are then the other chains'.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRows<N, R>(ref T target, in Panel<T> factor, in Panel<T> panel, nint column, nint count)
        where N : struct, IRowLength
        where R : struct, IRowOrder
    {
        target = ref Unsafe.Add(ref target, column);
        var rows = new RowAddresses<T>(in panel, column);
        ref var factors = ref factor.Start;
        nint step = factor.RowStep;
        V even0 = default, even1 = default, even2 = default, even3 = default;
        V odd0 = default, odd1 = default, odd2 = default, odd3 = default;
        nint e = 0;
        for (; e + 4 <= count; e += 4)
        {
            AddRow<N>(V.Create(factors), ref rows.At<R>(e), ref even0, ref even1, ref even2, ref even3);
            factors = ref Unsafe.Add(ref factors, step);
            AddRow<N>(V.Create(factors), ref rows.At<R>(e + 1), ref odd0, ref odd1, ref odd2, ref odd3);
            factors = ref Unsafe.Add(ref factors, step);
            if (N.Vectors <= 2)
            {
                AddRow<N>(V.Create(factors), ref rows.At<R>(e + 2), ref even2, ref even3, ref even0, ref even1);
                factors = ref Unsafe.Add(ref factors, step);
                AddRow<N>(V.Create(factors), ref rows.At<R>(e + 3), ref odd2, ref odd3, ref odd0, ref odd1);
            }
            else
            {
                AddRow<N>(V.Create(factors), ref rows.At<R>(e + 2), ref even0, ref even1, ref even2, ref even3);
                factors = ref Unsafe.Add(ref factors, step);
                AddRow<N>(V.Create(factors), ref rows.At<R>(e + 3), ref odd0, ref odd1, ref odd2, ref odd3);
            }

            factors = ref Unsafe.Add(ref factors, step);
        }

        for (; e < count; e++)
        {
            AddRow<N>(V.Create(factors), ref rows.At<R>(e), ref even0, ref even1, ref even2, ref even3);
            factors = ref Unsafe.Add(ref factors, step);
        }

        if (N.Vectors <= 2)
        {
            even0 += even2;
            even1 += even3;
            odd0 += odd2;
            odd1 += odd3;
        }

        (V.Load(ref target, 0) + (even0 + odd0)).Store(ref target, 0);
        if (N.Vectors > 1)
        {
            (V.Load(ref target, V.Count) + (even1 + odd1)).Store(ref target, V.Count);
        }

        if (N.Vectors > 2)
        {
            (V.Load(ref target, 2 * V.Count) + (even2 + odd2)).Store(ref target, 2 * V.Count);
        }

        if (N.Vectors > 3)
        {
            (V.Load(ref target, 3 * V.Count) + (even3 + odd3)).Store(ref target, 3 * V.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow<N>(V factor, ref T row, ref V sum0, ref V sum1, ref V sum2, ref V sum3) where N : struct, IRowLength
    {
        sum0 = V.MultiplyAdd(factor, ref row, 0, sum0);
        if (N.Vectors > 1)
        {
            sum1 = V.MultiplyAdd(factor, ref row, V.Count, sum1);
        }

        if (N.Vectors > 2)
        {
            sum2 = V.MultiplyAdd(factor, ref row, 2 * V.Count, sum2);
        }

        if (N.Vectors > 3)
        {
            sum3 = V.MultiplyAdd(factor, ref row, 3 * V.Count, sum3);
        }
    }
}
