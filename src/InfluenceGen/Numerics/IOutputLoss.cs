using System.ComponentModel;
using System.Numerics;

namespace InfluenceGen.Numerics;

/// <summary>
/// The loss of a model of one output, and its first and second derivative in it, written once for every width: what
/// <see cref="Lanes"/> computes of one example for as many submodels as a vector has lanes.
/// </summary>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IOutputLoss<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>ℓ, ∂ℓ/∂s and ∂²ℓ/∂s² at the outputs <paramref name="s"/> for the label <paramref name="y"/>.</summary>
    static abstract void Of<V>(V s, V y, out V loss, out V slope, out V curvature) where V : struct, ILanes<V, T>;
}
