using System.Collections.Generic;
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
        var graph = new Graph();
        var features = new Dimension("features", spec.Inputs);
        var (blocks, dimensions) = (new List<Block>(), new List<Dimension> { features });
        Expression input = graph.Symbol(new("x", Role.Feature, 0, new(features)));
        for (var layer = 1; layer <= spec.Hidden.Count; layer++)
        {
            var units = new Dimension("hidden" + Formula.Invariant(layer), spec.Hidden[layer - 1]);
            dimensions.Add(units);
            var z = graph.Named("z" + Formula.Invariant(layer), Affine(units, Formula.Invariant(layer)));
            input = graph.Named("h" + Formula.Invariant(layer), rules.Activations[spec.Activation](z));
        }

        var last = spec.Hidden.Count == 0 ? "" : Formula.Invariant(spec.Hidden.Count + 1);
        var outputs = spec.Outputs == 1 ? null : new Dimension("outputs", spec.Outputs);
        if (outputs is not null)
        {
            dimensions.Add(outputs);
        }

        var label = graph.Symbol(new("y", Role.Label, 0, new(outputs)));
        return new ModelGraph(graph, blocks, dimensions, WithOffset(graph, model, Affine(outputs, last)), rules.Losses[model.Loss], label)
        {
            Type = model.IsSingle ? "float" : "double",
            Features = features,
            Weight = Weight(graph, model),
            HasOffset = model.HasOffsets,
        };

        Expression Affine(Dimension? units, string number)
        {
            var weights = Add(new((units is null ? "w" : "W") + number, input.Length, units, L2: model.L2));
            var product = units is null ? Algebra.Dot(weights, input) : Algebra.MatrixVector(weights, input);
            return spec.HasBias
                ? Algebra.Add(product, Add(new("b" + number, units, L2: model.RegularisesBias ? model.L2 : 0, IsBias: true)))
                : product;
        }

        Symbol Add(Block block)
        {
            blocks.Add(block);
            return ModelGraph.SymbolOf(graph, blocks, blocks.Count - 1);
        }
    }

    /// <summary>
    /// s = p_u·q_i, penalty (λ/2)(|p_u|²/|Z_u| + |q_i|²/|Z_i|) (Sundararajan and Krichene, Section 3.4). With biases
    /// s = μ + b_u + c_i + p_u·q_i (Koren, Bell and Volinsky 2009, equation 4), and (λ_b/2)(b_u²/|Z_u| + c_i²/|Z_i|) more; μ is free.
    /// </summary>
    private static ModelGraph MatrixFactorization(ModelSpec spec, RuleTables rules)
    {
        var graph = new Graph();
        var rank = new Dimension("rank", spec.Rank);
        var (users, items) = (new Domain("users", 0), new Domain("items", 1));
        var blocks = new List<Block>();
        var penalty = graph.Number(0) as Expression;
        var shares = new[] { "1/|Z_u|", "1/|Z_i|" };

        var p = Row(new("P", rank, Domain: users, IsOwned: true), spec.L2);
        var b = spec.BiasL2 is { } ofUsers ? Row(new("b", null, Domain: users, IsOwned: true, IsBias: true), ofUsers) : null;
        var q = Row(new("Q", rank, Domain: items), spec.L2);
        var output = Algebra.Dot(p, q);
        if (spec.BiasL2 is { } ofItems)
        {
            var c = Row(new("c", null, Domain: items, IsBias: true), ofItems);
            blocks.Add(new("mu", null, IsBias: true));
            var mu = ModelGraph.SymbolOf(graph, blocks, blocks.Count - 1);
            output = Algebra.Add(Algebra.Add(Algebra.Add(mu, b!), c), output);
        }

        return new ModelGraph(graph, blocks, [rank], WithOffset(graph, spec, output), rules.Losses[spec.Loss],
            graph.Symbol(new("y", Role.Label, 0, Shape.Number)), penalty)
        {
            Type = spec.IsSingle ? "float" : "double",
            Weight = Weight(graph, spec),
            HasOffset = spec.HasOffsets,
        };

        Symbol Row(Block block, double l2)
        {
            blocks.Add(block);
            var row = ModelGraph.SymbolOf(graph, blocks, blocks.Count - 1, block.Domain!.Column);
            var share = graph.Symbol(new(shares[block.Domain.Column], Role.Share, block.Domain.Column, Shape.Number));
            penalty = Algebra.Add(penalty, Algebra.Multiply(graph.Number(l2 / 2), Algebra.Multiply(share, Algebra.Inner(row, row))));
            return row;
        }
    }

    private static Expression WithOffset(Graph graph, ModelSpec spec, Expression output) =>
        spec.HasOffsets ? Algebra.Add(output, graph.Symbol(new("o", Role.Offset, 0, Shape.Number))) : output;

    private static Symbol? Weight(Graph graph, ModelSpec spec) =>
        spec.HasWeights ? graph.Symbol(new("w_i", Role.Weight, 0, Shape.Number)) : null;
}
