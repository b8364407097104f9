using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>A list of coalitions of the same players, in one piece of memory: what a <see cref="Game"/> is asked about at a time.</summary>
public sealed class Coalitions
{
    private readonly int _stride;
    private ulong[] _words;

    /// <summary>An empty list.</summary>
    /// <param name="players">n, at least 1.</param>
    /// <param name="capacity">Room to begin with; it grows.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no player, or a negative capacity.</exception>
    public Coalitions(int players, int capacity = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(players, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        Players = players;
        _stride = (players - 1 >> 6) + 1;
        _words = new ulong[LengthOf(capacity)];
    }

    /// <summary>n.</summary>
    public int Players { get; }

    /// <summary>Coalitions.</summary>
    public int Count { get; private set; }

    /// <summary>One of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such coalition.</exception>
    public Coalition this[int number] => (uint)number < (uint)Count
        ? new(_words.AsSpan(number * _stride, _stride), Players)
        : throw new ArgumentOutOfRangeException(nameof(number), number, $"Coalitions are counted from 0; here are {Count}.");

    /// <summary>Adds one.</summary>
    /// <param name="members">Its players, in any order, each once.</param>
    /// <exception cref="ArgumentException">A player is named twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such player.</exception>
    public void Add(params ReadOnlySpan<int> members)
    {
        foreach (var player in members)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(player, nameof(members));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(player, Players, nameof(members));
        }

        var words = Append();
        foreach (var player in members)
        {
            if (IsIn(words, player))
            {
                Count--;
                throw new ArgumentException($"A coalition names player {player} twice.", nameof(members));
            }

            Put(words, player);
        }
    }

    /// <summary>Takes all of them out.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a coalition without members, whose bits are the caller's to set.</summary>
    internal Span<ulong> Append()
    {
        if ((long)(Count + 1) * _stride > _words.Length)
        {
            Array.Resize(ref _words, LengthOf(Math.Max(16, Count + (Count >> 1) + 1)));
        }

        var words = _words.AsSpan(Count++ * _stride, _stride);
        words.Clear();
        return words;
    }

    /// <summary>Adds everybody.</summary>
    internal void AppendAll()
    {
        var words = Append();
        words.Fill(ulong.MaxValue);
        words[^1] = Tail;
    }

    /// <summary>Adds those who are not members of the last one.</summary>
    internal void AppendOthers()
    {
        var words = Append();
        var last = _words.AsSpan((Count - 2) * _stride, _stride);
        for (var word = 0; word < words.Length; word++)
        {
            words[word] = ~last[word];
        }

        words[^1] &= Tail;
    }

    /// <summary>Makes a player a member.</summary>
    internal static void Put(Span<ulong> words, int player) => words[player >> 6] |= 1UL << player;

    /// <summary>Takes a member out.</summary>
    internal static void Remove(Span<ulong> words, int player) => words[player >> 6] &= ~(1UL << player);

    /// <summary>The bits of the last one.</summary>
    internal Span<ulong> Last => _words.AsSpan((Count - 1) * _stride, _stride);

    internal static bool IsIn(ReadOnlySpan<ulong> words, int player) => (words[player >> 6] >> player & 1) != 0;

    /// <summary>The bits of the last word that are players.</summary>
    private ulong Tail => ulong.MaxValue >> -Players;

    private int LengthOf(int capacity) => Sizes.Product(capacity, _stride, "Ask for fewer coalitions at a time.");
}
