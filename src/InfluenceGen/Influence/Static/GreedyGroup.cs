using System.Numerics;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;

namespace InfluenceGen.Influence.Static;

/// <summary>The members of the largest first-order influence a_i = g_teᵀ H⁻¹ (g_i + λθ): the best group to first order, where influence is
/// additive; not to second order (Basu, You and Feizi, 2020, Section 5).</summary>
/// <remarks>The cost of influence on one test example.</remarks>
public readonly record struct GreedyGroup() : IGroupSelection
{
    /// <summary>Damping and solver.</summary>
    public InfluenceFunctions Influence { get; init; } = new();

    /// <inheritdoc/>
    public SelectedGroup Select<TModel, T>(InfluenceTask<TModel, T> task, int size)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var objective = new GroupObjective<TModel, T>(task, Influence, size);
        return objective.Found(GroupObjective<TModel, T>.Largest(objective.Additive, size), objective.Additive);
    }
}
