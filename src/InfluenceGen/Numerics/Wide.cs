using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

/// <summary>Vectors of 512 bits.</summary>
internal struct Wide<T>(Vector512<T> value) : IRowLanes<Wide<T>, T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Vector512<T> Value = value;

    public static int Count => Vector512<T>.Count;

    public static Wide<T> Zero => default;

    public static Wide<T> One => new() { Value = Vector512<T>.One };

    public static Wide<T> Indices => new() { Value = Vector512<T>.Indices };

    public readonly T First => Value.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Load(ref T source, nint index) => new() { Value = Vector512.LoadUnsafe(ref source, (nuint)index) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(ref T target, nint index) => Value.StoreUnsafe(ref target, (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Create(T value) => new() { Value = Vector512.Create(value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Constant(double value) => new() { Value = Vector512.Create(T.CreateTruncating(value)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Wide<T> vector)
    {
        if (typeof(T) == typeof(double))
        {
            var sum = Reduction.Sum(vector.Value.AsDouble());
            return Unsafe.As<double, T>(ref sum);
        }

        return Narrow<T>.Sum(vector.Folded());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSums(Wide<T> v0, Wide<T> v1, Wide<T> v2, Wide<T> v3, Wide<T> v4, Wide<T> v5, Wide<T> v6, Wide<T> v7,
        ref T target, nint index)
    {
        if (typeof(T) == typeof(double))
        {
            Reduction.Sums(v0.Value.AsDouble(), v1.Value.AsDouble(), v2.Value.AsDouble(), v3.Value.AsDouble(), v4.Value.AsDouble(),
                v5.Value.AsDouble(), v6.Value.AsDouble(), v7.Value.AsDouble()).As<double, T>().StoreUnsafe(ref target, (nuint)index);
        }
        else
        {
            Narrow<T>.StoreSums(v0.Folded(), v1.Folded(), v2.Folded(), v3.Folded(), v4.Folded(), v5.Folded(), v6.Folded(), v7.Folded(),
                ref target, index);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Greatest(Wide<T> vector) =>
        Narrow<T>.Greatest(new() { Value = Vector256.Max(vector.Value.GetLower(), vector.Value.GetUpper()) });

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddSums(Wide<T> v0, Wide<T> v1, Wide<T> v2, Wide<T> v3, ref T result, nint step, int count) =>
        Narrow<T>.AddSums(v0.Folded(), v1.Folded(), v2.Folded(), v3.Folded(), ref result, step, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> MultiplyAdd(Wide<T> a, Wide<T> b, Wide<T> c) => new() { Value = MultiplyAdd(a.Value, b.Value, c.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Multiply(Wide<T> a, ref T source, nint index) => new() { Value = a.Value * Vector512.LoadUnsafe(ref source, (nuint)index) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> MultiplyAdd(Wide<T> a, ref T source, nint index, Wide<T> c) =>
        new() { Value = MultiplyAdd(a.Value, Vector512.LoadUnsafe(ref source, (nuint)index), c.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Products<N>(ref T row, Wide<T> with0, Wide<T> with1, Wide<T> with2, Wide<T> with3)
        where N : struct, IRowLength
    {
        var sums = Vector512.LoadUnsafe(ref row) * with0.Value;
        if (typeof(N) != typeof(OneVector))
        {
            sums = MultiplyAdd(Vector512.LoadUnsafe(ref row, (nuint)Vector512<T>.Count), with1.Value, sums);
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            sums = MultiplyAdd(Vector512.LoadUnsafe(ref row, 2 * (nuint)Vector512<T>.Count), with2.Value, sums);
        }

        if (typeof(N) == typeof(FourVectors))
        {
            sums = MultiplyAdd(Vector512.LoadUnsafe(ref row, 3 * (nuint)Vector512<T>.Count), with3.Value, sums);
        }

        return new() { Value = sums };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddRow<N>(Wide<T> factors, ref T row, ref Wide<T> sum0, ref Wide<T> sum1, ref Wide<T> sum2, ref Wide<T> sum3)
        where N : struct, IRowLength
    {
        sum0.Value = MultiplyAdd(factors.Value, Vector512.LoadUnsafe(ref row), sum0.Value);
        if (typeof(N) != typeof(OneVector))
        {
            sum1.Value = MultiplyAdd(factors.Value, Vector512.LoadUnsafe(ref row, (nuint)Vector512<T>.Count), sum1.Value);
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            sum2.Value = MultiplyAdd(factors.Value, Vector512.LoadUnsafe(ref row, 2 * (nuint)Vector512<T>.Count), sum2.Value);
        }

        if (typeof(N) == typeof(FourVectors))
        {
            sum3.Value = MultiplyAdd(factors.Value, Vector512.LoadUnsafe(ref row, 3 * (nuint)Vector512<T>.Count), sum3.Value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreDots<N>(ref T rows, nint at0, nint at1, nint at2, nint at3, nint at4, nint at5, nint at6, nint at7,
        Wide<T> with0, Wide<T> with1, Wide<T> with2, Wide<T> with3, ref T target) where N : struct, IRowLength
    {
        var sums0 = Vector512.LoadUnsafe(ref rows, (nuint)at0) * with0.Value;
        var sums1 = Vector512.LoadUnsafe(ref rows, (nuint)at1) * with0.Value;
        var sums2 = Vector512.LoadUnsafe(ref rows, (nuint)at2) * with0.Value;
        var sums3 = Vector512.LoadUnsafe(ref rows, (nuint)at3) * with0.Value;
        var sums4 = Vector512.LoadUnsafe(ref rows, (nuint)at4) * with0.Value;
        var sums5 = Vector512.LoadUnsafe(ref rows, (nuint)at5) * with0.Value;
        var sums6 = Vector512.LoadUnsafe(ref rows, (nuint)at6) * with0.Value;
        var sums7 = Vector512.LoadUnsafe(ref rows, (nuint)at7) * with0.Value;
        if (typeof(N) != typeof(OneVector))
        {
            sums0 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at0 + Vector512<T>.Count)), with1.Value, sums0);
            sums1 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at1 + Vector512<T>.Count)), with1.Value, sums1);
            sums2 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at2 + Vector512<T>.Count)), with1.Value, sums2);
            sums3 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at3 + Vector512<T>.Count)), with1.Value, sums3);
            sums4 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at4 + Vector512<T>.Count)), with1.Value, sums4);
            sums5 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at5 + Vector512<T>.Count)), with1.Value, sums5);
            sums6 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at6 + Vector512<T>.Count)), with1.Value, sums6);
            sums7 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at7 + Vector512<T>.Count)), with1.Value, sums7);
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            sums0 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at0 + 2 * Vector512<T>.Count)), with2.Value, sums0);
            sums1 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at1 + 2 * Vector512<T>.Count)), with2.Value, sums1);
            sums2 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at2 + 2 * Vector512<T>.Count)), with2.Value, sums2);
            sums3 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at3 + 2 * Vector512<T>.Count)), with2.Value, sums3);
            sums4 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at4 + 2 * Vector512<T>.Count)), with2.Value, sums4);
            sums5 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at5 + 2 * Vector512<T>.Count)), with2.Value, sums5);
            sums6 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at6 + 2 * Vector512<T>.Count)), with2.Value, sums6);
            sums7 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at7 + 2 * Vector512<T>.Count)), with2.Value, sums7);
        }

        if (typeof(N) == typeof(FourVectors))
        {
            sums0 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at0 + 3 * Vector512<T>.Count)), with3.Value, sums0);
            sums1 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at1 + 3 * Vector512<T>.Count)), with3.Value, sums1);
            sums2 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at2 + 3 * Vector512<T>.Count)), with3.Value, sums2);
            sums3 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at3 + 3 * Vector512<T>.Count)), with3.Value, sums3);
            sums4 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at4 + 3 * Vector512<T>.Count)), with3.Value, sums4);
            sums5 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at5 + 3 * Vector512<T>.Count)), with3.Value, sums5);
            sums6 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at6 + 3 * Vector512<T>.Count)), with3.Value, sums6);
            sums7 = MultiplyAdd(Vector512.LoadUnsafe(ref rows, (nuint)(at7 + 3 * Vector512<T>.Count)), with3.Value, sums7);
        }

        StoreSums(new() { Value = sums0 }, new() { Value = sums1 }, new() { Value = sums2 }, new() { Value = sums3 }, new() { Value = sums4 }, new() { Value = sums5 }, new() { Value = sums6 }, new() { Value = sums7 }, ref target, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProducts<N>(Wide<T> factors, ref T row, ref T other, ref Wide<T> sum) where N : struct, IRowLength
    {
        var products = Vector512.LoadUnsafe(ref row) * Vector512.LoadUnsafe(ref other);
        if (typeof(N) != typeof(OneVector))
        {
            products = MultiplyAdd(Vector512.LoadUnsafe(ref row, (nuint)Vector512<T>.Count), Vector512.LoadUnsafe(ref other, (nuint)Vector512<T>.Count), products);
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            products = MultiplyAdd(Vector512.LoadUnsafe(ref row, 2 * (nuint)Vector512<T>.Count), Vector512.LoadUnsafe(ref other, 2 * (nuint)Vector512<T>.Count), products);
        }

        if (typeof(N) == typeof(FourVectors))
        {
            products = MultiplyAdd(Vector512.LoadUnsafe(ref row, 3 * (nuint)Vector512<T>.Count), Vector512.LoadUnsafe(ref other, 3 * (nuint)Vector512<T>.Count), products);
        }

        sum.Value = MultiplyAdd(factors.Value, products, sum.Value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Gather(ref T numbers, ref int index) =>
        typeof(T) == typeof(double)
            ? new(Vector512.Create(Unsafe.BitCast<T, double>(Unsafe.Add(ref numbers, index)),
                Unsafe.BitCast<T, double>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 1))),
                Unsafe.BitCast<T, double>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 2))),
                Unsafe.BitCast<T, double>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 3))),
                Unsafe.BitCast<T, double>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 4))),
                Unsafe.BitCast<T, double>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 5))),
                Unsafe.BitCast<T, double>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 6))),
                Unsafe.BitCast<T, double>(Unsafe.Add(ref numbers, Unsafe.Add(ref index, 7)))).As<double, T>())
            : new() { Value = Vector512.Create(Narrow<T>.Gather(ref numbers, ref index).Value, Narrow<T>.Gather(ref numbers, ref Unsafe.Add(ref index, Vector256<T>.Count)).Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> MultiplyAdd(Vector512<T> a, Vector512<T> b, Vector512<T> c) => typeof(T) == typeof(double)
        ? Vector512.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>()
        : Vector512.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Abs(Wide<T> x) => new() { Value = Vector512.Abs(x.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Round(Wide<T> x) => typeof(T) == typeof(double)
        ? new() { Value = Vector512.Round(x.Value.AsDouble()).As<double, T>() }
        : new() { Value = Vector512.Round(x.Value.AsSingle()).As<float, T>() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Max(Wide<T> a, Wide<T> b) => new() { Value = Vector512.Max(a.Value, b.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Min(Wide<T> a, Wide<T> b) => new() { Value = Vector512.Min(a.Value, b.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> LessThan(Wide<T> a, Wide<T> b) => new() { Value = Vector512.LessThan(a.Value, b.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Equal(Wide<T> a, Wide<T> b) => new() { Value = Vector512.Equals(a.Value, b.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Select(Wide<T> mask, Wide<T> whereSet, Wide<T> elsewhere) =>
        new() { Value = Vector512.ConditionalSelect(mask.Value, whereSet.Value, elsewhere.Value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> WithSignOf(Wide<T> magnitude, Wide<T> sign) => new() { Value = Vector512.CopySign(magnitude.Value, sign.Value) };

    // 1.5·2⁵² + n has n, in two's complement, in its last digits; so has 1.5·2²³ + n in a float.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> PowerOfTwo(Wide<T> n) => typeof(T) == typeof(double)
        ? new((((n.Value.AsDouble() + Vector512.Create(6755399441055744.0)).AsInt64() << 52)
            + Vector512<double>.One.AsInt64()).As<long, T>())
        : new() { Value = (((n.Value.AsSingle() + Vector512.Create(12582912f)).AsInt32() << 23) + Vector512<float>.One.AsInt32()).As<int, T>() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> LeadingDigits(Wide<T> x) => typeof(T) == typeof(double)
        ? new() { Value = (x.Value.AsInt64() & Vector512.Create(-1L << 27)).As<long, T>() }
        : new() { Value = (x.Value.AsInt32() & Vector512.Create(-1 << 12)).As<int, T>() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(Wide<T> mask) => Vector512.EqualsAll(mask.Value.AsByte(), Vector512<byte>.AllBitsSet);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Exp(Wide<T> x) => typeof(T) == typeof(double)
        ? new() { Value = Vector512.Exp(x.Value.AsDouble()).As<double, T>() }
        : new() { Value = Vector512.Exp(x.Value.AsSingle()).As<float, T>() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Log(Wide<T> x) => typeof(T) == typeof(double)
        ? new() { Value = Vector512.Log(x.Value.AsDouble()).As<double, T>() }
        : new() { Value = Vector512.Log(x.Value.AsSingle()).As<float, T>() };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> operator +(Wide<T> a, Wide<T> b) => new() { Value = a.Value + b.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> operator -(Wide<T> a, Wide<T> b) => new() { Value = a.Value - b.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> operator *(Wide<T> a, Wide<T> b) => new() { Value = a.Value * b.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> operator /(Wide<T> a, Wide<T> b) => new() { Value = a.Value / b.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> operator -(Wide<T> a) => new() { Value = -a.Value };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Narrow<T> Folded() => new() { Value = Value.GetLower() + Value.GetUpper() };
}
