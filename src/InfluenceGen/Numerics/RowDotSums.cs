using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>The loop of <see cref="Panel.SumOfDots"/>: products are added up lane by lane over all examples, four at a time, and reduced once.</summary>
internal static class RowDotSums<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct, ILanes<V, T>
{
    public static T Sum(in Panel<T> factor, in Panel<T> a, in Panel<T> b, nint count)
    {
        var left = new RowAddresses<T>(in a);
        var right = new RowAddresses<T>(in b);
        ref var factors = ref factor.Start;
        nint step = factor.RowStep;
        nint length = a.Stride;
        V sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        nint e = 0;
        for (; e + 4 <= count; e += 4)
        {
            var factor0 = V.Create(factors);
            var factor1 = V.Create(Unsafe.Add(ref factors, step));
            var factor2 = V.Create(Unsafe.Add(ref factors, 2 * step));
            var factor3 = V.Create(Unsafe.Add(ref factors, 3 * step));
            ref var left0 = ref left.At(e);
            ref var left1 = ref left.At(e + 1);
            ref var left2 = ref left.At(e + 2);
            ref var left3 = ref left.At(e + 3);
            ref var right0 = ref right.At(e);
            ref var right1 = ref right.At(e + 1);
            ref var right2 = ref right.At(e + 2);
            ref var right3 = ref right.At(e + 3);
            for (nint k = 0; k < length; k += V.Count)
            {
                sum0 = V.MultiplyAdd(factor0 * V.Load(ref left0, k), V.Load(ref right0, k), sum0);
                sum1 = V.MultiplyAdd(factor1 * V.Load(ref left1, k), V.Load(ref right1, k), sum1);
                sum2 = V.MultiplyAdd(factor2 * V.Load(ref left2, k), V.Load(ref right2, k), sum2);
                sum3 = V.MultiplyAdd(factor3 * V.Load(ref left3, k), V.Load(ref right3, k), sum3);
            }

            factors = ref Unsafe.Add(ref factors, 4 * step);
        }

        for (; e < count; e++)
        {
            var multiple = V.Create(factors);
            ref var row = ref left.At(e);
            ref var other = ref right.At(e);
            for (nint k = 0; k < length; k += V.Count)
            {
                sum0 = V.MultiplyAdd(multiple * V.Load(ref row, k), V.Load(ref other, k), sum0);
            }

            factors = ref Unsafe.Add(ref factors, step);
        }

        return V.Sum(sum0 + sum1 + (sum2 + sum3));
    }
}
