using System;
using System.Collections.Generic;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Differentiation;

/// <summary>The rules that a declaration may name. Whoever hands in a table with one more has a compiler that knows it.</summary>
/// <param name="Losses">Losses by name.</param>
/// <param name="Activations">By name, what a hidden layer makes of z.</param>
internal sealed record RuleTables(IReadOnlyDictionary<string, LossRule> Losses,
    IReadOnlyDictionary<string, Func<Expression, Expression>> Activations)
{
    /// <summary>Those that the product ships.</summary>
    public static RuleTables Shipped { get; } = new(LossRules.ByName, ActivationRules.ByName);
}
