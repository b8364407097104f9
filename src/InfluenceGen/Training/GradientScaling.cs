namespace InfluenceGen.Training;

/// <summary>
/// The coefficient c_z of each example's gradient in the update, w ← w − η_t red Σ c_z g_z. What the update does with an
/// example is what the ledger accounts for it (Sundararajan and Krichene, Remark 4.2). The default is <see cref="None"/>.
/// </summary>
public readonly record struct GradientScaling
{
    private readonly double? _limit;

    private GradientScaling(double limit, bool always)
    {
        _limit = limit;
        Normalises = always;
    }

    /// <summary>c_z = 1.</summary>
    public static GradientScaling None => default;

    /// <summary>c_z = 1 / |g_z|, and 0 where g_z is 0.</summary>
    public static GradientScaling Normalise => new(1, true);

    /// <summary>c_z = min(1, C / |g_z|): no example's gradient is longer than C.</summary>
    /// <param name="limit">C, positive and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">C is not.</exception>
    public static GradientScaling Clip(double limit)
    {
        Settings.RequirePositive(limit);
        return new(limit, false);
    }

    /// <summary>The longest a scaled gradient can be; infinite where nothing is scaled.</summary>
    public double Limit => _limit ?? double.PositiveInfinity;

    /// <summary>Whether shorter gradients are lengthened too.</summary>
    public bool Normalises { get; }

    /// <summary>Whether every coefficient is 1.</summary>
    public bool IsNone => _limit is null;
}
