using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

/// <summary>The formulas of <see cref="Logits"/>, for one type of number and one width.</summary>
internal static class LogitRow<T, V>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where V : struct, ILanes<V, T>
{
    public static void Softmax(ref T s, ref T p, int count)
    {
        var (greatest, zero) = (V.Create(Greatest(ref s, count)), V.Create(T.Zero));
        var sums = zero;
        var end = Workspace<T>.Stride(count);
        for (var k = 0; k < end; k += V.Count)
        {
            // Pads are taken as the greatest: an exponential that underflows would take the others of its vector the slow way.
            var isOutput = V.LessThan(V.Indices, Remaining(k, count));
            var exponential = V.Select(isOutput, ElementaryFormulas<T, V>.Exp(V.Select(isOutput, V.Load(ref s, k), greatest) - greatest), zero);
            exponential.Store(ref p, k);
            sums += exponential;
        }

        var total = V.Create(V.Sum(sums));
        for (var k = 0; k < count; k += V.Count)
        {
            (V.Load(ref p, k) / total).Store(ref p, k);
        }
    }

    public static T LogSumExp(ref T s, int count)
    {
        var greatest = Greatest(ref s, count);
        return greatest + LogOfRest(ref s, greatest, count);
    }

    public static T SoftmaxCrossEntropy(ref T s, ref T y, int count)
    {
        var greatest = Greatest(ref s, count);
        var (all, zero) = (V.Create(greatest), V.Create(T.Zero));
        var distances = zero;
        for (var k = 0; k < count; k += V.Count)
        {
            // A label of 0 takes no part, however far its output is.
            var label = V.Select(V.LessThan(V.Indices, Remaining(k, count)), V.Load(ref y, k), zero);
            distances += V.Select(V.Equal(label, zero), zero, label * (all - V.Load(ref s, k)));
        }

        return V.Sum(distances) + LogOfRest(ref s, greatest, count);
    }

    public static void Residual(ref T p, ref T y, ref T r, int count)
    {
        var (zero, one, half) = (V.Create(T.Zero), V.Create(T.One), V.Constant(0.5));
        var sums = zero;
        for (var k = 0; k < count; k += V.Count)
        {
            // At most one is more than a half.
            var share = Elements(ref p, k, count);
            sums += V.Select(V.LessThan(half, share), zero, share);
        }

        var rest = V.Create(V.Sum(sums));
        var end = Workspace<T>.Stride(count);
        for (var k = 0; k < end; k += V.Count)
        {
            var (share, label) = (Elements(ref p, k, count), Elements(ref y, k, count));
            V.Select(V.LessThan(half, share), one - label - rest, share - label).Store(ref r, k);
        }
    }

    public static void Covariance(ref T p, ref T v, ref T products, int count)
    {
        var none = V.Create(T.NegativeInfinity);
        var greatest = none;
        for (var k = 0; k < count; k += V.Count)
        {
            greatest = V.Max(greatest, Elements(ref p, k, count));
        }

        var most = V.Create(V.Greatest(greatest));
        var origins = none;
        for (var k = 0; k < count; k += V.Count)
        {
            origins = V.Max(origins, V.Select(V.Equal(Elements(ref p, k, count), most), Elements(ref v, k, count), none));
        }

        var origin = V.Create(V.Greatest(origins));
        var sums = V.Create(T.Zero);
        for (var k = 0; k < count; k += V.Count)
        {
            sums += Elements(ref p, k, count) * (Elements(ref v, k, count) - origin);
        }

        var mean = V.Create(V.Sum(sums));
        var end = Workspace<T>.Stride(count);
        for (var k = 0; k < end; k += V.Count)
        {
            (Elements(ref p, k, count) * (Elements(ref v, k, count) - origin - mean)).Store(ref products, k);
        }
    }

    /// <summary>log Σ_k e^(s_k − m) for the greatest output m: log(1 + the sum without it).</summary>
    private static T LogOfRest(ref T s, T greatest, int count)
    {
        var (all, zero, one) = (V.Create(greatest), V.Create(T.Zero), V.Create(T.One));
        var (rest, ties) = (zero, zero);
        for (var k = 0; k < count; k += V.Count)
        {
            // Pads are taken as the greatest, for the exponentials' sake as above, and their ties are none.
            var isOutput = V.LessThan(V.Indices, Remaining(k, count));
            var outputs = V.Select(isOutput, V.Load(ref s, k), all);
            var greatests = V.Equal(outputs, all);
            rest += V.Select(greatests, zero, ElementaryFormulas<T, V>.Exp(outputs - all));
            ties += V.Select(greatests, V.Select(isOutput, one, zero), zero);
        }

        return ElementaryFormulas<T, V>.LogOnePlus(V.Create(V.Sum(rest) + (V.Sum(ties) - T.One))).First;
    }

    private static T Greatest(ref T s, int count)
    {
        var greatest = Outputs(ref s, 0, count);
        for (var k = V.Count; k < count; k += V.Count)
        {
            greatest = V.Max(greatest, Outputs(ref s, k, count));
        }

        return V.Greatest(greatest);
    }

    /// <summary>A vector of outputs, −∞ in place of pads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Outputs(ref T s, int k, int count) => V.Select(V.LessThan(V.Indices, Remaining(k, count)), V.Load(ref s, k),
        V.Create(T.NegativeInfinity));

    /// <summary>A vector of elements, 0 in place of pads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Elements(ref T row, int k, int count) => V.Select(V.LessThan(V.Indices, Remaining(k, count)), V.Load(ref row, k),
        V.Create(T.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Remaining(int k, int count) => V.Create(T.CreateTruncating(count - k));
}
