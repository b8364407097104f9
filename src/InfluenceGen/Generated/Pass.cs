using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using InfluenceGen.Numerics;

namespace InfluenceGen.Generated;

/// <summary>The formulas of a pass, put together of terms.</summary>
/// <typeparam name="T">double or float.</typeparam>
/// <typeparam name="P">The parts.</typeparam>
/// <typeparam name="S">Values that more than one result, or term, reads.</typeparam>
/// <typeparam name="Store0">The first number of an example that is stored.</typeparam>
/// <typeparam name="Store1">The second one.</typeparam>
/// <typeparam name="Factor">What rows are multiplied by.</typeparam>
/// <typeparam name="Cross">What dots of both rows are multiplied by.</typeparam>
/// <typeparam name="Decay">What the row of the segment is multiplied by.</typeparam>
/// <typeparam name="Total0">The first number that is added up.</typeparam>
/// <typeparam name="Total1">The second one.</typeparam>
/// <remarks>Optimised from the start: compiled without, every term would be a method to be compiled, twice.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Pass<T, P, S, Store0, Store1, Factor, Cross, Decay, Total0, Total1> : IPass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where P : struct, IParts
    where S : struct, IValues
    where Store0 : struct, ITerm
    where Store1 : struct, ITerm
    where Factor : struct, ITerm
    where Cross : struct, ITerm
    where Decay : struct, ITerm
    where Total0 : struct, ITerm
    where Total1 : struct, ITerm
{
    /// <inheritdoc/>
    public static PassParts Parts => P.Parts;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Of<V>(V dot0, V dot1, V a, V b, V c, V d, V e, V f, V g, V h, V i, V j,
        out V store0, out V store1, out V factor, out V cross, out V decay, out V total0, out V total1)
        where V : struct, ILanes<V, T>
    {
        S.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, out var value0, out var value1, out var value2, out var value3, out var value4, out var value5);
        store0 = Store0.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5);
        store1 = Store1.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5);
        factor = Factor.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5);
        cross = Cross.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5);
        decay = Decay.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5);
        total0 = Total0.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5);
        total1 = Total1.Of<T, V>(dot0, dot1, a, b, c, d, e, f, g, h, i, j, value0, value1, value2, value3, value4, value5);
    }
}
