using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

/// <summary>Vectors of 128 bits.</summary>
internal struct Slim<T>(Vector128<T> value) : IRowLanes<Slim<T>, T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Vector128<T> Value = value;

    public static int Count => Vector128<T>.Count;

    public static Slim<T> Zero => default;

    public static Slim<T> One => new() { Value = Vector128<T>.One };

    public static Slim<T> Indices => new() { Value = Vector128<T>.Indices };

    public readonly T First => Value.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Load(ref T source, nint index) => new() { Value = Vector128.LoadUnsafe(ref source, (nuint)index) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(ref T target, nint index) => Value.StoreUnsafe(ref target, (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Create(T value) => new() { Value = Vector128.Create(value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Constant(double value) => new() { Value = Vector128.Create(T.CreateTruncating(value)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Slim<T> vector)
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
    public static void StoreSums(Slim<T> v0, Slim<T> v1, Slim<T> v2, Slim<T> v3, Slim<T> v4, Slim<T> v5, Slim<T> v6, Slim<T> v7,
        ref T target, nint index)
    {
        if (typeof(T) == typeof(double))
        {
            Reduction.Sums(v0.Value.AsDouble(), v1.Value.AsDouble()).As<double, T>().StoreUnsafe(ref target, (nuint)index);
            Reduction.Sums(v2.Value.AsDouble(), v3.Value.AsDouble()).As<double, T>().StoreUnsafe(ref target, (nuint)(index + 2));
            Reduction.Sums(v4.Value.AsDouble(), v5.Value.AsDouble()).As<double, T>().StoreUnsafe(ref target, (nuint)(index + 4));
            Reduction.Sums(v6.Value.AsDouble(), v7.Value.AsDouble()).As<double, T>().StoreUnsafe(ref target, (nuint)(index + 6));
        }
        else
        {
            Reduction.Sums(v0.Value.AsSingle(), v1.Value.AsSingle(), v2.Value.AsSingle(), v3.Value.AsSingle()).As<float, T>()
                .StoreUnsafe(ref target, (nuint)index);
            Reduction.Sums(v4.Value.AsSingle(), v5.Value.AsSingle(), v6.Value.AsSingle(), v7.Value.AsSingle()).As<float, T>()
                .StoreUnsafe(ref target, (nuint)(index + 4));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Greatest(Slim<T> vector)
    {
        var greatest = vector.Value.ToScalar();
        for (var lane = 1; lane < Vector128<T>.Count; lane++)
        {
            greatest = T.Max(greatest, vector.Value.GetElement(lane));
        }

        return greatest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddSums(Slim<T> v0, Slim<T> v1, Slim<T> v2, Slim<T> v3, ref T result, nint step, int count)
    {
        if (typeof(T) == typeof(double))
        {
            var first = Reduction.Sums(v0.Value.AsDouble(), v1.Value.AsDouble()).As<double, T>();
            var second = Reduction.Sums(v2.Value.AsDouble(), v3.Value.AsDouble()).As<double, T>();
            if (count == 4 && step == 1)
            {
                (Vector128.LoadUnsafe(ref result) + first).StoreUnsafe(ref result);
                (Vector128.LoadUnsafe(ref result, 2) + second).StoreUnsafe(ref result, 2);
                return;
            }

            for (var i = 0; i < count; i++)
            {
                Unsafe.Add(ref result, i * step) += i < 2 ? first.GetElement(i) : second.GetElement(i - 2);
            }
        }
        else
        {
            var sums = Reduction.Sums(v0.Value.AsSingle(), v1.Value.AsSingle(), v2.Value.AsSingle(), v3.Value.AsSingle()).As<float, T>();
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
    public static Slim<T> MultiplyAdd(Slim<T> a, Slim<T> b, Slim<T> c) => new() { Value = MultiplyAdd(a.Value, b.Value, c.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Multiply(Slim<T> a, ref T source, nint index) => new() { Value = a.Value * Vector128.LoadUnsafe(ref source, (nuint)index) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> MultiplyAdd(Slim<T> a, ref T source, nint index, Slim<T> c) =>
        new() { Value = MultiplyAdd(a.Value, Vector128.LoadUnsafe(ref source, (nuint)index), c.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Products<N>(ref T row, Slim<T> with0, Slim<T> with1, Slim<T> with2, Slim<T> with3)
        where N : struct, IRowLength
    {
        var sums = Vector128.LoadUnsafe(ref row) * with0.Value;
        if (typeof(N) != typeof(OneVector))
        {
            sums = MultiplyAdd(Vector128.LoadUnsafe(ref row, (nuint)Vector128<T>.Count), with1.Value, sums);
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            sums = MultiplyAdd(Vector128.LoadUnsafe(ref row, 2 * (nuint)Vector128<T>.Count), with2.Value, sums);
        }

        if (typeof(N) == typeof(FourVectors))
        {
            sums = MultiplyAdd(Vector128.LoadUnsafe(ref row, 3 * (nuint)Vector128<T>.Count), with3.Value, sums);
        }

        return new() { Value = sums };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddRow<N>(Slim<T> factors, ref T row, ref Slim<T> sum0, ref Slim<T> sum1, ref Slim<T> sum2, ref Slim<T> sum3)
        where N : struct, IRowLength
    {
        sum0.Value = MultiplyAdd(factors.Value, Vector128.LoadUnsafe(ref row), sum0.Value);
        if (typeof(N) != typeof(OneVector))
        {
            sum1.Value = MultiplyAdd(factors.Value, Vector128.LoadUnsafe(ref row, (nuint)Vector128<T>.Count), sum1.Value);
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            sum2.Value = MultiplyAdd(factors.Value, Vector128.LoadUnsafe(ref row, 2 * (nuint)Vector128<T>.Count), sum2.Value);
        }

        if (typeof(N) == typeof(FourVectors))
        {
            sum3.Value = MultiplyAdd(factors.Value, Vector128.LoadUnsafe(ref row, 3 * (nuint)Vector128<T>.Count), sum3.Value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreDots<N>(ref T rows, nint at0, nint at1, nint at2, nint at3, nint at4, nint at5, nint at6, nint at7,
        Slim<T> with0, Slim<T> with1, Slim<T> with2, Slim<T> with3, ref T target) where N : struct, IRowLength
    {
        var sums0 = Vector128.LoadUnsafe(ref rows, (nuint)at0) * with0.Value;
        var sums1 = Vector128.LoadUnsafe(ref rows, (nuint)at1) * with0.Value;
        var sums2 = Vector128.LoadUnsafe(ref rows, (nuint)at2) * with0.Value;
        var sums3 = Vector128.LoadUnsafe(ref rows, (nuint)at3) * with0.Value;
        var sums4 = Vector128.LoadUnsafe(ref rows, (nuint)at4) * with0.Value;
        var sums5 = Vector128.LoadUnsafe(ref rows, (nuint)at5) * with0.Value;
        var sums6 = Vector128.LoadUnsafe(ref rows, (nuint)at6) * with0.Value;
        var sums7 = Vector128.LoadUnsafe(ref rows, (nuint)at7) * with0.Value;
        if (typeof(N) != typeof(OneVector))
        {
            sums0 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at0 + Vector128<T>.Count)), with1.Value, sums0);
            sums1 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at1 + Vector128<T>.Count)), with1.Value, sums1);
            sums2 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at2 + Vector128<T>.Count)), with1.Value, sums2);
            sums3 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at3 + Vector128<T>.Count)), with1.Value, sums3);
            sums4 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at4 + Vector128<T>.Count)), with1.Value, sums4);
            sums5 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at5 + Vector128<T>.Count)), with1.Value, sums5);
            sums6 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at6 + Vector128<T>.Count)), with1.Value, sums6);
            sums7 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at7 + Vector128<T>.Count)), with1.Value, sums7);
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            sums0 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at0 + 2 * Vector128<T>.Count)), with2.Value, sums0);
            sums1 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at1 + 2 * Vector128<T>.Count)), with2.Value, sums1);
            sums2 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at2 + 2 * Vector128<T>.Count)), with2.Value, sums2);
            sums3 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at3 + 2 * Vector128<T>.Count)), with2.Value, sums3);
            sums4 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at4 + 2 * Vector128<T>.Count)), with2.Value, sums4);
            sums5 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at5 + 2 * Vector128<T>.Count)), with2.Value, sums5);
            sums6 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at6 + 2 * Vector128<T>.Count)), with2.Value, sums6);
            sums7 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at7 + 2 * Vector128<T>.Count)), with2.Value, sums7);
        }

        if (typeof(N) == typeof(FourVectors))
        {
            sums0 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at0 + 3 * Vector128<T>.Count)), with3.Value, sums0);
            sums1 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at1 + 3 * Vector128<T>.Count)), with3.Value, sums1);
            sums2 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at2 + 3 * Vector128<T>.Count)), with3.Value, sums2);
            sums3 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at3 + 3 * Vector128<T>.Count)), with3.Value, sums3);
            sums4 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at4 + 3 * Vector128<T>.Count)), with3.Value, sums4);
            sums5 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at5 + 3 * Vector128<T>.Count)), with3.Value, sums5);
            sums6 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at6 + 3 * Vector128<T>.Count)), with3.Value, sums6);
            sums7 = MultiplyAdd(Vector128.LoadUnsafe(ref rows, (nuint)(at7 + 3 * Vector128<T>.Count)), with3.Value, sums7);
        }

        StoreSums(new() { Value = sums0 }, new() { Value = sums1 }, new() { Value = sums2 }, new() { Value = sums3 }, new() { Value = sums4 }, new() { Value = sums5 }, new() { Value = sums6 }, new() { Value = sums7 }, ref target, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProducts<N>(Slim<T> factors, ref T row, ref T other, ref Slim<T> sum) where N : struct, IRowLength
    {
        var products = Vector128.LoadUnsafe(ref row) * Vector128.LoadUnsafe(ref other);
        if (typeof(N) != typeof(OneVector))
        {
            products = MultiplyAdd(Vector128.LoadUnsafe(ref row, (nuint)Vector128<T>.Count), Vector128.LoadUnsafe(ref other, (nuint)Vector128<T>.Count), products);
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            products = MultiplyAdd(Vector128.LoadUnsafe(ref row, 2 * (nuint)Vector128<T>.Count), Vector128.LoadUnsafe(ref other, 2 * (nuint)Vector128<T>.Count), products);
        }

        if (typeof(N) == typeof(FourVectors))
        {
            products = MultiplyAdd(Vector128.LoadUnsafe(ref row, 3 * (nuint)Vector128<T>.Count), Vector128.LoadUnsafe(ref other, 3 * (nuint)Vector128<T>.Count), products);
        }

        sum.Value = MultiplyAdd(factors.Value, products, sum.Value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Gather(ref T numbers, ref int index) =>
        typeof(T) == typeof(double)
            ? new(Vector128.Create(Unsafe.BitCast<T, double>(Unsafe.Add(ref numbers, index)),
                Unsafe.BitCast<T, double>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 1)))).As<double, T>())
            : new(Vector128.Create(Unsafe.BitCast<T, float>(Unsafe.Add(ref numbers, index)),
                Unsafe.BitCast<T, float>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 1))),
                Unsafe.BitCast<T, float>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 2))),
                Unsafe.BitCast<T, float>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 3)))).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> MultiplyAdd(Vector128<T> a, Vector128<T> b, Vector128<T> c) => typeof(T) == typeof(double)
        ? Vector128.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>()
        : Vector128.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Abs(Slim<T> x) => new() { Value = Vector128.Abs(x.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Round(Slim<T> x) => typeof(T) == typeof(double)
        ? new() { Value = Vector128.Round(x.Value.AsDouble()).As<double, T>() }
        : new() { Value = Vector128.Round(x.Value.AsSingle()).As<float, T>() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Max(Slim<T> a, Slim<T> b) => new() { Value = Vector128.Max(a.Value, b.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Min(Slim<T> a, Slim<T> b) => new() { Value = Vector128.Min(a.Value, b.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> LessThan(Slim<T> a, Slim<T> b) => new() { Value = Vector128.LessThan(a.Value, b.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Equal(Slim<T> a, Slim<T> b) => new() { Value = Vector128.Equals(a.Value, b.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Select(Slim<T> mask, Slim<T> whereSet, Slim<T> elsewhere) =>
        new() { Value = Vector128.ConditionalSelect(mask.Value, whereSet.Value, elsewhere.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> WithSignOf(Slim<T> magnitude, Slim<T> sign) => new() { Value = Vector128.CopySign(magnitude.Value, sign.Value) };

    // 1.5·2⁵² + n has n, in two's complement, in its last digits; so has 1.5·2²³ + n in a float.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> PowerOfTwo(Slim<T> n) => typeof(T) == typeof(double)
        ? new((((n.Value.AsDouble() + Vector128.Create(6755399441055744.0)).AsInt64() << 52)
            + Vector128<double>.One.AsInt64()).As<long, T>())
        : new() { Value = (((n.Value.AsSingle() + Vector128.Create(12582912f)).AsInt32() << 23) + Vector128<float>.One.AsInt32()).As<int, T>() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> LeadingDigits(Slim<T> x) => typeof(T) == typeof(double)
        ? new() { Value = (x.Value.AsInt64() & Vector128.Create(-1L << 27)).As<long, T>() }
        : new() { Value = (x.Value.AsInt32() & Vector128.Create(-1 << 12)).As<int, T>() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(Slim<T> mask) => Vector128.EqualsAll(mask.Value.AsByte(), Vector128<byte>.AllBitsSet);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Exp(Slim<T> x) => typeof(T) == typeof(double)
        ? new() { Value = Vector128.Exp(x.Value.AsDouble()).As<double, T>() }
        : new() { Value = Vector128.Exp(x.Value.AsSingle()).As<float, T>() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Log(Slim<T> x) => typeof(T) == typeof(double)
        ? new() { Value = Vector128.Log(x.Value.AsDouble()).As<double, T>() }
        : new() { Value = Vector128.Log(x.Value.AsSingle()).As<float, T>() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> operator +(Slim<T> a, Slim<T> b) => new() { Value = a.Value + b.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> operator -(Slim<T> a, Slim<T> b) => new() { Value = a.Value - b.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> operator *(Slim<T> a, Slim<T> b) => new() { Value = a.Value * b.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> operator /(Slim<T> a, Slim<T> b) => new() { Value = a.Value / b.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> operator -(Slim<T> a) => new() { Value = -a.Value };
}
