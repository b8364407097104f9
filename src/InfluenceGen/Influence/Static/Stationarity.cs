using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>Whether trained weights are the minimum that most static estimates are about.</summary>
internal static class Stationarity
{
    // A larger gradient than this, relative to the mean length of the examples', is no minimum for the purpose.
    private const double Stationary = 1e-4;

    /// <summary>The root of the mean squared length of the training examples' gradients.</summary>
    public static double TypicalGradient<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var norms = new AlignedBuffer<T>(task.Training.Count);
        task.Sweeps.GradientSquaredNorm(task.Training, task.Weights, norms);
        return Math.Sqrt(double.CreateChecked(TensorPrimitives.Sum<T>(norms.Span)) / task.Training.Count);
    }

    /// <summary>A note where the weights are not a minimum, in the blocks that the task's sweeps differentiate in.</summary>
    public static ImmutableArray<string> NoteOf<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var typical = TypicalGradient(task);
        var gradient = task.WriteObjectiveGradient(new AlignedBuffer<T>(task.Layout.StorageLength));
        return gradient <= Stationary * typical
            ? []
            : [string.Create(CultureInfo.InvariantCulture,
                $"The weights are not a minimum: the largest element of the objective's gradient is {gradient:G2}, {gradient / typical:G2} of a typical example's gradient. The scores are about the nearby minimum of a quadratic model (Koh and Liang, appendix B); train longer, or call Converged(), or ConvergedLastLayer() for methods of the last layer.")];
    }
}
