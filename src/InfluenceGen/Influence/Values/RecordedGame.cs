using System.Collections.Immutable;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>A game whose evaluations are written down as they are made, and made once.</summary>
internal sealed class RecordedGame : Game
{
    // Coalitions that are evaluated before they are written down.
    private const int Together = 256;

    private readonly Game _game;
    private readonly string _path;
    private readonly UtilityTable _known;
    private long _end;

    public RecordedGame(Game game, string path) : base(game.Players, game.Utilities)
    {
        (_game, _path, _known) = (game, Path.GetFullPath(path), new UtilityTable(game.Utilities));
        using var file = Open();
        var header = new MemoryStream();
        UtilityTable.WriteHeader(header, game, 0, 0);
        if (IsBeginning(file, header.ToArray()))
        {
            // A file without a record: nothing was written yet, or its writer was killed at once.
            header.WriteTo(file);
            _end = file.Position;
        }
        else if (_known.Read(file, _path, game, isJournal: true, out _end) != (0, 0))
        {
            throw new IOException($"'{_path}' is a shard and no journal. Put shards together (Merged), or name another file.");
        }

        // What a killed writer left of a record.
        file.SetLength(_end);
    }

    public override ImmutableArray<string> Notes => _game.Notes;

    internal override string Identity => _game.Identity;

    internal override bool IsPartial => _game.IsPartial;

    protected override string Name(int player) => _game.NameOf(player);

    public override void Write(Coalitions coalitions, Span<double> utilities)
    {
        var (missing, asked, places) = (new Coalitions(Players), new UtilityTable(0), new List<int>());
        for (var i = 0; i < coalitions.Count; i++)
        {
            if (!_known.TryWrite(coalitions[i], Row(utilities, i)))
            {
                places.Add(i);
                if (asked.Add(coalitions[i], []))
                {
                    coalitions[i].Words.CopyTo(missing.Append());
                }
            }

            if (missing.Count == Together || i == coalitions.Count - 1 && missing.Count > 0)
            {
                Record(missing);
                missing.Clear();
            }
        }

        foreach (var place in places)
        {
            _known.TryWrite(coalitions[place], Row(utilities, place));
        }
    }

    /// <summary>Whether a file is a part of what it should begin with; goes back to its start.</summary>
    private static bool IsBeginning(FileStream file, byte[] header)
    {
        var beginning = new byte[Math.Min(file.Length, header.Length)];
        file.ReadExactly(beginning);
        file.Position = 0;
        return file.Length <= header.Length && header.AsSpan().StartsWith(beginning);
    }

    private void Record(Coalitions missing)
    {
        var found = new double[Sizes.Product(missing.Count, Utilities, "Evaluate fewer test examples at a time.")];
        _game.Write(missing, found);
        using var file = Open();
        if (file.Length != _end)
        {
            throw new IOException($"'{_path}' was written by another computation. Give each that runs at once a journal of its own.");
        }

        file.Position = _end;
        var together = new MemoryStream();
        for (var i = 0; i < missing.Count; i++)
        {
            UtilityTable.WriteRecord(together, missing[i].Words, Row(found, i));
            _known.Add(missing[i], Row(found, i));
        }

        together.WriteTo(file);
        file.Flush(flushToDisk: true);
        _end = file.Position;
    }

    private FileStream Open() => new(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private Span<double> Row(Span<double> utilities, int coalition) => utilities.Slice(coalition * Utilities, Utilities);
}
