namespace InfluenceGen.Models;

/// <summary>
/// Some of a model's parameter blocks, by their number in <see cref="ParameterLayout.Blocks"/>: those that are
/// differentiated, such as the last layer alone. The default is all of them.
/// </summary>
public readonly record struct BlockSet
{
    // The blocks that are left out, so that the default leaves out none.
    private readonly ulong _without;

    private BlockSet(ulong without) => _without = without;

    /// <summary>Every block.</summary>
    public static BlockSet All => default;

    /// <summary>The blocks of these numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or 64 or more.</exception>
    public static BlockSet Of(params ReadOnlySpan<int> blocks)
    {
        var without = ulong.MaxValue;
        foreach (var block in blocks)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(block, nameof(blocks));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(block, 63, nameof(blocks));
            without &= ~(1UL << block);
        }

        return new BlockSet(without);
    }

    /// <summary>Whether a block is among them.</summary>
    public bool Contains(int block) => (_without >> block & 1) == 0;
}
