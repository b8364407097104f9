using System.Globalization;

namespace ReciprocityStudies.Plots;

/// <summary>A dot for each individual, inflow across and outflow up, both on one scale, with the diagonal of equality.</summary>
internal static class ScatterPlot
{
    private const double Side = 520;

    /// <summary>Draws it; returns the SVG.</summary>
    /// <param name="caption">The words.</param>
    /// <param name="points">Each individual's name, inflow and outflow.</param>
    /// <param name="labelled">Individuals whose names are written beside their dots.</param>
    public static string Draw(Caption caption, IReadOnlyList<FlowPoint> points, params ReadOnlySpan<string> labelled)
    {
        var range = Extent.Around(points.SelectMany(point => new[] { point.Inflow, point.Outflow }));
        var frame = new PlotFrame(caption, range, range, Side, Side + 12);
        using var drawing = frame.Drawing;
        drawing.Line(frame.X.Position(range.Low), frame.Y.Position(range.Low),
            frame.X.Position(range.High), frame.Y.Position(range.High), "reference");

        drawing.BeginGroup("first");
        drawing.BeginGroup("mark");
        foreach (var (name, inflow, outflow) in points)
        {
            drawing.Dot(frame.X.Position(inflow), frame.Y.Position(outflow), 3,
                string.Create(CultureInfo.InvariantCulture, $"{name}: inflow {inflow:G4}, outflow {outflow:G4}"));
        }

        drawing.EndGroup();
        drawing.EndGroup();
        foreach (var (name, inflow, outflow) in points)
        {
            if (labelled.Contains(name))
            {
                var onRight = frame.X.Position(inflow) < Side / 2;
                drawing.Text(frame.X.Position(inflow) + (onRight ? 8 : -8), frame.Y.Position(outflow) + 4, name,
                    onRight ? "start" : "end", "note");
            }
        }

        return drawing.Finish();
    }
}

/// <summary>One individual's flows.</summary>
internal readonly record struct FlowPoint(string Name, double Inflow, double Outflow);
