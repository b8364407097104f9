namespace InfluenceGen.Examples;

/// <summary>
/// Gives codes to names as they are met. In the end whole numbers are put in numeric order, so that the identifiers
/// 1 … n of a data set get the codes 0 … n − 1 wherever they stand; other names keep the order they were met in.
/// </summary>
internal sealed class NameCodes
{
    // Numbers below are looked up in a table, in a fifth of the time that a dictionary takes.
    private const int TableEnd = 1 << 20;

    private readonly List<string> _names = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _met =
        new Dictionary<string, int>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    // One more than the place of each number; 0 where it has not been met.
    private int[] _numbers = [];

    /// <summary>The place of a name in the order of being met.</summary>
    public int Meet(ReadOnlySpan<char> name)
    {
        if (SmallNumber(name) is var number and >= 0)
        {
            if (number >= _numbers.Length)
            {
                Array.Resize(ref _numbers, Math.Min(TableEnd, Math.Max(1024, 2 * (number + 1))));
            }

            ref var known = ref _numbers[number];
            known = known == 0 ? Add(name) + 1 : known;
            return known - 1;
        }

        if (!_met.TryGetValue(name, out var place))
        {
            place = _met[name] = Add(name);
        }

        return place;
    }

    /// <summary>The names by code, and the code of each place.</summary>
    public (string[] Names, int[] CodeOfPlace) Finish()
    {
        var places = Enumerable.Range(0, _names.Count).ToArray();
        if (_names.TrueForAll(name => name.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0))
        {
            // Digits without leading zeros compare as numbers by length, then text; no identifier is too long for that.
            var digits = _names.ConvertAll(name => name.TrimStart('0'));
            Array.Sort(places, (p, q) => digits[p].Length != digits[q].Length ? digits[p].Length.CompareTo(digits[q].Length)
                : string.CompareOrdinal(digits[p], digits[q]) is var order and not 0 ? order : p.CompareTo(q));
        }

        var codes = new int[places.Length];
        for (var code = 0; code < places.Length; code++)
        {
            codes[places[code]] = code;
        }

        return ([.. places.Select(p => _names[p])], codes);
    }

    /// <summary>The number that a name writes the usual way, -1 where it is none or not below <see cref="TableEnd"/>.</summary>
    private static int SmallNumber(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > 7 || (name[0] == '0' && name.Length > 1))
        {
            return -1;
        }

        var number = 0;
        foreach (var character in name)
        {
            var digit = character - '0';
            if ((uint)digit > 9)
            {
                return -1;
            }

            number = number * 10 + digit;
        }

        return number < TableEnd ? number : -1;
    }

    private int Add(ReadOnlySpan<char> name)
    {
        _names.Add(name.ToString());
        return _names.Count - 1;
    }
}
