using InfluenceGen.Influence.Retraining;
using InfluenceGen.Models;
using InfluenceGen.Reciprocity;
using ReciprocityStudies.Reporting;

namespace ReciprocityStudies.Studies;

/// <summary>
/// Marginal flows of the healthcare sets (Sundararajan and Krichene, Section 5.2.1, Fig. 4): leave a patient out, train
/// again, and see what the others' losses do. The paper does not say what becomes of the rest when one is left out, so
/// both readings are measured.
/// </summary>
internal static class MarginalStudy
{
    private static readonly (Removal Removal, string Name, string File)[] _readings =
    [
        (Removal.Refit, "as if never collected: mean loss and first bias are over the others", "refit"),
        (Removal.Fixed, "only its terms go: divisor and first bias stay what they were", "fixed"),
    ];

    /// <summary>How many times <c>done</c> is called.</summary>
    public static int Parts(PatientSplits splits) => 2 * _readings.Length * splits.Sets * splits.Splits;

    /// <summary>Runs both data sets under both readings.</summary>
    /// <param name="data">The folder of the CSV files.</param>
    /// <param name="splits">The sets of splits.</param>
    /// <param name="done">Called <see cref="Parts"/> times.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    public static Report Run(string data, PatientSplits splits, Action done, CancellationToken cancellation)
    {
        var report = new Report($"marginal --splits {splits.Splits} --sets {splits.Sets} --seed {splits.Seed}");
        Add(report, "diabetes", "Diabetes", HealthcareStudy.DiabetesTask(data, [200]), 0.36, 0.55, splits, done, cancellation);
        Add(report, "breast-cancer", "Breast cancer", HealthcareStudy.TumourTask(data), 0.48, 0.58, splits, done, cancellation);
        return report;
    }

    private static void Add<TModel>(Report report, string file, string name, PatientTask<TModel> task, double alpha,
        double signalToNoise, PatientSplits splits, Action done, CancellationToken cancellation)
        where TModel : struct, IModel<double>
    {
        foreach (var (removal, reading, suffix) in _readings)
        {
            var sets = Enumerable.Range(0, splits.Sets)
                .Select(set => Average(task, removal, splits, set, done, cancellation)).ToArray();
            report.Tables.Add(new FigureTable($"{name}, marginal influence",
                $"{reading}; {task.Steps} steps, {splits}",
                [
                    Over("alpha at p = 0.75", splits.Paper(alpha), set => set.Mean.Reciprocity.Alpha(HealthcareStudy.P), "F2"),
                    .. splits.Splits < 3 ? (Figure[])[] :
                    [
                        Over("90th percentile of outflow's signal-to-noise ratio", splits.Paper(signalToNoise), set => Quantiles.Of(set.OutflowSignalToNoise(), 0.9), "F2"),
                        Over("90th percentile of inflow's", null, set => Quantiles.Of(set.InflowSignalToNoise(), 0.9), "F2"),
                    ],
                ],
                []));
            HealthcareStudy.AddFlows(report, $"{file}-marginal-{suffix}", $"{name}, marginal, {suffix}", splits, sets[0].Mean);

            Figure Over(string quantity, double? paper, Func<FlowAverage, double> value, string format) =>
                Figure.Over(quantity, paper, [.. sets.Select(value)], format, splits.Spread);
        }
    }

    private static FlowAverage Average<TModel>(PatientTask<TModel> task, Removal removal, PatientSplits splits, int set,
        Action done, CancellationToken cancellation)
        where TModel : struct, IModel<double>
    {
        var average = new FlowAverage(Averaging.RunsMeasured);
        foreach (var run in splits.Of(set, task.Patients, cancellation, (train, deployment) =>
        {
            var leaveOneOut = new LeaveOneOut<TModel, double>(task.Model, train, task.Plan, removal);
            var flows = MarginalFlows.Of(leaveOneOut, deployment, null, cancellation).PerExample();
            done();
            return flows;
        }))
        {
            average.Add(run);
        }

        return average;
    }
}
