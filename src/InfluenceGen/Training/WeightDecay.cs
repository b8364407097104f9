using System.Collections.Immutable;
using InfluenceGen.Models;

namespace InfluenceGen.Training;

/// <summary>
/// The penalty (λ/2) Σ m_j θ_j² in the objective, which adds λ m θ to the gradient of every step. m is 1 for weights and
/// 0 for biases, as in ridge and logistic regression elsewhere and as for the L2 of a declaration; <see cref="OnAll"/> covers
/// both. It is no example's own, so nobody is credited with what it does (the penalty of a factorization, which is
/// decomposed over examples, is part of their losses and not this one).
/// </summary>
/// <remarks>
/// <para>It comes on top of the L2 of the model's declaration (<see cref="ParameterBlock.L2"/>), which belongs to the
/// objective whatever the plan, and unlike which it does not grow with the number of losses where the objective is their
/// sum. For a model declared without L2 and a mean of losses the two are the same thing, said in two places: <c>L2 = 0.1</c> and
/// <c>new WeightDecay(0.1)</c>, or <c>L2 = 0.1, RegulariseBias = true</c> and <c>WeightDecay.OnAll(0.1)</c>.</para>
/// <para>Representer points need a penalty on the bias too. So does a softmax model's Hessian to be positive definite: the same
/// number added to the biases of all classes changes no loss.</para>
/// </remarks>
public sealed record WeightDecay
{
    /// <summary>A penalty on every block of weights but those named; none on biases.</summary>
    /// <param name="lambda">λ, 0 or more and finite.</param>
    /// <param name="except">Names of further blocks that bear none, such as <c>"W2"</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">λ is negative or not finite.</exception>
    public WeightDecay(double lambda, params ReadOnlySpan<string> except)
        : this(lambda, coversBias: false, except)
    {
    }

    private WeightDecay(double lambda, bool coversBias, ReadOnlySpan<string> except)
    {
        if (!(lambda >= 0) || double.IsInfinity(lambda))
        {
            throw new ArgumentOutOfRangeException(nameof(lambda), lambda, "A penalty is 0 or more and finite.");
        }

        (Lambda, CoversBias, Except) = (lambda, coversBias, [.. except]);
    }

    /// <summary>A penalty on every block of parameters, biases too, but those named.</summary>
    /// <param name="lambda">λ, 0 or more and finite.</param>
    /// <param name="except">Names of blocks that bear none.</param>
    /// <exception cref="ArgumentOutOfRangeException">λ is negative or not finite.</exception>
    public static WeightDecay OnAll(double lambda, params ReadOnlySpan<string> except) => new(lambda, coversBias: true, except);

    /// <summary>λ.</summary>
    public double Lambda { get; }

    /// <summary>Whether biases bear it too.</summary>
    public bool CoversBias { get; }

    /// <summary>Names of the blocks that bear none.</summary>
    public ImmutableArray<string> Except { get; }

    /// <summary>λ m of a block.</summary>
    internal double On(in ParameterBlock block) =>
        (block.IsBias && !CoversBias) || Except.Contains(block.Name) ? 0 : Lambda;
}
