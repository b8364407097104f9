using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

/// <summary>Vectors of 256 bits.</summary>
internal struct Narrow<T>(Vector256<T> value) : IRowLanes<Narrow<T>, T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Vector256<T> Value = value;

    public static int Count => Vector256<T>.Count;

    public static Narrow<T> Zero => default;

    public static Narrow<T> One => new() { Value = Vector256<T>.One };

    public static Narrow<T> Indices => new() { Value = Vector256<T>.Indices };

    public readonly T First => Value.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Load(ref T source, nint index) => new() { Value = Vector256.LoadUnsafe(ref source, (nuint)index) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(ref T target, nint index) => Value.StoreUnsafe(ref target, (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Create(T value) => new() { Value = Vector256.Create(value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Constant(double value) => new() { Value = Vector256.Create(T.CreateTruncating(value)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Narrow<T> vector)
    {
        if (typeof(T) == typeof(double))
        {
            var sum = Reduction.Sum(vector.Value.AsDouble());
            return Unsafe.As<double, T>(ref sum);
        }
        else
        {
            var sum = Reduction.Sum(vector.Value.AsSingle());
            return Unsafe.As<float, T>(ref sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSums(Narrow<T> v0, Narrow<T> v1, Narrow<T> v2, Narrow<T> v3, Narrow<T> v4, Narrow<T> v5, Narrow<T> v6,
        Narrow<T> v7, ref T target, nint index)
    {
        if (typeof(T) == typeof(double))
        {
            Reduction.Sums(v0.Value.AsDouble(), v1.Value.AsDouble(), v2.Value.AsDouble(), v3.Value.AsDouble()).As<double, T>()
                .StoreUnsafe(ref target, (nuint)index);
            Reduction.Sums(v4.Value.AsDouble(), v5.Value.AsDouble(), v6.Value.AsDouble(), v7.Value.AsDouble()).As<double, T>()
                .StoreUnsafe(ref target, (nuint)(index + 4));
        }
        else
        {
            Reduction.Sums(v0.Value.AsSingle(), v1.Value.AsSingle(), v2.Value.AsSingle(), v3.Value.AsSingle(), v4.Value.AsSingle(),
                v5.Value.AsSingle(), v6.Value.AsSingle(), v7.Value.AsSingle()).As<float, T>().StoreUnsafe(ref target, (nuint)index);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Greatest(Narrow<T> vector)
    {
        var half = Vector128.Max(vector.Value.GetLower(), vector.Value.GetUpper());
        var greatest = half.ToScalar();
        for (var lane = 1; lane < Vector128<T>.Count; lane++)
        {
            greatest = T.Max(greatest, half.GetElement(lane));
        }

        return greatest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddSums(Narrow<T> v0, Narrow<T> v1, Narrow<T> v2, Narrow<T> v3, ref T result, nint step, int count)
    {
        if (typeof(T) == typeof(double))
        {
            var sums = Reduction.Sums(v0.Value.AsDouble(), v1.Value.AsDouble(), v2.Value.AsDouble(), v3.Value.AsDouble()).As<double, T>();
            if (count == 4 && step == 1)
            {
                (Vector256.LoadUnsafe(ref result) + sums).StoreUnsafe(ref result);
                return;
            }

            for (var i = 0; i < count; i++)
            {
                Unsafe.Add(ref result, i * step) += sums.GetElement(i);
            }
        }
        else
        {
            var sums = Reduction.Sums(v0.Folded(), v1.Folded(), v2.Folded(), v3.Folded()).As<float, T>();
            if (count == 4 && step == 1)
            {
                (Vector128.LoadUnsafe(ref result) + sums).StoreUnsafe(ref result);
                return;
            }

            for (var i = 0; i < count; i++)
            {
                Unsafe.Add(ref result, i * step) += sums.GetElement(i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> MultiplyAdd(Narrow<T> a, Narrow<T> b, Narrow<T> c) => new() { Value = MultiplyAdd(a.Value, b.Value, c.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Multiply(Narrow<T> a, ref T source, nint index) => new() { Value = a.Value * Vector256.LoadUnsafe(ref source, (nuint)index) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> MultiplyAdd(Narrow<T> a, ref T source, nint index, Narrow<T> c) =>
        new() { Value = MultiplyAdd(a.Value, Vector256.LoadUnsafe(ref source, (nuint)index), c.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Products<N>(ref T row, Narrow<T> with0, Narrow<T> with1, Narrow<T> with2, Narrow<T> with3)
        where N : struct, IRowLength
    {
        var sums = Vector256.LoadUnsafe(ref row) * with0.Value;
        if (typeof(N) != typeof(OneVector))
        {
            sums = MultiplyAdd(Vector256.LoadUnsafe(ref row, (nuint)Vector256<T>.Count), with1.Value, sums);
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            sums = MultiplyAdd(Vector256.LoadUnsafe(ref row, 2 * (nuint)Vector256<T>.Count), with2.Value, sums);
        }

        if (typeof(N) == typeof(FourVectors))
        {
            sums = MultiplyAdd(Vector256.LoadUnsafe(ref row, 3 * (nuint)Vector256<T>.Count), with3.Value, sums);
        }

        return new() { Value = sums };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddRow<N>(Narrow<T> factors, ref T row, ref Narrow<T> sum0, ref Narrow<T> sum1, ref Narrow<T> sum2, ref Narrow<T> sum3)
        where N : struct, IRowLength
    {
        sum0.Value = MultiplyAdd(factors.Value, Vector256.LoadUnsafe(ref row), sum0.Value);
        if (typeof(N) != typeof(OneVector))
        {
            sum1.Value = MultiplyAdd(factors.Value, Vector256.LoadUnsafe(ref row, (nuint)Vector256<T>.Count), sum1.Value);
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            sum2.Value = MultiplyAdd(factors.Value, Vector256.LoadUnsafe(ref row, 2 * (nuint)Vector256<T>.Count), sum2.Value);
        }

        if (typeof(N) == typeof(FourVectors))
        {
            sum3.Value = MultiplyAdd(factors.Value, Vector256.LoadUnsafe(ref row, 3 * (nuint)Vector256<T>.Count), sum3.Value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreDots<N>(ref T rows, nint at0, nint at1, nint at2, nint at3, nint at4, nint at5, nint at6, nint at7,
        Narrow<T> with0, Narrow<T> with1, Narrow<T> with2, Narrow<T> with3, ref T target) where N : struct, IRowLength
    {
        var sums0 = Vector256.LoadUnsafe(ref rows, (nuint)at0) * with0.Value;
        var sums1 = Vector256.LoadUnsafe(ref rows, (nuint)at1) * with0.Value;
        var sums2 = Vector256.LoadUnsafe(ref rows, (nuint)at2) * with0.Value;
        var sums3 = Vector256.LoadUnsafe(ref rows, (nuint)at3) * with0.Value;
        var sums4 = Vector256.LoadUnsafe(ref rows, (nuint)at4) * with0.Value;
        var sums5 = Vector256.LoadUnsafe(ref rows, (nuint)at5) * with0.Value;
        var sums6 = Vector256.LoadUnsafe(ref rows, (nuint)at6) * with0.Value;
        var sums7 = Vector256.LoadUnsafe(ref rows, (nuint)at7) * with0.Value;
        if (typeof(N) != typeof(OneVector))
        {
            sums0 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at0 + Vector256<T>.Count)), with1.Value, sums0);
            sums1 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at1 + Vector256<T>.Count)), with1.Value, sums1);
            sums2 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at2 + Vector256<T>.Count)), with1.Value, sums2);
            sums3 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at3 + Vector256<T>.Count)), with1.Value, sums3);
            sums4 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at4 + Vector256<T>.Count)), with1.Value, sums4);
            sums5 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at5 + Vector256<T>.Count)), with1.Value, sums5);
            sums6 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at6 + Vector256<T>.Count)), with1.Value, sums6);
            sums7 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at7 + Vector256<T>.Count)), with1.Value, sums7);
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            sums0 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at0 + 2 * Vector256<T>.Count)), with2.Value, sums0);
            sums1 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at1 + 2 * Vector256<T>.Count)), with2.Value, sums1);
            sums2 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at2 + 2 * Vector256<T>.Count)), with2.Value, sums2);
            sums3 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at3 + 2 * Vector256<T>.Count)), with2.Value, sums3);
            sums4 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at4 + 2 * Vector256<T>.Count)), with2.Value, sums4);
            sums5 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at5 + 2 * Vector256<T>.Count)), with2.Value, sums5);
            sums6 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at6 + 2 * Vector256<T>.Count)), with2.Value, sums6);
            sums7 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at7 + 2 * Vector256<T>.Count)), with2.Value, sums7);
        }

        if (typeof(N) == typeof(FourVectors))
        {
            sums0 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at0 + 3 * Vector256<T>.Count)), with3.Value, sums0);
            sums1 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at1 + 3 * Vector256<T>.Count)), with3.Value, sums1);
            sums2 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at2 + 3 * Vector256<T>.Count)), with3.Value, sums2);
            sums3 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at3 + 3 * Vector256<T>.Count)), with3.Value, sums3);
            sums4 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at4 + 3 * Vector256<T>.Count)), with3.Value, sums4);
            sums5 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at5 + 3 * Vector256<T>.Count)), with3.Value, sums5);
            sums6 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at6 + 3 * Vector256<T>.Count)), with3.Value, sums6);
            sums7 = MultiplyAdd(Vector256.LoadUnsafe(ref rows, (nuint)(at7 + 3 * Vector256<T>.Count)), with3.Value, sums7);
        }

        StoreSums(new() { Value = sums0 }, new() { Value = sums1 }, new() { Value = sums2 }, new() { Value = sums3 }, new() { Value = sums4 }, new() { Value = sums5 }, new() { Value = sums6 }, new() { Value = sums7 }, ref target, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProducts<N>(Narrow<T> factors, ref T row, ref T other, ref Narrow<T> sum) where N : struct, IRowLength
    {
        var products = Vector256.LoadUnsafe(ref row) * Vector256.LoadUnsafe(ref other);
        if (typeof(N) != typeof(OneVector))
        {
            products = MultiplyAdd(Vector256.LoadUnsafe(ref row, (nuint)Vector256<T>.Count), Vector256.LoadUnsafe(ref other, (nuint)Vector256<T>.Count), products);
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            products = MultiplyAdd(Vector256.LoadUnsafe(ref row, 2 * (nuint)Vector256<T>.Count), Vector256.LoadUnsafe(ref other, 2 * (nuint)Vector256<T>.Count), products);
        }

        if (typeof(N) == typeof(FourVectors))
        {
            products = MultiplyAdd(Vector256.LoadUnsafe(ref row, 3 * (nuint)Vector256<T>.Count), Vector256.LoadUnsafe(ref other, 3 * (nuint)Vector256<T>.Count), products);
        }

        sum.Value = MultiplyAdd(factors.Value, products, sum.Value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Gather(ref T numbers, ref int index) =>
        typeof(T) == typeof(double)
            ? new(Vector256.Create(Unsafe.BitCast<T, double>(Unsafe.Add(ref numbers, index)),
                Unsafe.BitCast<T, double>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 1))),
                Unsafe.BitCast<T, double>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 2))),
                Unsafe.BitCast<T, double>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 3)))).As<double, T>())
            : new(Vector256.Create(Unsafe.BitCast<T, float>(Unsafe.Add(ref numbers, index)),
                Unsafe.BitCast<T, float>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 1))),
                Unsafe.BitCast<T, float>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 2))),
                Unsafe.BitCast<T, float>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 3))),
                Unsafe.BitCast<T, float>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 4))),
                Unsafe.BitCast<T, float>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 5))),
                Unsafe.BitCast<T, float>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 6))),
                Unsafe.BitCast<T, float>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 7)))).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> MultiplyAdd(Vector256<T> a, Vector256<T> b, Vector256<T> c) => typeof(T) == typeof(double)
        ? Vector256.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>()
        : Vector256.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Abs(Narrow<T> x) => new() { Value = Vector256.Abs(x.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Round(Narrow<T> x) => typeof(T) == typeof(double)
        ? new() { Value = Vector256.Round(x.Value.AsDouble()).As<double, T>() }
        : new() { Value = Vector256.Round(x.Value.AsSingle()).As<float, T>() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Max(Narrow<T> a, Narrow<T> b) => new() { Value = Vector256.Max(a.Value, b.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Min(Narrow<T> a, Narrow<T> b) => new() { Value = Vector256.Min(a.Value, b.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> LessThan(Narrow<T> a, Narrow<T> b) => new() { Value = Vector256.LessThan(a.Value, b.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Equal(Narrow<T> a, Narrow<T> b) => new() { Value = Vector256.Equals(a.Value, b.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Select(Narrow<T> mask, Narrow<T> whereSet, Narrow<T> elsewhere) =>
        new() { Value = Vector256.ConditionalSelect(mask.Value, whereSet.Value, elsewhere.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> WithSignOf(Narrow<T> magnitude, Narrow<T> sign) => new() { Value = Vector256.CopySign(magnitude.Value, sign.Value) };

    // 1.5·2⁵² + n has n, in two's complement, in its last digits; so has 1.5·2²³ + n in a float.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> PowerOfTwo(Narrow<T> n) => typeof(T) == typeof(double)
        ? new((((n.Value.AsDouble() + Vector256.Create(6755399441055744.0)).AsInt64() << 52)
            + Vector256<double>.One.AsInt64()).As<long, T>())
        : new() { Value = (((n.Value.AsSingle() + Vector256.Create(12582912f)).AsInt32() << 23) + Vector256<float>.One.AsInt32()).As<int, T>() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> LeadingDigits(Narrow<T> x) => typeof(T) == typeof(double)
        ? new() { Value = (x.Value.AsInt64() & Vector256.Create(-1L << 27)).As<long, T>() }
        : new() { Value = (x.Value.AsInt32() & Vector256.Create(-1 << 12)).As<int, T>() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(Narrow<T> mask) => Vector256.EqualsAll(mask.Value.AsByte(), Vector256<byte>.AllBitsSet);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Exp(Narrow<T> x) => typeof(T) == typeof(double)
        ? new() { Value = Vector256.Exp(x.Value.AsDouble()).As<double, T>() }
        : new() { Value = Vector256.Exp(x.Value.AsSingle()).As<float, T>() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Log(Narrow<T> x) => typeof(T) == typeof(double)
        ? new() { Value = Vector256.Log(x.Value.AsDouble()).As<double, T>() }
        : new() { Value = Vector256.Log(x.Value.AsSingle()).As<float, T>() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> operator +(Narrow<T> a, Narrow<T> b) => new() { Value = a.Value + b.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> operator -(Narrow<T> a, Narrow<T> b) => new() { Value = a.Value - b.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> operator *(Narrow<T> a, Narrow<T> b) => new() { Value = a.Value * b.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> operator /(Narrow<T> a, Narrow<T> b) => new() { Value = a.Value / b.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> operator -(Narrow<T> a) => new() { Value = -a.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<float> Folded() => Value.GetLower().AsSingle() + Value.GetUpper().AsSingle();
}
