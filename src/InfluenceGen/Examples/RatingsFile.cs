using System.Numerics;

namespace InfluenceGen.Examples;

/// <summary>
/// Reads ratings from text files: a line for each, holding a user, an item, a rating and perhaps a timestamp (not used),
/// separated by blanks or tabs, without a header: the format of <c>u.data</c> of MovieLens 100K; or a comma-separated file
/// whose header names the columns. The user is the individual.
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
        var tables = paths.Select(path => DataFile.Read(path, '\t', (text, rows) => ReadTable<T>(path, text, rows, users, items))).ToArray();
        return RatingRows<T>.Build(tables, users, items, allowRepeats, (table, repeat) => Refused(paths[table], repeat));
    }

    /// <summary>Reads a comma-separated file with a header, a row for each rating.</summary>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="user">The column that names the user, who is the individual.</param>
    /// <param name="item">The column that names the item.</param>
    /// <param name="rating">The column of the rating.</param>
    /// <param name="allowRepeats">As for <see cref="Read"/>.</param>
    /// <param name="weight">The column of each rating's weight, a number of 0 or more, if the model reads them
    /// (<see cref="ExampleSet{T}.Weights"/>).</param>
    /// <param name="offset">The column of each rating's offset, if the model reads them (<see cref="ExampleSet{T}.Offsets"/>).</param>
    /// <returns>The ratings, as for <see cref="Read"/>.</returns>
    /// <exception cref="ExampleDataException">The file cannot be read or used; the message says where and why.</exception>
    public static ExampleSet<T> ReadCsv<T>(string path, string user, string item, CsvColumn rating, bool allowRepeats = false,
        string? weight = null, string? offset = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(rating);
        var (users, items) = (new NameCodes(), new NameCodes());
        var table = DataFile.Read(path, ',', (text, rows) => ReadCsvTable<T>(path, text, rows, user, item, rating, weight, offset, users, items));
        return RatingRows<T>.Build([table], users, items, allowRepeats, (_, repeat) => Refused(path, repeat))[0];
    }

    private static RatingRows<T> ReadTable<T>(string path, TextSource text, long rows, NameCodes users, NameCodes items)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var table = new RatingRows<T>(rows);
        for (var number = 1; text.TryReadLine(out var line); number++)
        {
            var at = 0;
            var user = NextField(line, ref at);
            if (user.IsEmpty)
            {
                continue;
            }

            var item = NextField(line, ref at);
            var rating = NextField(line, ref at);
            var timestamp = NextField(line, ref at);
            if (user.IsWhiteSpace() || item.IsWhiteSpace() || rating.IsEmpty || !NextField(line, ref at).IsEmpty)
            {
                throw new ExampleDataException(
                    $"found {DataFile.Quote(line)}, expected a user, an item, a rating and perhaps a timestamp, separated by blanks or tabs.",
                    path, number);
            }

            if (!timestamp.IsEmpty)
            {
                // A fourth field that is no number tells of another format, such as a title with blanks in it.
                DataFile.Number<double>(timestamp, path, number, "timestamp");
            }

            table.Add(users.Meet(user), items.Meet(item), DataFile.Number<T>(rating, path, number, "rating"), number);
        }

        return table.Count > 0
            ? table
            : throw new ExampleDataException("is empty; expected a line for each rating: user, item, rating.", path);
    }

    /// <summary>What stands between blanks from <paramref name="at"/> on, which moves behind it; nothing at the end.</summary>
    private static ReadOnlySpan<char> NextField(ReadOnlySpan<char> line, ref int at)
    {
        while (at < line.Length && line[at] is ' ' or '\t')
        {
            at++;
        }

        var start = at;
        while (at < line.Length && line[at] is not (' ' or '\t'))
        {
            at++;
        }

        return line[start..at];
    }

    private static RatingRows<T> ReadCsvTable<T>(string path, TextSource text, long rows, string user, string item, CsvColumn rating,
        string? weight, string? offset, NameCodes users, NameCodes items) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var records = new CsvRecords(path, text);
        var (userColumn, itemColumn, ratingColumn) = (records.ColumnOf(user), records.ColumnOf(item), records.ColumnOf(rating.Name));
        var (weightColumn, offsetColumn) = (weight is null ? -1 : records.ColumnOf(weight), offset is null ? -1 : records.ColumnOf(offset));
        var table = new RatingRows<T>(rows - 1, weight is not null, offset is not null);
        while (records.Read())
        {
            int Code(int column, NameCodes names, string whose) => records[column] is var name && !name.IsWhiteSpace()
                ? names.Meet(name)
                : throw new ExampleDataException($"found nothing, expected the {whose}'s name.", path, records.Line, records.Header[column]);

            if (weight is not null)
            {
                table.AddWeight(CsvExamples.Weight<T>(records[weightColumn], path, records.Line, weight));
            }

            if (offset is not null)
            {
                table.AddOffset(DataFile.Number<T>(records[offsetColumn], path, records.Line, offset));
            }

            table.Add(Code(userColumn, users, "user"), Code(itemColumn, items, "item"),
                rating.NumberIn<T>(records[ratingColumn], path, records.Line), records.Line);
        }

        if (table.Count == 0)
        {
            throw new ExampleDataException("has a header but no rows.", path);
        }

        return table.HasWeight ? table : throw CsvExamples.NoWeight(path, weight!);
    }

    private static ExampleDataException Refused(string path, RepeatedRating repeat) =>
        new($"{repeat.What}, on line {repeat.LineBefore}; remove one, or allow repeats.", path, repeat.Line);
}
