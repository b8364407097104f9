using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>The formulas of <see cref="Elementary"/>, each once for both types of number and both widths.</summary>
/// <typeparam name="T">double or float.</typeparam>
/// <typeparam name="V">A vector of them.</typeparam>
internal static class ElementaryFormulas<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct, ILanes<V, T>
{
    private const double InverseRootTwoPi = 0.3989422804014327;

    public static V Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => V.Create(T.Zero);
    }

    public static V One
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => V.Create(T.One);
    }

    /// <summary>1/(1 + e⁻ˣ), by e^(−|x|) so that no exponential overflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid(V x)
    {
        var decay = V.Exp(-V.Abs(x));
        return V.Select(V.LessThan(x, Zero), decay, One) / (One + decay);
    }

    /// <summary>log(1 + eˣ) = max(x, 0) + log(1 + e^(−|x|)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Softplus(V x)
    {
        var decay = V.Exp(-V.Abs(x));
        var sum = One + decay;
        return V.Max(x, Zero) + (V.Log(sum) + (decay - (sum - One)) / sum);
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
    public static V NormalDensity(V x) => Bell(Magnitude(x)) * V.Constant(InverseRootTwoPi);

    /// <summary>
    /// Φ(x) = φ(x) · M(|x|) for x &lt; 0, 1 less that of −x otherwise, where M(z) = Φ(−z)/φ(z) is Mills' ratio, so that small values
    /// keep their relative accuracy. (1 + z) · M(z) is smooth on the whole half-line; in t = (z − 4)/(z + 4), which runs from −1
    /// to 1, it is a polynomial (Shepherd and Laframboise 1981, for erfc), here interpolated at Chebyshev's nodes.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V NormalCdf(V x)
    {
        var z = Magnitude(x);
        var t = (z - V.Constant(4)) / (z + V.Constant(4));
        var tail = Bell(z) * (Mills(t) / (One + z) * V.Constant(InverseRootTwoPi));
        return V.Select(V.LessThan(x, Zero), tail, One - tail);
    }

    /// <summary>1 where x &gt; 0, 0 elsewhere; NaN stays so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Step(V x) => V.Select(V.LessThan(Zero, x), One, V.Select(V.Equal(x, x), Zero, x));

    /// <summary>|x|, no farther than the density is 0 anyway: squares then stay finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Magnitude(V x) => V.Min(V.Abs(x), V.Constant(typeof(T) == typeof(double) ? 40 : 15));

    /// <summary>
    /// e^(−z²/2). An error of one digit in z² would be one of up to 700 in the result; so what its rounding lost is computed
    /// exactly, by splitting z in halves whose products are exact, and made good.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Bell(V z)
    {
        var square = z * z;
        var high = V.LeadingDigits(z);
        var low = z - high;
        var lost = high * high - square + (high + high) * low + low * low;
        var half = V.Constant(0.5);
        return V.Exp(-half * square) * (One - half * lost);
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

    /// <summary>(1 + z) · M(z) for t = (z − 4)/(z + 4), to 1e-16 and 1e-8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Mills(V t)
    {
        if (typeof(T) == typeof(double))
        {
            var p = V.Constant(-1.6952996818880583e-09);
            p = V.MultiplyAdd(p, t, V.Constant(-3.874300207686973e-09));
            p = V.MultiplyAdd(p, t, V.Constant(1.3723059452459651e-08));
            p = V.MultiplyAdd(p, t, V.Constant(4.372207364651429e-08));
            p = V.MultiplyAdd(p, t, V.Constant(-4.494916382038613e-08));
            p = V.MultiplyAdd(p, t, V.Constant(-2.7628944223830873e-07));
            p = V.MultiplyAdd(p, t, V.Constant(-3.101083609757584e-09));
            p = V.MultiplyAdd(p, t, V.Constant(1.3805876779523012e-06));
            p = V.MultiplyAdd(p, t, V.Constant(1.0194890870987357e-06));
            p = V.MultiplyAdd(p, t, V.Constant(-6.546928120500802e-06));
            p = V.MultiplyAdd(p, t, V.Constant(-8.606187876096938e-06));
            p = V.MultiplyAdd(p, t, V.Constant(3.4156106940806135e-05));
            p = V.MultiplyAdd(p, t, V.Constant(5.3266970938315365e-05));
            p = V.MultiplyAdd(p, t, V.Constant(-0.00022021482490664187));
            p = V.MultiplyAdd(p, t, V.Constant(-0.00023670175882712258));
            p = V.MultiplyAdd(p, t, V.Constant(0.001741848641757937));
            p = V.MultiplyAdd(p, t, V.Constant(-0.0007159509052838121));
            p = V.MultiplyAdd(p, t, V.Constant(-0.01253910360671188));
            p = V.MultiplyAdd(p, t, V.Constant(0.04495912907706981));
            p = V.MultiplyAdd(p, t, V.Constant(-0.08070800967978549));
            p = V.MultiplyAdd(p, t, V.Constant(0.07169048120143744));
            p = V.MultiplyAdd(p, t, V.Constant(0.03509188023476339));
            p = V.MultiplyAdd(p, t, V.Constant(-0.2423996705218081));
            p = V.MultiplyAdd(p, t, V.Constant(1.1832619145678034));
            return p;
        }
        else
        {
            var p = V.Constant(3.15046745e-05);
            p = V.MultiplyAdd(p, t, V.Constant(-0.000145613133));
            p = V.MultiplyAdd(p, t, V.Constant(-0.000211945492));
            p = V.MultiplyAdd(p, t, V.Constant(0.00166687946));
            p = V.MultiplyAdd(p, t, V.Constant(-0.000730099339));
            p = V.MultiplyAdd(p, t, V.Constant(-0.0125023456));
            p = V.MultiplyAdd(p, t, V.Constant(0.0449631358));
            p = V.MultiplyAdd(p, t, V.Constant(-0.0807163454));
            p = V.MultiplyAdd(p, t, V.Constant(0.0716899901));
            p = V.MultiplyAdd(p, t, V.Constant(0.0350925794));
            p = V.MultiplyAdd(p, t, V.Constant(-0.242399653));
            p = V.MultiplyAdd(p, t, V.Constant(1.18326191));
            return p;
        }
    }
}
