using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace InfluenceGen.Influence.Values;

/// <summary>What sets of players are worth together beyond what their parts are: positive where they complete each other, negative where one brings
/// what another brought. The unit is the utility's.</summary>
/// <remarks>Safe for any number of threads at once.</remarks>
[JsonConverter(typeof(JsonRefusal))]
[HiddenFromJson("its indices: they are in OfSet(number), a row for each of Sets, the notes in Notes")]
public sealed class InteractionValues
{
    private readonly double[] _values;

    internal InteractionValues(ImmutableArray<ImmutableArray<int>> sets, double[] values, int utilities, long evaluations, ImmutableArray<string> notes)
    {
        (Sets, _values, UtilityCount, Evaluations, Notes) = (sets, values, utilities, evaluations, notes);
    }

    /// <summary>The sets, by size and then by their members, ascending.</summary>
    public ImmutableArray<ImmutableArray<int>> Sets { get; }

    /// <summary>Utilities: test examples, or 1.</summary>
    public int UtilityCount { get; }

    /// <summary>Coalitions whose utility was asked for.</summary>
    public long Evaluations { get; }

    /// <summary>What a reader of the indices should know.</summary>
    public ImmutableArray<string> Notes { get; }

    /// <summary>The index of a set for every utility.</summary>
    /// <param name="number">Which of <see cref="Sets"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such set.</exception>
    public ReadOnlySpan<double> OfSet(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, Sets.Length);
        return _values.AsSpan(number * UtilityCount, UtilityCount);
    }

    /// <summary>The index of a set for every utility.</summary>
    /// <param name="players">The members, in any order.</param>
    /// <exception cref="ArgumentException">There is no such set among <see cref="Sets"/>.</exception>
    public ReadOnlySpan<double> Of(params ReadOnlySpan<int> players)
    {
        var sorted = players.ToArray();
        Array.Sort(sorted);
        for (var number = 0; number < Sets.Length; number++)
        {
            if (Sets[number].AsSpan().SequenceEqual(sorted))
            {
                return OfSet(number);
            }
        }

        throw new ArgumentException($"The set {{{string.Join(", ", sorted)}}} is not among those that were asked for.", nameof(players));
    }
}
