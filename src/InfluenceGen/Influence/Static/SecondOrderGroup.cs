using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// Second-order group influence (Basu, You and Feizi, 2020; Theorem 1) for removal: δθ = −θ⁽¹⁾ + θ⁽²⁾ with
/// θ⁽¹⁾ = −1/(1 − p) (1/n) H⁻¹ Σ_U g_i and θ⁽²⁾ = p/(1 − p) (I − H⁻¹ (1/|U|) Σ_U H_i) θ⁽¹⁾, where p = |U|/n and every example
/// carries its share of the penalty, g_i + λθ and H_i + diag(λ): of a sum of losses with weight decay, which does not grow with their
/// number, the share of L2 alone.
/// </summary>
/// <remarks>
/// <para>Removal is ε = −1, so θ⁽¹⁾ counts negative and θ⁽²⁾ positive: Eq. (17) is right, Eqs. (9) and (16) as printed are not. θ⁽²⁾ is the
/// coefficient of ε², with no further ½.</para>
/// <para>With <see cref="ThirdDerivative"/> θ⁽²⁾ has the term −½ H⁻¹ L'''[θ⁽¹⁾, θ⁽¹⁾] that the paper drops; without it the error of
/// the parameters is of second order in ε for every loss that is not quadratic, cross-entropy included; with it, of third.</para>
/// <para>Two solves for each group, and a product with the Hessians of its members.</para>
/// </remarks>
public readonly record struct SecondOrderGroup() : IGroupMethod
{
    /// <summary>Damping, solver and curvature. Damping counts as a penalty on the distance from θ.</summary>
    public InfluenceFunctions Influence { get; init; } = new();

    /// <summary>Whether the term with the third derivative is kept; costs one more pass over the training set for each group.</summary>
    public bool ThirdDerivative { get; init; }

    /// <summary>Whether those who stay are averaged anew (the paper), or the divisor stays n: then
    /// θ⁽¹⁾ = −(1/n) H⁻¹ Σ_U g_i and θ⁽²⁾ = −(1/n) H⁻¹ Σ_U H_i θ⁽¹⁾ of the losses alone.</summary>
    public Removal Removal { get; init; } = Removal.Refit;

    /// <inheritdoc/>
    public GroupSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Settings.RequireDefined(Removal);
        return new SecondOrderGroupChanges<TModel, T>(task, Influence.InverseForTests(task), ThirdDerivative, Removal);
    }
}

/// <inheritdoc cref="SecondOrderGroup"/>
internal sealed class SecondOrderGroupChanges<TModel, T>(InfluenceTask<TModel, T> task, InverseHessian<TModel, T> inverse,
    bool thirdDerivative, Removal removal) : GroupSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly GroupSums<TModel, T> _sums = new(task);
    private readonly AlignedBuffer<T> _first = new(task.Layout.StorageLength);
    private readonly AlignedBuffer<T> _third = new(task.Layout.StorageLength);
    private readonly ImmutableArray<string> _stationarity = Stationarity.NoteOf(task);

    public override ImmutableArray<string> Notes => [.. inverse.Notes, .. _stationarity];

    public override void WriteChange(ReadOnlySpan<int> group, AlignedBuffer<T> change)
    {
        WriteTerms(group, _first, change);
        TensorPrimitives.Subtract(change.Span, _first.Span, change.Span);
    }

    /// <summary>Writes the coefficients of ε and ε².</summary>
    public void WriteTerms(ReadOnlySpan<int> group, AlignedBuffer<T> first, AlignedBuffer<T> second)
    {
        var n = T.CreateChecked(task.Training.TotalWeight);
        var members = _sums.Of(group);
        var refit = removal == Removal.Refit;
        var divisor = refit ? T.CreateChecked(task.Training.TotalWeight - members.Weight) : n;
        _sums.WriteGradient(members, refit, first);
        TensorPrimitives.Divide(first.Span, -divisor, first.Span);
        inverse.Solve(first, 1);

        // p/(1 − p) (1/|U|) is 1/(n − |U|).
        inverse.Hessian.MultiplyGroup(members, first, second, carriesPenalty: refit);
        TensorPrimitives.Divide(second.Span, -divisor, second.Span);
        if (thirdDerivative)
        {
            _third.Span.Clear();
            task.Sweeps.ThirdDerivativeSum(task.Training, task.Weights, null, first, first, _third);
            TensorPrimitives.MultiplyAdd(_third.Span, -T.One / (n + n), second.Span, second.Span);
        }

        inverse.Solve(second, 1);
        if (refit)
        {
            TensorPrimitives.MultiplyAdd(first.Span, T.CreateChecked(members.Weight) / divisor, second.Span, second.Span);
        }
    }
}
