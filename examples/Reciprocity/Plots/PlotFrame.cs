namespace ReciprocityStudies.Plots;

/// <summary>What every plot has: a title, a line below it, two labelled axes with ticks and a faint grid.</summary>
internal sealed class PlotFrame
{
    private const double Left = 78;
    private const double Right = 20;
    private const double Top = 58;
    private const double Bottom = 52;

    /// <param name="caption">Title, what was measured, what the axes show.</param>
    /// <param name="horizontal">The values across.</param>
    /// <param name="vertical">The values up.</param>
    /// <param name="width">Of the whole picture, in pixels.</param>
    /// <param name="height">Of the whole picture, in pixels.</param>
    public PlotFrame(Caption caption, Extent horizontal, Extent vertical, double width, double height)
    {
        Drawing = new SvgDrawing(width, height, $"{caption.Title}. {caption.Subtitle}");
        X = new Axis(horizontal, Left, width - Right);
        Y = new Axis(vertical, height - Bottom, Top);
        (InnerLeft, InnerRight, InnerTop, InnerBottom) = (Left, width - Right, Top, height - Bottom);

        Drawing.Text(Left, 24, caption.Title, "start", "title");
        Drawing.Text(Left, 42, caption.Subtitle, "start", "subtitle");
        foreach (var tick in X.Ticks)
        {
            Drawing.Line(X.Position(tick), InnerTop, X.Position(tick), InnerBottom, "grid");
            Drawing.Text(X.Position(tick), InnerBottom + 18, X.Label(tick), "middle");
        }

        foreach (var tick in Y.Ticks)
        {
            Drawing.Line(InnerLeft, Y.Position(tick), InnerRight, Y.Position(tick), "grid");
            Drawing.Text(InnerLeft - 8, Y.Position(tick) + 4, Y.Label(tick), "end");
        }

        Drawing.Text((InnerLeft + InnerRight) / 2, height - 12, caption.Horizontal, "middle");
        Drawing.Text(16, (InnerTop + InnerBottom) / 2, caption.Vertical, "middle", upward: true);
        DrawZeroOrEdge();
    }

    public SvgDrawing Drawing { get; }

    public Axis X { get; }

    public Axis Y { get; }

    public double InnerLeft { get; }

    public double InnerRight { get; }

    public double InnerTop { get; }

    public double InnerBottom { get; }

    /// <summary>Opens a group that is cut off at the axes.</summary>
    public void BeginInside(string style) =>
        Drawing.BeginClipped(InnerLeft, InnerTop, InnerRight - InnerLeft, InnerBottom - InnerTop, style);

    /// <summary>Names the curves below the axis, where no curve runs, the last one at the right edge.</summary>
    /// <param name="names">Each curve's name and colour.</param>
    public void Key(IEnumerable<(string Name, string Colour)> names)
    {
        const double CharacterWidth = 6.6;
        const double Gap = 20;
        var right = InnerRight;
        foreach (var (name, colour) in names.Reverse())
        {
            Drawing.BeginGroup(colour);
            Drawing.Text(right, InnerBottom + 40, name, "end", "key");
            Drawing.EndGroup();
            right -= CharacterWidth * name.Length + Gap;
        }
    }

    /// <summary>A dashed vertical line with a note beside it, on the side with more room.</summary>
    public void MarkAcross(double value, string note)
    {
        var x = X.Position(value);
        var onRight = x < (InnerLeft + InnerRight) / 2;
        Drawing.Line(x, InnerTop, x, InnerBottom, "reference");
        Drawing.Text(onRight ? x + 6 : x - 6, InnerTop + 14, note, onRight ? "start" : "end", "note");
    }

    // Axes stand at zero where zero is inside, so that the sign of a flow is read off the quadrant.
    private void DrawZeroOrEdge()
    {
        var x = X.Shown is { Low: <= 0, High: >= 0 } ? X.Position(0) : InnerLeft;
        var y = Y.Shown is { Low: <= 0, High: >= 0 } ? Y.Position(0) : InnerBottom;
        Drawing.Line(x, InnerTop, x, InnerBottom, "axis");
        Drawing.Line(InnerLeft, y, InnerRight, y, "axis");
    }
}

/// <summary>The words of a plot.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Subtitle">From what data.</param>
/// <param name="Horizontal">The axis across, with its unit.</param>
/// <param name="Vertical">The axis up, with its unit.</param>
internal sealed record Caption(string Title, string Subtitle, string Horizontal, string Vertical);
