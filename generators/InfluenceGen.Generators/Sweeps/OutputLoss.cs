using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;

namespace InfluenceGen.Generators.Sweeps;

/// <summary>
/// What submodels that stand side by side in lanes are made of, where outputs are one layer with one unit: the loss of an example, without
/// its weight, and its derivatives in the output. All else is the same for such models, and the library's.
/// </summary>
/// <param name="Loss">loss(s, y).</param>
/// <param name="Slope">∂loss/∂s.</param>
/// <param name="Curvature">∂²loss/∂s².</param>
internal sealed record OutputLoss(Expression Loss, Expression Slope, Expression Curvature)
{
    /// <summary>That of a model; null where it has no such form.</summary>
    public static OutputLoss? Of(ModelGraph model, Traits traits)
    {
        if (!traits.HasLinearOutputs || !model.Output.IsScalar)
        {
            return null;
        }

        var loss = model.Loss.Value(model.Output, model.Label);
        var slope = Derivative.Adjoint(loss, model.Graph.Number(1), leaf: model.Output)[model.Output].Bare;
        return new(loss, slope, Derivative.Tangent(slope, e => ReferenceEquals(e, model.Output) ? model.Graph.Number(1) : null));
    }
}
