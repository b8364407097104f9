using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

/// <summary>
/// The elementary functions of losses and activations, on whole vectors, accurate for arguments of any size: nothing
/// overflows on the way, small results keep their relative accuracy, NaN stays NaN. Errors are a few units in the last
/// place.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Elementary
{
    /// <summary>eˣ; infinite only where it is more than the largest number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Exp(Vector512<double> x) => ElementaryFormulas<double, Wide<double>>.Exp(new(x)).Value;

    /// <inheritdoc cref="Exp(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Exp(Vector256<double> x) => ElementaryFormulas<double, Narrow<double>>.Exp(new(x)).Value;

    /// <inheritdoc cref="Exp(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x) => ElementaryFormulas<float, Wide<float>>.Exp(new(x)).Value;

    /// <inheritdoc cref="Exp(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x) => ElementaryFormulas<float, Narrow<float>>.Exp(new(x)).Value;

    /// <summary>log x, natural: −∞ at 0, NaN below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Log(Vector512<double> x) => Vector512.Log(x);

    /// <inheritdoc cref="Log(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Log(Vector256<double> x) => Vector256.Log(x);

    /// <inheritdoc cref="Log(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Log(Vector512<float> x) => Vector512.Log(x);

    /// <inheritdoc cref="Log(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Log(Vector256<float> x) => Vector256.Log(x);

    /// <summary>log(1 + x) for x ≥ −1, to the last digits where x is small.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> LogOnePlus(Vector512<double> x) =>
        ElementaryFormulas<double, Wide<double>>.LogOnePlus(new(x)).Value;

    /// <inheritdoc cref="LogOnePlus(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> LogOnePlus(Vector256<double> x) =>
        ElementaryFormulas<double, Narrow<double>>.LogOnePlus(new(x)).Value;

    /// <inheritdoc cref="LogOnePlus(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LogOnePlus(Vector512<float> x) =>
        ElementaryFormulas<float, Wide<float>>.LogOnePlus(new(x)).Value;

    /// <inheritdoc cref="LogOnePlus(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LogOnePlus(Vector256<float> x) =>
        ElementaryFormulas<float, Narrow<float>>.LogOnePlus(new(x)).Value;

    /// <summary>σ(x) = 1/(1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Sigmoid(Vector512<double> x) =>
        ElementaryFormulas<double, Wide<double>>.Sigmoid(new(x)).Value;

    /// <inheritdoc cref="Sigmoid(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sigmoid(Vector256<double> x) =>
        ElementaryFormulas<double, Narrow<double>>.Sigmoid(new(x)).Value;

    /// <inheritdoc cref="Sigmoid(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sigmoid(Vector512<float> x) => ElementaryFormulas<float, Wide<float>>.Sigmoid(new(x)).Value;

    /// <inheritdoc cref="Sigmoid(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sigmoid(Vector256<float> x) => ElementaryFormulas<float, Narrow<float>>.Sigmoid(new(x)).Value;

    /// <summary>log(1 + eˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Softplus(Vector512<double> x) =>
        ElementaryFormulas<double, Wide<double>>.Softplus(new(x)).Value;

    /// <inheritdoc cref="Softplus(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Softplus(Vector256<double> x) =>
        ElementaryFormulas<double, Narrow<double>>.Softplus(new(x)).Value;

    /// <inheritdoc cref="Softplus(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Softplus(Vector512<float> x) => ElementaryFormulas<float, Wide<float>>.Softplus(new(x)).Value;

    /// <inheritdoc cref="Softplus(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Softplus(Vector256<float> x) =>
        ElementaryFormulas<float, Narrow<float>>.Softplus(new(x)).Value;

    /// <summary>tanh x, to the last digits where x is small.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Tanh(Vector512<double> x) => ElementaryFormulas<double, Wide<double>>.Tanh(new(x)).Value;

    /// <inheritdoc cref="Tanh(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Tanh(Vector256<double> x) => ElementaryFormulas<double, Narrow<double>>.Tanh(new(x)).Value;

    /// <inheritdoc cref="Tanh(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x) => ElementaryFormulas<float, Wide<float>>.Tanh(new(x)).Value;

    /// <inheritdoc cref="Tanh(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Tanh(Vector256<float> x) => ElementaryFormulas<float, Narrow<float>>.Tanh(new(x)).Value;

    /// <summary>
    /// Φ(x) = ½(1 + erf(x/√2)), the probability that a standard normal number is less than x, with its relative accuracy
    /// down to where it underflows, at x = −38 (−13 for float).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> NormalCdf(Vector512<double> x) =>
        ElementaryFormulas<double, Wide<double>>.NormalCdf(new(x)).Value;

    /// <inheritdoc cref="NormalCdf(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> NormalCdf(Vector256<double> x) =>
        ElementaryFormulas<double, Narrow<double>>.NormalCdf(new(x)).Value;

    /// <inheritdoc cref="NormalCdf(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> NormalCdf(Vector512<float> x) =>
        ElementaryFormulas<float, Wide<float>>.NormalCdf(new(x)).Value;

    /// <inheritdoc cref="NormalCdf(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> NormalCdf(Vector256<float> x) =>
        ElementaryFormulas<float, Narrow<float>>.NormalCdf(new(x)).Value;

    /// <summary>φ(x) = e^(−x²/2)/√(2π).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> NormalDensity(Vector512<double> x) =>
        ElementaryFormulas<double, Wide<double>>.NormalDensity(new(x)).Value;

    /// <inheritdoc cref="NormalDensity(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> NormalDensity(Vector256<double> x) =>
        ElementaryFormulas<double, Narrow<double>>.NormalDensity(new(x)).Value;

    /// <inheritdoc cref="NormalDensity(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> NormalDensity(Vector512<float> x) =>
        ElementaryFormulas<float, Wide<float>>.NormalDensity(new(x)).Value;

    /// <inheritdoc cref="NormalDensity(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> NormalDensity(Vector256<float> x) =>
        ElementaryFormulas<float, Narrow<float>>.NormalDensity(new(x)).Value;

    /// <summary>max(x, 0).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Positive(Vector512<double> x) => Vector512.Max(x, Vector512<double>.Zero);

    /// <inheritdoc cref="Positive(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Positive(Vector256<double> x) => Vector256.Max(x, Vector256<double>.Zero);

    /// <inheritdoc cref="Positive(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Positive(Vector512<float> x) => Vector512.Max(x, Vector512<float>.Zero);

    /// <inheritdoc cref="Positive(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Positive(Vector256<float> x) => Vector256.Max(x, Vector256<float>.Zero);

    /// <summary>1 where x &gt; 0, 0 elsewhere: the derivative of <see cref="Positive(Vector512{double})"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Step(Vector512<double> x) => ElementaryFormulas<double, Wide<double>>.Step(new(x)).Value;

    /// <inheritdoc cref="Step(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Step(Vector256<double> x) => ElementaryFormulas<double, Narrow<double>>.Step(new(x)).Value;

    /// <inheritdoc cref="Step(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Step(Vector512<float> x) => ElementaryFormulas<float, Wide<float>>.Step(new(x)).Value;

    /// <inheritdoc cref="Step(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Step(Vector256<float> x) => ElementaryFormulas<float, Narrow<float>>.Step(new(x)).Value;

    /// <summary>log(p/(1 − p)), the inverse of σ; infinite at 0 and 1.</summary>
    public static double Logit(double p) => Math.Log(p / (1 - p));
}
