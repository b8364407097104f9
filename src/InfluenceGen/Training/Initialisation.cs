using System.Collections.Immutable;

namespace InfluenceGen.Training;

/// <summary>Where training starts.</summary>
public abstract record Initialisation
{
    private Initialisation()
    {
    }

    /// <summary>
    /// A model of features starts by predicting the average label: its bias (the last of several blocks, if it is one
    /// parameter that every example reads) is the constant output whose mean response is the mean label, everything else
    /// 0 (Sundararajan and Krichene, Section 5.2). Embedding tables are drawn as <see cref="Gaussian"/> with deviation
    /// 0.01 and seed 0.
    /// </summary>
    public static Initialisation Default { get; } = new Rule(0.01, 0);

    /// <summary>
    /// <see cref="Default"/>, the embedding tables drawn from N(0, σ²), table after table and row after row.
    /// </summary>
    /// <param name="deviation">σ, positive and finite.</param>
    /// <param name="seed">Fixes the draws.</param>
    /// <exception cref="ArgumentOutOfRangeException">σ is not.</exception>
    public static Initialisation Gaussian(double deviation, long seed)
    {
        if (!(deviation > 0) || double.IsInfinity(deviation))
        {
            throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "A deviation is positive and finite.");
        }

        return new Rule(deviation, seed);
    }

    /// <summary>Stated parameters θ, the blocks in order, each row by row.</summary>
    /// <exception cref="ArgumentException">One of them is not finite.</exception>
    public static Initialisation At(params ReadOnlySpan<double> theta)
    {
        for (var j = 0; j < theta.Length; j++)
        {
            if (!double.IsFinite(theta[j]))
            {
                throw new ArgumentException($"Parameter {j} (counted from 0) is not a finite number.", nameof(theta));
            }
        }

        return new Stated([.. theta]);
    }

    internal sealed record Rule(double Deviation, long Seed) : Initialisation;

    internal sealed record Stated(ImmutableArray<double> Theta) : Initialisation;
}
