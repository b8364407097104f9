using System.Collections.Immutable;
using InfluenceGen.Numerics;

namespace InfluenceGen.Examples;

public sealed partial class ExampleSet<T>
{
    /// <summary>
    /// The same examples in the order of another set, by names: features, classes or other label columns, items and users in its
    /// order, individuals by its codes with those it does not know after them. It is what everything that is asked of two sets,
    /// or of a fit and a set, does by itself; this does it once. Where either set has no names, positions tell what is what, and
    /// their numbers must agree. Ratings are sorted anew.
    /// </summary>
    /// <remarks>Names are the same if their characters are. A class of the other set may have no example here, and one that it
    /// does not know may stand here without examples. What is in that order already is shared, not copied.</remarks>
    /// <param name="other">The other set, such as the training set.</param>
    /// <exception cref="ArgumentException">A feature, label, class, item or user is missing in one of the sets, or what has no
    /// names differs in number; the message names the first, and says what to do.</exception>
    public ExampleSet<T> Like(ExampleSet<T> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var matched = Matched(other, nameof(other));
        if (matched.FeatureCount != other.FeatureCount || matched.TableCount != other.TableCount || matched.LabelCount != other.LabelCount
            || matched.IsOfRatings != other.IsOfRatings)
        {
            throw new ArgumentException($"These are {matched.Kind}; the others are {other.Kind}.", nameof(other));
        }

        for (var column = 0; column < matched.TableCount; column++)
        {
            if (matched.RowCount(column) != other.RowCount(column))
            {
                throw new ArgumentException(!IsOfRatings
                    ? $"Index {column} names rows of {matched.RowCount(column)} here and of {other.RowCount(column)} there."
                    : $"These ratings are of {matched.RowCount(1)} items and the others of {other.RowCount(1)}, without names to tell which is which. Name them (itemNames), or give both sets the same number of items (itemCount).",
                    nameof(other));
            }
        }

        return IsOfRatings
            ? matched.Sorted(out _)
            : matched.WithIndividuals(other.Individuals.With(matched.Individuals));
    }

    /// <summary>The same examples, at the same positions, with everything that has a name where <paramref name="other"/> has
    /// it; the set itself where it is there already. Individuals of examples with features are left alone, and so is what
    /// has no names: whoever reads the set counts it.</summary>
    /// <param name="other">The set to match.</param>
    /// <param name="argument">The caller's argument.</param>
    /// <exception cref="ArgumentException">A name is missing here or there.</exception>
    internal ExampleSet<T> Matched(ExampleSet<T> other, string argument) =>
        ReferenceEquals(this, other) || TableCount != other.TableCount || IsOfRatings != other.IsOfRatings ? this
        : IsOfRatings ? WithTablesLike(other, argument)
        : WithFeaturesLike(other.FeatureNames, argument).WithLabelsLike(other.LabelNames, argument);

    /// <summary>The same examples with features in the order of <paramref name="names"/>.</summary>
    /// <inheritdoc cref="Matched"/>
    internal ExampleSet<T> WithFeaturesLike(ImmutableArray<string> names, string argument)
    {
        if (names.PlacesIn(FeatureNames) is not { } places)
        {
            return this;
        }

        if (ColumnNames.Difference(FeatureNames, names, "feature") is { } difference)
        {
            throw new ArgumentException(difference, argument);
        }

        var features = new AlignedBuffer<T>(checked(Count * FeatureStride));
        for (var example = 0; example < Count; example++)
        {
            var from = Features.Slice(example * FeatureStride, FeatureCount);
            var to = features.Span.Slice(example * FeatureStride, FeatureCount);
            for (var feature = 0; feature < places.Length; feature++)
            {
                to[feature] = from[places[feature]];
            }
        }

        return new(this) { _features = features, FeatureNames = names };
    }

    /// <summary>Two sets as parts of one: the second by the first one's names, both with individuals of one numbering.</summary>
    /// <param name="training">The first, whose codes stay what they are.</param>
    /// <param name="deployment">The second.</param>
    /// <param name="argument">The caller's argument for it.</param>
    /// <exception cref="ArgumentException">A name is missing here or there.</exception>
    internal static (ExampleSet<T> Training, ExampleSet<T> Deployment) Together(ExampleSet<T> training, ExampleSet<T> deployment,
        string argument)
    {
        deployment = deployment.Matched(training, argument);
        var people = training.Individuals.With(deployment.Individuals);
        return (training.WithIndividuals(people), deployment.WithIndividuals(people));
    }

    private string Kind => IsOfRatings
        ? "ratings"
        : $"examples with {FeatureCount} {(FeatureCount == 1 ? "feature" : "features")} and {LabelCount} {(LabelCount == 1 ? "label" : "labels")}{(TableCount == 0 ? "" : $" and {TableCount} {(TableCount == 1 ? "index" : "indices")}")}";

    /// <summary>The same examples by other codes of their individuals, all of whom <paramref name="people"/> has. The users of
    /// ratings are rows of a table, and stay.</summary>
    private ExampleSet<T> WithIndividuals(Individuals people)
    {
        if (IsOfRatings || ReferenceEquals(Individuals, people))
        {
            return this;
        }

        var codes = Individuals.CodesIn(people);
        return new(this)
        {
            Individuals = people,
            _individualOf = codes is null ? _individualOf : [.. IndividualOf.ToArray().Select(code => codes[code])],
        };
    }

