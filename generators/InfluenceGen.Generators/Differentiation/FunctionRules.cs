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

/// <summary>
/// A function of a whole vector, such as the logits of one example: the name of its value in
/// <c>InfluenceGen.Numerics.Logits</c>, and what forward and reverse mode make of it. Both get the application; forward
/// mode the argument's rate of change, reverse mode the value's adjoint.
/// </summary>
internal sealed class RowFunctionRule(string name, bool isScalar, Func<ApplyToRow, Expression, Expression> tangent,
    Func<ApplyToRow, Expression, Expression> adjoint)
{
    public string Name { get; } = name;

    /// <summary>Whether the value is a scalar; otherwise it is a vector as long as the argument.</summary>
    public bool IsScalar { get; } = isScalar;

    public Expression Tangent(ApplyToRow application, Expression rate) => tangent(application, rate);

    public Expression Adjoint(ApplyToRow application, Expression valueAdjoint) => adjoint(application, valueAdjoint);
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

    /// <summary>eˣ;  (eˣ)' = eˣ.</summary>
    public static readonly FunctionRule Exp = new("Exp", (x, value) => value);

    /// <summary>tanh(x);  tanh' = 1 − tanh².</summary>
    public static readonly FunctionRule Tanh = new("Tanh",
        (x, value) => Algebra.Subtract(Algebra.Constant(1, value), Algebra.Square(value)));

    /// <summary>max(x, 0);  its derivative is 1 above 0 and 0 elsewhere, at 0 too.</summary>
    public static readonly FunctionRule Positive = new("Positive", (x, value) => new Apply(Step!, x));

    /// <summary>1 above 0, else 0;  its derivative is 0.</summary>
    public static readonly FunctionRule Step = new("Step", (x, value) => Algebra.ZeroOf(x));

    /// <summary>Φ(x), the standard normal distribution;  Φ' = φ.</summary>
    public static readonly FunctionRule NormalCdf = new("NormalCdf", (x, value) => new Apply(NormalDensity!, x));

    /// <summary>φ(x) = exp(−x²/2)/√(2π);  φ' = −x φ.</summary>
    public static readonly FunctionRule NormalDensity = new("NormalDensity",
        (x, value) => Algebra.Multiply(new Number(-1), Algebra.Multiply(x, value)));

    /// <summary>p = softmax(s), p_j = exp(s_j)/Σ_k exp(s_k);  dp = p∘ds − (p·ds) p, and its transpose is the same.</summary>
    public static readonly RowFunctionRule Softmax = new("Softmax", isScalar: false, AlongSoftmax, AlongSoftmax);

    /// <summary>log Σ_j exp(s_j) − y·s for shares y that add up to 1;  its gradient in s is softmax(s) − y.</summary>
    public static readonly RowFunctionRule SoftmaxCrossEntropy = new("SoftmaxCrossEntropy", isScalar: true,
        (application, rate) => Algebra.Dot(Residual(application), rate),
        (application, adjoint) => Algebra.Scale(adjoint, Residual(application)));

    private static Expression AlongSoftmax(ApplyToRow p, Expression vector) => Algebra.Subtract(
        Algebra.Multiply(p, vector), Algebra.Scale(Algebra.Dot(p, vector), p));

    private static Expression Residual(ApplyToRow loss) => Algebra.Subtract(
        new ApplyToRow(Softmax, new([loss.Arguments[0]])), loss.Arguments[1]);
}
