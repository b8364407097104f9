using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Models;

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
        return new Fit<TModel, T>(model, training, plan, descent.Weights);
    }
}
