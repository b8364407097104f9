using System.Numerics;

namespace InfluenceGen.Numerics;

/// <summary>Looks for numbers that are not finite.</summary>
internal static class Finite
{
    /// <summary>Where the first number stands that is infinite or not a number; −1 where all are finite.</summary>
    public static int IndexOfOther<T>(ReadOnlySpan<T> values) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // x − x is 0 for a finite x and not a number otherwise, and "or" never turns that back into 0.
        var (first, second, lanes) = (Vector<T>.Zero, Vector<T>.Zero, Vector<T>.Count);
        var i = 0;
        for (; i <= values.Length - 2 * lanes; i += 2 * lanes)
        {
            var (a, b) = (new Vector<T>(values[i..]), new Vector<T>(values[(i + lanes)..]));
            first |= a - a;
            second |= b - b;
        }

        if (!Vector.EqualsAll(first | second, Vector<T>.Zero))
        {
            i = 0;
        }

        for (; i < values.Length; i++)
        {
            if (!T.IsFinite(values[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
