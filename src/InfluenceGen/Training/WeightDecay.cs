using System.Collections.Immutable;

namespace InfluenceGen.Training;

/// <summary>
/// The penalty (λ/2) Σ m_j θ_j² in the objective, which adds λ m θ to the gradient of every step. It is no example's
/// own, so nobody is credited with what it does (the penalty of a factorization, which is decomposed over examples, is
/// part of their losses and not this one).
/// </summary>
/// <remarks>It comes on top of the L2 of the model's declaration (<see cref="Models.ParameterBlock.L2"/>), which belongs to the
/// objective whatever the plan, and unlike which it does not grow with the number of losses where the objective is their
/// sum. For a model declared without L2 and a mean of losses the two are the same thing, said in two places.</remarks>
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
