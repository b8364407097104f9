namespace InfluenceGen.Examples;

/// <summary>
/// Gives codes to names as they are met. In the end whole numbers are put in numeric order, so that the identifiers
/// 1 … n of a data set get the codes 0 … n − 1 wherever they stand; other names keep the order they were met in.
/// </summary>
internal sealed class NameCodes
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _met =
        new Dictionary<string, int>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The place of a name in the order of being met.</summary>
    public int Meet(ReadOnlySpan<char> name)
    {
        if (!_met.TryGetValue(name, out var place))
        {
            place = _names.Count;
            _names.Add(name.ToString());
            _met[name] = place;
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
            places = [.. places.OrderBy(p => _names[p].TrimStart('0').Length)
                .ThenBy(p => _names[p].TrimStart('0'), StringComparer.Ordinal)];
        }

        var codes = new int[places.Length];
        for (var code = 0; code < places.Length; code++)
        {
            codes[places[code]] = code;
        }

        return ([.. places.Select(p => _names[p])], codes);
    }
}
