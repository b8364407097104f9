using System.Text.Json.Serialization;

namespace InfluenceGen.Examples;

/// <summary>The people whose data is accounted for: a name for each code from 0 to before <see cref="Count"/>.</summary>
[JsonConverter(typeof(IndividualsJson))]
public sealed class Individuals
{
    private readonly string[] _names;
    private readonly Dictionary<string, int> _codes;

    /// <summary>Names in the order of their codes.</summary>
    /// <exception cref="ArgumentException">A name stands twice, or one is missing.</exception>
    public Individuals(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        _names = [.. names];
        _codes = new Dictionary<string, int>(_names.Length, StringComparer.Ordinal);
        for (var code = 0; code < _names.Length; code++)
        {
            if (_names[code] is null)
            {
                throw new ArgumentException($"Individual {code} (counted from 0) has no name.", nameof(names));
            }

            if (!_codes.TryAdd(_names[code], code))
            {
                throw new ArgumentException($"The individual '{_names[code]}' stands twice.", nameof(names));
            }
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => _names.Length;

    /// <summary>The name behind a code.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is nobody's.</exception>
    public string this[int code] => (uint)code < (uint)_names.Length
        ? _names[code]
        : throw new ArgumentOutOfRangeException(nameof(code), code, $"Codes go from 0 to {Count - 1}.");

    /// <summary>The code behind a name.</summary>
    /// <exception cref="KeyNotFoundException">Nobody has that name.</exception>
    public int CodeOf(string name) => _codes.TryGetValue(name, out var code)
        ? code
        : throw new KeyNotFoundException($"No individual is called '{name}'; there are {Count}.");

    /// <summary>Whether codes mean the same people here and there.</summary>
    internal bool SameAs(Individuals other) => ReferenceEquals(this, other) || _names.AsSpan().SequenceEqual(other._names);

    /// <summary>Individuals called 1, 2, … <paramref name="count"/>.</summary>
    public static Individuals Numbered(int count) =>
        new(Enumerable.Range(1, count).Select(n => n.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
