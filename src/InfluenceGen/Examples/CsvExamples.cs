using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace InfluenceGen.Examples;

/// <summary>
/// Reads examples with features from comma-separated files: UTF-8, a header that names the columns, a row for each
/// example, numbers with a decimal point whatever the machine's culture.
/// </summary>
public static partial class CsvExamples
{
    /// <summary>Classes that numbers may mean where nobody said how many there are.</summary>
    internal const int MostClasses = 1 << 20;

    private const int MostQuoted = 6;

    /// <summary>Reads one file whose examples have one label column.</summary>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="label">The column to be predicted.</param>
    /// <param name="individual">The column that names each row's individual; without it every row is an individual of
    /// its own and of this reading, so that no row of another one is the same individual's. Names that are all whole numbers get their codes in numeric order, others in the order
    /// they are first met.</param>
    /// <param name="domain">What labels may be. <see cref="LabelDomain.Binary"/> also asks for both classes to occur;
    /// <see cref="LabelDomain.Distribution"/> takes the column for classes.</param>
    /// <param name="features">The feature columns, in the order of the features; without it all columns but label and
    /// individual, as numbers.</param>
    /// <param name="classes">How many classes there are, where the column holds their numbers: those from 0, or as many
    /// others. Left out, every number that occurs is a class, called by it.</param>
    /// <param name="like">Another set, such as the training set, in whose order everything is put that has a name
    /// (<see cref="ExampleSet{T}.Like"/>). Not all classes need occur then.</param>
    /// <param name="weight">The column of each row's weight, a number of 0 or more, if the model reads them (<see cref="ExampleSet{T}.Weights"/>).</param>
    /// <param name="offset">The column of each row's offset, if the model reads them (<see cref="ExampleSet{T}.Offsets"/>): of a model of counts the
    /// logarithm of the exposure.</param>
    /// <exception cref="ExampleDataException">The file cannot be read or used; the message says where and why.</exception>
    /// <exception cref="ArgumentException">A column is asked for in two roles, or the examples cannot be put in the order of
    /// <paramref name="like"/>.</exception>
    public static ExampleSet<T> Read<T>(string path, CsvColumn label, string? individual = null,
        LabelDomain domain = LabelDomain.Real, IReadOnlyList<CsvColumn>? features = null, int classes = 0,
        ExampleSet<T>? like = null, string? weight = null, string? offset = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ReadTogether([path], label, individual, domain, features, classes, like, weight, offset)[0];

    /// <summary>Reads one file whose examples have several label columns.</summary>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="labels">The columns to be predicted, in the order of the outputs: a number for each, or for
    /// <see cref="LabelDomain.Distribution"/> the share of each class.</param>
    /// <param name="individual">As for one label.</param>
    /// <param name="domain">What labels may be.</param>
    /// <param name="features">As for one label.</param>
    /// <param name="like">As for one label.</param>
    /// <param name="weight">As for one label.</param>
    /// <param name="offset">As for one label.</param>
    /// <exception cref="ExampleDataException">The file cannot be read or used; the message says where and why.</exception>
    /// <exception cref="ArgumentException">There is no label column, a column is asked for in two roles, or the examples cannot
    /// be put in the order of <paramref name="like"/>.</exception>
    public static ExampleSet<T> Read<T>(string path, IReadOnlyList<string> labels, string? individual = null,
        LabelDomain domain = LabelDomain.Real, IReadOnlyList<CsvColumn>? features = null, ExampleSet<T>? like = null,
        string? weight = null, string? offset = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfZero(labels.Count, nameof(labels));
        return ReadTables([path], new Roles([.. labels.Select(CsvColumn.Number)], individual, domain, 0, weight, offset), features, like)[0];
    }

    /// <summary>Reads a file of the columns that another set was read from, and puts what has a name in that set's order: the
    /// short way to read test.csv after train.csv.</summary>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="like">The other set, such as the training set, or what was made of it: a part, a standardised set.</param>
    /// <param name="domain">What labels may be; left out, what the other set's may.</param>
    /// <exception cref="ExampleDataException">The file cannot be read or used; the message says where and why.</exception>
    /// <exception cref="ArgumentException"><paramref name="like"/> was not read from columns, or the examples cannot be put in
    /// its order.</exception>
    public static ExampleSet<T> Read<T>(string path, ExampleSet<T> like, LabelDomain domain = LabelDomain.Real)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(like);
        return like.FileColumns is { } columns
            ? ReadTables([path], new Roles([.. columns.Labels], columns.Individual, domain == LabelDomain.Real ? columns.Domain : domain, 0, columns.Weight,
                columns.Offset), columns.Features, like)[0]
            : throw new ArgumentException(
                "This set was not read from the columns of a file. Say which column is the label, and perhaps the individual.", nameof(like));
    }

