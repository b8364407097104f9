using System.Collections.Immutable;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>A game of whose coalitions, in the order in which they are asked for, every N-th is evaluated and kept; the others count as 0.</summary>
internal sealed class ShardGame(Game game, int shard, int shards) : Game(game.Players, game.Utilities)
{
    private long _next;

    /// <summary>What was evaluated.</summary>
    public UtilityTable Found { get; } = new(game.Utilities);

    public override ImmutableArray<string> Notes => game.Notes;

    internal override string Identity => game.Identity;

    internal override bool IsPartial => true;

    protected override string Name(int player) => game.NameOf(player);

    public override void Write(Coalitions coalitions, Span<double> utilities)
    {
        utilities.Clear();
        var (own, places) = (new Coalitions(Players), new List<int>());
        for (var i = 0; i < coalitions.Count; i++)
        {
            if (_next++ % shards == shard && !Found.TryWrite(coalitions[i], utilities.Slice(i * Utilities, Utilities)))
            {
                coalitions[i].Words.CopyTo(own.Append());
                places.Add(i);
            }
        }

        var found = new double[Sizes.Product(own.Count, Utilities, "Evaluate fewer test examples at a time.")];
        game.Write(own, found);
        for (var k = 0; k < own.Count; k++)
        {
            var row = found.AsSpan(k * Utilities, Utilities);
            Found.Add(own[k], row);
            row.CopyTo(utilities[(places[k] * Utilities)..]);
        }
    }
}
