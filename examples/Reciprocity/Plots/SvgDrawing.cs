using System.Globalization;
using System.Text;
using System.Xml;

namespace ReciprocityStudies.Plots;

/// <summary>
/// Writes one SVG picture. It carries its own background and colours for light and dark surroundings, so it reads on
/// either; numbers are written invariantly and to a hundredth of a pixel.
/// </summary>
internal sealed class SvgDrawing : IDisposable
{
    // Light first: renderers that know no media queries show that.
    private const string Style = """

        text { font-family: system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; font-size: 12px; fill: #4b5563; }
        .background { fill: #ffffff; }
        .title { font-size: 15px; font-weight: 600; fill: #1f2937; }
        .subtitle { fill: #6b7280; }
        .axis { stroke: #9ca3af; stroke-width: 1; fill: none; }
        .grid { stroke: #e5e7eb; stroke-width: 1; fill: none; }
        .reference { stroke: #6b7280; stroke-width: 1; stroke-dasharray: 4 3; fill: none; }
        .first { color: #2563a8; }
        .second { color: #c2630f; }
        .mark { fill: currentColor; fill-opacity: 0.45; }
        .bar { fill: currentColor; fill-opacity: 0.75; }
        .band { fill: currentColor; fill-opacity: 0.15; }
        .curve { stroke: currentColor; stroke-width: 1.75; stroke-linejoin: round; fill: none; }
        .key { fill: currentColor; }
        .note { fill: #1f2937; }
        @media (prefers-color-scheme: dark) {
          text { fill: #b6bec9; }
          .background { fill: #14181e; }
          .title, .note { fill: #f0f3f6; }
          .subtitle { fill: #9aa4b1; }
          .axis { stroke: #5d6775; }
          .grid { stroke: #272e37; }
          .reference { stroke: #9aa4b1; }
          .first { color: #6ea8ea; }
          .second { color: #f0a35e; }
          .key { fill: currentColor; }
        }

        """;

    private readonly StringBuilder _text = new();
    private readonly XmlWriter _writer;

    public SvgDrawing(double width, double height, string title)
    {
        _writer = XmlWriter.Create(_text, new XmlWriterSettings
        {
            OmitXmlDeclaration = true,
            Indent = true,
            NewLineChars = "\n",
        });
        _writer.WriteStartElement("svg", "http://www.w3.org/2000/svg");
        Attribute("width", width);
        Attribute("height", height);
        _writer.WriteAttributeString("viewBox", $"0 0 {Number(width)} {Number(height)}");
        _writer.WriteAttributeString("role", "img");
        _writer.WriteElementString("title", title);
        _writer.WriteElementString("style", Style);
        Rectangle(0, 0, width, height, "background");
    }

    /// <summary>Opens a group; everything until <see cref="EndGroup"/> takes its class.</summary>
    public void BeginGroup(string style)
    {
        _writer.WriteStartElement("g");
        _writer.WriteAttributeString("class", style);
    }

    /// <summary>Opens a group that shows nothing outside a rectangle.</summary>
    public void BeginClipped(double x, double y, double width, double height, string style)
    {
        _writer.WriteStartElement("clipPath");
        _writer.WriteAttributeString("id", "inside");
        Rectangle(x, y, width, height, null);
        _writer.WriteEndElement();
        BeginGroup(style);
        _writer.WriteAttributeString("clip-path", "url(#inside)");
    }

    public void EndGroup() => _writer.WriteEndElement();

    public void Line(double x1, double y1, double x2, double y2, string style)
    {
        _writer.WriteStartElement("line");
        Attribute("x1", x1);
        Attribute("y1", y1);
        Attribute("x2", x2);
        Attribute("y2", y2);
        _writer.WriteAttributeString("class", style);
        _writer.WriteEndElement();
    }

    public void Rectangle(double x, double y, double width, double height, string? style)
    {
        _writer.WriteStartElement("rect");
        Attribute("x", x);
        Attribute("y", y);
        Attribute("width", width);
        Attribute("height", height);
        if (style is not null)
        {
            _writer.WriteAttributeString("class", style);
        }

        _writer.WriteEndElement();
    }

    /// <summary>A dot that names itself when pointed at.</summary>
    public void Dot(double x, double y, double radius, string tip)
    {
        _writer.WriteStartElement("circle");
        Attribute("cx", x);
        Attribute("cy", y);
        Attribute("r", radius);
        _writer.WriteElementString("title", tip);
        _writer.WriteEndElement();
    }

    /// <summary>A line through points, or the outline of an area when <paramref name="closed"/>.</summary>
    public void Path(IEnumerable<(double X, double Y)> points, bool closed, string style)
    {
        var path = new StringBuilder();
        foreach (var (x, y) in points)
        {
            path.Append(path.Length == 0 ? 'M' : 'L').Append(Number(x)).Append(' ').Append(Number(y));
        }

        _writer.WriteStartElement("path");
        _writer.WriteAttributeString("d", closed ? path.Append('Z').ToString() : path.ToString());
        _writer.WriteAttributeString("class", style);
        _writer.WriteEndElement();
    }

    /// <param name="x">Where the anchor lies.</param>
    /// <param name="y">The baseline.</param>
    /// <param name="text">What to write.</param>
    /// <param name="anchor">start, middle or end.</param>
    /// <param name="style">Class, or null for plain text.</param>
    /// <param name="upward">Whether it runs from bottom to top.</param>
    public void Text(double x, double y, string text, string anchor, string? style = null, bool upward = false)
    {
        _writer.WriteStartElement("text");
        Attribute("x", x);
        Attribute("y", y);
        _writer.WriteAttributeString("text-anchor", anchor);
        if (style is not null)
        {
            _writer.WriteAttributeString("class", style);
        }

        if (upward)
        {
            _writer.WriteAttributeString("transform", $"rotate(-90 {Number(x)} {Number(y)})");
        }

        _writer.WriteString(text);
        _writer.WriteEndElement();
    }

    /// <summary>Closes the picture and returns its text.</summary>
    public string Finish()
    {
        _writer.WriteEndElement();
        _writer.Flush();
        return _text.Append('\n').ToString();
    }

    public void Dispose() => _writer.Dispose();

    private void Attribute(string name, double value) => _writer.WriteAttributeString(name, Number(value));

    // Adding 0 turns -0 into 0.
    private static string Number(double value) => (Math.Round(value, 2) + 0.0).ToString("0.##", CultureInfo.InvariantCulture);
}
