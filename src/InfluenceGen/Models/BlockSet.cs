namespace InfluenceGen.Models;

/// <summary>
/// Some of a model's parameter blocks, by their number in <see cref="ParameterLayout.Blocks"/>: those that are
/// differentiated, such as the last layer alone. The default is all of them.
/// </summary>
public readonly record struct BlockSet
{
    private const int MostNamed = 64;

    private readonly bool _isRestricted;
    private readonly ulong _named;

    private BlockSet(ulong named) => (_isRestricted, _named) = (true, named);

    /// <summary>Every block, of models with any number of them.</summary>
    public static BlockSet All => default;

    /// <summary>The blocks of these numbers and no others.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or 64 or more: later blocks can only be
    /// differentiated together with all the others.</exception>
    public static BlockSet Of(params ReadOnlySpan<int> blocks)
    {
        var named = 0UL;
        foreach (var block in blocks)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(block, nameof(blocks));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(block, MostNamed, nameof(blocks));
            named |= 1UL << block;
        }

        return new BlockSet(named);
    }

    /// <summary>Whether a block is among them.</summary>
    public bool Contains(int block) => !_isRestricted || (block < MostNamed && (_named >> block & 1) != 0);

    /// <summary>Whether one of some neighbouring blocks is among them.</summary>
    /// <param name="first">The first of these blocks.</param>
    /// <param name="last">The last of them.</param>
    public bool ContainsAny(int first, int last)
    {
        for (var block = first; block <= last; block++)
        {
            if (Contains(block))
            {
                return true;
            }
        }

        return false;
    }
}
