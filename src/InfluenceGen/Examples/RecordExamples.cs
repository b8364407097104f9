using System.ComponentModel;
using System.Numerics;
using InfluenceGen.Models;

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
    /// <param name="write">Writes a row's features.</param>
    /// <param name="label">A row's label.</param>
    /// <param name="individual">The name of a row's individual; null where every row is an individual of its own.</param>
    /// <param name="domain">What labels may be.</param>
    /// <exception cref="ArgumentException">There is no row, or a number is not finite or no label of this model; the
    /// message names the row, counted from 0, and the property.</exception>
    public static ExampleSet<T> From<TRow, T>(IEnumerable<TRow> rows, IReadOnlyList<string> features,
        FeatureWriter<TRow, T> write, Func<TRow, T> label, Func<TRow, string>? individual, LabelDomain domain)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(rows);
        var all = rows.ToList();
        var values = new T[all.Count * features.Count];
        var labels = new T[all.Count];
        var names = new NameCodes();
        var places = new int[all.Count];
        for (var i = 0; i < all.Count; i++)
        {
            write(all[i], values.AsSpan(i * features.Count, features.Count));
            labels[i] = label(all[i]);
            if (domain == LabelDomain.Binary && labels[i] != T.Zero && labels[i] != T.One)
            {
                throw new ArgumentException($"Row {i}: the label is {labels[i]}; expected 0 or 1.", nameof(rows));
            }

            if (individual is not null)
            {
                places[i] = names.Meet(individual(all[i])
                    ?? throw new ArgumentException($"Row {i}: the individual has no name.", nameof(rows)));
            }
        }

        if (individual is null)
        {
            return ExampleSet<T>.FromFeatures(values, features.Count, labels, features);
        }

        var (byCode, codeOfPlace) = names.Finish();
        return ExampleSet<T>.FromFeatures(values, features.Count, labels, new Individuals(byCode),
            [.. places.Select(place => codeOfPlace[place])], features);
    }
}
