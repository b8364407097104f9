using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Differentiation;
using InfluenceGen.Generators.Simplification;

namespace InfluenceGen.Generators.Expressions;

/// <summary>
/// The front ends: each family says what its output and its penalty are, and stops there. Derivatives, loops and text
/// come from the stages behind, which do not know the families.
/// </summary>
internal static class Families
{
    public static readonly Symbol Features = new("x", Role.Feature, 0, null);
    public static readonly Symbol Label = new("y", Role.Label, 0, null);

    public static ModelGraph Graph(ModelSpec spec) => spec.Family switch
    {
        ModelFamily.Layers => Layers(spec.Layers!, LossRules.ByName[spec.Loss]),
        _ => MatrixFactorization(spec),
    };

    /// <summary>s = w·x + b.</summary>
    private static ModelGraph Layers(LayersSpec spec, LossRule loss)
    {
        var features = new Dimension("features", spec.Inputs);
        var w = new Block("w", features, RowIndex: -1, IsOwned: false);
        var b = new Block("b", null, RowIndex: -1, IsOwned: false);
        var output = Algebra.Add(
            Algebra.Dot(new Symbol("w", Role.Parameter, 0, features), Features with { Extent = features }),
            new Symbol("b", Role.Parameter, 1, null));
        return new ModelGraph([w, b], [features], output, loss, Algebra.Zero);
    }

    /// <summary>
    /// s = p_u·q_i, penalty (λ/2)(|p_u|²/|Z_u| + |q_i|²/|Z_i|) (Sundararajan and Krichene, Section 3.4).
    /// </summary>
    private static ModelGraph MatrixFactorization(ModelSpec spec)
    {
        var rank = new Dimension("rank", spec.Rank);
        var users = new Block("P", rank, RowIndex: 0, IsOwned: true);
        var items = new Block("Q", rank, RowIndex: 1, IsOwned: false);
        var p = new Symbol("p", Role.Parameter, 0, rank);
        var q = new Symbol("q", Role.Parameter, 1, rank);
        var penalty = Algebra.Multiply(new Number(spec.L2 / 2), Algebra.Add(
            Algebra.Multiply(new Symbol("1/|Z_u|", Role.Share, 0, null), Algebra.Dot(p, p)),
            Algebra.Multiply(new Symbol("1/|Z_i|", Role.Share, 1, null), Algebra.Dot(q, q))));
        return new ModelGraph([users, items], [rank], Algebra.Dot(p, q), LossRules.Squared, penalty);
    }
}
