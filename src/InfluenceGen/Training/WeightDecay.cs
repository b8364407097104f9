using System.Collections.Immutable;

namespace InfluenceGen.Training;

/// <summary>
/// The penalty (λ/2) Σ m_j θ_j² in the objective, which adds λ m θ to the gradient of every step. It is no example's
/// own, so nobody is credited with what it does (the penalty of a factorization, which is decomposed over examples, is
/// part of their losses and not this one).
/// </summary>
public sealed record WeightDecay
{
    /// <summary>A penalty on every block of parameters but those named.</summary>
    /// <param name="lambda">λ, 0 or more and finite.</param>
    /// <param name="except">Names of blocks that bear none, such as <c>"b"</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">λ is negative or not finite.</exception>
    public WeightDecay(double lambda, params ReadOnlySpan<string> except)
    {
        if (!(lambda >= 0) || double.IsInfinity(lambda))
        {
            throw new ArgumentOutOfRangeException(nameof(lambda), lambda, "A penalty is 0 or more and finite.");
        }

        Lambda = lambda;
        Except = [.. except];
    }

    /// <summary>λ.</summary>
    public double Lambda { get; }

    /// <summary>Names of the blocks that bear none.</summary>
    public ImmutableArray<string> Except { get; }
}
