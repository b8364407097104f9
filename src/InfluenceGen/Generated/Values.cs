using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using InfluenceGen.Numerics;

namespace InfluenceGen.Generated;

/// <summary>Values that a formula reads more than once, or in more than one result, each computed from those before it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IValues
{
    /// <summary>The values.</summary>
    static abstract void Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        out V value0, out V value1, out V value2, out V value3, out V value4, out V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T>;
}

/// <summary>No values.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct NoValues : IValues
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        out V value0, out V value1, out V value2, out V value3, out V value4, out V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T>
    {
        value0 = default;
        value1 = default;
        value2 = default;
        value3 = default;
        value4 = default;
        value5 = default;
    }
}

/// <summary>One value.</summary>
/// <typeparam name="X0">Value 0.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Values<X0> : IValues
    where X0 : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        out V value0, out V value1, out V value2, out V value3, out V value4, out V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T>
    {
        value0 = X0.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, default, default, default, default, default, default);
        value1 = default;
        value2 = default;
        value3 = default;
        value4 = default;
        value5 = default;
    }
}

/// <summary>Two values.</summary>
/// <typeparam name="X0">Value 0.</typeparam>
/// <typeparam name="X1">Value 1.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Values<X0, X1> : IValues
    where X0 : struct, ITerm
    where X1 : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        out V value0, out V value1, out V value2, out V value3, out V value4, out V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T>
    {
        value0 = X0.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, default, default, default, default, default, default);
        value1 = X1.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, default, default, default, default, default);
        value2 = default;
        value3 = default;
        value4 = default;
        value5 = default;
    }
}

/// <summary>Three values.</summary>
/// <typeparam name="X0">Value 0.</typeparam>
/// <typeparam name="X1">Value 1.</typeparam>
/// <typeparam name="X2">Value 2.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Values<X0, X1, X2> : IValues
    where X0 : struct, ITerm
    where X1 : struct, ITerm
    where X2 : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        out V value0, out V value1, out V value2, out V value3, out V value4, out V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T>
    {
        value0 = X0.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, default, default, default, default, default, default);
        value1 = X1.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, default, default, default, default, default);
        value2 = X2.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, default, default, default, default);
        value3 = default;
        value4 = default;
        value5 = default;
    }
}

/// <summary>Four values.</summary>
/// <typeparam name="X0">Value 0.</typeparam>
/// <typeparam name="X1">Value 1.</typeparam>
/// <typeparam name="X2">Value 2.</typeparam>
/// <typeparam name="X3">Value 3.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Values<X0, X1, X2, X3> : IValues
    where X0 : struct, ITerm
    where X1 : struct, ITerm
    where X2 : struct, ITerm
    where X3 : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        out V value0, out V value1, out V value2, out V value3, out V value4, out V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T>
    {
        value0 = X0.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, default, default, default, default, default, default);
        value1 = X1.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, default, default, default, default, default);
        value2 = X2.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, default, default, default, default);
        value3 = X3.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, default, default, default);
        value4 = default;
        value5 = default;
    }
}

/// <summary>Five values.</summary>
/// <typeparam name="X0">Value 0.</typeparam>
/// <typeparam name="X1">Value 1.</typeparam>
/// <typeparam name="X2">Value 2.</typeparam>
/// <typeparam name="X3">Value 3.</typeparam>
/// <typeparam name="X4">Value 4.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Values<X0, X1, X2, X3, X4> : IValues
    where X0 : struct, ITerm
    where X1 : struct, ITerm
    where X2 : struct, ITerm
    where X3 : struct, ITerm
    where X4 : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        out V value0, out V value1, out V value2, out V value3, out V value4, out V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T>
    {
        value0 = X0.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, default, default, default, default, default, default);
        value1 = X1.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, default, default, default, default, default);
        value2 = X2.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, default, default, default, default);
        value3 = X3.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, default, default, default);
        value4 = X4.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, default, default);
        value5 = default;
    }
}

/// <summary>Six values.</summary>
/// <typeparam name="X0">Value 0.</typeparam>
/// <typeparam name="X1">Value 1.</typeparam>
/// <typeparam name="X2">Value 2.</typeparam>
/// <typeparam name="X3">Value 3.</typeparam>
/// <typeparam name="X4">Value 4.</typeparam>
/// <typeparam name="X5">Value 5.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Values<X0, X1, X2, X3, X4, X5> : IValues
    where X0 : struct, ITerm
    where X1 : struct, ITerm
    where X2 : struct, ITerm
    where X3 : struct, ITerm
    where X4 : struct, ITerm
    where X5 : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        out V value0, out V value1, out V value2, out V value3, out V value4, out V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T>
    {
        value0 = X0.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, default, default, default, default, default, default);
        value1 = X1.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, default, default, default, default, default);
        value2 = X2.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, default, default, default, default);
        value3 = X3.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, default, default, default);
        value4 = X4.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, default, default);
        value5 = X5.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, default);
    }
}
