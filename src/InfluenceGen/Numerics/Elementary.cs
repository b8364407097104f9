using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace InfluenceGen.Numerics;

/// <summary>
/// The elementary functions of losses and activations, on whole vectors, accurate for arguments of any size: nothing
/// overflows, and small results keep their relative accuracy.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Elementary
{
    /// <summary>σ(x) = 1/(1 + e⁻ˣ), by e^(−|x|) so that no exponential overflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Sigmoid(Vector512<double> x)
    {
        var decay = Vector512.Exp(-Vector512.Abs(x));
        var numerator = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<double>.Zero), decay, Vector512<double>.One);
        return numerator / (Vector512<double>.One + decay);
    }

    /// <inheritdoc cref="Sigmoid(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sigmoid(Vector256<double> x)
    {
        var decay = Vector256.Exp(-Vector256.Abs(x));
        var numerator = Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256<double>.Zero), decay, Vector256<double>.One);
        return numerator / (Vector256<double>.One + decay);
    }

    /// <summary>log(1 + eˣ) = max(x, 0) + log(1 + e^(−|x|)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Softplus(Vector512<double> x)
    {
        var decay = Vector512.Exp(-Vector512.Abs(x));
        return Vector512.Max(x, Vector512<double>.Zero) + LogOnePlus(decay);
    }

    /// <inheritdoc cref="Softplus(Vector512{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Softplus(Vector256<double> x)
    {
        var decay = Vector256.Exp(-Vector256.Abs(x));
        return Vector256.Max(x, Vector256<double>.Zero) + LogOnePlus(decay);
    }

    /// <summary>log(p/(1 − p)), the inverse of σ; infinite at 0 and 1.</summary>
    public static double Logit(double p) => Math.Log(p / (1 - p));

    /// <summary>
    /// log(1 + z) for z from 0 to 1. What 1 + z loses to rounding is given back by the factor z/((1 + z) − 1), Kahan's
    /// device, so that tiny z come out as z and not as 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> LogOnePlus(Vector512<double> z)
    {
        var sum = Vector512<double>.One + z;
        var rounded = sum - Vector512<double>.One;
        var lost = Vector512.Equals(rounded, Vector512<double>.Zero);
        return Vector512.ConditionalSelect(lost, z, Vector512.Log(sum) * (z / rounded));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> LogOnePlus(Vector256<double> z)
    {
        var sum = Vector256<double>.One + z;
        var rounded = sum - Vector256<double>.One;
        var lost = Vector256.Equals(rounded, Vector256<double>.Zero);
        return Vector256.ConditionalSelect(lost, z, Vector256.Log(sum) * (z / rounded));
    }
}
