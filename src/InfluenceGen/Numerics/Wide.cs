using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

/// <summary>Vectors of 512 bits.</summary>
internal readonly struct Wide<T>(Vector512<T> value) : IRowLanes<Wide<T>, T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public readonly Vector512<T> Value = value;

    public static int Count => Vector512<T>.Count;

    public static Wide<T> Zero => default;

    public static Wide<T> One => new(Vector512<T>.One);

    public static Wide<T> Indices => new(Vector512<T>.Indices);

    public T First => Value.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Load(ref T source, nint index) => new(Vector512.LoadUnsafe(ref source, (nuint)index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref T target, nint index) => Value.StoreUnsafe(ref target, (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Create(T value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Constant(double value) => new(Vector512.Create(T.CreateTruncating(value)));

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
        Narrow<T>.Greatest(new(Vector256.Max(vector.Value.GetLower(), vector.Value.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddSums(Wide<T> v0, Wide<T> v1, Wide<T> v2, Wide<T> v3, ref T result, nint step, int count) =>
        Narrow<T>.AddSums(v0.Folded(), v1.Folded(), v2.Folded(), v3.Folded(), ref result, step, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> MultiplyAdd(Wide<T> a, Wide<T> b, Wide<T> c) => typeof(T) == typeof(double)
        ? new(Vector512.MultiplyAddEstimate(a.Value.AsDouble(), b.Value.AsDouble(), c.Value.AsDouble()).As<double, T>())
        : new(Vector512.MultiplyAddEstimate(a.Value.AsSingle(), b.Value.AsSingle(), c.Value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Multiply(Wide<T> a, ref T source, nint index) => new(a.Value * Vector512.LoadUnsafe(ref source, (nuint)index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> MultiplyAdd(Wide<T> a, ref T source, nint index, Wide<T> c) => typeof(T) == typeof(double)
        ? new(Vector512.MultiplyAddEstimate(a.Value.AsDouble(), Vector512.LoadUnsafe(ref source, (nuint)index).AsDouble(), c.Value.AsDouble()).As<double, T>())
        : new(Vector512.MultiplyAddEstimate(a.Value.AsSingle(), Vector512.LoadUnsafe(ref source, (nuint)index).AsSingle(), c.Value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Products<N>(ref T row, Wide<T> with0, Wide<T> with1, Wide<T> with2, Wide<T> with3)
        where N : struct, IRowLength
    {
        var sums = Vector512.LoadUnsafe(ref row) * with0.Value;
        if (typeof(N) != typeof(OneVector))
        {
            sums = typeof(T) == typeof(double)
                ? Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref row, (nuint)Vector512<T>.Count).AsDouble(), with1.Value.AsDouble(),
                    sums.AsDouble()).As<double, T>()
                : Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref row, (nuint)Vector512<T>.Count).AsSingle(), with1.Value.AsSingle(),
                    sums.AsSingle()).As<float, T>();
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            sums = typeof(T) == typeof(double)
                ? Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref row, 2 * (nuint)Vector512<T>.Count).AsDouble(),
                    with2.Value.AsDouble(), sums.AsDouble()).As<double, T>()
                : Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref row, 2 * (nuint)Vector512<T>.Count).AsSingle(),
                    with2.Value.AsSingle(), sums.AsSingle()).As<float, T>();
        }

        if (typeof(N) == typeof(FourVectors))
        {
            sums = typeof(T) == typeof(double)
                ? Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref row, 3 * (nuint)Vector512<T>.Count).AsDouble(),
                    with3.Value.AsDouble(), sums.AsDouble()).As<double, T>()
                : Vector512.MultiplyAddEstimate(Vector512.LoadUnsafe(ref row, 3 * (nuint)Vector512<T>.Count).AsSingle(),
                    with3.Value.AsSingle(), sums.AsSingle()).As<float, T>();
        }

        return new(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddRow<N>(ref T factor, ref T row, ref Wide<T> sum0, ref Wide<T> sum1, ref Wide<T> sum2, ref Wide<T> sum3)
        where N : struct, IRowLength
    {
        var factors = Vector512.Create(factor);
        sum0 = new(typeof(T) == typeof(double)
            ? Vector512.MultiplyAddEstimate(factors.AsDouble(), Vector512.LoadUnsafe(ref row).AsDouble(),
                sum0.Value.AsDouble()).As<double, T>()
            : Vector512.MultiplyAddEstimate(factors.AsSingle(), Vector512.LoadUnsafe(ref row).AsSingle(),
                sum0.Value.AsSingle()).As<float, T>());
        if (typeof(N) != typeof(OneVector))
        {
            sum1 = new(typeof(T) == typeof(double)
                ? Vector512.MultiplyAddEstimate(factors.AsDouble(), Vector512.LoadUnsafe(ref row, (nuint)Vector512<T>.Count).AsDouble(),
                    sum1.Value.AsDouble()).As<double, T>()
                : Vector512.MultiplyAddEstimate(factors.AsSingle(), Vector512.LoadUnsafe(ref row, (nuint)Vector512<T>.Count).AsSingle(),
                    sum1.Value.AsSingle()).As<float, T>());
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            sum2 = new(typeof(T) == typeof(double)
                ? Vector512.MultiplyAddEstimate(factors.AsDouble(), Vector512.LoadUnsafe(ref row, 2 * (nuint)Vector512<T>.Count).AsDouble(),
                    sum2.Value.AsDouble()).As<double, T>()
                : Vector512.MultiplyAddEstimate(factors.AsSingle(), Vector512.LoadUnsafe(ref row, 2 * (nuint)Vector512<T>.Count).AsSingle(),
                    sum2.Value.AsSingle()).As<float, T>());
        }

        if (typeof(N) == typeof(FourVectors))
        {
            sum3 = new(typeof(T) == typeof(double)
                ? Vector512.MultiplyAddEstimate(factors.AsDouble(), Vector512.LoadUnsafe(ref row, 3 * (nuint)Vector512<T>.Count).AsDouble(),
                    sum3.Value.AsDouble()).As<double, T>()
                : Vector512.MultiplyAddEstimate(factors.AsSingle(), Vector512.LoadUnsafe(ref row, 3 * (nuint)Vector512<T>.Count).AsSingle(),
                    sum3.Value.AsSingle()).As<float, T>());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Abs(Wide<T> x) => new(Vector512.Abs(x.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Round(Wide<T> x) => typeof(T) == typeof(double)
        ? new(Vector512.Round(x.Value.AsDouble()).As<double, T>())
        : new(Vector512.Round(x.Value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Max(Wide<T> a, Wide<T> b) => new(Vector512.Max(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Min(Wide<T> a, Wide<T> b) => new(Vector512.Min(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> LessThan(Wide<T> a, Wide<T> b) => new(Vector512.LessThan(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Equal(Wide<T> a, Wide<T> b) => new(Vector512.Equals(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Select(Wide<T> mask, Wide<T> whereSet, Wide<T> elsewhere) =>
        new(Vector512.ConditionalSelect(mask.Value, whereSet.Value, elsewhere.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> WithSignOf(Wide<T> magnitude, Wide<T> sign) => new(Vector512.CopySign(magnitude.Value, sign.Value));

    // 1.5·2⁵² + n has n, in two's complement, in its last digits; so has 1.5·2²³ + n in a float.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> PowerOfTwo(Wide<T> n) => typeof(T) == typeof(double)
        ? new((((n.Value.AsDouble() + Vector512.Create(6755399441055744.0)).AsInt64() << 52)
            + Vector512<double>.One.AsInt64()).As<long, T>())
        : new((((n.Value.AsSingle() + Vector512.Create(12582912f)).AsInt32() << 23) + Vector512<float>.One.AsInt32()).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> LeadingDigits(Wide<T> x) => typeof(T) == typeof(double)
        ? new((x.Value.AsInt64() & Vector512.Create(-1L << 27)).As<long, T>())
        : new((x.Value.AsInt32() & Vector512.Create(-1 << 12)).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(Wide<T> mask) => Vector512.EqualsAll(mask.Value.AsByte(), Vector512<byte>.AllBitsSet);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Exp(Wide<T> x) => typeof(T) == typeof(double)
        ? new(Vector512.Exp(x.Value.AsDouble()).As<double, T>())
        : new(Vector512.Exp(x.Value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> Log(Wide<T> x) => typeof(T) == typeof(double)
        ? new(Vector512.Log(x.Value.AsDouble()).As<double, T>())
        : new(Vector512.Log(x.Value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> operator +(Wide<T> a, Wide<T> b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> operator -(Wide<T> a, Wide<T> b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> operator *(Wide<T> a, Wide<T> b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> operator /(Wide<T> a, Wide<T> b) => new(a.Value / b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide<T> operator -(Wide<T> a) => new(-a.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Narrow<T> Folded() => new(Value.GetLower() + Value.GetUpper());
}
