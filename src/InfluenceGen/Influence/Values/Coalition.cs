using System.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>A set of players, of whom there may be any number: a bit for each. Valid as long as the <see cref="Coalitions"/> it is one of are
/// not changed.</summary>
public readonly ref struct Coalition
{
    private readonly ReadOnlySpan<ulong> _words;

    internal Coalition(ReadOnlySpan<ulong> words, int players)
    {
        _words = words;
        Players = players;
    }

    /// <summary>n, members or not.</summary>
    public int Players { get; }

    /// <summary>Members.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var word in _words)
            {
                count += BitOperations.PopCount(word);
            }

            return count;
        }
    }

    /// <summary>Whether a player is a member.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such player.</exception>
    public bool this[int player] => (uint)player < (uint)Players
        ? (_words[player >> 6] >> player & 1) != 0
        : throw new ArgumentOutOfRangeException(nameof(player), player, $"Players are counted from 0; here are {Players}.");

    /// <summary>The members, ascending.</summary>
    public int[] Members()
    {
        var (members, next) = (new int[Count], 0);
        foreach (var player in this)
        {
            members[next++] = player;
        }

        return members;
    }

    /// <summary>Visits the members, ascending.</summary>
    public Enumerator GetEnumerator() => new(_words);

    /// <summary>Members in braces.</summary>
    public override string ToString() => "{" + string.Join(", ", Members()) + "}";

    /// <summary>The bits, player 0 in the lowest bit of the first word.</summary>
    internal ReadOnlySpan<ulong> Words => _words;

    /// <summary>Goes from member to member.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<ulong> _words;
        private ulong _rest;
        private int _word;

        internal Enumerator(ReadOnlySpan<ulong> words)
        {
            _words = words;
            _rest = words[0];
        }

        /// <summary>The member reached.</summary>
        public int Current { get; private set; }

        /// <summary>Goes on; false where there is no other.</summary>
        public bool MoveNext()
        {
            while (_rest == 0)
            {
                if (_word + 1 == _words.Length)
                {
                    return false;
                }

                _rest = _words[++_word];
            }

            Current = (_word << 6) + BitOperations.TrailingZeroCount(_rest);
            _rest &= _rest - 1;
            return true;
        }
    }
}
