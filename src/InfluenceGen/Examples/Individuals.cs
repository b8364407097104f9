using System.Globalization;
using System.Text.Json.Serialization;

namespace InfluenceGen.Examples;

/// <summary>
/// The people whose data is accounted for, by codes from 0 to before <see cref="Count"/>. Sets match people by their names,
/// whatever the codes. Whoever has no name (a row of a file without a column of individuals, an object without a marked
/// property) is an individual of that reading: the same person in all parts of what was read, and nobody of another reading.
/// </summary>
[JsonConverter(typeof(IndividualsJson))]
public sealed class Individuals
{
    private const string Unnamed = " (unnamed)";

    // Names by code; null for somebody without. Null altogether for the rows of one reading, which are counted and not kept.
    private readonly string?[]? _names;

    // Whose row somebody without a name is; null where all have names.
    private readonly Origin[]? _origins;

    // The codes of those who have names.
    private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);

    private Dictionary<Origin, int>? _codeOfOrigin;

    /// <summary>Names in the order of their codes. Names differ as their characters do: "Ann" and "ann" are two people.</summary>
    /// <exception cref="ArgumentException">A name is empty or blank, or stands twice.</exception>
    public Individuals(IEnumerable<string> names)
        : this(Checked(names), null)
    {
    }

    private Individuals(string?[] names, Origin[]? origins)
    {
        (_names, _origins, Count) = (names, origins, names.Length);
        _codes.EnsureCapacity(origins is null ? names.Length : 0);
        for (var code = 0; code < names.Length; code++)
        {
            if (names[code] is { } name && !_codes.TryAdd(name, code))
            {
                throw new ArgumentException($"The individual {DataFile.Quote(name)} stands twice.", nameof(names));
            }
        }
    }

    private Individuals(int rows) => Count = rows;

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>The name behind a code. Individuals without a name are called by their number, from 1; where somebody else has
    /// that for a name, with "(unnamed)" after it.</summary>
    public string this[int code]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(code);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(code, Count);
            if (_names?[code] is { } name)
            {
                return name;
            }

            var number = (code + 1).ToString(CultureInfo.InvariantCulture);
            while (_codes.ContainsKey(number))
            {
                number += Unnamed;
            }

            return number;
        }
    }

    /// <summary>The code behind a name.</summary>
    /// <exception cref="KeyNotFoundException">Nobody has that name.</exception>
    public int CodeOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_codes.TryGetValue(name, out var code))
        {
            return code;
        }

        var digits = name.AsSpan();
        while (digits.EndsWith(Unnamed))
        {
            digits = digits[..^Unnamed.Length];
        }

        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1
                && number <= Count && this[number - 1] == name
            ? number - 1
            : throw new KeyNotFoundException($"No individual is called {DataFile.Quote(name)}; there are {Count}.");
    }

    /// <summary>Individuals called 1, 2, … <paramref name="count"/>: those are their names, so that they are the same people
    /// wherever somebody is called so.</summary>
    public static Individuals Numbered(int count) =>
        new(Enumerable.Range(1, count).Select(n => n.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Individuals without names, the rows of one reading.</summary>
    internal static Individuals OfRows(int count) => new(count);

    /// <summary>Whether codes mean the same people here and there.</summary>
    internal bool SameAs(Individuals other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (Count != other.Count || _names is null && other._names is null)
        {
            return false;
        }

        for (var code = 0; code < Count; code++)
        {
            if (NameOrNull(code) is { } name ? name != other.NameOrNull(code) : other.NameOrNull(code) is not null
                || OriginOf(code) != other.OriginOf(code))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The code that each of these people has in <paramref name="other"/>, −1 for those it does not know; null where
    /// codes are the same.</summary>
    internal int[]? CodesIn(Individuals other)
    {
        if (SameAs(other))
        {
            return null;
        }

        var codes = new int[Count];
        for (var code = 0; code < codes.Length; code++)
        {
            codes[code] = NameOrNull(code) is { } name ? other._codes.GetValueOrDefault(name, -1) : other.Find(OriginOf(code));
        }

        return codes;
    }

    /// <summary>These people with their codes, and after them those whom only <paramref name="other"/> knows.</summary>
    internal Individuals With(Individuals other)
    {
        if (other.CodesIn(this) is not { } codes || !codes.AsSpan().Contains(-1))
        {
            return this;
        }

        var names = new List<string?>(Count + other.Count);
        var origins = new List<Origin>(Count + other.Count);
        for (var code = 0; code < Count; code++)
        {
            Add(this, code);
        }

        for (var code = 0; code < codes.Length; code++)
        {
            if (codes[code] < 0)
            {
                Add(other, code);
            }
        }

        return new([.. names], names.Contains(null) ? [.. origins] : null);

        void Add(Individuals from, int code)
        {
            names.Add(from.NameOrNull(code));
            origins.Add(from.NameOrNull(code) is null ? from.OriginOf(code) : default);
        }
    }

    private string? NameOrNull(int code) => _names?[code];

    private Origin OriginOf(int code) => _names is null ? new(this, code) : _origins![code];

    private int Find(Origin origin)
    {
        if (_names is null)
        {
            return ReferenceEquals(origin.Reading, this) ? origin.Row : -1;
        }

        if (_origins is null)
        {
            return -1;
        }

        // Threads that come at the same time make the same.
        return (_codeOfOrigin ??= CodesOfOrigins()).GetValueOrDefault(origin, -1);
    }

    private Dictionary<Origin, int> CodesOfOrigins()
    {
        var codes = new Dictionary<Origin, int>();
        for (var code = 0; code < Count; code++)
        {
            if (_names![code] is null)
            {
                codes.Add(_origins![code], code);
            }
        }

        return codes;
    }

    private static string?[] Checked(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        string?[] all = [.. names];
        var blank = Array.FindIndex(all, string.IsNullOrWhiteSpace);
        return blank < 0
            ? all
            : throw new ArgumentException($"Individual {blank} (counted from 0) has no name.", nameof(names));
    }

    /// <summary>A row of a reading, by which somebody without a name is known.</summary>
    private readonly record struct Origin(Individuals Reading, int Row);
}
