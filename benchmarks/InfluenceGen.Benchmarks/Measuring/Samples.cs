using System.Globalization;

namespace InfluenceGen.Benchmarks.Measuring;

/// <summary>Repeated measurements of one figure: reported as their median and their whole range.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public double Median => Quantile(0.5);

    public void Add(double value) => _values.Add(value);

    /// <summary>The value below which a share of them lies, without interpolation.</summary>
    public double Quantile(double share)
    {
        var sorted = _values.Order().ToArray();
        return sorted[Math.Min((int)(share * sorted.Length), sorted.Length - 1)];
    }

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
