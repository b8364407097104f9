using System.Collections.Immutable;

namespace InfluenceGen.Examples;

/// <summary>Names of columns or rows of a table, in order: given by the caller, and found again in another set.</summary>
internal static class ColumnNames
{
    /// <summary>The names that were given for <paramref name="count"/> things; none where none were given. Two things of one
    /// name could not be told apart in another set.</summary>
    /// <param name="names">The names, or null.</param>
    /// <param name="count">How many things there are.</param>
    /// <param name="what">What they are: "features".</param>
    /// <param name="argument">The caller's argument.</param>
    /// <exception cref="ArgumentException">There are not as many names, or one is missing or stands twice.</exception>
    public static ImmutableArray<string> Checked(IEnumerable<string>? names, int count, string what, string argument)
    {
        ImmutableArray<string> all = names is null ? [] : [.. names];
        if (all.Length != 0 && all.Length != count)
        {
            throw new ArgumentException($"{all.Length} names for {count} {what}.", argument);
        }

        var met = new HashSet<string>(all.Length, StringComparer.Ordinal);
        for (var place = 0; place < all.Length; place++)
        {
            if (string.IsNullOrWhiteSpace(all[place]))
            {
                throw new ArgumentException($"Number {place} (counted from 0) of the {what} has no name.", argument);
            }

            if (!met.Add(all[place]))
            {
                throw new ArgumentException($"{DataFile.Quote(all[place])} names two of the {what}.", argument);
            }
        }

        return all;
    }

    /// <summary>Where each of some names stands in another list, −1 where it does not; null where the lists are the same, or
    /// one of them is empty, so that only positions tell what is what.</summary>
    public static int[]? PlacesIn(this ImmutableArray<string> names, ImmutableArray<string> list)
    {
        if (names == list || names.IsEmpty || list.IsEmpty || names.AsSpan().SequenceEqual(list.AsSpan()))
        {
            return null;
        }

        var placeOf = new Dictionary<string, int>(list.Length, StringComparer.Ordinal);
        for (var place = 0; place < list.Length; place++)
        {
            placeOf.Add(list[place], place);
        }

        return [.. names.Select(name => placeOf.GetValueOrDefault(name, -1))];
    }

    /// <summary>What differs first between the names of a set and those asked for.</summary>
    /// <param name="names">The set's.</param>
    /// <param name="wanted">Those asked for.</param>
    /// <param name="one">What one is called: "feature".</param>
    /// <returns>The message; null where both have the same names.</returns>
    public static string? Difference(ImmutableArray<string> names, ImmutableArray<string> wanted, string one)
    {
        var (here, there) = (names.ToHashSet(StringComparer.Ordinal), wanted.ToHashSet(StringComparer.Ordinal));
        var missing = wanted.FirstOrDefault(name => !here.Contains(name));
        var strange = names.FirstOrDefault(name => !there.Contains(name));
        return (missing, strange) switch
        {
            (null, null) => null,
            (not null, null) => $"The examples have no {one} {DataFile.Quote(missing)}; they are matched by name with examples that have it. Add it, or name it as it is named there.",
            (null, not null) => $"The examples have the {one} {DataFile.Quote(strange)}, which those that they are matched with by name do not have. Leave it out, or train with it.",
            _ => $"The examples have no {one} {DataFile.Quote(missing)}, and a {one} {DataFile.Quote(strange)} that those they are matched with by name do not have. Name it as it is named there, or leave it out.",
        };
    }
}
