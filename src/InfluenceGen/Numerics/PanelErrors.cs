using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace InfluenceGen.Numerics;

/// <summary>
/// What panels refuse. Kernels that the compiler emits never meet it: its verifier looks at kinds and shapes, and memory is as long as the
/// layout says.
/// </summary>
internal static class PanelErrors
{
    [DoesNotReturn]
    public static void ThrowShort(int count) => throw new ArgumentOutOfRangeException(nameof(count), count,
        string.Create(CultureInfo.InvariantCulture, $"An operand has not numbers for {count:N0} examples."));

    [DoesNotReturn]
    public static void ThrowOutside(long offset, long numbers, int length) => throw new ArgumentOutOfRangeException(nameof(offset), offset,
        string.Create(CultureInfo.InvariantCulture, $"{numbers:N0} numbers from place {offset:N0} on are not within a memory of {length:N0}."));

    [DoesNotReturn]
    public static void ThrowKind(string operand, string wanted) => throw new ArgumentException($"The operand must be {wanted}.", operand);

    [DoesNotReturn]
    public static void ThrowShape(string operand, int length, int wanted) => throw new ArgumentException(string.Create(
        CultureInfo.InvariantCulture, $"The operand's rows are of {length:N0} numbers, not of {wanted:N0}."), operand);
}
