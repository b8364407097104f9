namespace InfluenceGen.Models;

/// <summary>
/// Some of a model's parameter blocks, by their place in <see cref="ParameterLayout.Blocks"/>: those that sweeps
/// differentiate in. The value that was never set is <see cref="All"/>.
/// </summary>
public readonly struct BlockSet : IEquatable<BlockSet>
{
    /// <summary>Places that a set can name: from 0 to before this.</summary>
    public const int MostBlocks = 64;

    // The complement, so that the default value leaves out nothing.
    private readonly ulong _leftOut;

    private BlockSet(ulong leftOut) => _leftOut = leftOut;

    /// <summary>Every block.</summary>
    public static BlockSet All => default;

    /// <summary>The blocks named and no others.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A block is negative, or <see cref="MostBlocks"/> or more.</exception>
    public static BlockSet Of(params ReadOnlySpan<int> blocks)
    {
        var leftOut = ulong.MaxValue;
        foreach (var block in blocks)
        {
            if ((uint)block >= MostBlocks)
            {
                throw new ArgumentOutOfRangeException(nameof(blocks), block, $"Blocks are counted from 0 to {MostBlocks - 1}.");
            }

            leftOut &= ~(1UL << block);
        }

        return new BlockSet(leftOut);
    }

    /// <summary>Whether a block is one of them.</summary>
    public bool Contains(int block) => (uint)block < MostBlocks ? (_leftOut >> block & 1) == 0 : _leftOut == 0;

    /// <inheritdoc/>
    public bool Equals(BlockSet other) => _leftOut == other._leftOut;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BlockSet other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _leftOut.GetHashCode();

    /// <summary>Whether two sets name the same blocks.</summary>
    public static bool operator ==(BlockSet left, BlockSet right) => left.Equals(right);

    /// <summary>Whether two sets name other blocks.</summary>
    public static bool operator !=(BlockSet left, BlockSet right) => !left.Equals(right);
}
