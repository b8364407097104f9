namespace InfluenceGen.Influence.Values;

/// <summary>How far a model is trained on those who come first.</summary>
public enum GradientReading
{
    /// <summary>
    /// One pass of stochastic gradient descent along each order, θ ← θ − η (c_z g_z(θ) + λ θ) for one example z after another, each from where the
    /// last one led: the algorithm of the paper. What an example is worth is by how much its step makes the model better.
    /// </summary>
    Pass,

    /// <summary>
    /// One step from the start for those who came so far, θ₀ − η (mean of c_z g_z(θ₀) + λ θ₀), as surveys word it (Hammoudeh and Lowd): what
    /// that makes of a coalition does not depend on the order, so that it is the Shapley value of a game.
    /// </summary>
    Step,
}

/// <summary>
/// G-Shapley (Ghorbani and Zou, 2019, algorithm 2): Shapley's value with gradient steps in the place of trainings. Players come in a random order,
/// models take steps on their examples, and each player's marginal contribution is averaged over orders. Where <see cref="Reading"/> is
/// <see cref="GradientReading.Pass"/>, a player's examples come one after another in the order of the training set.
/// </summary>
/// <remarks>
/// <para>For models whose trainings are dear: an order of n examples costs a pass over them, and n evaluations of the test examples. A pass is
/// little training; values say who makes an early model better. Their unit is the utility's, and they grow with η: take the η
/// with which one pass makes the best model. <see cref="RegressionAdjustedValue"/> is about models that are trained.</para>
/// <para>Training starts from the plan's <see cref="Training.GradientDescent.Start"/>, which by default predicts the mean label of everybody; λ is the declaration's L2 and
/// the plan's weight decay, c_z the weight of an example times what the plan's scaling makes of its gradient, and examples of weight 0 take no step. v(nobody) is the utility
/// at the start, and v(everybody) the mean over orders, so that values add up to the difference.</para>
/// </remarks>
public readonly record struct GradientShapley()
{
    /// <summary>How far a model is trained.</summary>
    public GradientReading Reading { get; init; }

    /// <summary>η; the plan's first step size where nothing is said.</summary>
    public double? Rate { get; init; }

    /// <inheritdoc cref="PermutationShapley.Stop"/>
    public Stopping Stop
    {
        get => field ?? Stopping.Hundred;
        init;
    }

    /// <inheritdoc cref="PermutationShapley.Seed"/>
    public long Seed { get; init; }

    /// <inheritdoc cref="PermutationShapley.Orders"/>
    public IReadOnlyList<int[]>? Orders { get; init; }
}
