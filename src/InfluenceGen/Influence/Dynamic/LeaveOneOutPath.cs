using System.Collections.Immutable;

namespace InfluenceGen.Influence.Dynamic;

/// <summary>The error of leave-one-out cross-validation along a training.</summary>
/// <param name="Steps">After how many steps: 0, every so many, and all of them.</param>
/// <param name="Losses">The mean loss of examples under models that were trained so far without them.</param>
/// <param name="TrainingLosses">The mean loss of the training set under the model that was trained so far with everybody.</param>
public sealed record LeaveOneOutPath(ImmutableArray<int> Steps, ImmutableArray<double> Losses, ImmutableArray<double> TrainingLosses)
{
    /// <summary>The number of steps of the smallest leave-one-out error: how many to take. Of equal ones the first.</summary>
    public int BestStep => Steps[Best];

    /// <summary>The leave-one-out error after that many.</summary>
    public double BestLoss => Losses[Best];

    private int Best
    {
        get
        {
            var best = 0;
            for (var i = 1; i < Losses.Length; i++)
            {
                best = Losses[i] < Losses[best] ? i : best;
            }

            return best;
        }
    }
}
