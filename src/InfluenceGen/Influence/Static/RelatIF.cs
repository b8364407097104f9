using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>What a score is relative to.</summary>
public enum RelativeTo
{
    /// <summary>θ-RelatIF: the length of the change of the parameters, |H⁻¹ g_i|.</summary>
    ParameterChange,

    /// <summary>ℓ-RelatIF: the root of the change of the example's own loss, √(g_iᵀ H⁻¹ g_i).</summary>
    OwnLoss,
}

/// <summary>
/// RelatIF (Barshan, Brunet and Dziugaite, 2020; Hammoudeh and Lowd, Eq. (66)): influence functions relative to how much an example
/// moves the model at all, (1/n) g_teᵀ H⁻¹ g_i / |H⁻¹ g_i|, so that outliers do not explain every prediction.
/// </summary>
/// <remarks>The unit is the loss's divided by that of the norm. One solve for every training example.</remarks>
public readonly record struct RelatIF() : IInfluenceMethod
{
    /// <summary>Damping, solver and curvature.</summary>
    public InfluenceFunctions Influence { get; init; } = new();

    /// <summary>What scores are divided by.</summary>
    public RelativeTo Relative { get; init; }

    /// <inheritdoc/>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Settings.RequireDefined(Relative);
        var scores = new InfluenceFunctionScores<TModel, T>(task, Influence.Inverse(task));
        var norms = new AlignedBuffer<T>(task.Training.Count);
        if (Relative == RelativeTo.ParameterChange)
        {
            scores.WriteChangeNorms(norms);
        }
        else
        {
            scores.WriteQuadraticForms(norms);
            for (var i = 0; i < norms.Length; i++)
            {
                if (!(norms[i] >= T.Zero) || !T.IsFinite(norms[i]))
                {
                    throw new InvalidOperationException(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                        $"The influence of training example {i} on itself is {norms[i]}, which has no root: the inverse Hessian is not positive definite. Use Solver.Cholesky, more damping, or RelativeTo.ParameterChange."));
                }
            }

            TensorPrimitives.Sqrt(norms.Span, norms.Span);
        }

        return new NormalisedScores<T>(scores, norms);
    }
}

/// <summary>
/// Renormalised influence (Hammoudeh and Lowd, 2022; Eq. (69)): influence functions of unit training gradients,
/// (1/n) g_teᵀ H⁻¹ g_i / |g_i|, so that examples of large loss do not lead every ranking. The test gradient keeps its length, which
/// changes no ranking of training examples.
/// </summary>
/// <remarks>The unit is the loss's divided by that of a gradient.</remarks>
public readonly record struct RenormalisedInfluence() : IInfluenceMethod
{
    /// <summary>Damping, solver and curvature.</summary>
    public InfluenceFunctions Influence { get; init; } = new();

    /// <inheritdoc/>
    public ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var norms = new AlignedBuffer<T>(task.Training.Count);
        task.Sweeps.GradientSquaredNorm(task.Training, task.Weights, norms);
        TensorPrimitives.Sqrt(norms.Span, norms.Span);
        return new NormalisedScores<T>(new InfluenceFunctionScores<TModel, T>(task, Influence.Inverse(task)), norms);
    }
}

/// <summary>Scores divided by a number of each training example. An example whose number is 0 moves nothing: its score is 0.</summary>
internal sealed class NormalisedScores<T>(ScoreSource<T> scores, AlignedBuffer<T> norms) : ScoreSource<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AlignedBuffer<T> _factors = Inverse(norms);

    public override ImmutableArray<string> Notes => scores.Notes;

    public override long MemoryOfTest => scores.MemoryOfTest;

    public override void WriteScores(int first, int last, AlignedBuffer<T> into)
    {
        scores.WriteScores(first, last, into);
        for (var test = first; test < last; test++)
        {
            Divide(into.Span.Slice((test - first) * _factors.Length, _factors.Length));
        }
    }

    public override void WriteSelf(AlignedBuffer<T> into)
    {
        scores.WriteSelf(into);
        Divide(into.Span);
    }

    public override void WriteJoint(AlignedBuffer<T> into)
    {
        scores.WriteJoint(into);
        Divide(into.Span);
    }

    private void Divide(Span<T> row) => TensorPrimitives.Multiply(row, _factors.Span, row);

    private static AlignedBuffer<T> Inverse(AlignedBuffer<T> norms)
    {
        var factors = new AlignedBuffer<T>(norms.Length);
        for (var i = 0; i < norms.Length; i++)
        {
            factors[i] = norms[i] == T.Zero ? T.Zero : T.One / norms[i];
        }

        return factors;
    }
}
