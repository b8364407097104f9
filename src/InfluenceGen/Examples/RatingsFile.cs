using System.Numerics;
using System.Runtime.InteropServices;

namespace InfluenceGen.Examples;

/// <summary>
/// Reads ratings from text files: a line for each, holding a user, an item, a rating and perhaps a timestamp (not used),
/// separated by blanks or tabs, without a header: the format of <c>u.data</c> of MovieLens 100K. The user is the
/// individual.
/// </summary>
public static class RatingsFile
{
    /// <summary>Reads one file.</summary>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="allowRepeats">Whether a user may rate an item several times; otherwise that is taken for an error.</param>
    /// <returns>The ratings. User and item identifiers are names: if they are all whole numbers their codes follow their
    /// numeric order, otherwise the order they are first met in. <see cref="ExampleSet{T}.Source"/> counts ratings.</returns>
    /// <exception cref="ExampleDataException">The file cannot be read or used; the message says where and why.</exception>
    public static ExampleSet<T> Read<T>(string path, bool allowRepeats = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => ReadTogether<T>([path], allowRepeats)[0];

    /// <summary>Reads files about the same users and items, such as a training and a deployment file: one set each, an
    /// identifier having one code in all of them.</summary>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="paths">The files, at least one.</param>
    /// <param name="allowRepeats">As for <see cref="Read"/>; a pair that stands in two files is no repeat.</param>
    /// <returns>A set for each file, as for <see cref="Read"/>.</returns>
    /// <exception cref="ExampleDataException">A file cannot be read or used; the message says where and why.</exception>
    /// <exception cref="ArgumentException">There is no file.</exception>
    public static ExampleSet<T>[] ReadTogether<T>(IReadOnlyList<string> paths, bool allowRepeats = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count, nameof(paths));
        var (users, items) = (new NameCodes(), new NameCodes());
        var tables = paths.Select(path => DataFile.Read(path, reader => ReadTable<T>(path, reader, users, items))).ToArray();
        var (userNames, codeOfUser) = users.Finish();
        var (itemNames, codeOfItem) = items.Finish();
        var individuals = new Individuals(userNames);
        var sets = new ExampleSet<T>[tables.Length];
        for (var i = 0; i < sets.Length; i++)
        {
            var table = tables[i];
            sets[i] = ExampleSet<T>.FromRatings([.. table.Users.Select(place => codeOfUser[place])],
                [.. table.Items.Select(place => codeOfItem[place])], CollectionsMarshal.AsSpan(table.Ratings),
                userNames.Length, itemNames.Length, individuals, itemNames);
            if (!allowRepeats)
            {
                RequireUnique(sets[i], paths[i], table.Lines);
            }
        }

        return sets;
    }

    private static Table<T> ReadTable<T>(string path, StreamReader reader, NameCodes users, NameCodes items)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var table = new Table<T>([], [], [], []);
        Span<Range> fields = stackalloc Range[5];
        for (var line = 1; reader.ReadLine() is { } text; line++)
        {
            var found = text.AsSpan().SplitAny(fields, " \t", StringSplitOptions.RemoveEmptyEntries);
            if (found == 0)
            {
                continue;
            }

            if (found is < 3 or > 4)
            {
                throw new ExampleDataException(
                    $"found {DataFile.Quote(text)}, expected a user, an item, a rating and perhaps a timestamp, separated by blanks or tabs.",
                    path, line);
            }

            table.Ratings.Add(DataFile.Number<T>(text.AsSpan(fields[2]), path, line, "rating"));
            if (found == 4)
            {
                // A fourth field that is no number tells of another format, such as a title with blanks in it.
                DataFile.Number<double>(text.AsSpan(fields[3]), path, line, "timestamp");
            }

            table.Users.Add(users.Meet(text.AsSpan(fields[0])));
            table.Items.Add(items.Meet(text.AsSpan(fields[1])));
            table.Lines.Add(line);
        }

        return table.Lines.Count > 0
            ? table
            : throw new ExampleDataException("is empty; expected a line for each rating: user, item, rating.", path);
    }

    private static void RequireUnique<T>(ExampleSet<T> set, string path, List<int> lines)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var repeat = -1;
        for (var i = 1; i < set.Count; i++)
        {
            // Repeats stand next to each other, in the order of the file; the one whose second line comes first is named.
            if (set.Index(0)[i] == set.Index(0)[i - 1] && set.Index(1)[i] == set.Index(1)[i - 1]
                && (repeat < 0 || set.Source[i] < set.Source[repeat]))
            {
                repeat = i;
            }
        }

        if (repeat >= 0)
        {
            throw new ExampleDataException(
                $"user {set.Individuals[set.Index(0)[repeat]]} has rated item {set.ItemNames[set.Index(1)[repeat]]} before, on line {lines[set.Source[repeat - 1]]}; remove one, or allow repeats.",
                path, lines[set.Source[repeat]]);
        }
    }

    /// <summary>What one file holds: users and items as places in <see cref="NameCodes"/>, ratings, and their lines.</summary>
    private sealed record Table<T>(List<int> Users, List<int> Items, List<T> Ratings, List<int> Lines);
}
