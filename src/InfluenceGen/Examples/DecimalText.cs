using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Examples;

/// <summary>
/// Reads short decimal numbers, such as -12.5 or 3e-4, which nearly all numbers in files are. A whole number below 2⁵³
/// times or divided by a power of ten up to 10²² is rounded once, hence rightly (Clinger 1990, the fast case).
/// </summary>
internal static class DecimalText
{
    private const ulong MostExact = 1UL << 53;

    // More digits could run over 64 bits.
    private const int MostDigits = 19;

    private static ReadOnlySpan<double> PowersOfTen =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
        1e21, 1e22,
    ];

    /// <summary>The number that a text is, rounded to nearest; false where it is no number, or not a short one.</summary>
    public static bool TryRead<T>(ReadOnlySpan<char> text, out T number) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Unsafe.SkipInit(out number);
        if (!TryRead(text, out double exact))
        {
            return false;
        }

        if (typeof(T) == typeof(double))
        {
            number = T.CreateTruncating(exact);
            return true;
        }

        // Rounded a second time it is right unless the first time has led half-way between two floats, or to their ends.
        const ulong Dropped = (1UL << 29) - 1;
        var size = Math.Abs(exact);
        if ((BitConverter.DoubleToUInt64Bits(exact) & Dropped) == (Dropped + 1) / 2 || (size != 0 && !(size > 1.2e-38 && size < 3.4e38)))
        {
            return false;
        }

        number = T.CreateTruncating(exact);
        return typeof(T) == typeof(float);
    }

    private static bool TryRead(ReadOnlySpan<char> text, out double number)
    {
        Unsafe.SkipInit(out number);
        var at = 0;
        var negative = false;
        if (!text.IsEmpty && text[0] is '-' or '+')
        {
            negative = text[0] == '-';
            at = 1;
        }

        ulong digits = 0;
        var (first, point) = (at, -1);
        for (; at < text.Length; at++)
        {
            var digit = (uint)text[at] - '0';
            if (digit <= 9)
            {
                digits = digits * 10 + digit;
            }
            else if (text[at] == '.' && point < 0)
            {
                point = at;
            }
            else
            {
                break;
            }
        }

        var count = at - first - (point < 0 ? 0 : 1);
        var exponent = point < 0 ? 0 : point + 1 - at;
        if (count is 0 or > MostDigits || digits > MostExact || (at < text.Length && !TryReadExponent(text[at..], ref exponent)))
        {
            return false;
        }

        if (exponent is < -22 or > 22)
        {
            return false;
        }

        var size = (double)(long)digits;
        size = exponent < 0 ? size / PowersOfTen[-exponent] : size * PowersOfTen[exponent];
        number = negative ? -size : size;
        return true;
    }

    /// <summary>Adds what stands behind an e.</summary>
    private static bool TryReadExponent(ReadOnlySpan<char> text, ref int exponent)
    {
        if (text[0] is not ('e' or 'E'))
        {
            return false;
        }

        var at = text.Length > 1 && text[1] is '-' or '+' ? 2 : 1;
        if (text.Length - at is 0 or > 4)
        {
            return false;
        }

        var size = 0;
        foreach (var digit in text[at..])
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            size = size * 10 + (digit - '0');
        }

        exponent += text[1] == '-' ? -size : size;
        return true;
    }
}
