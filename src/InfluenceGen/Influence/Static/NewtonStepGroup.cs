using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>
/// One step of Newton's method on the objective of those who stay, from the trained weights (Koh, Ang, Teo and Liang, 2019, compare it
/// with influence functions): δθ = −H_R⁻¹ g_R with g_R = (1/d) Σ_R g_i + λθ, H_R = (1/d) Σ_R H_i + diag(λ). The divisor d is |R|
/// where those who stay are averaged anew (<see cref="Removal.Refit"/>) and n where it stays
/// (<see cref="Removal.Fixed"/>). λ stays, except that weight decay beside a sum of losses, of which there is one however many they are,
/// is divided by d too.
/// </summary>
/// <remarks>Exact for squared losses of linear models whatever the group. A Hessian of its own for each group: with
/// <see cref="Solver.Cholesky"/> n p² + p³ a group. Needs no stationary weights: where they are none, the step towards the minimum is
/// part of the change.</remarks>
public readonly record struct NewtonStepGroup() : IGroupMethod
{
    /// <summary>Damping, solver and curvature.</summary>
    public InfluenceFunctions Influence { get; init; } = new();

    /// <summary>What becomes of the divisor.</summary>
    public Removal Removal { get; init; } = Removal.Refit;

    /// <inheritdoc/>
    public GroupSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Settings.RequireDefined(Removal);
        return new NewtonStepChanges<TModel, T>(task, Influence, Removal);
    }
}

/// <inheritdoc cref="NewtonStepGroup"/>
internal sealed class NewtonStepChanges<TModel, T>(InfluenceTask<TModel, T> task, InfluenceFunctions settings, Removal removal)
    : GroupSource<T>
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly GroupSums<TModel, T> _sums = new(task);
    private ImmutableArray<string> _notes = [];

    public override ImmutableArray<string> Notes => _notes;

    public override void WriteChange(ReadOnlySpan<int> group, AlignedBuffer<T> change)
    {
        var retained = _sums.Without(group);
        var divisor = removal == Removal.Refit ? retained.Weight : task.Training.TotalWeight;
        _sums.WriteGradient(retained, withPenalty: false, change);
        _sums.AddPenaltyGradient(divisor, change);
        TensorPrimitives.Divide(change.Span, T.CreateChecked(-divisor), change.Span);
        var inverse = settings.Inverse(task, retained.Coefficients, divisor);
        inverse.RequireTestsInRange();
        inverse.Solve(change, 1);
        _notes = _notes.AddRange(inverse.Notes.Where(note => !_notes.Contains(note)));
    }
}
