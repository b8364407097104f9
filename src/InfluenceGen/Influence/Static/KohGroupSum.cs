using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// Group influence as the sum of its members' (Koh, Ang, Teo and Liang, 2019): δθ = (1/n) H⁻¹ Σ_U g_i, where each
/// example carries its share of the penalty, g_i + λθ, unless <see cref="DataGradients"/> says otherwise.
/// </summary>
/// <remarks>To first order in the group. With data gradients that is removal at the divisor n; with shares of the penalty it is
/// removal that also takes 1/n of the penalty along, which differs by the factor 1 − |U|/n from
/// <see cref="FirstOrderGroup"/>. One solve for each group.</remarks>
public readonly record struct KohGroupSum() : IGroupMethod
{
    /// <summary>Damping, solver and curvature.</summary>
    public InfluenceFunctions Influence { get; init; } = new();

    /// <summary>Whether g_i is of the loss alone, as in <see cref="InfluenceScores{T}.OfGroups"/> of influence functions.</summary>
    public bool DataGradients { get; init; }

    /// <inheritdoc/>
    public GroupSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new GradientGroupChanges<TModel, T>(task, Influence.InverseForTests(task), !DataGradients, ofRetained: false);
}

/// <summary>(1/d) H⁻¹ Σ_U g_i, where d is n or n − |U|.</summary>
internal sealed class GradientGroupChanges<TModel, T>(InfluenceTask<TModel, T> task, InverseHessian<TModel, T> inverse,
    bool withPenalty, bool ofRetained) : GroupSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly GroupSums<TModel, T> _sums = new(task);
    private readonly ImmutableArray<string> _stationarity = Stationarity.NoteOf(task);

    public override ImmutableArray<string> Notes => [.. inverse.Notes, .. _stationarity];

    public override void WriteChange(ReadOnlySpan<int> group, AlignedBuffer<T> change)
    {
        var members = _sums.Of(group);
        _sums.WriteGradient(members, withPenalty, change);
        var divisor = task.Training.TotalWeight - (ofRetained ? members.Weight : 0);
        TensorPrimitives.Divide(change.Span, T.CreateChecked(divisor), change.Span);
        inverse.Solve(change, 1);
    }
}
