using System.Runtime.CompilerServices;

namespace InfluenceGen;

/// <summary>What settings may be. Those of structs are looked at where they are used, since a struct can be made without them.</summary>
internal static class Settings
{
    /// <exception cref="ArgumentOutOfRangeException">It is negative, infinite or not a number.</exception>
    public static void RequireNotNegative(double value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!(value >= 0) || double.IsInfinity(value))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is 0 or more and finite.");
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">It is not positive, infinite or not a number.</exception>
    public static void RequirePositive(double value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!(value > 0) || double.IsInfinity(value))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is positive and finite.");
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">It is none of the members.</exception>
    public static void RequireDefined<TEnum>(TEnum value, [CallerArgumentExpression(nameof(value))] string name = "")
        where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            throw new ArgumentOutOfRangeException(name, value,
                $"{typeof(TEnum).Name} {value} is none of {string.Join(", ", Enum.GetNames<TEnum>())}.");
        }
    }
}
