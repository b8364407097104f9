using System;
using System.Collections.Generic;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;

namespace InfluenceGen.Generators.Differentiation;

/// <summary>The table of activations, by their names in the declaration's enum: what a hidden layer makes of z.</summary>
internal static class ActivationRules
{
    public static IReadOnlyDictionary<string, Func<Expression, Expression>> ByName { get; } =
        new Dictionary<string, Func<Expression, Expression>>
        {
            // z
            ["Identity"] = z => z,

            // tanh(z)
            ["Tanh"] = z => Algebra.Apply(FunctionRules.Tanh, z),

            // 1/(1 + e⁻ᶻ)
            ["Sigmoid"] = z => Algebra.Apply(FunctionRules.Sigmoid, z),

            // max(z, 0)
            ["Relu"] = z => Algebra.Apply(FunctionRules.Positive, z),

            // log(1 + eᶻ)
            ["Softplus"] = z => Algebra.Apply(FunctionRules.Softplus, z),

            // z Φ(z), exact
            ["Gelu"] = z => Algebra.Multiply(z, Algebra.Apply(FunctionRules.NormalCdf, z)),
        };
}
