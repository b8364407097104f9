using System.Numerics;

namespace InfluenceGen.Training;

/// <summary>
/// Watches a training as it happens, so that nothing has to be stored and replayed. Every step it is called twice, at
/// the weights that the step starts from: before and after the gradient is summed.
/// </summary>
/// <remarks>An observer watches one training at a time: Train refuses one that is given twice, or to two trainings at once. A training that
/// diverges, is cancelled or fails sets its observers free.</remarks>
/// <typeparam name="T">double or float.</typeparam>
public interface ITrainingObserver<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Called once, before the first step. The step holds the sets, the layout and the first weights.</summary>
    /// <exception cref="ArgumentException">This observer is for another training set or model.</exception>
    void Begin(TrainingStep<T> step);

    /// <summary>
    /// Called when the weights, the batch, the step size and the examples' coefficients are known. The observer may ask
    /// for flows along a direction of its own with <see cref="TrainingStep{T}.RequestFlow"/>.
    /// </summary>
    void BeforeGradient(TrainingStep<T> step);

    /// <summary>Called when the gradient, the output derivatives and the requested flows are known, before the weights
    /// move.</summary>
    void AfterGradient(TrainingStep<T> step);

    /// <summary>Called once, after the last step; the step holds the final weights. Not called when training diverges or
    /// is cancelled.</summary>
    void End(TrainingStep<T> step);
}
