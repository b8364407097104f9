using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>Trains models; on any number of threads at once, as long as each training has observers of its own.</summary>
public static class Trainer
{
    // How far two computations of the same first weights may be apart, in units of rounding.
    private const int StartRounding = 1024;

    /// <summary>Trains a model.</summary>
    /// <param name="model">The generated struct.</param>
    /// <param name="training">The training set.</param>
    /// <param name="plan">How to train.</param>
    /// <param name="observers">Who watches, such as a <see cref="Reciprocity.Ledger{TModel, T}"/>; of several trajectories the fit
    /// carries the first.</param>
    /// <exception cref="ArgumentException">The set is not one the model reads, the plan does not fit the set, or an
    /// observer is for another set, is given twice, or watches another training at this moment.</exception>
    /// <exception cref="InvalidOperationException">The file of a trajectory is being written at this moment.</exception>
    /// <exception cref="TrainingDivergedException">The weights stopped being finite; the message suggests a step size.</exception>
    public static Fit<TModel, T> Train<TModel, T>(TModel model, ExampleSet<T> training, GradientDescent plan,
        params ReadOnlySpan<ITrainingObserver<T>> observers)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Train(model, training, plan, null, CancellationToken.None, observers);

    /// <summary>Trains a model, reporting progress, until done or cancelled.</summary>
    /// <param name="model">The generated struct.</param>
    /// <param name="training">The training set.</param>
    /// <param name="plan">How to train.</param>
    /// <param name="progress">Told after each step how many are done; may be null.</param>
    /// <param name="cancellation">Stops training between two steps.</param>
    /// <param name="observers">Who watches, such as a <see cref="Reciprocity.Ledger{TModel, T}"/>; of several trajectories the fit
    /// carries the first.</param>
    /// <exception cref="ArgumentException">The set is not one the model reads, the plan does not fit the set, or an
    /// observer is for another set, is given twice, or watches another training at this moment.</exception>
    /// <exception cref="InvalidOperationException">The file of a trajectory is being written at this moment.</exception>
    /// <exception cref="TrainingDivergedException">The weights stopped being finite; the message suggests a step size.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public static Fit<TModel, T> Train<TModel, T>(TModel model, ExampleSet<T> training, GradientDescent plan,
        Action<int>? progress, CancellationToken cancellation, params ReadOnlySpan<ITrainingObserver<T>> observers)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(plan);
        using var descent = new Descent<TModel, T>(model, training, plan);
        descent.KeepLate();
        Trajectory<T>? trajectory = null;
        ObserversInUse.Take(observers);
        try
        {
            descent.Run(observers, progress, cancellation);
        }
        finally
        {
            foreach (var observer in observers)
            {
                (observer as Trajectory<T>)?.Abandon();
                trajectory ??= observer as Trajectory<T>;
            }

            ObserversInUse.Release(observers);
        }

        return new Fit<TModel, T>(model, training, plan, descent.Weights, trajectory) { Late = descent.Late };
    }

    /// <summary>The fit that a stored training ended with, its trajectory included: as if it had been trained just now.</summary>
    /// <param name="model">The generated struct.</param>
    /// <param name="training">The set it was trained on.</param>
    /// <param name="plan">The plan it was trained by.</param>
    /// <param name="trajectory">The trajectory, such as one from a file (<see cref="Trajectory{T}.Open"/>).</param>
    /// <exception cref="ArgumentException">The set is not one the model reads, or the trajectory is one of another model (blocks, loss,
    /// activation, penalty, precision), on another set (features, labels, shares of a penalty, individuals, names), or by another plan
    /// (steps, rates, objective, momentum, weight decay, scaling, batches and so their seed, start and so its seed); the message names
    /// what differs.</exception>
    public static Fit<TModel, T> Restore<TModel, T>(TModel model, ExampleSet<T> training, GradientDescent plan, Trajectory<T> trajectory)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(trajectory);
        ModelData.RequireFit(model, training, nameof(training));
        trajectory.RequireTrainingOf(model.Layout, model.Declaration, training);
        if ((trajectory.DifferenceFrom(plan) ?? DifferentBatches(trajectory, training, plan) ?? DifferentStart(trajectory, model, training, plan))
            is { } difference)
        {
            throw new ArgumentException($"The trajectory is of a training by another plan than this one: {difference}.", nameof(plan));
        }

        var weights = new AlignedBuffer<T>(model.Layout.StorageLength);
        var velocity = trajectory.Momentum > 0 ? new AlignedBuffer<T>(model.Layout.StorageLength) : null;
        trajectory.Stored.Read(trajectory.Stored.Steps.Count - 1, weights, velocity);
        return new Fit<TModel, T>(model, training, plan, weights, trajectory);
    }

    /// <summary>The first step whose batch a plan would draw otherwise.</summary>
    private static string? DifferentBatches<T>(Trajectory<T> trajectory, ExampleSet<T> training, GradientDescent plan)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (batches, steps) = (new BatchSequence<T>(training, plan.Sampling), trajectory.StepsOf);
        batches.Restart();
        for (var step = 0; step < steps.Count; step++)
        {
            batches.Fill(step);
            if (steps[step].IsFullBatch != batches.Buffer is null
                || batches.Buffer is { } buffer && !buffer.Positions.SequenceEqual(steps.Positions(step)))
            {
                return $"its batch of step {step} (counted from 0) has other examples, because of another seed, another size of batches, or other batches";
            }
        }

        return null;
    }

    /// <summary>The first block that a plan would start from otherwise, beyond what other instruction sets round differently.</summary>
    private static string? DifferentStart<TModel, T>(Trajectory<T> trajectory, TModel model, ExampleSet<T> training, GradientDescent plan)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var length = model.Layout.StorageLength;
        var (there, here) = (new AlignedBuffer<T>(length), new AlignedBuffer<T>(length));
        trajectory.Stored.Read(0, there, trajectory.Momentum > 0 ? new AlignedBuffer<T>(length) : null);
        InitialWeights.Write(plan.Start, model, training, default, here.Span);

        // Stated weights are what they are; a bias may be the mean of large labels that nearly cancel.
        var largest = T.Max(T.Abs(TensorPrimitives.MaxMagnitude<T>(there.Span)), T.Abs(TensorPrimitives.MaxMagnitude<T>(here.Span)));
        largest = plan.Start is Initialisation.Stated ? T.Zero
            : model.Labels == LabelDomain.Real ? T.Max(largest, T.Abs(TensorPrimitives.MaxMagnitude(training.Labels)))
            : largest;
        var rounding = largest * T.CreateChecked(StartRounding) * (T.BitIncrement(T.One) - T.One);
        foreach (var block in model.Layout.Blocks)
        {
            var distance = TensorPrimitives.Distance<T>(there.Span.Slice(block.Offset, block.StorageLength),
                here.Span.Slice(block.Offset, block.StorageLength));
            if (!(distance <= rounding * T.Sqrt(T.CreateChecked(block.Count))))
            {
                return $"it starts from other weights in {block.Name}, because of another start (Start) or another seed of it";
            }
        }

        return null;
    }
}
