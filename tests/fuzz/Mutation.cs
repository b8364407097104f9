using System.Text;

namespace InfluenceGen.Fuzz;

/// <summary>
/// Damages files, the same way from the same seed: bytes are changed, taken away, repeated, moved in from other files, and
/// replaced by what readers stumble over.
/// </summary>
internal sealed class Mutation(int seed)
{
    private const int LongestFile = 1 << 16;
    private static readonly byte[][] _stumbling =
    [
        .. new[]
        {
            "\"", "\"\"", ",", ";", "\t", "\n", "\r", "\r\n", "\n\n", " ", "-", "e", ".", "0x", "1e999", "-0", "NaN", "Infinity", "1e-400",
            "9007199254740993", "0.1000000000000000055", "18446744073709551616", "1000000000", "2147483648", "\uFEFF", "\u2212", "\u0000",
            "y", "who", "true", "\U0001F600",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xFF, 0xFE], [0xC3], [0xED, 0xA0, 0x80], [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0, 0, 0, 0xF8, 0x7F],
    ];

    private readonly Random _random = new(seed);

    /// <summary>A damaged copy of one of the files.</summary>
    public byte[] Next(IReadOnlyList<byte[]> files)
    {
        var file = files[_random.Next(files.Count)].ToList();
        for (var change = _random.Next(1, 6); change > 0; change--)
        {
            var at = _random.Next(file.Count + 1);
            var length = Math.Min(_random.Next(1, 1 << _random.Next(1, 8)), file.Count - at);
            switch (_random.Next(6))
            {
                case 0 when at < file.Count:
                    file[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 1 when at < file.Count:
                    file[at] = (byte)_random.Next(256);
                    break;
                case 2:
                    file.RemoveRange(at, length);
                    break;
                case 3:
                    file.InsertRange(_random.Next(file.Count + 1), file.GetRange(at, length));
                    break;
                case 4:
                    var other = files[_random.Next(files.Count)];
                    file.InsertRange(at, other.Skip(_random.Next(other.Length + 1)).Take(_random.Next(64)));
                    break;
                default:
                    file.InsertRange(at, _stumbling[_random.Next(_stumbling.Length)]);
                    break;
            }
        }

        return [.. file.Take(LongestFile)];
    }
}