    /// <summary>
    /// Reads files whose individuals are the same people, such as a training and a deployment file: one set each, a name
    /// having one code in all of them. Every file must have the feature columns; without <paramref name="features"/> the
    /// first one says which those are.
    /// </summary>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="paths">The files, at least one.</param>
    /// <param name="label">As for one file.</param>
    /// <param name="individual">As for one file; without it no two rows of the files are the same individual's.</param>
    /// <param name="domain">As for one file; both classes have to occur somewhere in the files.</param>
    /// <param name="features">As for one file.</param>
    /// <param name="classes">As for one file; left out, every number that occurs in one of the files is a class.</param>
    /// <param name="weight">As for one file; a weight above 0 has to occur in each of them.</param>
    /// <param name="offset">As for one file.</param>
    /// <exception cref="ExampleDataException">A file cannot be read or used; the message says where and why.</exception>
    /// <exception cref="ArgumentException">There is no file, or a column is asked for in two roles.</exception>
    public static ExampleSet<T>[] ReadTogether<T>(IReadOnlyList<string> paths, CsvColumn label, string? individual = null,
        LabelDomain domain = LabelDomain.Real, IReadOnlyList<CsvColumn>? features = null, int classes = 0, string? weight = null,
        string? offset = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ReadTogether<T>(paths, label, individual, domain, features, classes, null, weight, offset);

    private static ExampleSet<T>[] ReadTogether<T>(IReadOnlyList<string> paths, CsvColumn label, string? individual,
        LabelDomain domain, IReadOnlyList<CsvColumn>? features, int classes, ExampleSet<T>? like, string? weight, string? offset)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count, nameof(paths));
        ArgumentNullException.ThrowIfNull(label);
        ArgumentOutOfRangeException.ThrowIfNegative(classes);
        if (label.Members.Length > 0 && domain != LabelDomain.Distribution)
        {
            throw new ArgumentException($"The column '{label.Name}' holds names; labels of this model are numbers.", nameof(label));
        }

