using System.Globalization;
using InfluenceGen.Examples;
using InfluenceGen.Reciprocity;
using ReciprocityStudies.Plots;
using ReciprocityStudies.Reporting;

namespace ReciprocityStudies.Studies;

/// <summary>Reports the recommender experiment: the paper's figures beside ours, and its Figures 1, 2, 3 and 8.</summary>
/// <param name="settings">What was trained.</param>
/// <param name="ratings">On what.</param>
/// <param name="runs">The initialisations of each split.</param>
internal sealed class MovieLensReport(MovieLensSettings settings, ExampleSet<double> ratings, MovieLensRun[][] runs)
{
    private const int GroupOfSplits = 4;
    private const double PaperRatio = 76;

    private readonly FlowAverage[] _splits = [.. runs.Select(initialisations => Average(initialisations.Select(run => run.Flows)))];
    private readonly Report _report = new(string.Create(CultureInfo.InvariantCulture,
        $"movielens {settings.Path} --splits {settings.Splits} --initialisations {settings.Initialisations} --steps {settings.Steps} --rank {settings.Rank} --rate {settings.Rate} --train-share {settings.TrainShare} --seed {settings.Seed}"));

    public Report Build()
    {
        Trainings();
        OneSplit();
        AllSplits();
        SignalToNoise();
        Discrepancies();
        return _report;
    }

    private static FlowAverage Average(IEnumerable<Flows> runs)
    {
        var average = new FlowAverage(Averaging.EveryRun);
        foreach (var run in runs)
        {
            average.Add(run);
        }

        return average;
    }

    private string Spread => $"splits of {settings.Initialisations} initialisations";

    private void Trainings()
    {
        var all = runs.SelectMany(initialisations => initialisations).ToArray();
        double? paper = settings switch
        {
            { SplitsAsPaper: true } => 0.925,
            { TrainsAsPaper: true, TrainShare: 0.9 } => 0.910,
            _ => null,
        };
        var rmse = Figure.Over("test RMSE", paper, [.. all.Select(run => run.Rmse)], "F4", "trainings");
        _report.Tables.Add(new FigureTable($"Film ratings, matrix factorization, {settings.Splits} splits x {settings.Initialisations} initialisations",
            string.Create(CultureInfo.InvariantCulture,
                $"{ratings.Count} ratings by {ratings.RowCount(0)} people of {ratings.RowCount(1)} films, {settings.TrainShare:0.##%} to train on; rank {settings.Rank}, {settings.Steps} steps of size {settings.Rate}"),
            [
                paper == 0.925 ? rmse with { Paper = "0.925 ± 0.009" } : rmse,
                HealthcareStudy.Conserved(all.Max(run => Conservation.Imbalance(run.Flows))),
            ],
            settings.InitialisesAsPaper ? [] : ["These are not the paper's settings, so what it does not print for them is left empty."]));
    }

    private void OneSplit()
    {
        _report.Tables.Add(new FigureTable("TracIn flows, one split", $"mean of {settings.Initialisations} initialisations; the spread is over splits",
            [
                OverSplits("alpha at p = 0.75", 0.20, flows => flows.Reciprocity.Alpha(HealthcareStudy.P), "F3"),
                OverSplits("correlation of inflow and outflow", 0.89, flows => flows.Reciprocity.Correlation(), "F3"),
                OverSplits("people with negative inflow, %", 0.5, flows => 100 * flows.Reciprocity.NegativeInflowShare, "F1"),
                OverSplits("people with negative outflow, %", 16.9, flows => 100 * flows.Reciprocity.NegativeOutflowShare, "F1"),
            ],
            []));
        FlowPictures.Add(_report, "movielens-one-split", "MovieLens, one split",
            $"mean of {settings.Initialisations} initialisations", "user", _splits[0].Mean, [], "inflow", "outflow");

        Figure OverSplits(string quantity, double paper, Func<Flows, double> value, string format) =>
            Figure.Over(quantity, settings.InitialisesAsPaper ? paper : null, [.. _splits.Select(split => value(split.Mean))], format, Spread);
    }

    private void AllSplits()
    {
        if (settings.Splits < 2)
        {
            return;
        }

        var mean = Average(_splits.Select(split => split.Mean)).Mean;
        var leftOut = settings.Splits < 3 ? [] : _splits.Select(split =>
            Average(_splits.Where(other => other != split).Select(other => other.Mean)).Mean).ToArray();
        _report.Tables.Add(new FigureTable("TracIn flows, mean of all splits",
            $"{settings.Splits} splits of {settings.Initialisations} initialisations; the spread is the jackknife's standard error",
            MeanFigures((quantity, paper, value, format) => Figure.Measured(quantity, settings.IsPaper ? paper : null, value(mean),
                leftOut.Length == 0 ? null : Spreads.Jackknife([.. leftOut.Select(value)]), format, "jackknife over splits")),
            []));
        FlowPictures.Add(_report, "movielens-all-splits", "MovieLens, all splits",
            $"mean of {settings.Splits} splits of {settings.Initialisations} initialisations", "user", mean, [], "inflow", "outflow");
        if (settings.IsPaper)
        {
            GroupsOfSplits();
        }
    }

    private void GroupsOfSplits()
    {
        var groups = _splits.Chunk(GroupOfSplits).Where(group => group.Length == GroupOfSplits)
            .Select(group => Average(group.Select(split => split.Mean)).Mean).ToArray();
        _report.Tables.Add(new FigureTable($"TracIn flows, mean of {GroupOfSplits} splits",
            $"{groups.Length} groups of {GroupOfSplits} splits, beside what the paper prints for ten",
            MeanFigures((quantity, paper, value, format) =>
                Figure.Over(quantity, paper, [.. groups.Select(value)], format, $"groups of {GroupOfSplits} splits")),
            ["Averaging over more splits raises alpha and correlation; the mean of four is there to compare."]));
    }

