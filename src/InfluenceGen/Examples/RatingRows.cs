using System.Numerics;
using System.Runtime.InteropServices;

namespace InfluenceGen.Examples;

/// <summary>A rating of an item that the user has rated before.</summary>
/// <param name="What">Who rated what, as the beginning of a message.</param>
/// <param name="LineBefore">The line or row of the rating before.</param>
/// <param name="Line">The line or row of this one.</param>
internal sealed record RepeatedRating(string What, int LineBefore, int Line);

/// <summary>Ratings as they are read: users and items as places in <see cref="NameCodes"/>, and where each was found.</summary>
/// <param name="expected">How many there are going to be; not more than 0 where that is not known.</param>
/// <param name="hasWeights">Whether each has a weight, to be added before it.</param>
/// <param name="hasOffsets">Whether each has an offset, to be added before it.</param>
internal sealed class RatingRows<T>(long expected = 0, bool hasWeights = false, bool hasOffsets = false) where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly List<int> _users = new(Capacity(expected));
    private readonly List<int> _items = new(Capacity(expected));
    private readonly List<T> _ratings = new(Capacity(expected));
    private readonly List<T>? _weights = hasWeights ? new(Capacity(expected)) : null;
    private readonly List<T>? _offsets = hasOffsets ? new(Capacity(expected)) : null;

    // Lines are a row's number and what lies between: where blank lines do, another run starts.
    private readonly List<(int FirstRow, int Skipped)> _lines = [];

    public int Count => _ratings.Count;

    /// <summary>Whether a weight is more than 0, or there are none.</summary>
    public bool HasWeight => _weights is null || _weights.Exists(weight => weight > T.Zero);

    public void AddWeight(T weight) => _weights!.Add(weight);

    public void AddOffset(T offset) => _offsets!.Add(offset);

    public void Add(int user, int item, T rating, int line)
    {
        var skipped = line - Count;
        if (_lines.Count == 0 || _lines[^1].Skipped != skipped)
        {
            _lines.Add((Count, skipped));
        }

        _users.Add(user);
        _items.Add(item);
        _ratings.Add(rating);
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
            sets[i] = ExampleSet<T>.FromRatings(Coded(table._users, codeOfUser), Coded(table._items, codeOfItem),
                CollectionsMarshal.AsSpan(table._ratings), userNames.Length, itemNames.Length, individuals, itemNames,
                CollectionsMarshal.AsSpan(table._weights), CollectionsMarshal.AsSpan(table._offsets));
            if (!allowRepeats && table.FirstRepeat(sets[i]) is { } repeat)
            {
                throw refused(i, repeat);
            }
        }

        return sets;
    }

    private static int Capacity(long expected) => (int)Math.Clamp(expected, 0, ExampleSet<T>.MostNumbers);

    /// <summary>Codes in the stead of places.</summary>
    private static ReadOnlySpan<int> Coded(List<int> places, int[] codeOfPlace)
    {
        var codes = CollectionsMarshal.AsSpan(places);
        foreach (ref var code in codes)
        {
            code = codeOfPlace[code];
        }

        return codes;
    }

    private int LineOf(int row)
    {
        var run = _lines.FindLastIndex(run => run.FirstRow <= row);
        return row + _lines[run].Skipped;
    }

    private RepeatedRating? FirstRepeat(ExampleSet<T> set)
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
            LineOf(set.Source[repeat - 1]), LineOf(set.Source[repeat]));
    }
}
