using System.Numerics;
using InfluenceGen.Influence.Dynamic.Replays;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Dynamic;

/// <summary>
/// Leaving out along the training (Luo, Ren and Barber, Iterative Approximate Cross-Validation, ICML 2023): each model without some of the
/// examples is carried along the training of the model with everybody, by one correction a step. With δ = θ without S − θ and q = Σ_{z in
/// B∖S} c_z H_z δ − Σ_{z in B∩S} c_z g_z, all at the weights with everybody, a step of a mean takes δ ← δ − η (q/|B| + λ δ). That is the
/// step of the training without S, with its gradients taken to first order around θ.
/// </summary>
/// <remarks>
/// <para>The paper's name for the procedure is of what it is used for; this one says what is computed, for examples (<c>fit.Influence</c>), and
/// groups and individuals, whose examples all go together (<c>fit.GroupInfluence</c> with groups, or with
/// <see cref="Examples.ExampleSet{T}.ByIndividual"/>). The error of cross-validation is <see cref="Path"/>.</para>
/// <para>Take it where a training was stopped early or was stochastic, and for networks: where the objective is a sum of squares of outputs that are
/// linear in the parameters it is training again without them, exactly; elsewhere its error is of second order in δ, step by step. Unlike
/// <see cref="HydraFull"/> and <see cref="SgdInfluence"/>, derivatives in an example's weight, it takes the example's curvature out with it, so that it
/// is right in size for examples of much leverage and for groups too. Where gradients were clipped the coefficients count as they were.</para>
/// <para>The unit is the loss's. Time is T products of the batch's Hessian with n vectors: where that Hessian is written, b p² + n p² a step,
/// against n b p a step for training n times again, which is n/p times less work for a full batch of a model of one layer; for networks
/// about what training n times again takes. Memory is n p numbers, twice as much with momentum, or blocks within a bound, each of which walks
/// along the training again.</para>
/// </remarks>
public readonly record struct IterativeLeaveOneOut() : IInfluenceMethod, IGroupMethod
{
    private readonly long? _memoryBound;
    private readonly Removal? _removal;
    private readonly LossChange? _effect;

    /// <summary>Bytes for the models that are carried along, about, and for a written Hessian a quarter of it at most; removals are taken in
    /// blocks that fit. 1 GB where nothing is said.</summary>
    public long MemoryBound
    {
        get => _memoryBound ?? 1 << 30;
        init => _memoryBound = value;
    }

    /// <summary>What becomes of those who stay: the divisors of batches and the initial bias are what they were
    /// (<see cref="Removal.Fixed"/>, where nothing is said, as in the paper), or are theirs alone (<see cref="Removal.Refit"/>).</summary>
    public Removal Removal
    {
        get => _removal ?? Removal.Fixed;
        init => _removal = value;
    }

    /// <summary>How the change of a test loss follows from that of the parameters, for examples: exactly where nothing is said, as there is a
    /// model whose loss can be taken. Of groups the call says it.</summary>
    public LossChange Effect
    {
        get => _effect ?? LossChange.Exact;
        init => _effect = value;
    }

    /// <inheritdoc/>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Settings.RequireDefined(Effect);
        return new CarriedScores<TModel, T>(task, Carried(task), Effect);
    }

    /// <inheritdoc/>
    GroupSource<T> IGroupMethod.Prepare<TModel, T>(InfluenceTask<TModel, T> task) => new CarriedGroups<TModel, T>(task, Carried(task));

    /// <summary>The error of leave-one-out cross-validation along the training: the mean over the training examples of the loss of each
    /// under the model without it, after every so many steps. Its minimum says how many steps to take.</summary>
    /// <param name="fit">The trained model, with a trajectory.</param>
    /// <param name="every">After how many steps it is looked at, from the start to the end.</param>
    /// <param name="groups">Positions of examples that are left out together, such as all of an individual's, or the parts of k-fold
    /// cross-validation; null for each example by itself. Each member counts once for each group that it is in.</param>
    /// <param name="options">Threads, progress, cancellation.</param>
    /// <exception cref="ArgumentException">A group is empty, names an example twice or leaves none to train on.</exception>
    /// <exception cref="InvalidOperationException">The fit has no trajectory, or the memory bound holds no model.</exception>
    /// <exception cref="ArithmeticException">A model that is carried along left the range of its precision.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public LeaveOneOutPath Path<TModel, T>(Fit<TModel, T> fit, int every = 1, IReadOnlyList<int[]>? groups = null, InfluenceOptions? options = null)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(every);
        var removals = new int[groups?.Count ?? fit.Training.Count][];
        for (var k = 0; k < removals.Length; k++)
        {
            removals[k] = groups is null ? [k] : fit.Members(groups[k], k);
        }

        using var task = new InfluenceTask<TModel, T>(fit, fit.Training, options);
        return new CarriedLosses<TModel, T>(task, Carried(task)).Path(removals, every);
    }

    private CarriedModels<TModel, T> Carried<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MemoryBound);
        Settings.RequireDefined(Removal);
        return new(task, TracedFit.Replay(task, nameof(IterativeLeaveOneOut)), Removal, MemoryBound);
    }
}
