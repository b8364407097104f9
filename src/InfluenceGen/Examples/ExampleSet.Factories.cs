using System.Globalization;

namespace InfluenceGen.Examples;

public sealed partial class ExampleSet<T>
{
    /// <summary>A set of examples with features, each row the individual's whom <paramref name="individualOf"/> says.</summary>
    /// <param name="features">Row by row, n × <paramref name="featureCount"/> numbers without padding.</param>
    /// <param name="featureCount">Features of an example, 1 or more.</param>
    /// <param name="labels">n labels.</param>
    /// <param name="individuals">The people.</param>
    /// <param name="individualOf">n codes of <paramref name="individuals"/>.</param>
    /// <param name="featureNames">A name for each feature, if they have any.</param>
    /// <param name="weights">n weights, if the model reads them (<see cref="Weights"/>).</param>
    /// <param name="offsets">n offsets, if the model reads them (<see cref="Offsets"/>).</param>
    /// <exception cref="ArgumentException">There is no example, lengths do not fit together, a feature or label is not
    /// finite, a weight is negative or all are 0, a code is nobody's, or a name is missing or stands twice; the message says where.</exception>
    public static ExampleSet<T> FromFeatures(ReadOnlySpan<T> features, int featureCount, ReadOnlySpan<T> labels,
        Individuals individuals, ReadOnlySpan<int> individualOf, IEnumerable<string>? featureNames = null,
        ReadOnlySpan<T> weights = default, ReadOnlySpan<T> offsets = default) =>
        FromFeatures(features, featureCount, labels, 1, individuals, individualOf, featureNames, null, weights, offsets);

    /// <summary>A set of examples with features, each row an individual of its own, who is nobody of another
    /// set; they have no names, and are called 1, 2, … n.</summary>
    /// <inheritdoc cref="FromFeatures(ReadOnlySpan{T}, int, ReadOnlySpan{T}, Individuals, ReadOnlySpan{int}, IEnumerable{string}?, ReadOnlySpan{T}, ReadOnlySpan{T})"/>
    public static ExampleSet<T> FromFeatures(ReadOnlySpan<T> features, int featureCount, ReadOnlySpan<T> labels,
        IEnumerable<string>? featureNames = null, ReadOnlySpan<T> weights = default, ReadOnlySpan<T> offsets = default) =>
        FromFeatures(features, featureCount, labels, 1, featureNames, null, weights, offsets);

    /// <summary>A set of examples with features and a row of labels each: a target for each of several outputs, or, as soft
    /// labels, a share for each class.</summary>
    /// <param name="features">Row by row, n × <paramref name="featureCount"/> numbers without padding.</param>
    /// <param name="featureCount">Features of an example, 1 or more.</param>
    /// <param name="labels">Row by row, n × <paramref name="labelCount"/> numbers without padding.</param>
    /// <param name="labelCount">Labels of an example, 1 or more.</param>
    /// <param name="individuals">The people.</param>
    /// <param name="individualOf">n codes of <paramref name="individuals"/>.</param>
    /// <param name="featureNames">A name for each feature, if they have any.</param>
    /// <param name="labelNames">A name for each label of an example, if they have any.</param>
    /// <param name="weights">n weights, if the model reads them (<see cref="Weights"/>).</param>
    /// <param name="offsets">n offsets, if the model reads them (<see cref="Offsets"/>).</param>
    /// <exception cref="ArgumentException">There is no example, lengths do not fit together, a feature or label is not
    /// finite, a weight is negative or all are 0, a code is nobody's, or a name is missing or stands twice; the message says where.</exception>
    public static ExampleSet<T> FromFeatures(ReadOnlySpan<T> features, int featureCount, ReadOnlySpan<T> labels,
        int labelCount, Individuals individuals, ReadOnlySpan<int> individualOf, IEnumerable<string>? featureNames = null,
        IEnumerable<string>? labelNames = null, ReadOnlySpan<T> weights = default, ReadOnlySpan<T> offsets = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(featureCount);
        var count = RowsOf(labels.Length, labelCount);
        var set = OfFeatures(features, featureCount, count, labelCount, individuals, individualOf, featureNames, []);
        set.LabelNames = ColumnNames.Checked(labelNames, labelCount, "labels", nameof(labelNames));
        set.WriteLabels(labels);
        set.SetColumns(weights, offsets);
        return set;
    }

