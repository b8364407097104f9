using System.Collections.Immutable;
using System.Globalization;
using System.Numerics.Tensors;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Values;

/// <summary>The games of several seeds side by side: for each coalition the means of their utilities, and after them each game's own.</summary>
internal sealed class SeededGames : Game
{
    private readonly Game[] _games;

    /// <param name="games">A game of each seed, of the same players and utilities.</param>
    public SeededGames(params Game[] games) : base(games[0].Players, Sizes.Product(games[0].Utilities, games.Length + 1, "Evaluate fewer test examples at a time."))
    {
        _games = games;
        Identity = string.Create(CultureInfo.InvariantCulture, $"means over {games.Length} seeds: {string.Join(" | ", games.Select(game => game.Identity))}");
    }

    public override ImmutableArray<string> Notes => [.. _games.SelectMany(game => game.Notes).Distinct(StringComparer.Ordinal)];

    internal override string Identity { get; }

    protected override string Name(int player) => _games[0].NameOf(player);

    public override void Write(Coalitions coalitions, Span<double> utilities)
    {
        var own = _games[0].Utilities;
        var rows = new double[Sizes.Product(coalitions.Count, own, "Evaluate fewer test examples at a time.")];
        for (var seed = 0; seed < _games.Length; seed++)
        {
            _games[seed].Write(coalitions, rows);
            for (var i = 0; i < coalitions.Count; i++)
            {
                var row = rows.AsSpan(i * own, own);
                var all = utilities.Slice(i * Utilities, Utilities);
                row.CopyTo(all[((seed + 1) * own)..]);
                if (seed == 0)
                {
                    row.CopyTo(all);
                }
                else
                {
                    TensorPrimitives.Add(all[..own], row, all[..own]);
                }
            }
        }

        for (var i = 0; i < coalitions.Count; i++)
        {
            var means = utilities.Slice(i * Utilities, own);
            TensorPrimitives.Divide(means, _games.Length, means);
        }
    }
}
