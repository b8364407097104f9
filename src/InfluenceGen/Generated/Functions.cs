using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using InfluenceGen.Numerics;

namespace InfluenceGen.Generated;

/// <summary><see cref="ElementaryFormulas{T, V}.Sigmoid"/> of a term.</summary>
/// <typeparam name="X">A term.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Sigmoid<X> : ITerm
    where X : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        ElementaryFormulas<T, V>.Sigmoid(X.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5));
}

/// <summary><see cref="ElementaryFormulas{T, V}.Softplus"/> of a term.</summary>
/// <typeparam name="X">A term.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Softplus<X> : ITerm
    where X : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        ElementaryFormulas<T, V>.Softplus(X.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5));
}

/// <summary><see cref="ElementaryFormulas{T, V}.Exp"/> of a term.</summary>
/// <typeparam name="X">A term.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Exp<X> : ITerm
    where X : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        ElementaryFormulas<T, V>.Exp(X.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5));
}

/// <summary><see cref="ElementaryFormulas{T, V}.Tanh"/> of a term.</summary>
/// <typeparam name="X">A term.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Tanh<X> : ITerm
    where X : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        ElementaryFormulas<T, V>.Tanh(X.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5));
}

/// <summary><see cref="ElementaryFormulas{T, V}.Positive"/> of a term.</summary>
/// <typeparam name="X">A term.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Positive<X> : ITerm
    where X : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        ElementaryFormulas<T, V>.Positive(X.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5));
}

/// <summary><see cref="ElementaryFormulas{T, V}.Step"/> of a term.</summary>
/// <typeparam name="X">A term.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Step<X> : ITerm
    where X : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        ElementaryFormulas<T, V>.Step(X.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5));
}

/// <summary><see cref="ElementaryFormulas{T, V}.NormalCdf"/> of a term.</summary>
/// <typeparam name="X">A term.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct NormalCdf<X> : ITerm
    where X : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        ElementaryFormulas<T, V>.NormalCdf(X.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5));
}

/// <summary><see cref="ElementaryFormulas{T, V}.NormalDensity"/> of a term.</summary>
/// <typeparam name="X">A term.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct NormalDensity<X> : ITerm
    where X : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        ElementaryFormulas<T, V>.NormalDensity(X.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5));
}
