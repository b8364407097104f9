using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using InfluenceGen.Numerics;

namespace InfluenceGen.Generated;

/// <summary>The loss of a model's one output, its slope and its curvature, put together of terms: of the output, which is A, and the label, which is B.</summary>
/// <typeparam name="T">double or float.</typeparam>
/// <typeparam name="S">Values that more than one of the three reads.</typeparam>
/// <typeparam name="Loss">ℓ.</typeparam>
/// <typeparam name="Slope">∂ℓ/∂s.</typeparam>
/// <typeparam name="Curvature">∂²ℓ/∂s².</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct OutputLoss<T, S, Loss, Slope, Curvature> : IOutputLoss<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where S : struct, IValues
    where Loss : struct, ITerm
    where Slope : struct, ITerm
    where Curvature : struct, ITerm
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Of<V>(V s, V y, out V loss, out V slope, out V curvature) where V : struct, ILanes<V, T>
    {
        S.Of<T, V>(default, default, s, y, default, default, default, default, default, default, default, default,
            out var value0, out var value1, out var value2, out var value3, out var value4, out var value5);
        loss = Loss.Of<T, V>(default, default, s, y, default, default, default, default, default, default, default, default,
            value0, value1, value2, value3, value4, value5);
        slope = Slope.Of<T, V>(default, default, s, y, default, default, default, default, default, default, default, default,
            value0, value1, value2, value3, value4, value5);
        curvature = Curvature.Of<T, V>(default, default, s, y, default, default, default, default, default, default, default, default,
            value0, value1, value2, value3, value4, value5);
    }
}
