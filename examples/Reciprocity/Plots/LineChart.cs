namespace ReciprocityStudies.Plots;

/// <summary>One or two curves over steps, each with a band of spread around it where it has one.</summary>
internal static class LineChart
{
    private static readonly string[] _colours = ["first", "second"];

    /// <summary>Draws it; returns the SVG. What lies outside <paramref name="vertical"/> is cut off.</summary>
    public static string Draw(Caption caption, Extent horizontal, Extent vertical, params IReadOnlyList<Curve> curves)
    {
        if (curves.Count > _colours.Length)
        {
            throw new ArgumentException($"{curves.Count} curves; there are colours for {_colours.Length}.", nameof(curves));
        }

        var frame = new PlotFrame(caption, horizontal, vertical, 560, 360);
        using var drawing = frame.Drawing;
        frame.BeginInside("curves");
        for (var i = 0; i < curves.Count; i++)
        {
            drawing.BeginGroup(_colours[i]);
            DrawCurve(frame, curves[i]);
            drawing.EndGroup();
        }

        drawing.EndGroup();
        if (curves.Count > 1)
        {
            frame.Key(curves.Select((curve, i) => (curve.Name, _colours[i])));
        }

        return drawing.Finish();
    }

    private static void DrawCurve(PlotFrame frame, Curve curve)
    {
        var steps = curve.Steps;
        if (curve.Spread is { } spread)
        {
            var upper = steps.Select((step, i) => Point(step, curve.Values[i] + spread[i]));
            var lower = steps.Select((step, i) => Point(step, curve.Values[i] - spread[i])).Reverse();
            frame.Drawing.Path(upper.Concat(lower), closed: true, "band");
        }

        frame.Drawing.Path(steps.Select((step, i) => Point(step, curve.Values[i])), closed: false, "curve");

        (double, double) Point(int step, double value) => (frame.X.Position(step), frame.Y.Position(value));
    }
}

/// <summary>One curve.</summary>
/// <param name="Name">What stands in the key, which a chart of several curves has.</param>
/// <param name="Steps">Across.</param>
/// <param name="Values">Up; finite.</param>
/// <param name="Spread">Half the band's height at each step, or null for none.</param>
internal sealed record Curve(string Name, IReadOnlyList<int> Steps, IReadOnlyList<double> Values,
    IReadOnlyList<double>? Spread = null);