    /// <summary>A set of examples with features and a row of labels each, every row an individual of its own, who is nobody of
    /// another set; they have no names, and are called 1, 2, … n.</summary>
    /// <inheritdoc cref="FromFeatures(ReadOnlySpan{T}, int, ReadOnlySpan{T}, int, Individuals, ReadOnlySpan{int}, IEnumerable{string}?, IEnumerable{string}?, ReadOnlySpan{T}, ReadOnlySpan{T})"/>
    public static ExampleSet<T> FromFeatures(ReadOnlySpan<T> features, int featureCount, ReadOnlySpan<T> labels,
        int labelCount, IEnumerable<string>? featureNames = null, IEnumerable<string>? labelNames = null,
        ReadOnlySpan<T> weights = default, ReadOnlySpan<T> offsets = default)
    {
        var own = EachItsOwn(RowsOf(labels.Length, labelCount));
        return FromFeatures(features, featureCount, labels, labelCount, Individuals.OfRows(own.Length), own, featureNames, labelNames,
            weights, offsets);
    }

    /// <summary>A set of examples with features and a class each. The label row of an example has a 1 for its class and
    /// otherwise zeros.</summary>
    /// <param name="features">Row by row, n × <paramref name="featureCount"/> numbers without padding.</param>
    /// <param name="featureCount">Features of an example, 1 or more.</param>
    /// <param name="classes">n classes, from 0 to before <paramref name="classCount"/>.</param>
    /// <param name="classCount">Classes, 2 or more. (A model of one output takes its two classes as labels 0 and 1 of
    /// <see cref="FromFeatures(ReadOnlySpan{T}, int, ReadOnlySpan{T}, IEnumerable{string}?, ReadOnlySpan{T}, ReadOnlySpan{T})"/>.)</param>
    /// <param name="individuals">The people.</param>
    /// <param name="individualOf">n codes of <paramref name="individuals"/>.</param>
    /// <param name="featureNames">A name for each feature, if they have any.</param>
    /// <param name="classNames">A name for each class, if they have any.</param>
    /// <param name="weights">n weights, if the model reads them (<see cref="Weights"/>).</param>
    /// <param name="offsets">n offsets, if the model reads them (<see cref="Offsets"/>).</param>
    /// <exception cref="ArgumentException">There is no example, lengths do not fit together, a feature is not finite, a
    /// weight is negative or all are 0, a class or code is out of range, or a name is missing or stands twice; the message says
    /// where.</exception>
    public static ExampleSet<T> FromClasses(ReadOnlySpan<T> features, int featureCount, ReadOnlySpan<int> classes,
        int classCount, Individuals individuals, ReadOnlySpan<int> individualOf, IEnumerable<string>? featureNames = null,
        IEnumerable<string>? classNames = null, ReadOnlySpan<T> weights = default, ReadOnlySpan<T> offsets = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 2);
        return OfClasses(features, featureCount, classes, classCount, individuals, individualOf, featureNames, classNames, weights, offsets);
    }

    /// <summary>As <see cref="FromClasses(ReadOnlySpan{T}, int, ReadOnlySpan{int}, int, Individuals, ReadOnlySpan{int}, IEnumerable{string}?, IEnumerable{string}?, ReadOnlySpan{T}, ReadOnlySpan{T})"/>,
    /// perhaps with a single class: what is to be made like another set may hold one of its classes only.</summary>
    internal static ExampleSet<T> OfClasses(ReadOnlySpan<T> features, int featureCount, ReadOnlySpan<int> classes, int classCount,
        Individuals individuals, ReadOnlySpan<int> individualOf, IEnumerable<string>? featureNames, IEnumerable<string>? classNames,
        ReadOnlySpan<T> weights = default, ReadOnlySpan<T> offsets = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(featureCount);
        var set = OfFeatures(features, featureCount, classes.Length, classCount, individuals, individualOf, featureNames, []);
        set.LabelNames = ColumnNames.Checked(classNames, classCount, "classes", nameof(classNames));
        set.HasClasses = true;
        for (var row = 0; row < classes.Length; row++)
        {
            RequireBelow(classes[row], classCount, row, nameof(classes));
            set._labels[row * set.LabelStride + classes[row]] = T.One;
        }

        set.SetColumns(weights, offsets);
        return set;
    }

    /// <summary>A set of examples with features and a class each, every row an individual of its own, who is nobody of another
    /// set; they have no names, and are called 1, 2, … n.</summary>
    /// <inheritdoc cref="FromClasses(ReadOnlySpan{T}, int, ReadOnlySpan{int}, int, Individuals, ReadOnlySpan{int}, IEnumerable{string}?, IEnumerable{string}?, ReadOnlySpan{T}, ReadOnlySpan{T})"/>
    public static ExampleSet<T> FromClasses(ReadOnlySpan<T> features, int featureCount, ReadOnlySpan<int> classes,
        int classCount, IEnumerable<string>? featureNames = null, IEnumerable<string>? classNames = null,
        ReadOnlySpan<T> weights = default, ReadOnlySpan<T> offsets = default)
    {
        var own = EachItsOwn(classes.Length);
        return FromClasses(features, featureCount, classes, classCount, Individuals.OfRows(own.Length), own, featureNames, classNames,
            weights, offsets);
    }

    /// <summary>
    /// A set of ratings, the user being the individual. They are sorted by user, then item; the same user may rate an
    /// item several times, and such repeats keep the order they were given.
    /// </summary>
    /// <param name="users">n users, from 0 to before <paramref name="userCount"/>.</param>
    /// <param name="items">n items, from 0 to before <paramref name="itemCount"/>.</param>
    /// <param name="ratings">n ratings, the labels.</param>
    /// <param name="userCount">Rows of the users' table, also of users without a rating.</param>
    /// <param name="itemCount">Rows of the items' table.</param>
    /// <param name="individuals">The users' names; 1, 2, … where none are given.</param>
    /// <param name="itemNames">The items' names, if they have any.</param>
    /// <param name="weights">n weights, if the model reads them (<see cref="Weights"/>).</param>
    /// <param name="offsets">n offsets, if the model reads them (<see cref="Offsets"/>).</param>
    /// <exception cref="ArgumentException">There is no rating, lengths do not fit together, a user or item is out of
    /// range, a rating is not finite, a weight is negative or all are 0, or a name is missing or stands twice; the message says
    /// where.</exception>
    public static ExampleSet<T> FromRatings(ReadOnlySpan<int> users, ReadOnlySpan<int> items, ReadOnlySpan<T> ratings,
        int userCount, int itemCount, Individuals? individuals = null, IEnumerable<string>? itemNames = null,
        ReadOnlySpan<T> weights = default, ReadOnlySpan<T> offsets = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(userCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(itemCount);
        RequireSome(ratings.Length);
        RequireLength(users.Length, ratings.Length, nameof(users));
        RequireLength(items.Length, ratings.Length, nameof(items));
        individuals ??= Individuals.Numbered(userCount);
        if (individuals.Count != userCount)
        {
            throw new ArgumentException($"{individuals.Count} individuals for {userCount} users.", nameof(individuals));
        }

        var names = ColumnNames.Checked(itemNames, itemCount, "items", nameof(itemNames));
        for (var row = 0; row < ratings.Length; row++)
        {
            RequireBelow(users[row], userCount, row, nameof(users));
            RequireBelow(items[row], itemCount, row, nameof(items));
        }

        var set = new ExampleSet<T>(ratings.Length, 0, 1, [userCount, itemCount], isOfRatings: true, individuals)
        {
            ItemNames = names,
            Count = ratings.Length,
        };
        var example = 0;
        foreach (var row in OrderByUserThenItem(users, items, userCount, itemCount))
        {
            if (!T.IsFinite(ratings[row]))
            {
                throw NotFinite(ratings[row], row, nameof(ratings), "the label");
            }

            set._labels[example] = ratings[row];
            set.SetOrigin(example, row, users[row]);
            set._indices[0][example] = users[row];
            set._indices[1][example] = items[row];
            example++;
        }

        set.SetColumns(weights, offsets);
        set.SegmentWhole();
        set.SetPenalty(RowPenalty.OwnCounts);
        return set;
    }

    /// <summary>The order of ratings by user, then item; the same user's ratings of one item keep theirs.</summary>
    internal static int[] OrderByUserThenItem(ReadOnlySpan<int> users, ReadOnlySpan<int> items, int userCount, int itemCount)
    {
        // Two stable passes, the less significant key first.
        var byItem = Segments.Ordered(items, itemCount).Order;
        var usersByItem = new int[users.Length];
        for (var i = 0; i < usersByItem.Length; i++)
        {
            usersByItem[i] = users[byItem[i]];
        }

        var order = Segments.Ordered(usersByItem, userCount).Order.ToArray();
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = byItem[order[i]];
        }

        return order;
    }

    /// <summary>Everything of a set with features but its labels and what its index columns name.</summary>
    private static ExampleSet<T> OfFeatures(ReadOnlySpan<T> features, int featureCount, int count, int labelCount,
        Individuals individuals, ReadOnlySpan<int> individualOf, IEnumerable<string>? featureNames, int[] rows)
    {
        ArgumentNullException.ThrowIfNull(individuals);
        RequireSome(count);
        if (features.Length != (long)count * featureCount)
        {
            throw new ArgumentException(
                $"{count} labels and {featureCount} features for each ask for {(long)count * featureCount} feature values; {features.Length} were given.",
                nameof(features));
        }

        RequireLength(individualOf.Length, count, nameof(individualOf));
        var names = ColumnNames.Checked(featureNames, featureCount, "features", nameof(featureNames));
        var set = new ExampleSet<T>(count, featureCount, labelCount, rows, isOfRatings: false, individuals) { FeatureNames = names, Count = count };
        for (var row = 0; row < count; row++)
        {
            var values = features.Slice(row * featureCount, featureCount);
            for (var feature = 0; feature < featureCount; feature++)
            {
                if (!T.IsFinite(values[feature]))
                {
                    throw NotFinite(values[feature], row, nameof(features), $"the {set.NameOfFeature(feature)}");
                }
            }

            values.CopyTo(set._features.Span[(row * set.FeatureStride)..]);
            set.SetOrigin(row, row, individualOf[row]);
        }

        set.SegmentWhole();
        set.SetPenalty(RowPenalty.OwnCounts);
        return set;
    }

    private void WriteLabels(ReadOnlySpan<T> labels)
    {
        for (var row = 0; row < Count; row++)
        {
            var values = labels.Slice(row * LabelCount, LabelCount);
            for (var label = 0; label < LabelCount; label++)
            {
                if (!T.IsFinite(values[label]))
                {
                    throw NotFinite(values[label], row, nameof(labels), LabelCount == 1 ? "the label" : $"label {label}");
                }
            }

            values.CopyTo(_labels.Span[(row * LabelStride)..]);
        }
    }

    private static int RowsOf(int labels, int labelCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(labelCount);
        return labels % labelCount == 0
            ? labels / labelCount
            : throw new ArgumentException($"{labels} numbers are no whole rows of {labelCount} labels.", nameof(labels));
    }

    private static int[] EachItsOwn(int count)
    {
        var own = new int[count];
        for (var row = 0; row < own.Length; row++)
        {
            own[row] = row;
        }

        return own;
    }

    private void SetOrigin(int example, int source, int individual)
    {
        RequireBelow(individual, Individuals.Count, source, "individualOf");
        _individualOf[example] = individual;
        _source[example] = source;
    }

    private static void RequireSome(int count)
    {
        if (count == 0)
        {
            throw new ArgumentException("A set needs at least one example.");
        }
    }

    private static void RequireLength(int actual, int expected, string name)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"{name} holds {actual} numbers for {expected} examples.", name);
        }
    }

    private static void RequireBelow(int code, int count, int row, string name)
    {
        if ((uint)code >= (uint)count)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"Row {row} (counted from 0) of {name} is {code}; codes go from 0 to {count - 1}."), name);
        }
    }

    private static ArgumentException NotFinite(T value, int row, string name, string what) =>
        new(string.Create(CultureInfo.InvariantCulture,
            $"Row {row} (counted from 0): {what} is {value}, not a finite number."), name);
}
