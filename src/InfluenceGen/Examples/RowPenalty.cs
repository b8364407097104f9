using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace InfluenceGen.Examples;

/// <summary>
/// By which counts the L2 penalty of an embedding row is shared among the examples that name it. Each of them carries
/// (λ/2)|row|²/count (Sundararajan and Krichene, Section 3.4), and nothing where the count is 0. Where examples have weights, the
/// count of a row is the sum of the weights of those that name it, and an example of weight w carries w of these shares, as w examples
/// would. Sets without tables have nothing to share.
/// </summary>
public sealed class RowPenalty
{
    private readonly double[][] _fixedCounts;

    // Whose rows the counts are of, where they were taken from a set: another one may number them otherwise.
    private readonly Individuals? _users;
    private readonly ImmutableArray<string> _items;

    private RowPenalty(double[][] fixedCounts, Individuals? users = null, ImmutableArray<string> items = default) =>
        (_fixedCounts, _users, _items) = (fixedCounts, users, items.IsDefault ? [] : items);

    /// <summary>
    /// Each set counts its own examples, or adds up their weights, and a part of it its own again. The rule of a set just made.
    /// </summary>
    public static RowPenalty OwnCounts { get; } = new([]);

    /// <summary>No example carries a penalty.</summary>
    public static RowPenalty None { get; } = new([]);

    /// <summary>
    /// The counts that <paramref name="set"/> uses now, unchanged in whatever part is taken: a training set's counts for
    /// the deployment loss, or a full set's counts after one individual is left out. Users and items are found by name where the other set
    /// numbers them otherwise; those that <paramref name="set"/> does not know count 0.
    /// </summary>
    public static RowPenalty AsIn<T>(ExampleSet<T> set) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(set);
        return set.IsOfRatings ? new(set.PenaltyCounts, set.Individuals, set.ItemNames) : new(set.PenaltyCounts);
    }

    /// <summary>Counts stated outright, unchanged in whatever part is taken.</summary>
    /// <param name="users">The count |Z_u| of each user's row.</param>
    /// <param name="items">The count |Z_i| of each item's row.</param>
    /// <exception cref="ArgumentException">A count is negative.</exception>
    public static RowPenalty Counts(ReadOnlySpan<int> users, ReadOnlySpan<int> items)
    {
        RequireNonNegative(users, nameof(users));
        RequireNonNegative(items, nameof(items));
        return new([.. new[] { users.ToArray(), items.ToArray() }.Select(table => table.Select(count => (double)count).ToArray())]);
    }

    /// <summary>The count of every row of every table of <paramref name="set"/>; 0 where nothing is carried.</summary>
    /// <exception cref="ArgumentException">The counts are for other tables than the set's.</exception>
    internal double[][] CountsFor<T>(ExampleSet<T> set) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var counts = new double[set.TableCount][];
        var weights = set.Weights;
        for (var column = 0; column < counts.Length; column++)
        {
            counts[column] = new double[set.RowCount(column)];
            if (ReferenceEquals(this, OwnCounts))
            {
                var rows = set.Index(column);
                for (var example = 0; example < rows.Length; example++)
                {
                    counts[column][rows[example]] += weights.IsEmpty ? 1 : double.CreateChecked(weights[example]);
                }
            }
        }

        if (ReferenceEquals(this, OwnCounts) || ReferenceEquals(this, None))
        {
            return counts;
        }

        var own = _fixedCounts;
        if (_users is not null && counts.Length == 2 && (_users.CodesIn(set.Individuals), _items.PlacesIn(set.ItemNames)) is var (users, items)
            && (users is not null || items is not null))
        {
            own = By([users, items], [.. counts.Select(table => table.Length)])._fixedCounts;
        }

        if (!own.Select(table => table.Length).SequenceEqual(counts.Select(table => table.Length)))
        {
            throw new ArgumentException(
                $"The penalty's counts are for tables of {Shape(own)} rows; the examples have tables of {Shape(counts)}.");
        }

        return own;
    }

    /// <summary>The same rule with the counts in the order of a set that has taken them.</summary>
    internal RowPenalty Of<T>(ExampleSet<T> set) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ReferenceEquals(this, OwnCounts) || ReferenceEquals(this, None) || ReferenceEquals(set.PenaltyCounts, _fixedCounts) ? this : AsIn(set);

    /// <summary>The same rule for tables whose rows are numbered otherwise.</summary>
    /// <param name="codes">For each table the new code of each row, −1 where it has none; null where codes stay.</param>
    /// <param name="rows">Rows of each table.</param>
    internal RowPenalty By(int[]?[] codes, int[] rows)
    {
        if (ReferenceEquals(this, OwnCounts) || ReferenceEquals(this, None))
        {
            return this;
        }

        var renumbered = new double[codes.Length][];
        for (var column = 0; column < codes.Length; column++)
        {
            renumbered[column] = _fixedCounts[column];
            if (codes[column] is not { } codeOf)
            {
                continue;
            }

            renumbered[column] = new double[rows[column]];
            for (var row = 0; row < codeOf.Length; row++)
            {
                if (codeOf[row] >= 0)
                {
                    renumbered[column][codeOf[row]] = _fixedCounts[column][row];
                }
            }
        }

        return new(renumbered);
    }

    private static void RequireNonNegative(ReadOnlySpan<int> counts, string name)
    {
        for (var row = 0; row < counts.Length; row++)
        {
            if (counts[row] < 0)
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"The count of row {row} is {counts[row]}; a count is 0 or more."),
                    name);
            }
        }
    }

    private static string Shape(double[][] counts) =>
        counts.Length == 0 ? "no" : string.Join(" and ", counts.Select(table => $"{table.Length}"));
}
