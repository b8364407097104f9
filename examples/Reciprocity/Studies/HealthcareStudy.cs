using System.Collections.Immutable;
using System.Globalization;
using InfluenceGen.Reciprocity;
using ReciprocityStudies.Plots;
using ReciprocityStudies.Reporting;

namespace ReciprocityStudies.Studies;

/// <summary>
/// The diabetes and breast-cancer experiments (Sundararajan and Krichene, Section 5.2.2, Figs. 5 and 6): TracIn flows of
/// patients, averaged over random splits.
/// </summary>
internal static class HealthcareStudy
{
    /// <summary>The share p of individuals at which the paper states α.</summary>
    public const double P = 0.75;

    private const int DiabetesSteps = 200;

    private static readonly ImmutableArray<int> _diabetesMilestones = [.. Enumerable.Range(1, 20).Select(n => 50 * n)];

    /// <summary>Runs both.</summary>
    /// <param name="data">The folder of the CSV files.</param>
    /// <param name="splits">The sets of splits.</param>
    /// <param name="done">Called after each of the 2 · sets · splits trainings.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    public static Report Run(string data, PatientSplits splits, Action done, CancellationToken cancellation)
    {
        var diabetes = DiabetesTask(data, _diabetesMilestones);
        var tumours = TumourTask(data);
        var report = new Report($"--splits {splits.Splits} --sets {splits.Sets} --seed {splits.Seed}");
        var averages = Sets(splits, set => diabetes.Average(splits, set, done, cancellation));
        ReportDiabetes(report, splits, averages);
        averages = Sets(splits, set => tumours.Average(splits, set, done, cancellation));
        ReportTumours(report, splits, averages);
        return report;
    }

    /// <summary>Linear regression of disease progression, η = 0.01.</summary>
    public static PatientTask<Diabetes.Model> DiabetesTask(string data, ImmutableArray<int> milestones) =>
        new(new Diabetes.Model(), Diabetes.Read(Path.Combine(data, "diabetes.csv"), "progression", "patient"),
            milestones[^1], 0.01, milestones);

    /// <summary>Logistic regression of benign against malignant, T = 600, η = 0.1.</summary>
    public static PatientTask<Tumour.Model> TumourTask(string data) =>
        new(new Tumour.Model(), Tumour.Read(Path.Combine(data, "breast-cancer.csv"), "benign", "patient"), 600, 0.1, [600]);

    private static PatientAverages[] Sets(PatientSplits splits, Func<int, PatientAverages> average) =>
        [.. Enumerable.Range(0, splits.Sets).Select(average)];

    private static void ReportDiabetes(Report report, PatientSplits splits, PatientAverages[] sets)
    {
        var early = _diabetesMilestones.IndexOf(DiabetesSteps);
        var last = _diabetesMilestones.Length - 1;
        report.Tables.Add(new FigureTable("Diabetes, linear model",
            $"442 patients, full batch, step size 0.01, {splits}",
            [
                Alpha("alpha at p = 0.75 after 200 steps", splits.Paper(0.76), early),
                Alpha("alpha at p = 0.75 after 1000 steps", splits.Paper(0.20), last),
                Over("correlation of inflow and outflow after 200 steps", null, set => set.Flows[early].Reciprocity.Correlation(), "F3"),
                Over("deployment loss after 1000 steps against 200, %", splits.Paper(1), set => 100 * (set.MeanLosses[last] / set.MeanLosses[early] - 1), "F1"),
                Imbalance(sets),
            ],
            []));

        var values = _diabetesMilestones.Select((_, m) => sets.Select(set => set.Flows[m].Reciprocity.Alpha(P)).ToArray()).ToArray();
        var means = values.Select(alphas => alphas.Average()).ToArray();
        var deviations = splits.Sets > 1 ? values.Select(Spreads.Deviation).ToArray() : null;
        report.Steps.Add(new StepTable("diabetes: alpha at p = 0.75 against steps", _diabetesMilestones,
            [.. means.Select(mean => (double?)mean)], deviations));
        report.Pictures.Add(new Picture("diabetes-steps.svg", LineChart.Draw(
            new Caption("Reciprocity is lost as training goes on",
                $"Diabetes, {splits}" + (splits.Sets > 1 ? "; band: one standard deviation" : ""),
                "steps of gradient descent", "alpha at p = 0.75"),
            new Extent(0, _diabetesMilestones[last]), new Extent(0, 1),
            new Curve("alpha", _diabetesMilestones, means, deviations))));
        AddFlows(report, "diabetes", "Diabetes after 200 steps", splits, sets[0].Flows[early]);

        Figure Alpha(string quantity, double? paper, int milestone) =>
            Over(quantity, paper, set => set.Flows[milestone].Reciprocity.Alpha(P), "F2");

        Figure Over(string quantity, double? paper, Func<PatientAverages, double> value, string format) =>
            Figure.Over(quantity, paper, [.. sets.Select(value)], format, splits.Spread);
    }

