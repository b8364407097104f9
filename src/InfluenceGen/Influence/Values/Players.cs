using System.Globalization;
using System.Numerics;
using InfluenceGen.Examples;

namespace InfluenceGen.Influence.Values;

/// <summary>Who plays where coalitions are trained on: a training set's examples, its individuals, or groups of examples.</summary>
public sealed class Players
{
    private readonly Kind _kind;
    private readonly int[][] _groups;

    private Players(Kind kind, int[][] groups) => (_kind, _groups) = (kind, groups);

    private enum Kind
    {
        Examples,
        Individuals,
        Groups,
    }

    /// <summary>Each example is a player, in the order of the training set.</summary>
    public static Players Examples { get; } = new(Kind.Examples, []);

    /// <summary>Each individual with training examples is a player and brings all of them, in the order of their codes.</summary>
    public static Players Individuals { get; } = new(Kind.Individuals, []);

    /// <summary>Each group of examples is one player. A group's value as the sum of its members' is <see cref="PlayerValues.SumOver"/>.</summary>
    /// <param name="groups">Positions in the training set, each in one group.</param>
    /// <exception cref="ArgumentException">There is no group, one is empty, or an example is named twice. An example of no group is refused when the
    /// training set is known.</exception>
    public static Players Groups(params ReadOnlySpan<int[]> groups)
    {
        var (copies, seen) = (new int[groups.Length][], new HashSet<int>());
        for (var group = 0; group < copies.Length; group++)
        {
            ArgumentNullException.ThrowIfNull(groups[group], nameof(groups));
            copies[group] = [.. groups[group]];
            Array.Sort(copies[group]);
            if (copies[group].Length == 0)
            {
                throw new ArgumentException($"Group {group} (counted from 0) is empty.", nameof(groups));
            }

            foreach (var example in copies[group])
            {
                if (!seen.Add(example))
                {
                    throw new ArgumentException($"Example {example} is named twice; it has one player who brings it.", nameof(groups));
                }
            }
        }

        return copies.Length > 0 ? new(Kind.Groups, copies) : throw new ArgumentException("There is no group.", nameof(groups));
    }

    /// <summary>What each player brings.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A position is not one of the training set's.</exception>
    /// <exception cref="ArgumentException">An example is in no group.</exception>
    internal (int[][] Examples, Func<int, string> Name) In<T>(ExampleSet<T> training) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (_kind)
        {
            case Kind.Examples:
                return ([.. Enumerable.Range(0, training.Count).Select(example => (int[])[example])], Number);
            case Kind.Individuals:
                var segments = Segments.Ordered(training.IndividualOf, training.Individuals.Count);
                var (brought, codes) = (new List<int[]>(), new List<int>());
                for (var code = 0; code < training.Individuals.Count; code++)
                {
                    if (segments.Offsets[code] < segments.Offsets[code + 1])
                    {
                        brought.Add(segments.Order[segments.Offsets[code]..segments.Offsets[code + 1]].ToArray());
                        codes.Add(code);
                    }
                }

                return ([.. brought], player => training.Individuals[codes[player]]);
            default:
                var grouped = new bool[training.Count];
                foreach (var example in _groups.SelectMany(group => group))
                {
                    grouped[(uint)example < (uint)training.Count
                        ? example
                        : throw new ArgumentOutOfRangeException("of", example, $"{example} is not a position of a training set of {training.Count} examples.")] = true;
                }

                return Array.IndexOf(grouped, false) is >= 0 and var other
                    ? throw new ArgumentException($"Training example {other} is in no group. Whoever brings nothing new can be in a group of all others.", "of")
                    : (_groups, Number);
        }

        static string Number(int player) => player.ToString(CultureInfo.InvariantCulture);
    }
}
