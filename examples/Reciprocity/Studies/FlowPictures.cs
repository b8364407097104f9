using System.Globalization;
using InfluenceGen.Reciprocity;
using ReciprocityStudies.Plots;
using ReciprocityStudies.Reporting;

namespace ReciprocityStudies.Studies;

/// <summary>Everybody's flows as a table, a scatter plot and a histogram of reciprocity.</summary>
internal static class FlowPictures
{
    /// <summary>Adds them to a report.</summary>
    /// <param name="report">What they are added to.</param>
    /// <param name="file">The start of the pictures' names.</param>
    /// <param name="title">What was studied.</param>
    /// <param name="average">What the flows are averages over.</param>
    /// <param name="person">What an individual is called, in the singular.</param>
    /// <param name="flows">The flows.</param>
    /// <param name="labelled">Individuals to be named in the scatter plot.</param>
    /// <param name="inflow">The axis of inflows.</param>
    /// <param name="outflow">The axis of outflows.</param>
    public static void Add(Report report, string file, string title, string average, string person, Flows flows,
        IReadOnlyCollection<string> labelled, string inflow, string outflow)
    {
        var measures = flows.Reciprocity;
        report.Flows.Add(new FlowTable(title, $"{inflow}; {outflow}; {average}",
            [.. measures.Measured.Select(u => new IndividualFlow(flows.Individuals[u], flows.Inflow[u], flows.Outflow[u], measures.Of(u)))]));

        var subtitle = $"{measures.Measured.Length} {person}s, {average}";
        report.Pictures.Add(new Picture($"{file}-flows.svg", ScatterPlot.Draw(
            new Caption(title, subtitle, inflow, outflow),
            [.. measures.Measured.Select(u => new FlowPoint($"{person} {flows.Individuals[u]}", flows.Inflow[u], flows.Outflow[u]))],
            [.. labelled.Select(name => $"{person} {name}")])));

        var alpha = measures.Alpha(HealthcareStudy.P);
        report.Pictures.Add(new Picture($"{file}-reciprocity.svg", Histogram.Draw(
            new Caption($"Reciprocity: {title}", subtitle, "reciprocity min(I/O, O/I)", $"{person}s"),
            measures.Values, new Extent(0, 1), alpha,
            string.Create(CultureInfo.InvariantCulture, $"three quarters lie above {alpha:F2}"))));
    }
}
