using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace ReciprocityStudies.Commands;

/// <summary>Options that say in one line what they expected, and read numbers the same under any culture.</summary>
internal static class Options
{
    /// <summary>A whole number from <paramref name="least"/>.</summary>
    public static Option<int> Count(string name, int standard, string description, int least = 1) =>
        Number(name, standard, description, $"a whole number from {least}", value => value >= least);

    /// <summary>A number that fixes all that is drawn at random.</summary>
    public static Option<long> Seed() => Number("--seed", 1L, "fixes all that is drawn at random", "a whole number", _ => true);

    /// <summary>A positive number.</summary>
    public static Option<double> Positive(string name, double standard, string description) =>
        Number(name, standard, description, "a positive number such as 0.0002", value => value > 0 && double.IsFinite(value));

    /// <summary>A number between 0 and 1.</summary>
    public static Option<double> Share(string name, double standard, string description) =>
        Number(name, standard, description, "a share between 0 and 1, such as 0.8", value => value is > 0 and < 1);

    /// <summary>A file or folder.</summary>
    public static Option<T> Path<T>(string name, T standard, string description) where T : class? =>
        new(name) { Description = description, DefaultValueFactory = _ => standard };

    private static Option<T> Number<T>(string name, T standard, string description, string expected, Func<T, bool> isValid)
        where T : struct, INumberBase<T>
    {
        return new Option<T>(name)
        {
            Description = description,
            DefaultValueFactory = _ => standard,
            CustomParser = Parse,
        };

        T Parse(ArgumentResult result)
        {
            var text = result.Tokens is [var token] ? token.Value : "";
            // No thousands separator: 0,01 is a mistake and not 1.
            if (!T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !isValid(value))
            {
                result.AddError($"{name}: found '{text}', expected {expected}.");
            }

            return value;
        }
    }
}
