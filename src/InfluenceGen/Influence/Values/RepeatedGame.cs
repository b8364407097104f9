using System.Collections.Immutable;

namespace InfluenceGen.Influence.Values;

/// <summary>A game of means over seeds, whose evaluations also tell what each seed gives.</summary>
/// <param name="each">The game with, for each coalition, the means and after them the utilities of each seed.</param>
/// <param name="seeds">k, 2 or more.</param>
internal sealed class RepeatedGame(Game each, int seeds) : Game(each.Players, each.Utilities / (seeds + 1))
{
    public override ImmutableArray<string> Notes => each.Notes;

    internal override Game EachSeed => each;

    internal override int Seeds => seeds;

    internal override string Identity => each.Identity;

    internal override bool IsPartial => each.IsPartial;

    protected override string Name(int player) => each.NameOf(player);

    public override void Write(Coalitions coalitions, Span<double> utilities)
    {
        var rows = new double[Numerics.Sizes.Product(coalitions.Count, each.Utilities, "Evaluate fewer test examples at a time.")];
        each.Write(coalitions, rows);
        for (var i = 0; i < coalitions.Count; i++)
        {
            rows.AsSpan(i * each.Utilities, Utilities).CopyTo(utilities[(i * Utilities)..]);
        }
    }
}
