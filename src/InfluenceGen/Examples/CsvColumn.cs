using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace InfluenceGen.Examples;

/// <summary>
/// A column of a comma-separated file and what its fields hold: a number, true or false, or one of a few names. Where a
/// string is given for a column, numbers are meant.
/// </summary>
public sealed class CsvColumn
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _places;

    private CsvColumn(string name, bool isBoolean, ImmutableArray<string> members)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
        IsBoolean = isBoolean;
        Members = members;
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var place = 0; place < members.Length; place++)
        {
            if (!places.TryAdd(members[place], place))
            {
                throw new ArgumentException("A name stands twice.", nameof(members));
            }
        }

        _places = places.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The column's name in the header.</summary>
    public string Name { get; }

    /// <summary>Whether fields are true or false.</summary>
    public bool IsBoolean { get; }

    /// <summary>The names a field can hold; none for numbers and booleans.</summary>
    public ImmutableArray<string> Members { get; }

    /// <summary>A column of numbers, one feature or label.</summary>
    /// <param name="name">The column's name.</param>
    /// <exception cref="ArgumentException">The name is blank.</exception>
    public static CsvColumn Number(string name) => new(name, false, []);

    /// <summary>A column of true and false, or 1 and 0: one feature or label, 1 for true.</summary>
    /// <inheritdoc cref="Number"/>
    public static CsvColumn Boolean(string name) => new(name, true, []);

    /// <summary>
    /// A column that holds one of a few names, written exactly so. As a feature it is one for each name, called
    /// <c>column=name</c>, of which that of the field is 1 and the others are 0; as a label it is the class whose number,
    /// from 0, is the name's place.
    /// </summary>
    /// <param name="name">The column's name.</param>
    /// <param name="members">The names, at least one.</param>
    /// <exception cref="ArgumentException">The name is blank, there are no members, or one stands twice.</exception>
    public static CsvColumn OneOf(string name, params ReadOnlySpan<string> members)
    {
        return members.IsEmpty
            ? throw new ArgumentException("At least one name is needed.", nameof(members))
            : new CsvColumn(name, false, [.. members]);
    }

    /// <summary>A column of numbers.</summary>
    /// <param name="name">The column's name.</param>
    public static implicit operator CsvColumn(string name) => Number(name);

    /// <summary>The names of the features it makes.</summary>
    internal IEnumerable<string> FeatureNames => Members.IsEmpty ? [Name] : Members.Select(member => $"{Name}={member}");

    /// <summary>Whether fields are numbers and nothing else.</summary>
    internal bool HoldsNumbers => Members.IsEmpty && !IsBoolean;

    /// <summary>How many features it makes.</summary>
    internal int FeatureCount => Math.Max(1, Members.Length);

    /// <summary>Writes the numbers of a field that is a feature over zeros.</summary>
    /// <exception cref="ExampleDataException">The field holds something else.</exception>
    internal void WriteTo<T>(Span<T> features, ReadOnlySpan<char> text, string file, int line)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Members.IsEmpty)
        {
            features[0] = NumberIn<T>(text, file, line);
        }
        else
        {
            features[MemberIn(text, file, line)] = T.One;
        }
    }

    /// <summary>The number of a field, 1 for true and 0 for false.</summary>
    /// <exception cref="ExampleDataException">The field holds something else.</exception>
    internal T NumberIn<T>(ReadOnlySpan<char> text, string file, int line) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!IsBoolean)
        {
            return DataFile.Number<T>(text, file, line, Name);
        }

        if (bool.TryParse(text, out var truth))
        {
            return truth ? T.One : T.Zero;
        }

        return T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && (number == T.Zero || number == T.One)
            ? number
            : throw new ExampleDataException($"found {DataFile.Quote(text)}, expected true or false, or 1 or 0.", file, line, Name);
    }

    /// <summary>The class of a field: the place of its name, or a number from 0.</summary>
    /// <param name="text">The field.</param>
    /// <param name="classes">How many classes there are; 0 where that is still to be seen.</param>
    /// <param name="file">The file.</param>
    /// <param name="line">The line.</param>
    /// <exception cref="ExampleDataException">The field holds something else.</exception>
    internal int ClassIn(ReadOnlySpan<char> text, int classes, string file, int line)
    {
        if (!Members.IsEmpty)
        {
            return MemberIn(text, file, line);
        }

        var number = DataFile.Number<double>(text, file, line, Name);
        var last = (classes == 0 ? CsvExamples.MostClasses : classes) - 1;
        if (number >= 0 && number <= last && double.IsInteger(number))
        {
            return (int)number;
        }

        var range = classes == 0 && !(number > last) ? " up" : string.Create(CultureInfo.InvariantCulture, $" to {last}");
        throw new ExampleDataException($"found {DataFile.Quote(text)}, expected a class: a whole number from 0{range}.", file, line, Name);
    }

    private int MemberIn(ReadOnlySpan<char> text, string file, int line) => _places.TryGetValue(text, out var member)
        ? member
        : throw new ExampleDataException($"found {DataFile.Quote(text)}, expected {DataFile.QuoteAll(Members)}.", file, line, Name);
}
