namespace InfluenceGen.Training;

/// <summary>How the gradients of a batch are put together.</summary>
public enum Objective
{
    /// <summary>red = 1/|B|: the objective is the mean of the losses, plus (L2/2)|block|² of every block.</summary>
    Mean,

    /// <summary>red = 1: the objective is their sum, plus n (L2/2)|block|² of every block: n times the objective that
    /// <see cref="Mean"/> stands for. A step over a batch carries |B| shares of the penalty.</summary>
    Sum,
}

/// <summary>
/// How to train: w ← w − η_t (red Σ_{z in B_t} c_z g_z + ρ L2 w + λ m w), with B_t the batch, c_z the example's coefficient
/// (1 unless gradients are clipped or normalised), L2 the penalty of the model's declaration
/// (<see cref="Models.ParameterBlock.L2"/>; ρ is 1 for a mean and |B_t| for a sum), and λ m the weight decay. With momentum μ
/// (Polyak's heavy ball) the bracket g_t is added to a velocity, u ← μ u + g_t from u = 0, and w ← w − η_t u.
/// </summary>
/// <remarks>A plan is a value: it can be used for any number of trainings, and gives the same bits each time, on any
/// number of threads.</remarks>
public sealed record GradientDescent
{
    private GradientDescent(int steps, StepSize rate, Sampling sampling, Objective objective)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        ArgumentNullException.ThrowIfNull(rate);
        Settings.RequireDefined(objective);
        Steps = steps;
        Rate = rate;
        Sampling = sampling;
        Objective = objective;
    }

    /// <summary>The number of steps.</summary>
    public int Steps { get; }

    /// <summary>The step sizes η_t.</summary>
    public StepSize Rate
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    }

    /// <summary>Which examples each step visits.</summary>
    public Sampling Sampling { get; private init; }

    /// <summary>Whether the objective is the mean or the sum of the losses.</summary>
    public Objective Objective { get; }

    /// <summary>Where training starts.</summary>
    public Initialisation Start
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    }
        = Initialisation.Default;

    /// <summary>The examples' coefficients c_z.</summary>
    public GradientScaling Scaling { get; init; } = GradientScaling.None;

    /// <summary>The weight decay; null for none.</summary>
    public WeightDecay? WeightDecay { get; init; }

    /// <summary>
    /// μ of the heavy ball (Polyak, 1964): u ← μ u + g_t, w ← w − η_t u, where g_t is the whole gradient of the step, decay and L2
    /// included; 0, the default, for none. Embedding rows outside a batch move on with what is left of their velocity.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">μ is negative, or 1 or more: velocities would never fade.</exception>
    public double Momentum
    {
        get;
        init
        {
            if (!(value >= 0 && value < 1))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "Momentum is 0 or more and less than 1.");
            }

            field = value;
        }
    }

    /// <summary>Threads to use at most; small steps use one whatever this says.</summary>
    public int Threads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    }
        = Environment.ProcessorCount;

    /// <summary>Every step visits the whole training set.</summary>
    /// <param name="steps">The number of steps T.</param>
    /// <param name="rate">The step size.</param>
    /// <param name="objective">Mean or sum of the losses.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of steps is negative.</exception>
    public static GradientDescent FullBatch(int steps, StepSize rate, Objective objective = Objective.Mean) =>
        new(steps, rate, Sampling.FullBatch, objective);

    /// <summary>Stochastic gradient descent: epochs of batches without replacement.</summary>
    /// <param name="steps">The number of steps T.</param>
    /// <param name="batchSize">Examples in a batch; where it does not divide the set, the last of an epoch is smaller.</param>
    /// <param name="rate">The step size.</param>
    /// <param name="seed">Fixes the batches.</param>
    /// <param name="objective">Mean or sum of the losses.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of steps is negative, or the batch would be empty.</exception>
    public static GradientDescent MiniBatch(int steps, int batchSize, StepSize rate, long seed,
        Objective objective = Objective.Mean) =>
        new(steps, rate, Sampling.Shuffled(batchSize, seed), objective);

    /// <summary>Stochastic gradient descent over stated batches, one step for each.</summary>
    /// <param name="batches">Positions in the training set, from 0, for each step.</param>
    /// <param name="rate">The step size.</param>
    /// <param name="objective">Mean or sum of the losses.</param>
    /// <exception cref="ArgumentException">A batch is empty.</exception>
    public static GradientDescent Batches(IReadOnlyCollection<int[]> batches, StepSize rate,
        Objective objective = Objective.Mean)
    {
        ArgumentNullException.ThrowIfNull(batches);
        return new(batches.Count, rate, Sampling.Listed(batches), objective);
    }

    /// <summary>Whether batches or the start are drawn, so that trainings of other seeds are others.</summary>
    internal bool IsRandom<TModel, T>(TModel model, int examples)
        where TModel : struct, Models.IModel<T>
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> =>
        Sampling is Sampling.Epochs { BatchSize: var size } && size < examples
        || Start is Initialisation.Rule { Layers: var layers }
            && (!model.HasLinearOutputs || model.Layout.HasTables || layers is Initialisation.LayerDraw.He or Initialisation.LayerDraw.Glorot);

    /// <summary>The plan of another training: s is added to the seeds of batches and start.</summary>
    internal GradientDescent OfSeed(int seed) => this with
    {
        Sampling = Sampling is Sampling.Epochs epochs ? epochs with { Seed = unchecked(epochs.Seed + seed) } : Sampling,
        Start = Start is Initialisation.Rule rule ? rule with { Seed = unchecked(rule.Seed + seed) } : Start,
    };

    /// <summary>All that decides what it trains, in words that are the same on every machine and in every culture; lists and stated weights by
    /// their checksum.</summary>
    internal string InWords()
    {
        var listed = new Checksum();
        if (Sampling is Sampling.Stated { Batches: var batches })
        {
            foreach (var batch in batches)
            {
                listed.Add<int>([batch.Length]);
                listed.Add(batch.AsSpan());
            }
        }

        if (Start is Initialisation.Stated { Theta: var theta })
        {
            listed.Add(theta.AsSpan());
        }

        var batchesOf = Sampling is Sampling.Epochs { BatchSize: var size, Seed: var seed } ? FormattableString.Invariant($"{size} of seed {seed}") : Sampling.GetType().Name;
        var start = Start is Initialisation.Rule rule ? FormattableString.Invariant($"{rule.Layers} {rule.Deviation:R} of seed {rule.Seed}") : Start.GetType().Name;
        var decay = WeightDecay is { } w ? FormattableString.Invariant($"{w.Lambda:R}{(w.CoversBias ? " on all" : "")} except [{string.Join(' ', w.Except)}]") : "none";
        return FormattableString.Invariant(
            $"{Steps} steps of {Rate}; {Objective}; batches {batchesOf}; start {start}; decay {decay}; momentum {Momentum:R}; limit {Scaling.Limit:R} {Scaling.Normalises}; lists {listed.Value:X8}");
    }
}
