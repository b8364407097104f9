using System.Numerics;
using System.Runtime.InteropServices;
using InfluenceGen.Models;

namespace InfluenceGen.Examples;

/// <summary>
/// Reads examples with features from comma-separated files: UTF-8, a header that names the columns, a row for each
/// example, numbers with a decimal point whatever the machine's culture.
/// </summary>
public static class CsvExamples
{
    /// <summary>Reads one file.</summary>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="label">The column to be predicted.</param>
    /// <param name="individual">The column that names each row's individual; without it every row is an individual of
    /// its own, called 1, 2, … Names that are all whole numbers get their codes in numeric order, others in the order
    /// they are first met.</param>
    /// <param name="domain">What labels may be. <see cref="LabelDomain.Binary"/> also asks for both classes to occur.</param>
    /// <param name="features">The feature columns, in the order of the features; without it all columns but label and
    /// individual.</param>
    /// <exception cref="ExampleDataException">The file cannot be read or used; the message says where and why.</exception>
    /// <exception cref="ArgumentException">A column is asked for in two roles.</exception>
    public static ExampleSet<T> Read<T>(string path, string label, string? individual = null,
        LabelDomain domain = LabelDomain.Real, IReadOnlyList<string>? features = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ReadTogether<T>([path], label, individual, domain, features)[0];

    /// <summary>
    /// Reads files whose individuals are the same people, such as a training and a deployment file: one set each, a name
    /// having one code in all of them. Every file must have the feature columns; without <paramref name="features"/> the
    /// first one says which those are.
    /// </summary>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="paths">The files, at least one.</param>
    /// <param name="label">As for <see cref="Read"/>.</param>
    /// <param name="individual">As for <see cref="Read"/>; without it no two rows of the files are the same individual's.</param>
    /// <param name="domain">As for <see cref="Read"/>; both classes have to occur somewhere in the files.</param>
    /// <param name="features">As for <see cref="Read"/>.</param>
    /// <exception cref="ExampleDataException">A file cannot be read or used; the message says where and why.</exception>
    /// <exception cref="ArgumentException">There is no file, or a column is asked for in two roles.</exception>
    public static ExampleSet<T>[] ReadTogether<T>(IReadOnlyList<string> paths, string label, string? individual = null,
        LabelDomain domain = LabelDomain.Real, IReadOnlyList<string>? features = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count, nameof(paths));
        ArgumentException.ThrowIfNullOrWhiteSpace(label);
        RequireOneRole([label, .. individual is null ? [] : new[] { individual }, .. features ?? []]);
        var people = new NameCodes();
        var tables = new List<Table<T>>();
        foreach (var path in paths)
        {
            var table = DataFile.Read(path, reader => ReadTable<T>(path, reader, label, individual, domain, features, people));
            features = table.FeatureNames;
            tables.Add(table);
        }

        if (domain == LabelDomain.Binary && tables.TrueForAll(t => t.Labels.TrueForAll(y => y == tables[0].Labels[0])))
        {
            throw new ExampleDataException(
                $"every label is {(tables[0].Labels[0] == T.Zero ? 0 : 1)}; a model of two classes needs both 0 and 1.",
                paths[0], column: label);
        }

        if (individual is null)
        {
            return BuildUnnamed(tables);
        }

        var (names, codeOfPlace) = people.Finish();
        var individuals = new Individuals(names);
        return [.. tables.Select(t => t.Build(individuals, [.. t.People.Select(place => codeOfPlace[place])]))];
    }

    private static ExampleSet<T>[] BuildUnnamed<T>(List<Table<T>> tables) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var individuals = Individuals.Numbered(tables.Sum(t => t.Labels.Count));
        var sets = new ExampleSet<T>[tables.Count];
        var first = 0;
        for (var i = 0; i < sets.Length; i++)
        {
            var count = tables[i].Labels.Count;
            sets[i] = tables[i].Build(individuals, [.. Enumerable.Range(first, count)]);
            first += count;
        }

        return sets;
    }

    private static Table<T> ReadTable<T>(string path, StreamReader reader, string label, string? individual,
        LabelDomain domain, IReadOnlyList<string>? features, NameCodes people) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var records = new CsvRecords(path, reader);
        var labelColumn = records.ColumnOf(label);
        var individualColumn = individual is null ? -1 : records.ColumnOf(individual);
        features ??= [.. records.Header.Where((_, column) => column != labelColumn && column != individualColumn)];
        if (features.Count == 0)
        {
            throw new ExampleDataException("no column is left for features.", path, 1);
        }

        if (features.IndexOfBlank() is var blank and >= 0)
        {
            throw new ExampleDataException($"feature {blank + 1} has no name; name its column, or say which columns are features.", path, 1);
        }

        var columns = features.Select(records.ColumnOf).ToArray();
        var table = new Table<T>(features);
        while (records.Read())
        {
            for (var feature = 0; feature < columns.Length; feature++)
            {
                table.Features.Add(DataFile.Number<T>(records[columns[feature]], path, records.Line, features[feature]));
            }

            var text = records[labelColumn];
            var y = DataFile.Number<T>(text, path, records.Line, label);
            if (domain == LabelDomain.Binary && y != T.Zero && y != T.One)
            {
                throw new ExampleDataException($"found {DataFile.Quote(text)}, expected 0 or 1.", path, records.Line, label);
            }

            table.Labels.Add(y);
            if (individualColumn >= 0)
            {
                var name = records[individualColumn];
                table.People.Add(name.Length > 0
                    ? people.Meet(name)
                    : throw new ExampleDataException("found nothing, expected the individual's name.", path, records.Line, individual));
            }
        }

        return table.Labels.Count > 0 ? table : throw new ExampleDataException("has a header but no rows.", path);
    }

    private static int IndexOfBlank(this IReadOnlyList<string> names)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(names[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static void RequireOneRole(string[] columns)
    {
        var twice = columns.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new ArgumentException(
                $"The column '{twice.Key}' is asked for twice; it can be the label, the individual or one feature.");
        }
    }

    /// <summary>What one file holds: features row by row, labels, and each row's individual as a place in
    /// <see cref="NameCodes"/>.</summary>
    private sealed class Table<T>(IReadOnlyList<string> featureNames) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public IReadOnlyList<string> FeatureNames => featureNames;

        public List<T> Features { get; } = [];

        public List<T> Labels { get; } = [];

        public List<int> People { get; } = [];

        public ExampleSet<T> Build(Individuals individuals, int[] individualOf) => ExampleSet<T>.FromFeatures(
            CollectionsMarshal.AsSpan(Features), featureNames.Count, CollectionsMarshal.AsSpan(Labels), individuals,
            individualOf, featureNames);
    }
}
