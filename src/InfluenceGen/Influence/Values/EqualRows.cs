using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using InfluenceGen.Examples;

namespace InfluenceGen.Influence.Values;

/// <summary>Finds players who bring the same rows as another.</summary>
internal static class EqualRows
{
    private const int Named = 3;

    /// <summary>A note on them; nothing where everybody brings something else.</summary>
    /// <param name="training">The training set.</param>
    /// <param name="brought">Each player's examples.</param>
    /// <param name="name">A player's name.</param>
    public static ImmutableArray<string> NoteOf<T>(ExampleSet<T> training, int[][] brought, Func<int, string> name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Rows by number: equal ones have the same.
        var (numbers, numberOf) = (new Dictionary<string, int>(StringComparer.Ordinal), new int[training.Count]);
        for (var example = 0; example < numberOf.Length; example++)
        {
            var row = RowOf(training, example);
            if (!numbers.TryGetValue(row, out numberOf[example]))
            {
                numbers.Add(row, numberOf[example] = numbers.Count);
            }
        }

        if (numbers.Count == training.Count)
        {
            return [];
        }

        var (first, same) = (new Dictionary<string, int>(StringComparer.Ordinal), new List<(int Player, int As)>());
        for (var player = 0; player < brought.Length; player++)
        {
            int[] rows = [.. brought[player].Select(example => numberOf[example])];
            Array.Sort(rows);
            var key = new string(MemoryMarshal.Cast<int, char>(rows));
            if (!first.TryAdd(key, player))
            {
                same.Add((player, first[key]));
            }
        }

        return same.Count == 0 ? [] :
        [
            $"{same.Count} of {brought.Length} players bring{(same.Count == 1 ? "s" : "")} the same rows as another, with whom a value is shared: {string.Join(", ", same.Take(Named).Select(pair => $"{name(pair.Player)} as {name(pair.As)}"))}{(same.Count > Named ? ", …" : "")}.",
        ];
    }

    private static string RowOf<T>(ExampleSet<T> training, int example) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var bytes = new List<byte>();
        Add(training.Features.IsEmpty ? [] : training.Features.Slice(example * training.FeatureStride, training.FeatureCount));
        Add(training.Labels.Slice(example * training.LabelStride, training.LabelCount));
        Add(training.Weights.IsEmpty ? [] : training.Weights.Slice(example, 1));
        Add(training.Offsets.IsEmpty ? [] : training.Offsets.Slice(example, 1));
        for (var column = 0; column < training.TableCount; column++)
        {
            bytes.AddRange(MemoryMarshal.AsBytes(training.Index(column).Slice(example, 1)));
        }

        bytes.AddRange(new byte[bytes.Count % sizeof(char)]);
        return new string(MemoryMarshal.Cast<byte, char>(CollectionsMarshal.AsSpan(bytes)));

        // −0 and 0 are the same number.
        void Add(ReadOnlySpan<T> numbers)
        {
            foreach (var number in numbers)
            {
                var same = number + T.Zero;
                bytes.AddRange(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in same)));
            }
        }
    }
}