        return ReadTables(paths, new Roles([label], individual, domain, classes, weight, offset), features, like);
    }

    private static ExampleSet<T>[] ReadTables<T>(IReadOnlyList<string> paths, Roles roles, IReadOnlyList<CsvColumn>? features,
        ExampleSet<T>? like) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Settings.RequireDefined(roles.Domain, "domain");
        if (features is not null && (features.Count == 0 || features.Contains(null!)))
        {
            throw new ArgumentException("Name one feature column or more, or leave them out to take all the others.", nameof(features));
        }

        var columns = new FileColumns(roles.Labels, roles.Individual, features, roles.Domain, roles.Weight, roles.Offset);
        RequireOneRole([.. roles.Labels.Select(label => label.Name), .. new[] { roles.Individual, roles.Weight, roles.Offset }.OfType<string>(),
            .. features?.Select(feature => feature.Name) ?? []]);
        var people = new NameCodes();
        var tables = new List<Table<T>>();
        foreach (var path in paths)
        {
            var table = DataFile.Read(path, ',', (text, rows) => ReadTable<T>(path, text, rows, roles, features, people));
            features = table.FeatureColumns;
            tables.Add(table);
        }

        // What is read like a set that holds both classes, or all, need not.
        if (like is null && roles.Domain == LabelDomain.Binary && tables.TrueForAll(t => t.HasOnlyLabel(tables[0].FirstLabel)))
        {
            throw new ExampleDataException(
                $"every label is {(tables[0].FirstLabel == T.Zero ? 0 : 1)}; a model of two classes needs both 0 and 1.",
                paths[0], column: roles.Labels[0].Name);
        }

        var labelNames = roles.AreClasses ? ClassNames(paths, tables, roles, like)
            : roles.Labels.Length > 1 ? [.. roles.Labels.Select(label => label.Name)] : [];
        var sets = new ExampleSet<T>[tables.Count];
        var (names, codeOfPlace) = people.Finish();
        var individuals = roles.Individual is null ? Individuals.OfRows(tables.Sum(t => t.Count)) : new Individuals(names);
        var first = 0;
        for (var i = 0; i < sets.Length; i++)
        {
            var individualOf = roles.Individual is null ? [.. Enumerable.Range(first, tables[i].Count)] : tables[i].People;
            foreach (ref var person in CollectionsMarshal.AsSpan(tables[i].People))
            {
                person = codeOfPlace[person];
            }

            var set = tables[i].Build(roles, individuals, CollectionsMarshal.AsSpan(individualOf), labelNames);
            set.FileColumns = columns;
            sets[i] = like is null ? set : set.Like(like);
            first += tables[i].Count;
        }

        return sets;
    }

    /// <summary>The names of the classes; the class numbers of the tables become classes.</summary>
    private static ImmutableArray<string> ClassNames<T>(IReadOnlyList<string> paths, List<Table<T>> tables, Roles roles, ExampleSet<T>? like)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!roles.Labels[0].Members.IsEmpty)
        {
            return roles.Labels[0].Members;
        }

        var declared = roles.Classes;
        if (like is not null)
        {
            declared = like.LabelNames.IsEmpty ? like.LabelCount : 0;
            for (var file = 0; file < tables.Count && declared > 0; file++)
            {
                if (tables[file].Classes.Count > 0 && tables[file].Classes.Max() is var greatest && greatest >= declared)
                {
                    throw new ExampleDataException(
                        $"found class {greatest}; the classes of the other set have no names, and are those from 0 to {declared - 1}. Name them (classNames of FromClasses), or number these alike.",
                        paths[file], column: roles.Labels[0].Name);
                }
            }
        }

        var numbers = ClassNumbers.Of(tables.SelectMany(table => table.Classes), declared);
        if (numbers is null)
        {
            var beyond = tables.FindIndex(table => table.Beyond is not null);
            throw new ExampleDataException(
                $"found '{tables[beyond].Beyond!.Value.Class}', expected a class: a whole number from 0 to {roles.Classes - 1}.",
                paths[beyond], tables[beyond].Beyond!.Value.Line, roles.Labels[0].Name);
        }

        if (numbers.Count < 2 && like is null)
        {
            throw new ExampleDataException($"every label is {numbers.Names[0]}; a model of classes needs two or more.", paths[0],
                column: roles.Labels[0].Name);
        }

        var most = Math.Min(MostClasses, ExampleSet<T>.MostNumbers / tables.Max(table => table.Count));
        if (numbers.Count > most)
        {
            throw new ExampleDataException(string.Create(CultureInfo.InvariantCulture,
                $"the labels are {numbers.Count:N0} different numbers, each of which would be a class, and there may be {most:N0} here; is this the column of the class?"),
                paths[0], column: roles.Labels[0].Name);
        }

        foreach (var table in tables)
        {
            foreach (ref var number in CollectionsMarshal.AsSpan(table.Classes))
            {
                number = numbers.ClassOf(number);
            }
        }

        return numbers.Names;
    }

    private static Table<T> ReadTable<T>(string path, TextSource text, long rows, Roles roles, IReadOnlyList<CsvColumn>? features,
        NameCodes people) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var records = new CsvRecords(path, text);
        var labelColumns = roles.Labels.Select(label => records.ColumnOf(label.Name)).ToArray();
        var individualColumn = roles.Individual is null ? -1 : records.ColumnOf(roles.Individual);
        var weightColumn = roles.Weight is null ? -1 : records.ColumnOf(roles.Weight);
        var offsetColumn = roles.Offset is null ? -1 : records.ColumnOf(roles.Offset);
        features ??= RemainingColumns(path, records.Header, [.. labelColumns, individualColumn, weightColumn, offsetColumn]);
        var columns = new FeatureColumn[features.Count];
        var featureCount = 0L;
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = new(records.ColumnOf(features[i].Name), features[i], (int)featureCount, features[i].HoldsNumbers);
            featureCount += features[i].FeatureCount;
            if (featureCount > ExampleSet<T>.MostNumbers)
            {
                throw new ExampleDataException(string.Create(CultureInfo.InvariantCulture,
                    $"its columns make more than {ExampleSet<T>.MostNumbers:N0} features, which is more than one example can have."), path, 1);
            }
        }

        var table = new Table<T>(features, (int)featureCount, roles, Math.Min(rows - 1, text.Length / records.Header.Count));
        while (records.Read())
        {
            var example = table.AddRow(path, records.Line);
            foreach (ref readonly var column in columns.AsSpan())
            {
                var field = records[column.Place];
                if (column.HoldsNumbers && DecimalText.TryRead(field, out T number))
                {
                    example[column.Feature] = number;
                }
                else
                {
                    column.Holds.WriteTo(example[column.Feature..], field, path, records.Line);
                }
            }

            ReadLabels(path, records, roles, labelColumns, table);
            if (weightColumn >= 0)
            {
                table.AddWeight(Weight<T>(records[weightColumn], path, records.Line, roles.Weight!));
            }

            if (offsetColumn >= 0)
            {
                table.AddOffset(DataFile.Number<T>(records[offsetColumn], path, records.Line, roles.Offset!));
            }

            if (individualColumn >= 0)
            {
                table.People.Add(Name(records[individualColumn], people, path, records.Line, roles.Individual!));
            }
        }

        if (table.Count == 0)
        {
            throw new ExampleDataException("has a header but no rows.", path);
        }

        return weightColumn < 0 || table.HasWeight ? table : throw NoWeight(path, roles.Weight!);
    }

    /// <summary>A weight as it is read.</summary>
    /// <exception cref="ExampleDataException">The field holds something else.</exception>
    internal static T Weight<T>(ReadOnlySpan<char> field, string path, int line, string column) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var weight = DataFile.Number<T>(field, path, line, column);
        return weight >= T.Zero
            ? weight
            : throw new ExampleDataException($"found {DataFile.Quote(field)}, {ExampleSet<T>.WeightIsExpected}.", path, line, column);
    }

    /// <summary>What to throw for a file of weights that are all 0.</summary>
    internal static ExampleDataException NoWeight(string path, string column) =>
        new("every weight is 0, so that no row counts; is this the column of the weights?", path, column: column);

    private static int Name(ReadOnlySpan<char> name, NameCodes people, string path, int line, string column) =>
        name.IsWhiteSpace()
            ? throw new ExampleDataException("found nothing, expected the individual's name.", path, line, column)
            : people.Meet(name);

    private static void ReadLabels<T>(string path, CsvRecords records, Roles roles, int[] columns, Table<T> table)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (roles.AreClasses)
        {
            table.AddClass(roles.Labels[0].ClassIn(records[columns[0]], 0, path, records.Line), records.Line);
            return;
        }

        var labels = table.AddLabels();
        for (var label = 0; label < columns.Length; label++)
        {
            labels[label] = roles.Labels[label].NumberIn<T>(records[columns[label]], path, records.Line);
        }

        table.Note(labels);
        if (roles.Domain.Expected<T>(labels) is { } expected)
        {
            var found = new List<string>();
            foreach (var column in columns.AsSpan(0, Math.Min(columns.Length, MostQuoted)))
            {
                found.Add(DataFile.Quote(records[column]));
            }

            throw new ExampleDataException(
                $"found {string.Join(", ", found)}{(columns.Length > MostQuoted ? ", …" : "")}, expected {expected}.", path, records.Line,
                string.Join("', '", roles.Labels.Select(label => label.Name)));
        }
    }

    private static CsvColumn[] RemainingColumns(string path, IReadOnlyList<string> header, HashSet<int> taken)
    {
        var names = header.Where((_, column) => !taken.Contains(column)).ToArray();
        if (names.Length == 0)
        {
            throw new ExampleDataException("no column is left for features.", path, 1);
        }

        var blank = Array.FindIndex(names, string.IsNullOrWhiteSpace);
        return blank < 0
            ? [.. names.Select(CsvColumn.Number)]
            : throw new ExampleDataException($"feature {blank + 1} has no name; name its column, or say which columns are features.", path, 1);
    }

    private static void RequireOneRole(string[] columns)
    {
        var twice = columns.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new ArgumentException(
                $"The column '{twice.Key}' is asked for twice; it can be the label, the individual, the weight, the offset or one feature.");
        }
    }

    /// <summary>A column of features: its place in the file, what it holds, and the first feature that it makes.</summary>
    private readonly record struct FeatureColumn(int Place, CsvColumn Holds, int Feature, bool HoldsNumbers);

    /// <summary>Which columns hold the labels, what they may be, who names the individual, and which hold weights and offsets.</summary>
    private sealed record Roles(CsvColumn[] Labels, string? Individual, LabelDomain Domain, int Classes, string? Weight, string? Offset)
    {
        /// <summary>Whether the one label column holds a class.</summary>
        public bool AreClasses => Domain == LabelDomain.Distribution && Labels.Length == 1;
    }
}
