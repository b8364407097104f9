using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

/// <summary>Vectors of 128 bits.</summary>
internal readonly struct Slim<T>(Vector128<T> value) : IRowLanes<Slim<T>, T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public readonly Vector128<T> Value = value;

    public static int Count => Vector128<T>.Count;

    public static Slim<T> Zero => default;

    public static Slim<T> One => new(Vector128<T>.One);

    public static Slim<T> Indices => new(Vector128<T>.Indices);

    public T First => Value.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Load(ref T source, nint index) => new(Vector128.LoadUnsafe(ref source, (nuint)index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref T target, nint index) => Value.StoreUnsafe(ref target, (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Create(T value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Constant(double value) => new(Vector128.Create(T.CreateTruncating(value)));

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
    public static Slim<T> MultiplyAdd(Slim<T> a, Slim<T> b, Slim<T> c) => typeof(T) == typeof(double)
        ? new(Vector128.MultiplyAddEstimate(a.Value.AsDouble(), b.Value.AsDouble(), c.Value.AsDouble()).As<double, T>())
        : new(Vector128.MultiplyAddEstimate(a.Value.AsSingle(), b.Value.AsSingle(), c.Value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Multiply(Slim<T> a, ref T source, nint index) => new(a.Value * Vector128.LoadUnsafe(ref source, (nuint)index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> MultiplyAdd(Slim<T> a, ref T source, nint index, Slim<T> c) => typeof(T) == typeof(double)
        ? new(Vector128.MultiplyAddEstimate(a.Value.AsDouble(), Vector128.LoadUnsafe(ref source, (nuint)index).AsDouble(), c.Value.AsDouble()).As<double, T>())
        : new(Vector128.MultiplyAddEstimate(a.Value.AsSingle(), Vector128.LoadUnsafe(ref source, (nuint)index).AsSingle(), c.Value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Products<N>(ref T row, Slim<T> with0, Slim<T> with1, Slim<T> with2, Slim<T> with3)
        where N : struct, IRowLength
    {
        var sums = Vector128.LoadUnsafe(ref row) * with0.Value;
        if (typeof(N) != typeof(OneVector))
        {
            sums = typeof(T) == typeof(double)
                ? Vector128.MultiplyAddEstimate(Vector128.LoadUnsafe(ref row, (nuint)Vector128<T>.Count).AsDouble(), with1.Value.AsDouble(),
                    sums.AsDouble()).As<double, T>()
                : Vector128.MultiplyAddEstimate(Vector128.LoadUnsafe(ref row, (nuint)Vector128<T>.Count).AsSingle(), with1.Value.AsSingle(),
                    sums.AsSingle()).As<float, T>();
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            sums = typeof(T) == typeof(double)
                ? Vector128.MultiplyAddEstimate(Vector128.LoadUnsafe(ref row, 2 * (nuint)Vector128<T>.Count).AsDouble(),
                    with2.Value.AsDouble(), sums.AsDouble()).As<double, T>()
                : Vector128.MultiplyAddEstimate(Vector128.LoadUnsafe(ref row, 2 * (nuint)Vector128<T>.Count).AsSingle(),
                    with2.Value.AsSingle(), sums.AsSingle()).As<float, T>();
        }

        if (typeof(N) == typeof(FourVectors))
        {
            sums = typeof(T) == typeof(double)
                ? Vector128.MultiplyAddEstimate(Vector128.LoadUnsafe(ref row, 3 * (nuint)Vector128<T>.Count).AsDouble(),
                    with3.Value.AsDouble(), sums.AsDouble()).As<double, T>()
                : Vector128.MultiplyAddEstimate(Vector128.LoadUnsafe(ref row, 3 * (nuint)Vector128<T>.Count).AsSingle(),
                    with3.Value.AsSingle(), sums.AsSingle()).As<float, T>();
        }

        return new(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddRow<N>(ref T factor, ref T row, ref Slim<T> sum0, ref Slim<T> sum1, ref Slim<T> sum2, ref Slim<T> sum3)
        where N : struct, IRowLength
    {
        var factors = Vector128.Create(factor);
        sum0 = new(typeof(T) == typeof(double)
            ? Vector128.MultiplyAddEstimate(factors.AsDouble(), Vector128.LoadUnsafe(ref row).AsDouble(),
                sum0.Value.AsDouble()).As<double, T>()
            : Vector128.MultiplyAddEstimate(factors.AsSingle(), Vector128.LoadUnsafe(ref row).AsSingle(),
                sum0.Value.AsSingle()).As<float, T>());
        if (typeof(N) != typeof(OneVector))
        {
            sum1 = new(typeof(T) == typeof(double)
                ? Vector128.MultiplyAddEstimate(factors.AsDouble(), Vector128.LoadUnsafe(ref row, (nuint)Vector128<T>.Count).AsDouble(),
                    sum1.Value.AsDouble()).As<double, T>()
                : Vector128.MultiplyAddEstimate(factors.AsSingle(), Vector128.LoadUnsafe(ref row, (nuint)Vector128<T>.Count).AsSingle(),
                    sum1.Value.AsSingle()).As<float, T>());
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            sum2 = new(typeof(T) == typeof(double)
                ? Vector128.MultiplyAddEstimate(factors.AsDouble(), Vector128.LoadUnsafe(ref row, 2 * (nuint)Vector128<T>.Count).AsDouble(),
                    sum2.Value.AsDouble()).As<double, T>()
                : Vector128.MultiplyAddEstimate(factors.AsSingle(), Vector128.LoadUnsafe(ref row, 2 * (nuint)Vector128<T>.Count).AsSingle(),
                    sum2.Value.AsSingle()).As<float, T>());
        }

        if (typeof(N) == typeof(FourVectors))
        {
            sum3 = new(typeof(T) == typeof(double)
                ? Vector128.MultiplyAddEstimate(factors.AsDouble(), Vector128.LoadUnsafe(ref row, 3 * (nuint)Vector128<T>.Count).AsDouble(),
                    sum3.Value.AsDouble()).As<double, T>()
                : Vector128.MultiplyAddEstimate(factors.AsSingle(), Vector128.LoadUnsafe(ref row, 3 * (nuint)Vector128<T>.Count).AsSingle(),
                    sum3.Value.AsSingle()).As<float, T>());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Abs(Slim<T> x) => new(Vector128.Abs(x.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Round(Slim<T> x) => typeof(T) == typeof(double)
        ? new(Vector128.Round(x.Value.AsDouble()).As<double, T>())
        : new(Vector128.Round(x.Value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Max(Slim<T> a, Slim<T> b) => new(Vector128.Max(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Min(Slim<T> a, Slim<T> b) => new(Vector128.Min(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> LessThan(Slim<T> a, Slim<T> b) => new(Vector128.LessThan(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Equal(Slim<T> a, Slim<T> b) => new(Vector128.Equals(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Select(Slim<T> mask, Slim<T> whereSet, Slim<T> elsewhere) =>
        new(Vector128.ConditionalSelect(mask.Value, whereSet.Value, elsewhere.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> WithSignOf(Slim<T> magnitude, Slim<T> sign) => new(Vector128.CopySign(magnitude.Value, sign.Value));

    // 1.5·2⁵² + n has n, in two's complement, in its last digits; so has 1.5·2²³ + n in a float.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> PowerOfTwo(Slim<T> n) => typeof(T) == typeof(double)
        ? new((((n.Value.AsDouble() + Vector128.Create(6755399441055744.0)).AsInt64() << 52)
            + Vector128<double>.One.AsInt64()).As<long, T>())
        : new((((n.Value.AsSingle() + Vector128.Create(12582912f)).AsInt32() << 23) + Vector128<float>.One.AsInt32()).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> LeadingDigits(Slim<T> x) => typeof(T) == typeof(double)
        ? new((x.Value.AsInt64() & Vector128.Create(-1L << 27)).As<long, T>())
        : new((x.Value.AsInt32() & Vector128.Create(-1 << 12)).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(Slim<T> mask) => Vector128.EqualsAll(mask.Value.AsByte(), Vector128<byte>.AllBitsSet);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Exp(Slim<T> x) => typeof(T) == typeof(double)
        ? new(Vector128.Exp(x.Value.AsDouble()).As<double, T>())
        : new(Vector128.Exp(x.Value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> Log(Slim<T> x) => typeof(T) == typeof(double)
        ? new(Vector128.Log(x.Value.AsDouble()).As<double, T>())
        : new(Vector128.Log(x.Value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> operator +(Slim<T> a, Slim<T> b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> operator -(Slim<T> a, Slim<T> b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> operator *(Slim<T> a, Slim<T> b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> operator /(Slim<T> a, Slim<T> b) => new(a.Value / b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slim<T> operator -(Slim<T> a) => new(-a.Value);
}
