using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;

namespace InfluenceGen.Influence.Static;

/// <summary>Whether trained weights are the minimum that most static estimates are about.</summary>
internal static class Stationarity
{
    /// <summary>A note where the weights are not a minimum, in the blocks that the task's sweeps differentiate in.</summary>
    public static ImmutableArray<string> NoteOf<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var minimum = task.Fit.MinimumIn(task.Sweeps.Blocks, task.Team, task.Cancellation);
        return minimum.IsReached()
            ? []
            : [$"The weights are not a minimum: {minimum.Description()}. The scores are about the nearby minimum of a quadratic model (Koh and Liang, appendix B); train longer, or call Converged(), or ConvergedLastLayer() for methods of the last layer."];
    }
}
