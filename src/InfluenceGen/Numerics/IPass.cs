using System.ComponentModel;
using System.Numerics;

namespace InfluenceGen.Numerics;

/// <summary>What a pass over examples consists of.</summary>
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

    /// <summary>The formula reads <see cref="PassOperands{T}.A"/>.</summary>
    A = 1 << 2,

    /// <summary>The formula reads <see cref="PassOperands{T}.B"/>.</summary>
    B = 1 << 3,

    /// <summary>The formula reads <see cref="PassOperands{T}.C"/>.</summary>
    C = 1 << 4,

    /// <summary>The formula reads <see cref="PassOperands{T}.D"/>.</summary>
    D = 1 << 5,

    /// <summary>The formula reads <see cref="PassOperands{T}.E"/>.</summary>
    E = 1 << 6,

    /// <summary>The formula reads <see cref="PassOperands{T}.F"/>.</summary>
    F = 1 << 7,

    /// <summary>The formula reads <see cref="PassOperands{T}.G"/>.</summary>
    G = 1 << 8,

    /// <summary>The formula reads <see cref="PassOperands{T}.H"/>.</summary>
    H = 1 << 9,

    /// <summary>The formula reads <see cref="PassOperands{T}.I"/>.</summary>
    I = 1 << 10,

    /// <summary>The formula reads <see cref="PassOperands{T}.J"/>.</summary>
    J = 1 << 11,

    /// <summary>The formula's first number of an example is stored.</summary>
    Store0 = 1 << 12,

    /// <summary>The formula's second number of an example is stored.</summary>
    Store1 = 1 << 13,

    /// <summary>Rows of <see cref="PassOperands{T}.Rows0"/>, each times the factor, are added up.</summary>
    Sum0 = 1 << 14,

    /// <summary>Rows of <see cref="PassOperands{T}.Rows1"/>, each times the factor, are added up.</summary>
    Sum1 = 1 << 15,

    /// <summary>The second sum is multiplied with <see cref="PassOperands{T}.With0"/> and goes, times
    /// <see cref="PassOperands{T}.Scale"/>, to the second total.</summary>
    Inner = 1 << 16,

    /// <summary>Dots of both rows, each times the formula's cross factor, go to the second total.</summary>
    Cross = 1 << 17,

    /// <summary>The sum of the formula's decay factors, times <see cref="PassOperands{T}.With0"/>, is added to the first sum.</summary>
    Decay = 1 << 18,

    /// <summary>The formula's first number to be added up goes to the first total.</summary>
    Total0 = 1 << 19,

    /// <summary>The formula's second number to be added up goes to the second total.</summary>
    Total1 = 1 << 20,

    /// <summary>The formula has elementary functions, which are long.</summary>
    Long = 1 << 21,
}

/// <summary>
/// What <see cref="Panel.Pass{F, T}(in PassOperands{T}, PassSegments)"/> computes for each example: an expression of up to two dots, six
/// numbers of the example and four of its segment, written once for every width. What its parts do not name is neither given nor asked for.
/// </summary>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IPass<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The parts of the pass: a constant.</summary>
    static abstract PassParts Parts { get; }

    /// <summary>The numbers to store, the factors and the numbers to add up, for as many examples as a vector has lanes.</summary>
    static abstract void Of<V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        out V store0, out V store1, out V factor, out V cross, out V decay, out V total0, out V total1)
        where V : struct, ILanes<V, T>;
}