    /// <summary>The same examples with classes, or other labels, in the order of <paramref name="names"/>.</summary>
    private ExampleSet<T> WithLabelsLike(ImmutableArray<string> names, string argument)
    {
        if (names.PlacesIn(LabelNames) is not { } places)
        {
            return this;
        }

        if (!HasClasses && ColumnNames.Difference(LabelNames, names, "label") is { } difference)
        {
            throw new ArgumentException(difference, argument);
        }

        if (HasClasses)
        {
            RequireNoExampleOf([.. Enumerable.Range(0, LabelCount).Except(places)], names, argument);
        }

        var stride = LabelStrideOf(names.Length);
        var labels = new AlignedBuffer<T>(checked(Count * stride));
        for (var example = 0; example < Count; example++)
        {
            for (var label = 0; label < places.Length; label++)
            {
                labels[example * stride + label] = places[label] < 0 ? T.Zero : Labels[example * LabelStride + places[label]];
            }
        }

        return new(this) { _labels = labels, LabelCount = names.Length, LabelStride = stride, LabelNames = names };
    }

    private void RequireNoExampleOf(int[] classes, ImmutableArray<string> names, string argument)
    {
        for (var example = 0; example < Count && classes.Length > 0; example++)
        {
            foreach (var label in classes)
            {
                if (Labels[example * LabelStride + label] != T.Zero)
                {
                    throw new ArgumentException(
                        $"Row {Source[example]} (counted from 0) is of the class {DataFile.Quote(LabelNames[label])}, which the examples it is matched with do not have; they have {Listed(names)}. Train with examples of it, name it as it is named there, or leave the row out.",
                        argument);
                }
            }
        }
    }

    private static string Listed(ImmutableArray<string> names)
    {
        const int Most = 10;
        var first = string.Join(", ", names.Take(Most).Select(name => DataFile.Quote(name)));
        return names.Length <= Most ? first : $"{first}, … ({names.Length} in all)";
    }

    /// <summary>The same ratings, at the same positions, by the codes of users and items in <paramref name="other"/>. Users'
    /// ratings stay together, but their codes need not ascend.</summary>
    private ExampleSet<T> WithTablesLike(ExampleSet<T> other, string argument)
    {
        var (users, items) = (Individuals.CodesIn(other.Individuals), ItemNames.PlacesIn(other.ItemNames));
        if (users is null && items is null)
        {
            return this;
        }

        RequireKnown(users, items, argument);
        var set = new ExampleSet<T>(Count, 0, 1, [other.RowCount(0), items is null ? RowCount(1) : other.RowCount(1)], isOfRatings: true,
            other.Individuals)
        {
            Count = Count,
            ItemNames = items is null ? ItemNames : other.ItemNames,
            FileColumns = FileColumns,
            _weights = _weights,
            _offsets = _offsets,
            _totalWeight = _totalWeight,
        };
        Labels.CopyTo(set._labels.Span);
        Source.CopyTo(set._source);
        for (var example = 0; example < Count; example++)
        {
            var (user, item) = (Index(0)[example], Index(1)[example]);
            set._individualOf[example] = set._indices[0][example] = users is null ? user : users[user];
            set._indices[1][example] = items is null ? item : items[item];
        }

        set.SegmentWhole();
        set.SetPenalty(Penalty.By([users, items], set._rows));
        return set;
    }

    /// <summary>Refuses the rating, the first in the order they were given, of a user or item that has no code.</summary>
    private void RequireKnown(int[]? users, int[]? items, string argument)
    {
        var first = -1;
        for (var example = 0; example < Count; example++)
        {
            if ((users is not null && users[Index(0)[example]] < 0 || items is not null && items[Index(1)[example]] < 0)
                && (first < 0 || Source[example] < Source[first]))
            {
                first = example;
            }
        }

        if (first < 0)
        {
            return;
        }

        var (what, name) = users is not null && users[Index(0)[first]] < 0
            ? ("user", Individuals[Index(0)[first]])
            : ("item", ItemNames[Index(1)[first]]);
        throw new ArgumentException(
            $"Row {Source[first]} (counted from 0) is of the {what} {DataFile.Quote(name)}, unknown to the ratings that it is matched with; a factorization has nothing for a {what} that it has never seen. Train on ratings of that {what}, read both files together (RatingsFile.ReadTogether), or leave the row out.",
            argument);
    }

    /// <summary>The same ratings sorted by user, then item, as what looks up a row's examples needs them; repeats keep their order.</summary>
    /// <param name="order">Where each of them stood; null where they were sorted, or are examples with features.</param>
    internal ExampleSet<T> Sorted(out int[]? order)
    {
        order = !IsOfRatings ? null : OrderByUserThenItem(Index(0), Index(1), RowCount(0), RowCount(1));
        if (order is null || order.AsSpan().SequenceEqual(EachItsOwn(Count)))
        {
            order = null;
            return this;
        }

        var set = Allocate(this, Count);
        set.Gather(this, order);
        set.SegmentWhole();
        return set;
    }
}
