using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using InfluenceGen.Numerics;

namespace InfluenceGen.Generated;

/// <summary>A formula of up to eight operands, put together of terms.</summary>
/// <typeparam name="T">double or float.</typeparam>
/// <typeparam name="X">The formula.</typeparam>
/// <remarks>Optimised from the start: compiled without, every term would be a method to be compiled, twice.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Map<T, X> : IFormula1<T>, IFormula2<T>, IFormula3<T>, IFormula4<T>, IFormula5<T>, IFormula6<T>, IFormula7<T>, IFormula8<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where X : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static V Of<V>(V a) where V : struct, ILanes<V, T> =>
        X.Of<T, V>(default, default, a, default, default, default, default, default, default, default, default, default, default, default, default, default, default, default);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static V Of<V>(V a, V b) where V : struct, ILanes<V, T> =>
        X.Of<T, V>(default, default, a, b, default, default, default, default, default, default, default, default, default, default, default, default, default, default);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static V Of<V>(V a, V b, V c) where V : struct, ILanes<V, T> =>
        X.Of<T, V>(default, default, a, b, c, default, default, default, default, default, default, default, default, default, default, default, default, default);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static V Of<V>(V a, V b, V c, V d) where V : struct, ILanes<V, T> =>
        X.Of<T, V>(default, default, a, b, c, d, default, default, default, default, default, default, default, default, default, default, default, default);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static V Of<V>(V a, V b, V c, V d, V e) where V : struct, ILanes<V, T> =>
        X.Of<T, V>(default, default, a, b, c, d, e, default, default, default, default, default, default, default, default, default, default, default);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static V Of<V>(V a, V b, V c, V d, V e, V f) where V : struct, ILanes<V, T> =>
        X.Of<T, V>(default, default, a, b, c, d, e, f, default, default, default, default, default, default, default, default, default, default);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static V Of<V>(V a, V b, V c, V d, V e, V f, V g) where V : struct, ILanes<V, T> =>
        X.Of<T, V>(default, default, a, b, c, d, e, f, g, default, default, default, default, default, default, default, default, default);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static V Of<V>(V a, V b, V c, V d, V e, V f, V g, V h) where V : struct, ILanes<V, T> =>
        X.Of<T, V>(default, default, a, b, c, d, e, f, g, h, default, default, default, default, default, default, default, default);
}
