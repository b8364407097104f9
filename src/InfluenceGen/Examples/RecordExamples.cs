using System.ComponentModel;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Examples;

/// <summary>Writes the features of one row.</summary>
/// <typeparam name="TRow">The user's own type.</typeparam>
/// <typeparam name="T">double or float.</typeparam>
/// <param name="row">The row.</param>
/// <param name="features">The features, one element each.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate void FeatureWriter<in TRow, T>(TRow row, Span<T> features);

/// <summary>Makes example sets from objects of the user's own.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RecordExamples
{
    /// <summary>Makes one example of each row.</summary>
    /// <typeparam name="TRow">The user's own type.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="rows">The rows.</param>
    /// <param name="features">The names of the features.</param>
    /// <param name="write">Writes a row's features over zeros.</param>
    /// <param name="label">A row's label.</param>
    /// <param name="individual">The name of a row's individual; null where every row is an individual of its own.</param>
    /// <param name="domain">What labels may be.</param>
    /// <param name="like">Another set, in whose order everything is put that has a name; null for none.</param>
    /// <param name="weight">A row's weight; null where there are none.</param>
    /// <param name="offset">A row's offset; null where there are none.</param>
    /// <exception cref="ArgumentException">There is no row, one is null or has no individual, or a number is not finite or no label of this model, or an
    /// enum's value is none of its members; the message names the row, counted from 0, and the property.</exception>
    public static ExampleSet<T> From<TRow, T>(IEnumerable<TRow> rows, IReadOnlyList<string> features,
        FeatureWriter<TRow, T> write, Func<TRow, T> label, Func<TRow, string?>? individual, LabelDomain domain,
        ExampleSet<T>? like = null, Func<TRow, T>? weight = null, Func<TRow, T>? offset = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (labels, columns) = (new List<T>(), new RowColumns<TRow, T>(weight, offset));
        var (values, people, individualOf) = Gather(rows, features.Count, write, individual, (row, number) =>
        {
            columns.Add(row, number);
            var value = label(row);
            labels.Add(domain.Expected<T>([value]) is { } expected
                ? throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"Row {number}: the label is {value}; expected {expected}."), nameof(rows))
                : value);
        });
        return Like(ExampleSet<T>.FromFeatures(values, features.Count, CollectionsMarshal.AsSpan(labels), people, individualOf, features,
            columns.Weights, columns.Offsets), like);
    }

    /// <summary>Makes one example of each row, for a model of classes that are numbers.</summary>
    /// <typeparam name="TRow">The user's own type.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="rows">The rows.</param>
    /// <param name="features">The names of the features.</param>
    /// <param name="write">Writes a row's features over zeros.</param>
    /// <param name="label">A row's class number, 0 or more.</param>
    /// <param name="classes">How many classes there are: those from 0, or as many others; 0 where every number that occurs is
    /// one.</param>
    /// <param name="individual">The name of a row's individual; null where every row is an individual of its own.</param>
    /// <param name="like">Another set, in whose order everything is put that has a name; null for none.</param>
    /// <param name="weight">A row's weight; null where there are none.</param>
    /// <param name="offset">A row's offset; null where there are none.</param>
    /// <exception cref="ArgumentException">As for labels that are numbers; or there is no such class, or only one.</exception>
    public static ExampleSet<T> FromClasses<TRow, T>(IEnumerable<TRow> rows, IReadOnlyList<string> features,
        FeatureWriter<TRow, T> write, Func<TRow, long> label, int classes, Func<TRow, string?>? individual, ExampleSet<T>? like = null,
        Func<TRow, T>? weight = null, Func<TRow, T>? offset = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (labels, columns) = (new List<int>(), new RowColumns<TRow, T>(weight, offset));
        var (values, people, individualOf) = Gather(rows, features.Count, write, individual, (row, number) =>
        {
            columns.Add(row, number);
            var value = label(row);
            labels.Add(value is >= 0 and < int.MaxValue
                ? (int)value
                : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"Row {number}: the label is {value}; expected a class from 0{(classes == 0 ? " up" : $" to {classes - 1}")}."), nameof(rows)));
        });
        classes = like is null ? classes : like.LabelNames.IsEmpty ? like.LabelCount : 0;
        if (ClassNumbers.Of(labels, classes) is not { } numbers || like is { LabelNames.IsEmpty: true } && labels.Max() >= classes)
        {
            var beyond = labels.FindIndex(number => number >= classes);
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"Row {beyond}: the label is {labels[beyond]}; expected a class from 0 to {classes - 1}."), nameof(rows));
        }

        return numbers.Count >= 2 || like is not null
            ? Like(ExampleSet<T>.OfClasses(values, features.Count, [.. labels.Select(numbers.ClassOf)], numbers.Count, people, individualOf,
                features, numbers.Names, columns.Weights, columns.Offsets), like)
            : throw new ArgumentException($"Every label is {numbers.Names[0]}; a model of classes needs two or more.", nameof(rows));
    }

    /// <summary>Makes one example of each row, for a model of classes that have names.</summary>
    /// <typeparam name="TRow">The user's own type.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="rows">The rows.</param>
    /// <param name="features">The names of the features.</param>
    /// <param name="write">Writes a row's features over zeros.</param>
    /// <param name="label">The place of a row's class among the names.</param>
    /// <param name="classes">The classes' names.</param>
    /// <param name="individual">The name of a row's individual; null where every row is an individual of its own.</param>
    /// <param name="like">Another set, in whose order everything is put that has a name; null for none.</param>
    /// <param name="weight">A row's weight; null where there are none.</param>
    /// <param name="offset">A row's offset; null where there are none.</param>
    /// <exception cref="ArgumentException">As for labels that are numbers; or there is no such class.</exception>
    public static ExampleSet<T> FromClasses<TRow, T>(IEnumerable<TRow> rows, IReadOnlyList<string> features,
        FeatureWriter<TRow, T> write, Func<TRow, int> label, IReadOnlyList<string> classes, Func<TRow, string?>? individual,
        ExampleSet<T>? like = null, Func<TRow, T>? weight = null, Func<TRow, T>? offset = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(classes);
        var (labels, columns) = (new List<int>(), new RowColumns<TRow, T>(weight, offset));
        var (values, people, individualOf) = Gather(rows, features.Count, write, individual, (row, number) =>
        {
            columns.Add(row, number);
            labels.Add(label(row));
        });
        return Like(ExampleSet<T>.FromClasses(values, features.Count, CollectionsMarshal.AsSpan(labels), classes.Count, people, individualOf,
            features, classes, columns.Weights, columns.Offsets), like);
    }

    /// <summary>Makes one rating of each row.</summary>
    /// <typeparam name="TRow">The user's own type.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="rows">The rows.</param>
    /// <param name="user">The name of a row's user.</param>
    /// <param name="item">The name of a row's item.</param>
    /// <param name="rating">A row's rating.</param>
    /// <param name="like">Another set, by whose users and items these are numbered; null for none.</param>
    /// <param name="weight">A row's weight; null where there are none.</param>
    /// <param name="offset">A row's offset; null where there are none.</param>
    /// <exception cref="ArgumentException">There is no row or one is null, a name is missing, a rating is not finite, or a user
    /// rates an item twice; the message names the row, counted from 0.</exception>
    public static ExampleSet<T> Ratings<TRow, T>(IEnumerable<TRow> rows, Func<TRow, string?> user, Func<TRow, string?> item,
        Func<TRow, T> rating, ExampleSet<T>? like = null, Func<TRow, T>? weight = null, Func<TRow, T>? offset = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(rows);
        var (users, items, ratings) = (new NameCodes(), new NameCodes(), new RatingRows<T>(0, weight is not null, offset is not null));
        var columns = new RowColumns<TRow, T>(weight, offset);
        foreach (var row in rows)
        {
            RequireRow(row, ratings.Count);
            columns.Add(row, ratings.Count);
            if (weight is not null)
            {
                ratings.AddWeight(columns.Weights[^1]);
            }

            if (offset is not null)
            {
                ratings.AddOffset(columns.Offsets[^1]);
            }

            ratings.Add(users.Meet(Named(user(row), "user", ratings.Count)), items.Meet(Named(item(row), "item", ratings.Count)), rating(row), ratings.Count);
        }

        if (ratings.Count == 0)
        {
            throw new ArgumentException("A set needs at least one rating.", nameof(rows));
        }

        return Like(RatingRows<T>.Build([ratings], users, items, allowRepeats: false, (_, repeat) =>
            new ArgumentException($"Row {repeat.Line}: {repeat.What}, in row {repeat.LineBefore}; remove one.", nameof(rows)))[0], like);
    }

    /// <summary>The place of an enum's value among its members.</summary>
    /// <typeparam name="TEnum">The enum.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="members">The members' values, in order.</param>
    /// <param name="property">The property that has the value, for the message that it is no member.</param>
    public static int Member<TEnum>(TEnum value, ReadOnlySpan<long> members, string property) where TEnum : struct, Enum
    {
        var member = members.IndexOf(Bits(value));
        return member >= 0 ? member : throw new NoMemberException($"{property} is {value}, which is no member of {typeof(TEnum).Name}.");
    }

    /// <summary>An enum's value; one beyond a long by its bits.</summary>
    private static long Bits<TEnum>(TEnum value) where TEnum : struct, Enum => Type.GetTypeCode(typeof(TEnum)) switch
    {
        TypeCode.SByte => Unsafe.BitCast<TEnum, sbyte>(value),
        TypeCode.Byte => Unsafe.BitCast<TEnum, byte>(value),
        TypeCode.Int16 => Unsafe.BitCast<TEnum, short>(value),
        TypeCode.UInt16 => Unsafe.BitCast<TEnum, ushort>(value),
        TypeCode.Int32 => Unsafe.BitCast<TEnum, int>(value),
        TypeCode.UInt32 => Unsafe.BitCast<TEnum, uint>(value),
        _ => Unsafe.BitCast<TEnum, long>(value),
    };

    private static (T[] Features, Individuals People, int[] IndividualOf) Gather<TRow, T>(IEnumerable<TRow> rows, int features,
        FeatureWriter<TRow, T> write, Func<TRow, string?>? individual, Action<TRow, int> label)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var all = rows.ToList();
        if (all.Count == 0)
        {
            throw new ArgumentException("A set needs at least one example.", nameof(rows));
        }

        var values = new T[Sizes.Product(all.Count, features, "Use fewer rows.")];
        var names = new NameCodes();
        var places = new int[all.Count];
        for (var i = 0; i < all.Count; i++)
        {
            RequireRow(all[i], i);
            try
            {
                write(all[i], values.AsSpan(i * features, features));
                label(all[i], i);
            }
            catch (NoMemberException problem)
            {
                throw new ArgumentException($"Row {i}: {problem.Message}", nameof(rows), problem);
            }

            places[i] = individual is null ? i : names.Meet(Named(individual(all[i]), "individual", i));
        }

        if (individual is null)
        {
            return (values, Individuals.OfRows(all.Count), places);
        }

        var (byCode, codeOfPlace) = names.Finish();
        return (values, new Individuals(byCode), [.. places.Select(place => codeOfPlace[place])]);
    }

    /// <summary>The names of the features, and columns, of an array: <c>Name[0]</c>, <c>Name[1]</c> and so on.</summary>
    /// <param name="name">The name of the array.</param>
    /// <param name="length">How many numbers it has.</param>
    public static IEnumerable<string> Columns(string name, int length)
    {
        for (var place = 0; place < length; place++)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{name}[{place}]");
        }
    }

    /// <summary>Writes the numbers of an array as features.</summary>
    /// <typeparam name="TNumber">float or double.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="numbers">The array.</param>
    /// <param name="features">The features, as many as were declared.</param>
    /// <param name="property">The property that has the array, for the message that it is null or of another length.</param>
    public static void Copy<TNumber, T>(TNumber[]? numbers, Span<T> features, string property)
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (numbers is null)
        {
            throw new NoMemberException(string.Create(CultureInfo.InvariantCulture,
                $"{property} is null; it was declared as an array of {features.Length} numbers."));
        }

        Copy<TNumber, T>(numbers.AsMemory(), features, property);
    }

    /// <inheritdoc cref="Copy{TNumber, T}(TNumber[], Span{T}, string)"/>
    public static void Copy<TNumber, T>(ReadOnlyMemory<TNumber> numbers, Span<T> features, string property)
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (numbers.Length != features.Length)
        {
            throw new NoMemberException(string.Create(CultureInfo.InvariantCulture,
                $"{property} holds {numbers.Length} numbers; it was declared as an array of {features.Length}."));
        }

        for (var place = 0; place < features.Length; place++)
        {
            features[place] = T.CreateTruncating(numbers.Span[place]);
        }
    }

    private static ExampleSet<T> Like<T>(ExampleSet<T> set, ExampleSet<T>? like) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        like is null ? set : set.Like(like);

    private static void RequireRow<TRow>(TRow row, int number)
    {
        if (row is null)
        {
            throw new ArgumentException($"Row {number} is null.", "rows");
        }
    }

    /// <summary>A name that is one: blanks are as good as nothing, as in a file.</summary>
    private static string Named(string? name, string whose, int row) => string.IsNullOrWhiteSpace(name)
        ? throw new ArgumentException($"Row {row}: the {whose} has no name.", "rows")
        : name;

    /// <summary>Weights and offsets as rows are read, checked where the row is known.</summary>
    private sealed class RowColumns<TRow, T>(Func<TRow, T>? weight, Func<TRow, T>? offset) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly List<T> _weights = [];
        private readonly List<T> _offsets = [];

        public ReadOnlySpan<T> Weights => CollectionsMarshal.AsSpan(_weights);

        public ReadOnlySpan<T> Offsets => CollectionsMarshal.AsSpan(_offsets);

        public void Add(TRow row, int number)
        {
            if (weight is not null)
            {
                _weights.Add(weight(row) is var value && T.IsFinite(value) && value >= T.Zero
                    ? value
                    : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                        $"Row {number}: the weight is {value}; {ExampleSet<T>.WeightIsExpected}."), "rows"));
            }

            if (offset is not null)
            {
                _offsets.Add(offset(row) is var value && T.IsFinite(value)
                    ? value
                    : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                        $"Row {number}: the offset is {value}, not a finite number."), "rows"));
            }
        }
    }

    /// <summary>Thrown where the row is not known, caught where it is.</summary>
    private sealed class NoMemberException(string message) : Exception(message);
}