    private Figure[] MeanFigures(Func<string, double, Func<Flows, double>, string, Figure> figure) =>
    [
        figure("alpha at p = 0.75", 0.48, flows => flows.Reciprocity.Alpha(HealthcareStudy.P), "F3"),
        figure("correlation of inflow and outflow", 0.97, flows => flows.Reciprocity.Correlation(), "F3"),
        figure("people with negative inflow, %", 0, flows => 100 * flows.Reciprocity.NegativeInflowShare, "F1"),
        figure("people with negative outflow, %", 11.1, flows => 100 * flows.Reciprocity.NegativeOutflowShare, "F1"),
    ];

    private void SignalToNoise()
    {
        var figures = new List<Figure>();
        var notes = new List<string>();
        if (settings.Initialisations > 1)
        {
            var ratios = _splits.Select(split => split.OutflowSignalToNoise()).ToArray();
            var above = ratios.Select(split => 100.0 * split.Count(ratio => ratio > PaperRatio) / split.Length).ToArray();
            figures.Add(Figure.Over("outflow over initialisations of a split, 90th percentile", null,
                [.. ratios.Select(split => Quantiles.Of(split, 0.9))], "F1", Spread));
            figures.Add(Figure.Over("people whose ratio is above 76, %", settings.InitialisesAsPaper ? 90 : null, above, "F1", Spread));
            AddHistogram("movielens-signal-to-noise-initialisations.svg", "Signal-to-noise ratio of outflow over initialisations",
                $"one split, {settings.Initialisations} initialisations", ratios[0]);
            if (settings.InitialisesAsPaper)
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture,
                    $"The paper has 90% of people above 76; here {100 - above.Average():F0}% are below it. The two agree if its \"greater\" is read as \"less\"."));
            }
        }

        if (settings.Splits > 1)
        {
            var ratios = Average(_splits.Select(split => split.Mean)).OutflowSignalToNoise();
            figures.Add(Figure.Measured("outflow over splits, 90th percentile", null, Quantiles.Of(ratios, 0.9), null, "F1", null));
            AddHistogram("movielens-signal-to-noise-splits.svg", "Signal-to-noise ratio of outflow over splits",
                $"{settings.Splits} splits, mean of {settings.Initialisations} initialisations each", ratios);
        }

        if (figures.Count > 0)
        {
            notes.Add("Marginal flows are not measured here: they take 943 retrainings of each split.");
            _report.Tables.Add(new FigureTable("Signal-to-noise ratio of TracIn flows", "mean / standard deviation", figures, notes));
        }
    }

    private void AddHistogram(string file, string title, string average, double[] ratios)
    {
        var ninth = Quantiles.Of(ratios, 0.9);

        // A few ratios are enormous, of people whose outflow happens to agree; the outermost hundredths are not drawn.
        var range = new Extent(Math.Min(0, Quantiles.Of(ratios, 0.01)), Math.Max(1, Quantiles.Of(ratios, 0.99)));
        _report.Pictures.Add(new Picture(file, Histogram.Draw(
            new Caption(title, $"{ratios.Length} users, {average}; outermost 1% not drawn", "mean / standard deviation", "users"),
            ratios, range, ninth,
            string.Create(CultureInfo.InvariantCulture, $"nine in ten lie below {ninth:F0}"))));
    }

    private void Discrepancies()
    {
        var regularised = runs.Select(initialisations => initialisations[0].Discrepancy).ToArray();
        var plain = runs.Select(initialisations => initialisations[0].PlainDiscrepancy).ToArray();
        _report.Tables.Add(new FigureTable("First-order discrepancy",
            "|first-order - actual| / |actual| reduction of deployment loss a step; one training of each split",
            [
                Eightieth("80th percentile over steps, deployment loss regularised, %", regularised),
                Eightieth("80th percentile over steps, not regularised, %", plain),
            ],
            []));
        AddSteps("first-order discrepancy, deployment loss regularised", regularised[0]);
        AddSteps("first-order discrepancy, deployment loss not regularised", plain[0]);

        // The ratio grows without bound where the loss stands still, so the picture stops above all but those few steps.
        var top = 1.5 * Math.Max(Percentile(regularised[0], 0.95), Percentile(plain[0], 0.95));
        _report.Pictures.Add(new Picture("movielens-discrepancy.svg", LineChart.Draw(
            new Caption("First-order discrepancy of TracIn", "one training; the highest 5% of steps may lie above the frame",
                "step", "relative discrepancy, %"),
            new Extent(0, settings.Steps), new Extent(0, top), Line("regularised", regularised[0]), Line("not regularised", plain[0]))));

        Figure Eightieth(string quantity, double[][] discrepancies) =>
            Figure.Over(quantity, settings.SplitsAsPaper ? 1.1 : null, [.. discrepancies.Select(steps => Percentile(steps, 0.8))], "F2", "trainings");
    }

    private void AddSteps(string title, double[] discrepancy) => _report.Steps.Add(new StepTable(title,
        [.. Enumerable.Range(0, discrepancy.Length)],
        [.. discrepancy.Select(value => double.IsFinite(value) ? value : (double?)null)], null));

    private static double Percentile(double[] discrepancy, double share) => 100 * Quantiles.Of(discrepancy, share);

    private static Curve Line(string name, double[] discrepancy)
    {
        var steps = Enumerable.Range(0, discrepancy.Length).Where(step => double.IsFinite(discrepancy[step])).ToArray();
        return new Curve(name, steps, [.. steps.Select(step => 100 * discrepancy[step])]);
    }
}
