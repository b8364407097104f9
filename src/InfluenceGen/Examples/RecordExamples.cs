using System.ComponentModel;
using System.Globalization;
using System.Numerics;
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
    /// <exception cref="ArgumentException">There is no row, or a number is not finite or no label of this model, or an
    /// enum's value is none of its members; the message names the row, counted from 0, and the property.</exception>
    public static ExampleSet<T> From<TRow, T>(IEnumerable<TRow> rows, IReadOnlyList<string> features,
        FeatureWriter<TRow, T> write, Func<TRow, T> label, Func<TRow, string>? individual, LabelDomain domain)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var labels = new List<T>();
        var (values, people, individualOf) = Gather(rows, features.Count, write, individual, (row, number) =>
        {
            var value = label(row);
            labels.Add(domain.Expected<T>([value]) is { } expected
                ? throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"Row {number}: the label is {value}; expected {expected}."), nameof(rows))
                : value);
        });
        return ExampleSet<T>.FromFeatures(values, features.Count, CollectionsMarshal.AsSpan(labels), people, individualOf, features);
    }

    /// <summary>Makes one example of each row, for a model of classes.</summary>
    /// <typeparam name="TRow">The user's own type.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="rows">The rows.</param>
    /// <param name="features">The names of the features.</param>
    /// <param name="write">Writes a row's features over zeros.</param>
    /// <param name="label">A row's class, from 0.</param>
    /// <param name="classes">How many classes there are; 0 for one more than the greatest.</param>
    /// <param name="individual">The name of a row's individual; null where every row is an individual of its own.</param>
    /// <exception cref="ArgumentException">As for labels that are numbers; or there is no such class, or only one.</exception>
    public static ExampleSet<T> FromClasses<TRow, T>(IEnumerable<TRow> rows, IReadOnlyList<string> features,
        FeatureWriter<TRow, T> write, Func<TRow, long> label, int classes, Func<TRow, string>? individual)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var labels = new List<int>();
        var last = (classes == 0 ? int.MaxValue : classes) - 1;
        var (values, people, individualOf) = Gather(rows, features.Count, write, individual, (row, number) =>
        {
            var value = label(row);
            labels.Add(value >= 0 && value <= last
                ? (int)value
                : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"Row {number}: the label is {value}; expected a class from 0{(classes == 0 ? " up" : $" to {last}")}."), nameof(rows)));
        });
        classes = classes == 0 ? labels.DefaultIfEmpty().Max() + 1 : classes;
        return classes >= 2
            ? ExampleSet<T>.FromClasses(values, features.Count, CollectionsMarshal.AsSpan(labels), classes, people, individualOf, features)
            : throw new ArgumentException("Every label is 0; a model of classes needs two or more.", nameof(rows));
    }

    /// <summary>Makes one rating of each row.</summary>
    /// <typeparam name="TRow">The user's own type.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    /// <param name="rows">The rows.</param>
    /// <param name="user">The name of a row's user.</param>
    /// <param name="item">The name of a row's item.</param>
    /// <param name="rating">A row's rating.</param>
    /// <exception cref="ArgumentException">There is no row, a name is missing, a rating is not finite, or a user rates an
    /// item twice; the message names the row, counted from 0.</exception>
    public static ExampleSet<T> Ratings<TRow, T>(IEnumerable<TRow> rows, Func<TRow, string> user, Func<TRow, string> item,
        Func<TRow, T> rating) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(rows);
        var (users, items, ratings) = (new NameCodes(), new NameCodes(), new RatingRows<T>());
        foreach (var row in rows)
        {
            string Name(string? name, string whose) => name
                ?? throw new ArgumentException($"Row {ratings.Count}: the {whose} has no name.", nameof(rows));

            ratings.Add(users.Meet(Name(user(row), "user")), items.Meet(Name(item(row), "item")), rating(row), ratings.Count);
        }

        if (ratings.Count == 0)
        {
            throw new ArgumentException("A set needs at least one rating.", nameof(rows));
        }

        return RatingRows<T>.Build([ratings], users, items, allowRepeats: false, (_, repeat) =>
            new ArgumentException($"Row {repeat.Line}: {repeat.What}, in row {repeat.LineBefore}; remove one.", nameof(rows)))[0];
    }

    /// <summary>The place of an enum's value among its members.</summary>
    /// <typeparam name="TEnum">The enum.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="members">The members, in order.</param>
    /// <param name="property">The property that has the value, for the message that it is no member.</param>
    public static int Member<TEnum>(TEnum value, ReadOnlySpan<TEnum> members, string property) where TEnum : struct, Enum
    {
        for (var member = 0; member < members.Length; member++)
        {
            if (EqualityComparer<TEnum>.Default.Equals(members[member], value))
            {
                return member;
            }
        }

        throw new NoMemberException($"{property} is {value}, which is no member of {typeof(TEnum).Name}.");
    }

    private static (T[] Features, Individuals People, int[] IndividualOf) Gather<TRow, T>(IEnumerable<TRow> rows, int features,
        FeatureWriter<TRow, T> write, Func<TRow, string>? individual, Action<TRow, int> label)
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
            try
            {
                write(all[i], values.AsSpan(i * features, features));
                label(all[i], i);
            }
            catch (NoMemberException problem)
            {
                throw new ArgumentException($"Row {i}: {problem.Message}", nameof(rows), problem);
            }

            places[i] = individual is null ? i : names.Meet(individual(all[i])
                ?? throw new ArgumentException($"Row {i}: the individual has no name.", nameof(rows)));
        }

        if (individual is null)
        {
            return (values, Individuals.Numbered(all.Count), places);
        }

        var (byCode, codeOfPlace) = names.Finish();
        return (values, new Individuals(byCode), [.. places.Select(place => codeOfPlace[place])]);
    }

    /// <summary>Thrown where the row is not known, caught where it is.</summary>
    private sealed class NoMemberException(string message) : Exception(message);
}
