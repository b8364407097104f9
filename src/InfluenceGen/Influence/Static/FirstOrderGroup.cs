using System.Numerics;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// First-order group influence (Basu, You and Feizi, 2020; Eq. (12)) for removal: δθ = −θ⁽¹⁾ = 1/(1 − p) (1/n) H⁻¹ Σ_U (g_i + λθ)
/// with p = |U|/n. The factor keeps the weights of those who stay a mean, so that this is the objective's own removal: the
/// divisor becomes n − |U| and λ stays. Of a sum of losses the members take their share of L2 along and none of the weight decay, which
/// does not grow with the number of losses.
/// </summary>
/// <remarks>One solve for each group. Removal at the divisor n is <see cref="KohGroupSum"/> with data gradients.</remarks>
public readonly record struct FirstOrderGroup() : IGroupMethod
{
    /// <summary>Damping, solver and curvature.</summary>
    public InfluenceFunctions Influence { get; init; } = new();

    /// <inheritdoc/>
    public GroupSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new GradientGroupChanges<TModel, T>(task, Influence.InverseForTests(task), withPenalty: true, ofRetained: true);
}
