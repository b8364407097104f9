using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using InfluenceGen.Numerics;

namespace InfluenceGen.Generated;

/// <summary>1.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct One : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        V.One;
}

/// <summary>2.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Two : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        V.Constant(2);
}

/// <summary>0.5.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Half : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        V.Constant(0.5);
}

/// <summary>A number of the model.</summary>
/// <typeparam name="N">The number.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Constant<N> : ITerm
    where N : struct, IConstant
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        V.Constant(N.Value);
}

/// <summary>The sum of two terms.</summary>
/// <typeparam name="L">The first term.</typeparam>
/// <typeparam name="R">The second term.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Plus<L, R> : ITerm
    where L : struct, ITerm
    where R : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        L.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5)
        + R.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5);
}

/// <summary>The difference of two terms.</summary>
/// <typeparam name="L">The first term.</typeparam>
/// <typeparam name="R">The second term.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Minus<L, R> : ITerm
    where L : struct, ITerm
    where R : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        L.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5)
        - R.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5);
}

/// <summary>The product of two terms.</summary>
/// <typeparam name="L">The first term.</typeparam>
/// <typeparam name="R">The second term.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Times<L, R> : ITerm
    where L : struct, ITerm
    where R : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        L.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5)
        * R.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5);
}

/// <summary>A term with the other sign.</summary>
/// <typeparam name="X">A term.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Negative<X> : ITerm
    where X : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        -X.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5);
}
