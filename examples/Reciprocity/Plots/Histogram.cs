namespace ReciprocityStudies.Plots;

/// <summary>How many individuals fall into each of equal bins.</summary>
internal static class Histogram
{
    private const int Bins = 40;

    /// <summary>Draws it; returns the SVG. Values outside the range are left out of the bars.</summary>
    /// <param name="caption">The words.</param>
    /// <param name="values">One value for each individual.</param>
    /// <param name="range">What the bins cover.</param>
    /// <param name="mark">A value to mark with a dashed line.</param>
    /// <param name="note">What stands beside the mark.</param>
    public static string Draw(Caption caption, IReadOnlyList<double> values, Extent range, double mark, string note)
    {
        var counts = Count(values, range);
        // A tenth of headroom keeps the note clear of the tallest bar.
        var frame = new PlotFrame(caption, range, new Extent(0, 1.1 * Math.Max(1, counts.Max())), 560, 360);
        using var drawing = frame.Drawing;
        drawing.BeginGroup("first");
        var width = (frame.InnerRight - frame.InnerLeft) / Bins;
        for (var bin = 0; bin < Bins; bin++)
        {
            if (counts[bin] > 0)
            {
                var top = frame.Y.Position(counts[bin]);
                drawing.Rectangle(frame.InnerLeft + bin * width + 0.5, top, width - 1, frame.InnerBottom - top, "bar");
            }
        }

        drawing.EndGroup();
        frame.MarkAcross(mark, note);
        return drawing.Finish();
    }

    /// <summary>The bars: a bin holds its lower edge, the last one both edges.</summary>
    internal static int[] Count(IReadOnlyList<double> values, Extent range)
    {
        var counts = new int[Bins];
        foreach (var value in values)
        {
            if (value >= range.Low && value <= range.High)
            {
                counts[Math.Min(Bins - 1, (int)((value - range.Low) / (range.High - range.Low) * Bins))]++;
            }
        }

        return counts;
    }
}
