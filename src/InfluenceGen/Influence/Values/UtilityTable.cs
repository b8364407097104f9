using System.Runtime.InteropServices;
using System.Text;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Values;

/// <summary>
/// Utilities by coalition, and the file of them: <c>IGUTIL01</c>, the numbers of players, utilities, the shard and how many there are (0 of 0 in a
/// journal), the game's identity as UTF-8 behind its length, and the CRC-32C of that; then records, each the coalition's words, its utilities, and the CRC-32C of both. All
/// numbers are little-endian.
/// </summary>
internal sealed class UtilityTable
{
    private static readonly byte[] _magic = Encoding.ASCII.GetBytes("IGUTIL01");

    private readonly int _utilities;
    private readonly Dictionary<Key, int> _rows = [];
    private readonly List<double> _numbers = [];

    public UtilityTable(int utilities) => _utilities = utilities;

    /// <summary>Coalitions.</summary>
    public int Count => _rows.Count;

    /// <summary>Adds a coalition; false where it is there.</summary>
    public bool Add(Coalition coalition, ReadOnlySpan<double> utilities)
    {
        var isNew = _rows.TryAdd(new Key(coalition.Words.ToArray()), _rows.Count);
        if (isNew)
        {
            _numbers.AddRange(utilities);
        }

        return isNew;
    }

    /// <summary>Writes a coalition's utilities where it is known.</summary>
    public bool TryWrite(Coalition coalition, Span<double> utilities)
    {
        if (!_rows.TryGetValue(new Key(coalition.Words.ToArray()), out var row))
        {
            return false;
        }

        CollectionsMarshal.AsSpan(_numbers).Slice(row * _utilities, _utilities).CopyTo(utilities);
        return true;
    }

    /// <summary>Writes all to a file.</summary>
    public void Write(Stream stream, Game game, int shard, int shards)
    {
        WriteHeader(stream, game, shard, shards);
        foreach (var (key, row) in _rows)
        {
            WriteRecord(stream, key.Words, CollectionsMarshal.AsSpan(_numbers).Slice(row * _utilities, _utilities));
        }
    }

    /// <summary>Writes what a file begins with.</summary>
    public static void WriteHeader(Stream stream, Game game, int shard, int shards)
    {
        var identity = Encoding.UTF8.GetBytes(game.Identity);
        int[] numbers = [game.Players, game.Utilities, shard, shards, identity.Length];
        stream.Write(_magic);
        var writer = new ChecksummedWriter(stream);
        writer.Write<int>(numbers);
        writer.Write<byte>(identity);
        writer.WriteChecksum();
    }

    /// <summary>Writes one coalition.</summary>
    public static void WriteRecord(Stream stream, ReadOnlySpan<ulong> words, ReadOnlySpan<double> utilities)
    {
        var writer = new ChecksummedWriter(stream);
        writer.Write(words);
        writer.Write(utilities);
        writer.WriteChecksum();
    }

    /// <summary>Reads a file into the table.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="game">The game that it has to be of.</param>
    /// <param name="isJournal">Whether it may end within a record, as a journal does whose writer was killed; what follows the last whole one is not read.</param>
    /// <param name="end">Behind the last whole record.</param>
    /// <returns>Which shard of how many.</returns>
    /// <exception cref="ArgumentException">It is of another game.</exception>
    /// <exception cref="IOException">It is no such file, or damaged.</exception>
    public (int Shard, int Shards) Read(Stream stream, string path, Game game, bool isJournal, out long end)
    {
        var (magic, numbers, sum) = (new byte[_magic.Length], new int[5], new uint[1]);
        if (!Fill(stream, magic) || !magic.AsSpan().SequenceEqual(_magic) || !Fill(stream, numbers) || numbers[4] is < 0 or > 1 << 20)
        {
            throw new IOException($"'{path}' is no file of utilities.");
        }

        var identity = new byte[numbers[4]];
        var whole = Fill(stream, identity) && Fill(stream, sum);
        var checksum = new Checksum();
        checksum.Add<int>(numbers);
        checksum.Add<byte>(identity);
        if (!whole || checksum.Value != sum[0])
        {
            throw new IOException($"'{path}' is damaged: what it is of cannot be read.");
        }

        var text = Encoding.UTF8.GetString(identity);
        if (text != game.Identity)
        {
            throw new ArgumentException($"'{path}' is of another game: of [{text}], and this is [{game.Identity}].", nameof(path));
        }

        var (words, utilities) = (new ulong[(game.Players - 1 >> 6) + 1], new double[game.Utilities]);
        var coalitions = new Coalitions(game.Players, 1);
        end = stream.Position;
        while (Fill(stream, words))
        {
            checksum = new Checksum();
            var isWhole = Fill(stream, utilities) && Fill(stream, sum);
            checksum.Add<ulong>(words);
            checksum.Add<double>(utilities);
            if (!isWhole || checksum.Value != sum[0])
            {
                break;
            }

            coalitions.Clear();
            words.CopyTo(coalitions.Append());
            Add(coalitions[0], utilities);
            end = stream.Position;
        }

        return isJournal || end == stream.Length
            ? (numbers[2], numbers[3])
            : throw new IOException($"'{path}' is damaged behind coalition {Count} (byte {end} of {stream.Length}). Write the shard again.");
    }

    private static bool Fill<TValue>(Stream stream, TValue[] values) where TValue : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        return stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;
    }

    private readonly struct Key(ulong[] words) : IEquatable<Key>
    {
        public ulong[] Words { get; } = words;

        public bool Equals(Key other) => Words.AsSpan().SequenceEqual(other.Words);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.AddBytes(MemoryMarshal.AsBytes<ulong>(Words));
            return hash.ToHashCode();
        }
    }
}
