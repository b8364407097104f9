using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>
/// What an observer sees of a training step. It is the same object in every step, with other contents; buffers belong to
/// the trainer, hold what is said here only until the observer returns, and are not to be written to.
/// </summary>
/// <typeparam name="T">double or float.</typeparam>
public sealed class TrainingStep<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly (AlignedBuffer<T> Direction, AlignedBuffer<T> Flows)[] _requests;
    private int _requestCount;

    internal TrainingStep(ExampleSet<T> training, ParameterLayout layout, int steps, WorkerTeam team, int observers,
        AlignedBuffer<T> weights, AlignedBuffer<T> gradient, AlignedBuffer<T> outputGradients)
    {
        Training = training;
        Batch = training;
        Layout = layout;
        Steps = steps;
        Team = team;
        Weights = weights;
        Gradient = gradient;
        OutputGradients = outputGradients;
        _requests = new (AlignedBuffer<T>, AlignedBuffer<T>)[observers];
    }

    /// <summary>Which step, counted from 0.</summary>
    public int Number { get; internal set; }

    /// <summary>How many steps there are in all.</summary>
    public int Steps { get; }

    /// <summary>Where the parameters lie in <see cref="Weights"/> and <see cref="Gradient"/>.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>The threads of this training, idle while an observer is called.</summary>
    public WorkerTeam Team { get; }

    /// <summary>The whole training set.</summary>
    public ExampleSet<T> Training { get; }

    /// <summary>The examples of this step, B_t: the training set itself where every step visits all of it.</summary>
    public ExampleSet<T> Batch { get; internal set; }

    /// <summary>Each batch example's position in the training set, ascending; empty where the batch is that set.</summary>
    public ReadOnlySpan<int> Positions => BatchBuffer is null ? [] : BatchBuffer.Positions;

    /// <summary>Whether the batch is the whole training set.</summary>
    public bool IsFullBatch => BatchBuffer is null;

    /// <summary>The parameters w_t that the step's gradients are taken at.</summary>
    public AlignedBuffer<T> Weights { get; }

    /// <summary>The step size η_t.</summary>
    public double StepSize { get; internal set; }

    /// <summary>η_t red, with red = 1/|B_t|, one over the batch's weight where examples have weights, or 1: the update takes away this times Σ c_z g_z.</summary>
    public double Factor { get; internal set; }

    /// <summary>c_z for each example of the batch; null where every one is 1.</summary>
    public AlignedBuffer<T>? Coefficients { get; internal set; }

    /// <summary>r_z for each example of the batch, <see cref="IModel{T}.OutputStride"/> elements, once the gradient was
    /// summed.</summary>
    public AlignedBuffer<T> OutputGradients { get; }

    /// <summary>Σ c_z g_z over the batch, in storage order, once it was summed; rows that no example of the batch
    /// touches are 0. Neither weight decay nor the model's L2 is part of it.</summary>
    public AlignedBuffer<T> Gradient { get; }

    /// <summary>μ of the heavy ball; 0 where a step takes away its own gradient and nothing else.</summary>
    public double Momentum { get; internal init; }

    internal BatchBuffer<T>? BatchBuffer { get; init; }

    /// <summary>u before the step; null without momentum.</summary>
    internal AlignedBuffer<T>? Velocity { get; init; }

    /// <summary>The plan's weight decay.</summary>
    internal WeightDecay? WeightDecay { get; init; }

    /// <summary>How the plan scales gradients.</summary>
    internal GradientScaling Scaling { get; init; } = GradientScaling.None;

    /// <summary>What the model was declared as (<see cref="IModel{T}.Declaration"/>).</summary>
    internal string Declaration { get; init; } = "";

    /// <summary>ρ: how many times the step takes the penalty of the model's declaration.</summary>
    internal double PenaltyScale { get; set; }

    /// <summary>The mean loss of the training set at <see cref="Weights"/>; costs a sweep.</summary>
    internal Func<double> MeanLoss { get; init; } = () => double.NaN;

    internal ReadOnlySpan<(AlignedBuffer<T> Direction, AlignedBuffer<T> Flows)> Requests =>
        _requests.AsSpan(0, _requestCount);

    /// <summary>
    /// Asks the trainer for c_z g_z · v of the batch's examples, which it computes while it sums their gradient. To be
    /// called from <see cref="ITrainingObserver{T}.BeforeGradient"/>, once.
    /// </summary>
    /// <param name="direction">v, in storage order.</param>
    /// <param name="flows">Receives what <see cref="IModel{T}.Flow"/> writes: one number for each example of the batch,
    /// or for each row of the owned table that the batch touches.</param>
    /// <exception cref="InvalidOperationException">Every observer has asked already.</exception>
    public void RequestFlow(AlignedBuffer<T> direction, AlignedBuffer<T> flows)
    {
        if (_requestCount == _requests.Length)
        {
            throw new InvalidOperationException("An observer can ask for flows once in a step, before the gradient.");
        }

        _requests[_requestCount++] = (direction, flows);
    }

    internal void ClearRequests() => _requestCount = 0;
}
