using System.Globalization;
using System.Xml.Linq;
using ReciprocityStudies.Plots;
using Xunit;

namespace InfluenceGen.Examples.Tests.Plots;

public sealed class PlotTests
{
    private static readonly XNamespace _svg = "http://www.w3.org/2000/svg";
    private static readonly Caption _caption = new("Title <&>", "\"subtitle\"", "across", "up");

    [Fact]
    public void A_plot_is_well_formed_and_escapes_names()
    {
        foreach (var plot in AllPlots())
        {
            var root = XDocument.Parse(plot).Root!;
            Assert.Equal(_svg + "svg", root.Name);
            Assert.StartsWith("Title <&>", root.Element(_svg + "title")!.Value, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_plot_is_the_same_under_any_culture()
    {
        var invariant = AllPlots();
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = HostileCulture.Instance;
            Assert.Equal(invariant, AllPlots());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Every_individual_has_a_dot_in_its_place()
    {
        var root = XDocument.Parse(Scatter()).Root!;
        var dots = root.Descendants(_svg + "circle").ToArray();
        Assert.Equal(3, dots.Length);
        // Equal flows lie on the diagonal: as far from the left edge as from the bottom.
        var diagonal = root.Descendants(_svg + "line").Single(line => (string?)line.Attribute("class") == "reference");
        var across = Number(dots[0], "cx") - Number(diagonal, "x1");
        var up = Number(diagonal, "y1") - Number(dots[0], "cy");
        Assert.Equal(across, up, 0.02);
        Assert.True(Number(dots[1], "cx") > Number(dots[0], "cx"), "more inflow lies further right");
        Assert.True(Number(dots[2], "cy") > Number(dots[0], "cy"), "less outflow lies further down");
    }

    [Fact]
    public void Bars_count_every_value_in_range_once()
    {
        var counts = Histogram.Count([0, 0.01, 0.5, 0.999, 1, 1.2, -0.1], new Extent(0, 1));
        Assert.Equal(5, counts.Sum());
        Assert.Equal(2, counts[0]);
        Assert.Equal(1, counts[counts.Length / 2]);
        Assert.Equal(2, counts[^1]);
    }

    [Theory]
    [InlineData(0, 1, "0.0,0.2,0.4,0.6,0.8,1.0")]
    [InlineData(-3, 11, "-2,0,2,4,6,8,10")]
    [InlineData(0, 1000, "0,200,400,600,800,1000")]
    [InlineData(-0.02, 0.05, "-0.02,-0.01,0.00,0.01,0.02,0.03,0.04,0.05")]
    public void Ticks_are_round_numbers_inside_the_extent(double low, double high, string expected)
    {
        var axis = new Axis(new Extent(low, high), 0, 100);
        Assert.Equal(expected, string.Join(",", axis.Ticks.Select(axis.Label)));
    }

    [Fact]
    public void An_extent_has_a_size_whatever_it_is_drawn_around()
    {
        Assert.Equal(new Extent(0, 1), Extent.Around([]));
        Assert.Equal(new Extent(0, 1), Extent.Around([0, 0]));
        Assert.Equal(new Extent(-1.04, 0), Extent.Around([-1, -0.5]));
    }

    private static double Number(XElement element, string attribute) =>
        double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    private static string Scatter() => ScatterPlot.Draw(_caption,
        [new FlowPoint("a & b", 1.5, 1.5), new FlowPoint("c", 2.25, 1.75), new FlowPoint("<d>", -0.5, -2.5)], "<d>");

    private static string[] AllPlots() =>
    [
        Scatter(),
        Histogram.Draw(_caption, [0.125, 0.25, 0.75], new Extent(0, 1), 0.5, "half"),
        LineChart.Draw(_caption, new Extent(0, 1000), new Extent(-0.5, 1.5),
            new Curve("one", [1, 500, 1000], [0.5, 0.25, 1.125], [0.1, 0.2, 0.1]), new Curve("two", [1, 1000], [1, 0])),
    ];
}
