using System.Numerics;
using System.Runtime.InteropServices;

namespace InfluenceGen.Examples;

/// <summary>A rating of an item that the user has rated before.</summary>
/// <param name="What">Who rated what, as the beginning of a message.</param>
/// <param name="LineBefore">The line or row of the rating before.</param>
/// <param name="Line">The line or row of this one.</param>
internal sealed record RepeatedRating(string What, int LineBefore, int Line);

/// <summary>Ratings as they are read: users and items as places in <see cref="NameCodes"/>, and where each was found.</summary>
internal sealed class RatingRows<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly List<int> _users = [];
    private readonly List<int> _items = [];
    private readonly List<T> _ratings = [];
    private readonly List<int> _lines = [];

    public int Count => _ratings.Count;

    public void Add(int user, int item, T rating, int line)
    {
        _users.Add(user);
        _items.Add(item);
        _ratings.Add(rating);
        _lines.Add(line);
    }

    /// <summary>Sets of ratings by the same users of the same items.</summary>
    /// <param name="tables">The ratings of each set.</param>
    /// <param name="users">The users met.</param>
    /// <param name="items">The items met.</param>
    /// <param name="allowRepeats">Whether a user may rate an item several times in a set.</param>
    /// <param name="refused">What to throw for the first repeat of a set, whose number is given.</param>
    public static ExampleSet<T>[] Build(IReadOnlyList<RatingRows<T>> tables, NameCodes users, NameCodes items,
        bool allowRepeats, Func<int, RepeatedRating, Exception> refused)
    {
        var (userNames, codeOfUser) = users.Finish();
        var (itemNames, codeOfItem) = items.Finish();
        var individuals = new Individuals(userNames);
        var sets = new ExampleSet<T>[tables.Count];
        for (var i = 0; i < sets.Length; i++)
        {
            var table = tables[i];
            sets[i] = ExampleSet<T>.FromRatings([.. table._users.Select(place => codeOfUser[place])],
                [.. table._items.Select(place => codeOfItem[place])], CollectionsMarshal.AsSpan(table._ratings),
                userNames.Length, itemNames.Length, individuals, itemNames);
            if (!allowRepeats && FirstRepeat(sets[i], table._lines) is { } repeat)
            {
                throw refused(i, repeat);
            }
        }

        return sets;
    }

    private static RepeatedRating? FirstRepeat(ExampleSet<T> set, List<int> lines)
    {
        var repeat = -1;
        for (var i = 1; i < set.Count; i++)
        {
            // Repeats stand next to each other, in the order of the file; the one whose second line comes first is named.
            if (set.Index(0)[i] == set.Index(0)[i - 1] && set.Index(1)[i] == set.Index(1)[i - 1]
                && (repeat < 0 || set.Source[i] < set.Source[repeat]))
            {
                repeat = i;
            }
        }

        return repeat < 0 ? null : new RepeatedRating(
            $"user {set.Individuals[set.Index(0)[repeat]]} has rated item {set.ItemNames[set.Index(1)[repeat]]} before",
            lines[set.Source[repeat - 1]], lines[set.Source[repeat]]);
    }
}
