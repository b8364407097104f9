using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Examples;

/// <summary>
/// Reads decimal numbers of up to 19 digits and powers of ten up to 10²², such as -12.5 or 3e-4, which nearly all numbers in
/// files are. A whole number below 2⁵³ times or divided by such a power is rounded once, hence rightly (Clinger 1990, the fast
/// case). One below 2⁶⁴ is taken as the sum of two doubles; what the rounded result leaves of it is computed as well, and says
/// whether rounding was right. What is left, to the framework, is nearly half-way between two doubles.
/// </summary>
internal static class DecimalText
{
    private const ulong MostExact = 1UL << 53;

    // More digits could run over 64 bits.
    private const int MostDigits = 19;

    // How much larger the rest of a sum is taken than it is: far above its own rounding, which is 2⁻⁵⁰ of it.
    private const double Doubt = 1 + 1.0 / (1L << 44);

    private static ReadOnlySpan<double> PowersOfTen =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
        1e21, 1e22,
    ];

    /// <summary>The number that a text is, rounded to nearest; false where it is no number, or not a short one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
        if (count == 0 || (count > MostDigits && count - Zeros(text[first..at]) > MostDigits)
            || (at < text.Length && !TryReadExponent(text[at..], ref exponent)) || exponent is < -22 or > 22)
        {
            return false;
        }

        double size;
        if (digits <= MostExact)
        {
            size = (long)digits;
            size = exponent < 0 ? size / PowersOfTen[-exponent] : size * PowersOfTen[exponent];
        }
        else if (!TryScale(digits, exponent, out size))
        {
            return false;
        }

        number = negative ? -size : size;
        return true;
    }

    /// <summary>Zeros before the first other digit.</summary>
    private static int Zeros(ReadOnlySpan<char> text)
    {
        var zeros = text.IndexOfAnyExcept('0', '.');
        zeros = zeros < 0 ? text.Length : zeros;
        return zeros - (text[..zeros].Contains('.') ? 1 : 0);
    }

    /// <summary>digits · 10^exponent, rounded to nearest; false where that is too close to call.</summary>
    private static bool TryScale(ulong digits, int exponent, out double size)
    {
        double high = digits;
        double low = (long)(digits - (ulong)high);
        var power = PowersOfTen[Math.Abs(exponent)];
        double first, rest;
        if (exponent < 0)
        {
            first = high / power;
            rest = (Math.FusedMultiplyAdd(-first, power, high) + low) / power;
        }
        else
        {
            first = high * power;
            rest = Math.FusedMultiplyAdd(high, power, -first) + low * power;
        }

        size = first + rest;
        return size + (rest - (size - first)) * Doubt == size;
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