    private static void ReportTumours(Report report, PatientSplits splits, PatientAverages[] sets)
    {
        var flows = sets.Select(set => set.Flows[^1]).ToArray();
        var worst = flows.Select(flow => Lowest(flow, flow.Inflow)).ToArray();
        var name = flows[0].Individuals[worst[0]];
        report.Tables.Add(new FigureTable("Breast cancer, logistic model",
            $"569 patients, full batch, 600 steps of size 0.1, {splits}",
            [
                Figure.Over("alpha at p = 0.75", splits.Paper(0.93), [.. flows.Select(flow => flow.Reciprocity.Alpha(P))], "F3", splits.Spread),
                Figure.Over("correlation of inflow and outflow", null, [.. flows.Select(flow => flow.Reciprocity.Correlation())], "F3", splits.Spread),
                Agreement("most negative inflow", "one patient", flows, flow => Lowest(flow, flow.Inflow)),
                Agreement("most negative outflow", "the same", flows, flow => Lowest(flow, flow.Outflow)),
                Figure.Over($"loss of patient {name} against the next largest", null,
                    [.. sets.Select(set => LossAgainstNext(set.PatientLosses, worst[0]))], "F2", splits.Spread) with { Paper = "more than 2" },
                Imbalance(sets),
            ],
            []));
        AddFlows(report, "breast-cancer", "Breast cancer after 600 steps", splits, flows[0], name);
    }

    /// <summary>Adds everybody's flows in one set of splits, and their pictures.</summary>
    public static void AddFlows(Report report, string file, string title, PatientSplits splits, Flows flows, params string[] labelled)
    {
        var set = splits.Sets > 1 ? $"the first of {splits.Sets} sets of {splits.Splits} splits" : $"{splits.Splits} splits";
        FlowPictures.Add(report, file, title, $"mean over {set}", "patient", flows, labelled,
            "inflow per training example", "outflow per deployment example");
    }

    private static Figure Imbalance(PatientAverages[] sets) => Conserved(sets.Max(set => set.Imbalance));

    /// <summary>The row that states how far all inflows and all outflows of a training differ.</summary>
    public static Figure Conserved(double imbalance) =>
        new("all inflows against all outflows, at worst", "equal",
            imbalance.ToString("0.0e0", CultureInfo.InvariantCulture), imbalance);

    private static Figure Agreement(string quantity, string paper, Flows[] sets, Func<Flows, int> find)
    {
        var (patient, agreeing) = sets.CountBy(find).MaxBy(found => found.Value);
        return new Figure(quantity, paper, string.Create(CultureInfo.InvariantCulture,
            $"patient {sets[0].Individuals[patient]}, {agreeing} of {sets.Length} sets"));
    }

    private static int Lowest(Flows flows, ImmutableArray<double> of) => flows.Reciprocity.Measured.MinBy(u => of[u]);

    private static double LossAgainstNext(double[] losses, int patient) =>
        losses[patient] / losses.Where((loss, u) => u != patient && !double.IsNaN(loss)).Max();
}
