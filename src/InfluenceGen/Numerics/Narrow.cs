using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

/// <summary>Vectors of 256 bits.</summary>
internal readonly struct Narrow<T>(Vector256<T> value) : IRowLanes<Narrow<T>, T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public readonly Vector256<T> Value = value;

    public static int Count => Vector256<T>.Count;

    public static Narrow<T> Zero => default;

    public static Narrow<T> One => new(Vector256<T>.One);

    public static Narrow<T> Indices => new(Vector256<T>.Indices);

    public T First => Value.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Load(ref T source, nint index) => new(Vector256.LoadUnsafe(ref source, (nuint)index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref T target, nint index) => Value.StoreUnsafe(ref target, (nuint)index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Create(T value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Constant(double value) => new(Vector256.Create(T.CreateTruncating(value)));

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
    public static Narrow<T> MultiplyAdd(Narrow<T> a, Narrow<T> b, Narrow<T> c) => typeof(T) == typeof(double)
        ? new(Vector256.MultiplyAddEstimate(a.Value.AsDouble(), b.Value.AsDouble(), c.Value.AsDouble()).As<double, T>())
        : new(Vector256.MultiplyAddEstimate(a.Value.AsSingle(), b.Value.AsSingle(), c.Value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Multiply(Narrow<T> a, ref T source, nint index) => new(a.Value * Vector256.LoadUnsafe(ref source, (nuint)index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> MultiplyAdd(Narrow<T> a, ref T source, nint index, Narrow<T> c) => typeof(T) == typeof(double)
        ? new(Vector256.MultiplyAddEstimate(a.Value.AsDouble(), Vector256.LoadUnsafe(ref source, (nuint)index).AsDouble(), c.Value.AsDouble()).As<double, T>())
        : new(Vector256.MultiplyAddEstimate(a.Value.AsSingle(), Vector256.LoadUnsafe(ref source, (nuint)index).AsSingle(), c.Value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Products<N>(ref T row, Narrow<T> with0, Narrow<T> with1, Narrow<T> with2, Narrow<T> with3)
        where N : struct, IRowLength
    {
        var sums = Vector256.LoadUnsafe(ref row) * with0.Value;
        if (typeof(N) != typeof(OneVector))
        {
            sums = typeof(T) == typeof(double)
                ? Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref row, (nuint)Vector256<T>.Count).AsDouble(), with1.Value.AsDouble(),
                    sums.AsDouble()).As<double, T>()
                : Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref row, (nuint)Vector256<T>.Count).AsSingle(), with1.Value.AsSingle(),
                    sums.AsSingle()).As<float, T>();
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            sums = typeof(T) == typeof(double)
                ? Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref row, 2 * (nuint)Vector256<T>.Count).AsDouble(),
                    with2.Value.AsDouble(), sums.AsDouble()).As<double, T>()
                : Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref row, 2 * (nuint)Vector256<T>.Count).AsSingle(),
                    with2.Value.AsSingle(), sums.AsSingle()).As<float, T>();
        }

        if (typeof(N) == typeof(FourVectors))
        {
            sums = typeof(T) == typeof(double)
                ? Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref row, 3 * (nuint)Vector256<T>.Count).AsDouble(),
                    with3.Value.AsDouble(), sums.AsDouble()).As<double, T>()
                : Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref row, 3 * (nuint)Vector256<T>.Count).AsSingle(),
                    with3.Value.AsSingle(), sums.AsSingle()).As<float, T>();
        }

        return new(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddRow<N>(ref T factor, ref T row, ref Narrow<T> sum0, ref Narrow<T> sum1, ref Narrow<T> sum2, ref Narrow<T> sum3)
        where N : struct, IRowLength
    {
        var factors = Vector256.Create(factor);
        sum0 = new(typeof(T) == typeof(double)
            ? Vector256.MultiplyAddEstimate(factors.AsDouble(), Vector256.LoadUnsafe(ref row).AsDouble(),
                sum0.Value.AsDouble()).As<double, T>()
            : Vector256.MultiplyAddEstimate(factors.AsSingle(), Vector256.LoadUnsafe(ref row).AsSingle(),
                sum0.Value.AsSingle()).As<float, T>());
        if (typeof(N) != typeof(OneVector))
        {
            sum1 = new(typeof(T) == typeof(double)
                ? Vector256.MultiplyAddEstimate(factors.AsDouble(), Vector256.LoadUnsafe(ref row, (nuint)Vector256<T>.Count).AsDouble(),
                    sum1.Value.AsDouble()).As<double, T>()
                : Vector256.MultiplyAddEstimate(factors.AsSingle(), Vector256.LoadUnsafe(ref row, (nuint)Vector256<T>.Count).AsSingle(),
                    sum1.Value.AsSingle()).As<float, T>());
        }

        if (typeof(N) == typeof(ThreeVectors) || typeof(N) == typeof(FourVectors))
        {
            sum2 = new(typeof(T) == typeof(double)
                ? Vector256.MultiplyAddEstimate(factors.AsDouble(), Vector256.LoadUnsafe(ref row, 2 * (nuint)Vector256<T>.Count).AsDouble(),
                    sum2.Value.AsDouble()).As<double, T>()
                : Vector256.MultiplyAddEstimate(factors.AsSingle(), Vector256.LoadUnsafe(ref row, 2 * (nuint)Vector256<T>.Count).AsSingle(),
                    sum2.Value.AsSingle()).As<float, T>());
        }

        if (typeof(N) == typeof(FourVectors))
        {
            sum3 = new(typeof(T) == typeof(double)
                ? Vector256.MultiplyAddEstimate(factors.AsDouble(), Vector256.LoadUnsafe(ref row, 3 * (nuint)Vector256<T>.Count).AsDouble(),
                    sum3.Value.AsDouble()).As<double, T>()
                : Vector256.MultiplyAddEstimate(factors.AsSingle(), Vector256.LoadUnsafe(ref row, 3 * (nuint)Vector256<T>.Count).AsSingle(),
                    sum3.Value.AsSingle()).As<float, T>());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Abs(Narrow<T> x) => new(Vector256.Abs(x.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Round(Narrow<T> x) => typeof(T) == typeof(double)
        ? new(Vector256.Round(x.Value.AsDouble()).As<double, T>())
        : new(Vector256.Round(x.Value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Max(Narrow<T> a, Narrow<T> b) => new(Vector256.Max(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Min(Narrow<T> a, Narrow<T> b) => new(Vector256.Min(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> LessThan(Narrow<T> a, Narrow<T> b) => new(Vector256.LessThan(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Equal(Narrow<T> a, Narrow<T> b) => new(Vector256.Equals(a.Value, b.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Select(Narrow<T> mask, Narrow<T> whereSet, Narrow<T> elsewhere) =>
        new(Vector256.ConditionalSelect(mask.Value, whereSet.Value, elsewhere.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> WithSignOf(Narrow<T> magnitude, Narrow<T> sign) => new(Vector256.CopySign(magnitude.Value, sign.Value));

    // 1.5·2⁵² + n has n, in two's complement, in its last digits; so has 1.5·2²³ + n in a float.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> PowerOfTwo(Narrow<T> n) => typeof(T) == typeof(double)
        ? new((((n.Value.AsDouble() + Vector256.Create(6755399441055744.0)).AsInt64() << 52)
            + Vector256<double>.One.AsInt64()).As<long, T>())
        : new((((n.Value.AsSingle() + Vector256.Create(12582912f)).AsInt32() << 23) + Vector256<float>.One.AsInt32()).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> LeadingDigits(Narrow<T> x) => typeof(T) == typeof(double)
        ? new((x.Value.AsInt64() & Vector256.Create(-1L << 27)).As<long, T>())
        : new((x.Value.AsInt32() & Vector256.Create(-1 << 12)).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(Narrow<T> mask) => Vector256.EqualsAll(mask.Value.AsByte(), Vector256<byte>.AllBitsSet);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Exp(Narrow<T> x) => typeof(T) == typeof(double)
        ? new(Vector256.Exp(x.Value.AsDouble()).As<double, T>())
        : new(Vector256.Exp(x.Value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> Log(Narrow<T> x) => typeof(T) == typeof(double)
        ? new(Vector256.Log(x.Value.AsDouble()).As<double, T>())
        : new(Vector256.Log(x.Value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> operator +(Narrow<T> a, Narrow<T> b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> operator -(Narrow<T> a, Narrow<T> b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> operator *(Narrow<T> a, Narrow<T> b) => new(a.Value * b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> operator /(Narrow<T> a, Narrow<T> b) => new(a.Value / b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Narrow<T> operator -(Narrow<T> a) => new(-a.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<float> Folded() => Value.GetLower().AsSingle() + Value.GetUpper().AsSingle();
}
