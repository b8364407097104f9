using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>
/// The elementary functions of losses and activations, each once for both types of number and all widths, accurate for arguments of any
/// size: nothing overflows on the way, small results keep their relative accuracy, NaN stays NaN. Errors are a few units in the last place.
/// </summary>
/// <typeparam name="T">double or float.</typeparam>
/// <typeparam name="V">A vector of them.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ElementaryFormulas<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct, ILanes<V, T>
{
    /// <summary>0 in every lane.</summary>
    public static V Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => V.Zero;
    }

    /// <summary>1 in every lane.</summary>
    public static V One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => V.One;
    }

    /// <summary>
    /// eˣ. The framework's takes a vector with one number beyond ±708, or one NaN, another way, whose last digits change once
    /// that is compiled anew; so such numbers are kept from it, and no number depends on those beside it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp(V x) => typeof(T) == typeof(float) || V.All(IsNear(x)) ? V.Exp(x) : ExpFarOut(x);

    /// <summary>log x, natural: −∞ at 0, NaN below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log(V x) => V.Log(x);

    /// <summary>1/(1 + e⁻ˣ), by e^(−|x|) so that no exponential overflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid(V x)
    {
        var decay = Exp(-V.Abs(x));
        return V.Select(V.LessThan(x, Zero), decay, One) / (One + decay);
    }

    /// <summary>log(1 + eˣ) = max(x, 0) + log(1 + e^(−|x|)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Softplus(V x)
    {
        var decay = Exp(-V.Abs(x));
        return V.Max(x, Zero) + LogOnePlusFraction(decay);
    }

    /// <summary>
    /// log(1 + x). What the sum u = 1 + x loses to rounding, δ = x − (u − 1), is exact, and log(u + δ) = log u + δ/u as far
    /// as digits go; so tiny x come out as x and not as 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LogOnePlus(V x)
    {
        var sum = One + x;
        var lost = (x - (sum - One)) / sum;

        // At −1 the quotient is 0/0, at ∞ it is NaN; log(u) is right there. Where it is NaN for another reason, so is log(u).
        return V.Log(sum) + V.Select(V.Equal(lost, lost), lost, Zero);
    }

    /// <summary>tanh |x| = −m/(2 + m) with m = e^(−2|x|) − 1, which is −2|x| and not 0 where x is small.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh(V x)
    {
        // From here on e^(−2|x|) is less than a rounding error of 1.
        var farthest = V.Constant(typeof(T) == typeof(double) ? 40 : 20);
        var m = ExpMinusOne(-V.Min(V.Abs(x + x), farthest));
        return V.WithSignOf(m / (V.Constant(2) + m), x);
    }

    /// <summary>φ(x) = e^(−x²/2)/√(2π).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V NormalDensity(V x) => Bell(Magnitude(x), V.Constant(0.3989422804014327));

    /// <summary>
    /// Φ(x) = φ(x) · M(|x|) for x &lt; 0, 1 less that of −x otherwise, where M(z) = Φ(−z)/φ(z) is Mills' ratio, so that small
    /// values keep their relative accuracy. (1 + z) · M(z) is smooth on the whole half-line; in
    /// t = (z − 4)/(z + 4), which runs from −1 to 1, it is nearly a polynomial (Shepherd and Laframboise 1981, for erfc), here
    /// interpolated at Chebyshev's nodes.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V NormalCdf(V x)
    {
        var z = Magnitude(x);
        var t = (z - V.Constant(4)) / (z + V.Constant(4));
        var tail = Bell(z, Mills(t) / (One + z));
        return V.Select(V.LessThan(x, Zero), tail, One - tail);
    }

    /// <summary>max(x, 0).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Positive(V x) => V.Max(x, Zero);

    /// <summary>1 where x &gt; 0, 0 elsewhere; NaN stays so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Step(V x) => V.Select(V.LessThan(Zero, x), One, V.Select(V.Equal(x, x), Zero, x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V IsNear(V x) => V.LessThan(V.Abs(x), V.Constant(708));

    /// <summary>eˣ, where a number is far out by the square of e^(x/2), which overflows and underflows where eˣ does.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V ExpFarOut(V x)
    {
        var (isNear, isNumber) = (IsNear(x), V.Equal(x, x));
        var half = V.Max(V.Min(x * V.Constant(0.5), V.Constant(400)), V.Constant(-400));
        var root = V.Exp(V.Select(isNumber, half, Zero));
        return V.Select(isNear, V.Exp(V.Select(isNear, x, Zero)), V.Select(isNumber, root * root, x));
    }

    /// <summary>|x|, no farther than the density is 0 anyway: squares then stay finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Magnitude(V x) => V.Min(V.Abs(x), V.Constant(typeof(T) == typeof(double) ? 40 : 15));

    /// <summary>
    /// f · e^(−z²/2). An error of one digit in z² would be one of up to 700 in the result; so what its rounding lost is computed
    /// exactly, by splitting z in halves whose products are exact, and made good.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Bell(V z, V f)
    {
        var square = z * z;
        var high = V.LeadingDigits(z);
        var low = z - high;
        var lost = high * high - square + (high + high) * low + low * low;
        var half = V.Constant(0.5);
        return Exp(-half * square) * (f - f * (half * lost));
    }

    /// <summary>eˣ − 1 for −40 ≤ x ≤ 0: with x = n log 2 + r, 2ⁿ(eʳ − 1) + (2ⁿ − 1), the former by its series.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpMinusOne(V x)
    {
        var n = V.Round(x * V.Constant(1.4426950408889634));
        var powerOfTwo = V.PowerOfTwo(n);
        if (typeof(T) == typeof(double))
        {
            // log 2 in two parts, the first so short that n times it is exact.
            var r = x - n * V.Constant(6.93147180369123816490e-01) - n * V.Constant(1.90821492927058770002e-10);
            var q = V.Constant(1.0 / 87178291200);
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 6227020800));
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 479001600));
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 39916800));
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 3628800));
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 362880));
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 40320));
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 5040));
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 720));
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 120));
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 24));
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 6));
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 2));
            return V.MultiplyAdd(powerOfTwo, V.MultiplyAdd(r * r, q, r), powerOfTwo - One);
        }
        else
        {
            var r = x - n * V.Constant(0.693359375) - n * V.Constant(-2.12194440e-4);
            var q = V.Constant(1.0 / 40320);
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 5040));
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 720));
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 120));
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 24));
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 6));
            q = V.MultiplyAdd(q, r, V.Constant(1.0 / 2));
            return V.MultiplyAdd(powerOfTwo, V.MultiplyAdd(r * r, q, r), powerOfTwo - One);
        }
    }

    /// <summary>log(1 + z) = 2 artanh(z/(2 + z)) for 0 ≤ z ≤ 1, by a polynomial in the square of z/(2 + z), at most 1/9.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogOnePlusFraction(V z)
    {
        var s = z / (V.Constant(2) + z);
        var square = s * s;
        if (typeof(T) == typeof(double))
        {
            var p = V.Constant(0.1650046227520304);
            p = V.MultiplyAdd(p, square, V.Constant(0.06972958668100727));
            p = V.MultiplyAdd(p, square, V.Constant(0.10978575119069149));
            p = V.MultiplyAdd(p, square, V.Constant(0.11714983059356142));
            p = V.MultiplyAdd(p, square, V.Constant(0.13336903770608344));
            p = V.MultiplyAdd(p, square, V.Constant(0.1538444546032505));
            p = V.MultiplyAdd(p, square, V.Constant(0.18181823483479495));
            p = V.MultiplyAdd(p, square, V.Constant(0.22222222117655244));
            p = V.MultiplyAdd(p, square, V.Constant(0.2857142857264299));
            p = V.MultiplyAdd(p, square, V.Constant(0.39999999999992725));
            p = V.MultiplyAdd(p, square, V.Constant(0.6666666666666669));
            p = V.MultiplyAdd(p, square, V.Constant(2.0));
            return s * p;
        }
        else
        {
            var p = V.Constant(0.244094034);
            p = V.MultiplyAdd(p, square, V.Constant(0.213942674));
            p = V.MultiplyAdd(p, square, V.Constant(0.286206234));
            p = V.MultiplyAdd(p, square, V.Constant(0.399986948));
            p = V.MultiplyAdd(p, square, V.Constant(0.666666793));
            p = V.MultiplyAdd(p, square, V.Constant(2.0));
            return s * p;
        }
    }

    /// <summary>(1 + z) · M(z)/√(2π) for t = (z − 4)/(z + 4), to 1e-16 and 1e-8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Mills(V t)
    {
        if (typeof(T) == typeof(double))
        {
            var p = V.Constant(-6.763267210562454e-10);
            p = V.MultiplyAdd(p, t, V.Constant(-1.5456221598143852e-09));
            p = V.MultiplyAdd(p, t, V.Constant(5.474708632048689e-09));
            p = V.MultiplyAdd(p, t, V.Constant(1.7442583764419795e-08));
            p = V.MultiplyAdd(p, t, V.Constant(-1.7932121916642413e-08));
            p = V.MultiplyAdd(p, t, V.Constant(-1.1022354013739079e-07));
            p = V.MultiplyAdd(p, t, V.Constant(-1.237153366992197e-09));
            p = V.MultiplyAdd(p, t, V.Constant(5.507747965364098e-07));
            p = V.MultiplyAdd(p, t, V.Constant(4.0671730125154447e-07));
            p = V.MultiplyAdd(p, t, V.Constant(-2.6118464340168558e-06));
            p = V.MultiplyAdd(p, t, V.Constant(-3.433372216853275e-06));
            p = V.MultiplyAdd(p, t, V.Constant(1.3626315192600401e-05));
            p = V.MultiplyAdd(p, t, V.Constant(2.1250446856208376e-05));
            p = V.MultiplyAdd(p, t, V.Constant(-8.785300442645791e-05));
            p = V.MultiplyAdd(p, t, V.Constant(-9.443033944152223e-05));
            p = V.MultiplyAdd(p, t, V.Constant(0.0006948970692570495));
            p = V.MultiplyAdd(p, t, V.Constant(-0.00028562308680939413));
            p = V.MultiplyAdd(p, t, V.Constant(-0.0050023785870514665));
            p = V.MultiplyAdd(p, t, V.Constant(0.01793609747886859));
            p = V.MultiplyAdd(p, t, V.Constant(-0.03219783742831453));
            p = V.MultiplyAdd(p, t, V.Constant(0.02860036405357749));
            p = V.MultiplyAdd(p, t, V.Constant(0.013999634724430469));
            p = V.MultiplyAdd(p, t, V.Constant(-0.09670347732652607));
            p = V.MultiplyAdd(p, t, V.Constant(0.47205320650984467));
            return p;
        }
        else
        {
            var p = V.Constant(1.25685467e-05);
            p = V.MultiplyAdd(p, t, V.Constant(-5.80912353e-05));
            p = V.MultiplyAdd(p, t, V.Constant(-8.45540179e-05));
            p = V.MultiplyAdd(p, t, V.Constant(0.000664988692));
            p = V.MultiplyAdd(p, t, V.Constant(-0.000291267495));
            p = V.MultiplyAdd(p, t, V.Constant(-0.00498771425));
            p = V.MultiplyAdd(p, t, V.Constant(0.0179376959));
            p = V.MultiplyAdd(p, t, V.Constant(-0.0322011629));
            p = V.MultiplyAdd(p, t, V.Constant(0.0286001681));
            p = V.MultiplyAdd(p, t, V.Constant(0.0139999137));
            p = V.MultiplyAdd(p, t, V.Constant(-0.0967034704));
            p = V.MultiplyAdd(p, t, V.Constant(0.472053203));
            return p;
        }
    }
}
