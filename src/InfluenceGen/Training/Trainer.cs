using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Training;

/// <summary>Trains models.</summary>
public static class Trainer
{
    /// <summary>Trains a model.</summary>
    /// <param name="model">The generated struct.</param>
    /// <param name="training">The training set.</param>
    /// <param name="plan">How to train.</param>
    /// <param name="observers">Who watches, such as a <see cref="Reciprocity.Ledger{TModel, T}"/>.</param>
    /// <exception cref="ArgumentException">The set is not one the model reads, the plan does not fit the set, or an
    /// observer is for another set.</exception>
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
    /// <param name="observers">Who watches, such as a <see cref="Reciprocity.Ledger{TModel, T}"/>.</param>
    /// <exception cref="ArgumentException">The set is not one the model reads, the plan does not fit the set, or an
    /// observer is for another set.</exception>
    /// <exception cref="TrainingDivergedException">The weights stopped being finite; the message suggests a step size.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public static Fit<TModel, T> Train<TModel, T>(TModel model, ExampleSet<T> training, GradientDescent plan,
        Action<int>? progress, CancellationToken cancellation, params ReadOnlySpan<ITrainingObserver<T>> observers)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var descent = new Descent<TModel, T>(model, training, plan);
        descent.Run(observers, progress, cancellation);
        Trajectory<T>? trajectory = null;
        foreach (var observer in observers)
        {
            trajectory ??= observer as Trajectory<T>;
        }

        return new Fit<TModel, T>(model, training, plan, descent.Weights, trajectory);
    }

    /// <summary>The fit that a stored training ended with, its trajectory included: as if it had been trained just now.</summary>
    /// <param name="model">The generated struct.</param>
    /// <param name="training">The set it was trained on.</param>
    /// <param name="plan">The plan it was trained by; of its steps nothing is read, the trajectory has them.</param>
    /// <param name="trajectory">The trajectory, such as one from a file (<see cref="Trajectory{T}.Open"/>).</param>
    /// <exception cref="ArgumentException">The set is not one the model reads, or the trajectory is one of another model layout,
    /// on another set, or by another plan (steps, rates, objective, momentum, weight decay).</exception>
    public static Fit<TModel, T> Restore<TModel, T>(TModel model, ExampleSet<T> training, GradientDescent plan, Trajectory<T> trajectory)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(trajectory);
        ModelData.RequireFit(model, training, nameof(training));
        trajectory.RequireTrainingOf(model.Layout, training);
        if (!trajectory.IsBy(plan))
        {
            throw new ArgumentException(
                "The trajectory is of a training by another plan: its steps, rates, objective, momentum or weight decay differ.",
                nameof(plan));
        }

        var weights = new AlignedBuffer<T>(model.Layout.StorageLength);
        var velocity = trajectory.Momentum > 0 ? new AlignedBuffer<T>(model.Layout.StorageLength) : null;
        trajectory.Stored.Read(trajectory.Stored.Steps.Count - 1, weights, velocity);
        return new Fit<TModel, T>(model, training, plan, weights, trajectory);
    }
}
