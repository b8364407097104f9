using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Retraining;
using InfluenceGen.Models;

namespace InfluenceGen.Reciprocity;

/// <summary>
/// Inflow and outflow by the counterfactual, Marginal in place of TracIn (Sundararajan and Krichene, Section 5.2.1): what
/// deployment losses would have been without each individual.
/// </summary>
public static class MarginalFlows
{
    /// <summary>Retrains without each individual of the training set and adds up who did what for whom.</summary>
    /// <param name="leaveOneOut">The training set, the plan, and what becomes of the rest.</param>
    /// <param name="deployment">The deployment set Z′.</param>
    /// <param name="progress">Told how many individuals are done; may be null.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="ArgumentException">The sets do not have the same features, labels, users or items; or as for
    /// <see cref="LeaveOneOut{TModel, T}.InfluenceOn"/>.</exception>
    /// <exception cref="Training.TrainingDivergedException">A training diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Flows Of<TModel, T>(LeaveOneOut<TModel, T> leaveOneOut, ExampleSet<T> deployment,
        Action<int>? progress = null, CancellationToken cancellation = default)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(leaveOneOut);
        ArgumentNullException.ThrowIfNull(deployment);
        (var training, deployment) = ExampleSet<T>.Together(leaveOneOut.Training, deployment, nameof(deployment));
        var individuals = training.Individuals;
        var (inflow, outflow, self) = (new double[individuals.Count], new double[individuals.Count], new double[individuals.Count]);
        leaveOneOut.InfluenceOn(deployment, (individual, influence) =>
        {
            for (var i = 0; i < influence.Length; i++)
            {
                var other = deployment.IndividualOf[i];
                if (other == individual)
                {
                    self[individual] += influence[i];
                }
                else
                {
                    outflow[individual] += influence[i];
                    inflow[other] += influence[i];
                }
            }
        }, progress, cancellation);
        return Flows.Between(training, deployment, inflow, outflow, self);
    }
}
