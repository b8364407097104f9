using System.Collections.Immutable;
using System.Globalization;

namespace InfluenceGen.Influence.Values;

/// <summary>A game whose utilities are those of its shards.</summary>
internal sealed class MergedGame : Game
{
    private readonly Game _game;
    private readonly UtilityTable _known;

    public MergedGame(Game game, ReadOnlySpan<string> paths) : base(game.Players, game.Utilities)
    {
        (_game, _known) = (game, new UtilityTable(game.Utilities));
        var (shards, seen) = (0, new Dictionary<int, string>());
        foreach (var path in paths)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var (shard, of) = _known.Read(file, path, game, isJournal: false, out _);
            if (of == 0 || shards > 0 && of != shards)
            {
                throw new ArgumentException(of == 0 ? $"'{path}' is a journal and no shard."
                    : string.Create(CultureInfo.InvariantCulture, $"'{path}' is one of {of} shards, and others here are of {shards}."), nameof(paths));
            }

            shards = of;
            if (!seen.TryAdd(shard, path))
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"'{path}' and '{seen[shard]}' are both shard {shard} of {of}."), nameof(paths));
            }
        }

        int[] missing = [.. Enumerable.Range(0, shards).Where(shard => !seen.ContainsKey(shard))];
        if (shards == 0 || missing.Length > 0)
        {
            throw new ArgumentException(shards == 0 ? "There is no shard."
                : string.Create(CultureInfo.InvariantCulture, $"Of {shards} shards {missing.Length} are missing: {string.Join(", ", missing)} (counted from 0)."), nameof(paths));
        }
    }

    public override ImmutableArray<string> Notes => _game.Notes;

    internal override string Identity => _game.Identity;

    protected override string Name(int player) => _game.NameOf(player);

    public override void Write(Coalitions coalitions, Span<double> utilities)
    {
        for (var i = 0; i < coalitions.Count; i++)
        {
            if (!_known.TryWrite(coalitions[i], utilities.Slice(i * Utilities, Utilities)))
            {
                throw new InvalidOperationException(
                    $"The coalition {coalitions[i].ToString()} is in no shard: they are of a method with other settings than the one that asks.");
            }
        }
    }
}
