using System.Numerics;
using System.Numerics.Tensors;

namespace InfluenceGen.Numerics;

/// <summary>The nearest points of convex sets.</summary>
internal static class Projection
{
    private const int MostSteps = 200;

    /// <summary>Replaces v by the nearest w with |w|_1 ≤ z (Duchi, Shalev-Shwartz, Singer and Chandra, 2008, Fig. 1): every
    /// element is moved towards 0 by the same amount, and stops there.</summary>
    /// <param name="values">v.</param>
    /// <param name="radius">z, positive.</param>
    public static void OntoL1Ball<T>(Span<T> values, T radius) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (TensorPrimitives.SumOfMagnitudes<T>(values) <= radius)
        {
            return;
        }

        var magnitudes = new T[values.Length];
        TensorPrimitives.Abs(values, magnitudes);
        magnitudes.AsSpan().Sort(static (a, b) => b.CompareTo(a));
        var (sum, amount) = (T.Zero, T.Zero);
        for (var kept = 0; kept < magnitudes.Length; kept++)
        {
            sum += magnitudes[kept];
            var candidate = (sum - radius) / T.CreateChecked(kept + 1);
            if (magnitudes[kept] <= candidate)
            {
                break;
            }

            amount = candidate;
        }

        foreach (ref var value in values)
        {
            value = T.Abs(value) <= amount ? T.Zero : value - T.CopySign(amount, value);
        }
    }

    /// <summary>Replaces v by the nearest w with 0 ≤ w ≤ 1 and Σ w ≤ z: v clipped where its sum allows, otherwise
    /// clip(v − τ) with τ so that the sum is z.</summary>
    /// <param name="values">v.</param>
    /// <param name="total">z, positive.</param>
    public static void OntoCappedSimplex<T>(Span<T> values, T total) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (sum, _) = Clipped(values, T.Zero);
        var shift = sum <= total ? T.Zero : Shift(values, total);
        foreach (ref var value in values)
        {
            value = T.Clamp(value - shift, T.Zero, T.One);
        }
    }

    /// <summary>τ with Σ clip(v − τ) = z, by Newton's method between two bounds: the sum is piecewise linear and falls, so the
    /// step on the last piece is exact.</summary>
    private static T Shift<T>(ReadOnlySpan<T> values, T total) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (low, high) = (T.Zero, TensorPrimitives.Max(values));
        var shift = low;
        for (var step = 0; step < MostSteps; step++)
        {
            var (sum, between) = Clipped(values, shift);
            if (sum == total)
            {
                return shift;
            }

            if (sum > total)
            {
                low = shift;
            }
            else
            {
                high = shift;
            }

            var next = between > 0 ? shift + (sum - total) / T.CreateChecked(between) : high;
            if (!(next > low) || !(next < high))
            {
                next = low + (high - low) / (T.One + T.One);
            }

            if (next == shift || next == low || next == high)
            {
                return next;
            }

            shift = next;
        }

        return shift;
    }

    /// <summary>Σ clip(v − τ), and how many elements lie strictly between 0 and 1.</summary>
    private static (T Sum, int Between) Clipped<T>(ReadOnlySpan<T> values, T shift) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (sum, between) = (T.Zero, 0);
        foreach (var value in values)
        {
            var moved = value - shift;
            sum += T.Clamp(moved, T.Zero, T.One);
            between += moved > T.Zero && moved < T.One ? 1 : 0;
        }

        return (sum, between);
    }
}
