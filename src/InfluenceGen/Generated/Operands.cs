using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using InfluenceGen.Numerics;

namespace InfluenceGen.Generated;

/// <summary>Nothing: what a pass does not compute.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct None : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        default;
}

/// <summary>The first dot of a pass.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Dot0 : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        dot0;
}

/// <summary>The second dot of a pass.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Dot1 : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        dot1;
}

/// <summary>The operand a.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct A : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        a;
}

/// <summary>The operand b.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct B : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        b;
}

/// <summary>The operand c.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct C : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        c;
}

/// <summary>The operand d.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct D : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        d;
}

/// <summary>The operand e.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct E : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        e;
}

/// <summary>The operand f.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct F : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        f;
}

/// <summary>The operand g.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct G : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        g;
}

/// <summary>The operand h.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct H : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        h;
}

/// <summary>The operand i.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct I : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        i;
}

/// <summary>The operand j.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct J : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        j;
}

/// <summary>The value 0, which was computed before.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Value0 : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        value0;
}

/// <summary>The value 1, which was computed before.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Value1 : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        value1;
}

/// <summary>The value 2, which was computed before.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Value2 : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        value2;
}

/// <summary>The value 3, which was computed before.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Value3 : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        value3;
}

/// <summary>The value 4, which was computed before.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Value4 : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        value4;
}

/// <summary>The value 5, which was computed before.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Value5 : ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<T, V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        V value0, V value1, V value2, V value3, V value4, V value5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where V : struct, ILanes<V, T> =>
        value5;
}
