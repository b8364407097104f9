using System.Collections.Immutable;
using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Reciprocity;
using InfluenceGen.Training;

namespace ReciprocityStudies.Studies;

/// <summary>A model of patients and how it is trained.</summary>
/// <param name="Model">The compiled model.</param>
/// <param name="Patients">All of them, features as measured.</param>
/// <param name="Steps">Full-batch steps on the mean loss.</param>
/// <param name="Rate">The step size.</param>
/// <param name="Milestones">After how many steps flows are looked at, ascending, the last being all of them.</param>
internal sealed record PatientTask<TModel>(TModel Model, ExampleSet<double> Patients, int Steps, double Rate,
    ImmutableArray<int> Milestones)
    where TModel : struct, IModel<double>
{
    /// <summary>How a training goes. The bias starts at the mean label (its logit), all else at 0.</summary>
    public GradientDescent Plan => GradientDescent.FullBatch(Steps, Rate) with { Threads = 1 };

    /// <summary>Trains on every split of one set and averages.</summary>
    /// <param name="splits">The sets of splits.</param>
    /// <param name="set">Which set.</param>
    /// <param name="done">Called when a split is done.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    public PatientAverages Average(PatientSplits splits, int set, Action done, CancellationToken cancellation)
    {
        var runs = splits.Of(set, Patients, cancellation, (train, deployment) =>
        {
            var run = Train(train, deployment, cancellation);
            done();
            return run;
        });

        var averages = Milestones.Select(_ => new FlowAverage(Averaging.RunsMeasured)).ToArray();
        var meanLosses = new double[Milestones.Length];
        var (losses, deployments) = (new double[Patients.Individuals.Count], new int[Patients.Individuals.Count]);
        foreach (var run in runs)
        {
            for (var m = 0; m < Milestones.Length; m++)
            {
                averages[m].Add(run.Flows[m]);
                meanLosses[m] += run.MeanLosses[m] / runs.Length;
            }

            foreach (var (patient, loss) in run.FinalLosses)
            {
                losses[patient] += loss;
                deployments[patient]++;
            }
        }

        return new PatientAverages([.. averages.Select(average => average.Mean)], meanLosses,
            [.. losses.Zip(deployments, (loss, count) => loss / count)], runs.Max(run => run.Imbalance));
    }

    private Run Train(ExampleSet<double> train, ExampleSet<double> deployment, CancellationToken cancellation)
    {
        var ledger = new Ledger<TModel, double>(Model, train, deployment)
        {
            Milestones = Milestones,
            ChecksFirstOrder = true,
        };
        var fit = Trainer.Train(Model, train, Plan, null, cancellation, ledger);
        var flows = Milestones.Select(ledger.FlowsAfter).ToArray();
        return new Run([.. flows.Select(flow => flow.PerExample())],
            [.. Milestones.Select(steps => ledger.DeploymentLoss[steps] / deployment.Count)],
            [.. fit.Losses(deployment).Select((loss, i) => (deployment.IndividualOf[i], loss))],
            Conservation.Imbalance(ledger.Flows));
    }

    private sealed record Run(Flows[] Flows, double[] MeanLosses, (int Patient, double Loss)[] FinalLosses, double Imbalance);
}

/// <summary>What one set of splits shows on average.</summary>
/// <param name="Flows">Per example of the opposite set, at each milestone.</param>
/// <param name="MeanLosses">The mean deployment loss at each milestone.</param>
/// <param name="PatientLosses">Each patient's mean loss after training, over the splits in which it is in deployment; NaN
/// where it never is.</param>
/// <param name="Imbalance">The largest <see cref="Conservation.Imbalance"/> of a run.</param>
internal sealed record PatientAverages(Flows[] Flows, double[] MeanLosses, double[] PatientLosses, double Imbalance);

/// <summary>The free check: what all give is what all get.</summary>
internal static class Conservation
{
    /// <summary>|Σ inflow − Σ outflow| over Σ |inflow|, rounding aside 0 in every training.</summary>
    public static double Imbalance(Flows flows) =>
        Math.Abs(flows.Inflow.Sum() - flows.Outflow.Sum()) / flows.Inflow.Sum(Math.Abs);
}
