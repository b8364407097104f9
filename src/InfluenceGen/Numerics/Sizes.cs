using System.Globalization;

namespace InfluenceGen.Numerics;

/// <summary>
/// Lengths and strides of memory. What sizes multiply to is computed in 64 bits and checked here, or where a buffer is made, before
/// anything is allocated. Inside of a buffer every place has a number of 32 bits, so that kernels may compute with those.
/// </summary>
internal static class Sizes
{
    /// <summary>The product of two sizes, as the length of a piece of memory.</summary>
    /// <param name="rows">How many rows.</param>
    /// <param name="stride">Numbers of each.</param>
    /// <param name="most">Numbers that the piece holds at most.</param>
    /// <param name="cure">What to do instead.</param>
    /// <exception cref="InvalidOperationException">The product is larger.</exception>
    public static int Product(long rows, long stride, int most, string cure = "Use fewer examples, or a smaller model.")
    {
        var product = (Int128)rows * stride;
        return product <= most
            ? (int)product
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"{rows:N0} by {stride:N0} numbers are more than one piece of memory holds ({most:N0}). {cure}"));
    }

    /// <summary>The product of two sizes, as the length of an array.</summary>
    /// <inheritdoc cref="Product(long, long, int, string)"/>
    public static int Product(long rows, long stride, string cure) => Product(rows, stride, Array.MaxLength, cure);

    /// <summary>The elements of the whole lines that some columns take.</summary>
    /// <param name="columns">Elements that are to be stored, 0 or more.</param>
    /// <param name="line">Elements of a line.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are more than an array holds.</exception>
    public static int RoundUp(int columns, int line)
    {
        var rounded = ((long)columns + line - 1) / line * line;
        return rounded <= Array.MaxLength
            ? (int)rounded
            : throw new ArgumentOutOfRangeException(nameof(columns), columns, TooMany(rounded, Array.MaxLength));
    }

    /// <summary>What to say of a piece of memory that is longer than memory comes in.</summary>
    public static string TooMany(long numbers, int most) => string.Create(CultureInfo.InvariantCulture,
        $"{numbers:N0} numbers are more than one piece of memory holds ({most:N0}).");
}
