using System.Collections.Generic;
using System.Globalization;
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

    public static ModelGraph Graph(ModelSpec spec, RuleTables rules) => spec.Family switch
    {
        ModelFamily.Layers => Layers(spec, spec.Layers!, rules),
        _ => MatrixFactorization(spec, rules),
    };

    /// <summary>
    /// z₁ = W₁ x + b₁, h₁ = f(z₁), z₂ = W₂ h₁ + b₂ … and s the last one, without f. A single output has a weight vector
    /// and a scalar bias; without hidden layers the blocks have no numbers.
    /// </summary>
    private static ModelGraph Layers(ModelSpec model, LayersSpec spec, RuleTables rules)
    {
        var features = new Dimension("features", spec.Inputs);
        var (blocks, dimensions) = (new List<Block>(), new List<Dimension> { features });
        Expression input = Features with { Extent = features };
        for (var layer = 1; layer <= spec.Hidden.Count; layer++)
        {
            var units = new Dimension("hidden" + layer, spec.Hidden[layer - 1]);
            dimensions.Add(units);
            var z = new Named("z" + layer, Affine(units, layer.ToString(CultureInfo.InvariantCulture)));
            var h = rules.Activations[spec.Activation](z);
            input = h is Named ? h : new Named("h" + layer, h);
        }

        var last = spec.Hidden.Count == 0 ? "" : (spec.Hidden.Count + 1).ToString(CultureInfo.InvariantCulture);
        var outputs = spec.Outputs == 1 ? null : new Dimension("outputs", spec.Outputs);
        if (outputs is not null)
        {
            dimensions.Add(outputs);
        }

        var lastLayer = blocks.Count;
        return new ModelGraph(blocks, dimensions, Affine(outputs, last), rules.Losses[model.Loss], Label with { Extent = outputs },
            Algebra.Zero, lastLayer)
        { Type = model.IsSingle ? "float" : "double" };

        Expression Affine(Dimension? units, string number)
        {
            var weights = Add(new Block((units is null ? "w" : "W") + number, input.Length, units, RowIndex: -1, IsOwned: false, model.L2));
            var product = units is null ? Algebra.Dot(weights, input) : Algebra.MatrixVector(weights, input);
            return spec.HasBias
                ? Algebra.Add(product, Add(new Block("b" + number, units, Height: null, RowIndex: -1, IsOwned: false,
                    model.RegularisesBias ? model.L2 : 0, IsBias: true)))
                : product;
        }

        Symbol Add(Block block)
        {
            blocks.Add(block);
            return new Symbol(block.Name, Role.Parameter, blocks.Count - 1, block.Columns, Height: block.Height);
        }
    }

    /// <summary>
    /// s = p_u·q_i, penalty (λ/2)(|p_u|²/|Z_u| + |q_i|²/|Z_i|) (Sundararajan and Krichene, Section 3.4).
    /// </summary>
    private static ModelGraph MatrixFactorization(ModelSpec spec, RuleTables rules)
    {
        var rank = new Dimension("rank", spec.Rank);
        var users = new Block("P", rank, Height: null, RowIndex: 0, IsOwned: true);
        var items = new Block("Q", rank, Height: null, RowIndex: 1, IsOwned: false);
        var p = new Symbol("p", Role.Parameter, 0, rank);
        var q = new Symbol("q", Role.Parameter, 1, rank);
        var penalty = Algebra.Multiply(new Number(spec.L2 / 2), Algebra.Add(
            Algebra.Multiply(new Symbol("1/|Z_u|", Role.Share, 0, null), Algebra.Dot(p, p)),
            Algebra.Multiply(new Symbol("1/|Z_i|", Role.Share, 1, null), Algebra.Dot(q, q))));
        return new ModelGraph([users, items], [rank], Algebra.Dot(p, q), rules.Losses[spec.Loss], Label, penalty)
        {
            Type = spec.IsSingle ? "float" : "double",
        };
    }
}
