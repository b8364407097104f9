using System;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;

namespace InfluenceGen.Generators.Differentiation;

/// <summary>
/// An elementary function: the name of its vectorised value in <c>InfluenceGen.Numerics.Elementary</c>, and its
/// derivative as an expression of the argument x and the value f(x), so that it can be differentiated again.
/// </summary>
internal sealed class FunctionRule(string name, Func<Expression, Expression, Expression> derivative)
{
    public string Name { get; } = name;

    public Expression Derivative(Apply application) => derivative(application.Argument, application);
}

/// <summary>The table of elementary functions.</summary>
internal static class FunctionRules
{
    /// <summary>σ(x) = 1/(1 + e⁻ˣ);  σ' = σ(x) σ(−x), where 1 − σ(x) would cancel.</summary>
    public static readonly FunctionRule Sigmoid = new("Sigmoid",
        (x, value) => Algebra.Multiply(value, new Apply(Sigmoid!, Algebra.Multiply(new Number(-1), x))));

    /// <summary>softplus(x) = log(1 + eˣ);  softplus' = σ.</summary>
    public static readonly FunctionRule Softplus = new("Softplus",
        (x, value) => new Apply(Sigmoid, x));
}
