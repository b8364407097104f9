using System.Globalization;

namespace ReciprocityStudies.Plots;

/// <summary>A linear scale from values to pixels, with ticks at 1, 2 or 5 times a power of ten.</summary>
internal sealed class Axis
{
    private const int MostTicks = 7;
    private readonly double _start;
    private readonly double _end;
    private readonly double _step;

    /// <param name="range">The values it shows.</param>
    /// <param name="start">The pixel of the lowest.</param>
    /// <param name="end">The pixel of the highest.</param>
    public Axis(Extent range, double start, double end)
    {
        Shown = range;
        _start = start;
        _end = end;
        _step = StepOf(range);
        var ticks = new List<double>();
        // Counting in whole steps keeps 0 exactly 0; the slack lets a tick stand on either end in spite of rounding.
        for (var n = (long)Math.Ceiling(range.Low / _step - 1e-9); n * _step <= range.High + 1e-9 * _step; n++)
        {
            ticks.Add(n * _step);
        }

        Ticks = ticks;
    }

    /// <summary>The values it shows.</summary>
    public Extent Shown { get; }

    /// <summary>Where the ticks stand.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>The pixel of a value.</summary>
    public double Position(double value) => _start + (value - Shown.Low) / (Shown.High - Shown.Low) * (_end - _start);

    /// <summary>A tick's label, with the digits that tell it from the next.</summary>
    public string Label(double tick)
    {
        if (tick != 0 && (_step < 1e-4 || Math.Abs(tick) >= 1e6))
        {
            return tick.ToString("0.##e0", CultureInfo.InvariantCulture);
        }

        var decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(_step) + 1e-9));
        return tick.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static double StepOf(Extent range)
    {
        var raw = (range.High - range.Low) / MostTicks;
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return magnitude * (raw / magnitude) switch
        {
            <= 1 => 1,
            <= 2 => 2,
            <= 5 => 5,
            _ => 10,
        };
    }
}

/// <summary>The values from <paramref name="Low"/> to <paramref name="High"/>, which differ.</summary>
internal readonly record struct Extent(double Low, double High)
{
    /// <summary>What holds all the values and 0, with a margin of 4% on the sides that are not 0.</summary>
    public static Extent Around(IEnumerable<double> values)
    {
        var (low, high) = (0.0, 0.0);
        foreach (var value in values)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        if (low == high)
        {
            return new Extent(0, 1);
        }

        var margin = 0.04 * (high - low);
        return new Extent(low < 0 ? low - margin : 0, high > 0 ? high + margin : 0);
    }
}
