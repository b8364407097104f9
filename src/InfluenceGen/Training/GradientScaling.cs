namespace InfluenceGen.Training;

/// <summary>
/// The coefficient c_z of each example's gradient in the update, w ← w − η_t red Σ c_z g_z. What the update does with an
/// example is what the ledger accounts for it (Sundararajan and Krichene, Remark 4.2).
/// </summary>
public readonly record struct GradientScaling
{
    private GradientScaling(double limit, bool always)
    {
        Limit = limit;
        Normalises = always;
    }

    /// <summary>c_z = 1.</summary>
    public static GradientScaling None => new(double.PositiveInfinity, false);

    /// <summary>c_z = 1 / |g_z|, and 0 where g_z is 0.</summary>
    public static GradientScaling Normalise => new(1, true);

    /// <summary>c_z = min(1, C / |g_z|): no example's gradient is longer than C.</summary>
    /// <param name="limit">C, positive and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">C is not.</exception>
    public static GradientScaling Clip(double limit)
    {
        if (!(limit > 0) || double.IsInfinity(limit))
        {
            throw new ArgumentOutOfRangeException(nameof(limit), limit, "The length to clip to is positive and finite.");
        }

        return new(limit, false);
    }

    /// <summary>The longest a scaled gradient can be; infinite where nothing is scaled.</summary>
    public double Limit { get; }

    /// <summary>Whether shorter gradients are lengthened too.</summary>
    public bool Normalises { get; }

    /// <summary>Whether every coefficient is 1.</summary>
    public bool IsNone => !Normalises && double.IsPositiveInfinity(Limit);
}
