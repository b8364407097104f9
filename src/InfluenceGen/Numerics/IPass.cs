using System.ComponentModel;
using System.Numerics;

namespace InfluenceGen.Numerics;

/// <summary>What a pass over a tile's examples consists of.</summary>
[Flags]
[EditorBrowsable(EditorBrowsableState.Never)]
public enum PassParts
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>The formula reads the dots of <see cref="PassOperands{T}.Rows0"/> with <see cref="PassOperands{T}.With0"/>.</summary>
    Dot0 = 1,

    /// <summary>The formula reads the dots of <see cref="PassOperands{T}.Rows0"/> with <see cref="PassOperands{T}.With1"/>.</summary>
    Dot1 = 2,

    /// <summary>The formula's first number is stored.</summary>
    Store0 = 4,

    /// <summary>The formula's second number is stored.</summary>
    Store1 = 8,

    /// <summary>Rows of <see cref="PassOperands{T}.Rows0"/>, each times the first factor, are added up.</summary>
    Sum0 = 16,

    /// <summary>Rows of <see cref="PassOperands{T}.Rows1"/>, each times the first factor, are added up.</summary>
    Sum1 = 32,

    /// <summary>First factors are added up.</summary>
    Total0 = 64,

    /// <summary>Second factors are added up.</summary>
    Total1 = 128,
}

/// <summary>
/// What <see cref="Panel.Pass"/> computes for each example: an expression of up to two dots and four numbers, written once for every width.
/// </summary>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IPass<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The parts of the pass: a constant.</summary>
    static abstract PassParts Parts { get; }

    /// <summary>The numbers to store and the factors, for as many examples as a vector has lanes.</summary>
    static abstract void Of<V>(V dot0, V dot1, V a, V b, V c, V d, out V store0, out V store1, out V factor0, out V factor1)
        where V : struct, ILanes<V, T>;
}
