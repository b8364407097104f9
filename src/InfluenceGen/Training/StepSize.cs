using System.Globalization;

namespace InfluenceGen.Training;

/// <summary>The step size η_t of each step, counted from t = 0. A plain number converts to a constant one.</summary>
public sealed class StepSize
{
    private readonly Func<int, double> _at;
    private readonly string _text;

    private StepSize(Func<int, double> at, string text)
    {
        _at = at;
        _text = text;
    }

    /// <summary>The same step size throughout.</summary>
    public static implicit operator StepSize(double rate) => Constant(rate);

    /// <summary>η_t = <paramref name="rate"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a positive, finite number.</exception>
    public static StepSize Constant(double rate)
    {
        RequirePositive(rate, nameof(rate));
        return new StepSize(_ => rate, string.Create(CultureInfo.InvariantCulture, $"{rate}"));
    }

    /// <summary>η_t = <paramref name="rate"/> / (1 + t / <paramref name="halvingTime"/>): half after that many steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is not a positive, finite number.</exception>
    public static StepSize InverseTime(double rate, double halvingTime)
    {
        RequirePositive(rate, nameof(rate));
        RequirePositive(halvingTime, nameof(halvingTime));
        return new StepSize(step => rate / (1 + step / halvingTime),
            string.Create(CultureInfo.InvariantCulture, $"{rate} / (1 + t / {halvingTime})"));
    }

    /// <summary>η_t = <paramref name="rate"/> · <paramref name="factor"/>ᵗ.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is not a positive, finite number.</exception>
    public static StepSize Geometric(double rate, double factor)
    {
        RequirePositive(rate, nameof(rate));
        RequirePositive(factor, nameof(factor));
        return new StepSize(step => rate * Math.Pow(factor, step),
            string.Create(CultureInfo.InvariantCulture, $"{rate} · {factor}^t"));
    }

    /// <summary>η_t is the t-th of the list.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is not a positive, finite number.</exception>
    public static StepSize Listed(params double[] rates)
    {
        ArgumentNullException.ThrowIfNull(rates);
        foreach (var rate in rates)
        {
            RequirePositive(rate, nameof(rates));
        }

        var listed = (double[])rates.Clone();
        return new StepSize(
            step => step < listed.Length
                ? listed[step]
                : throw new InvalidOperationException($"{listed.Length} step sizes are listed; there is none for step {step}."),
            $"{listed.Length} listed step sizes");
    }

    /// <summary>The step size of a step.</summary>
    /// <param name="step">Which, counted from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    /// <exception cref="InvalidOperationException">None is listed for it.</exception>
    public double At(int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return _at(step);
    }

    /// <summary>The schedule as a formula.</summary>
    public override string ToString() => _text;

    private static void RequirePositive(double value, string name)
    {
        if (!(value > 0) || double.IsInfinity(value))
        {
            throw new ArgumentOutOfRangeException(name, value, "A step size and what scales it are positive and finite.");
        }
    }
}
