using System.Globalization;

namespace InfluenceGen.Benchmarks.Measuring;

/// <summary>Repeated measurements of one figure: reported as their median and their whole range.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    /// <summary>The middle value; of an even number, the upper of the two.</summary>
    public double Median => _values.Order().ElementAt(_values.Count / 2);

    /// <summary>The measurements, round by round.</summary>
    public IReadOnlyList<double> Values => _values;

    public void Add(double value) => _values.Add(value);

    /// <summary>This one's measurements divided by the other's of the same round.</summary>
    public Samples Over(Samples other)
    {
        var ratios = new Samples();
        for (var round = 0; round < _values.Count; round++)
        {
            ratios.Add(_values[round] / other._values[round]);
        }

        return ratios;
    }

    /// <summary>Median (least to greatest).</summary>
    public string ToString(string format) => string.Create(CultureInfo.InvariantCulture,
        $"{Text(Median, format)} ({Text(_values.Min(), format)} to {Text(_values.Max(), format)})");

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
