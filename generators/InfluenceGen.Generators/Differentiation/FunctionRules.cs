using System;
using System.Collections.Generic;
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
/// A function of whole vectors, such as the logits of one example: the name of its value in
/// <c>InfluenceGen.Numerics.Logits</c>, and what forward and reverse mode make of it. Both get the application; forward
/// mode the rates of change of its arguments, reverse mode the value's adjoint, for which it gives an argument's each.
/// Labels are constant: what has them for its last argument leaves that out.
/// </summary>
internal sealed class RowFunctionRule(string name, bool isScalar, Func<ApplyToRow, IReadOnlyList<Expression>, Expression> tangent,
    Func<ApplyToRow, Expression, IReadOnlyList<Expression>> adjoints)
{
    public string Name { get; } = name;

    /// <summary>Whether the value is a scalar; otherwise it is a vector as long as the first argument.</summary>
    public bool IsScalar { get; } = isScalar;

    public Expression Tangent(ApplyToRow application, IReadOnlyList<Expression> rates) => tangent(application, rates);

    public IReadOnlyList<Expression> Adjoints(ApplyToRow application, Expression adjoint) => adjoints(application, adjoint);
}

/// <summary>The table of elementary functions.</summary>
internal static class FunctionRules
{
    /// <summary>σ(x) = 1/(1 + e⁻ˣ);  σ' = σ(x) σ(−x), where 1 − σ(x) would cancel.</summary>
    public static readonly FunctionRule Sigmoid = new("Sigmoid",
        (x, value) => Algebra.Multiply(value, Algebra.Apply(Sigmoid!, Algebra.Negate(x))));

    /// <summary>softplus(x) = log(1 + eˣ);  softplus' = σ.</summary>
    public static readonly FunctionRule Softplus = new("Softplus",
        (x, value) => Algebra.Apply(Sigmoid, x));

    /// <summary>eˣ;  (eˣ)' = eˣ.</summary>
    public static readonly FunctionRule Exp = new("Exp", (x, value) => value);

    /// <summary>tanh(x);  tanh' = 1 − tanh².</summary>
    public static readonly FunctionRule Tanh = new("Tanh",
        (x, value) => Algebra.Subtract(Algebra.Constant(1, value), Algebra.Square(value)));

    /// <summary>max(x, 0);  its derivative is 1 above 0 and 0 elsewhere, at 0 too.</summary>
    public static readonly FunctionRule Positive = new("Positive", (x, value) => Algebra.Apply(Step!, x));

    /// <summary>1 above 0, else 0;  its derivative is 0.</summary>
    public static readonly FunctionRule Step = new("Step", (x, value) => Algebra.ZeroOf(x));

    /// <summary>Φ(x), the standard normal distribution;  Φ' = φ.</summary>
    public static readonly FunctionRule NormalCdf = new("NormalCdf", (x, value) => Algebra.Apply(NormalDensity!, x));

    /// <summary>φ(x) = exp(−x²/2)/√(2π);  φ' = −x φ.</summary>
    public static readonly FunctionRule NormalDensity = new("NormalDensity",
        (x, value) => Algebra.Negate(Algebra.Multiply(x, value)));

    /// <summary>p = softmax(s), p_j = exp(s_j)/Σ_k exp(s_k);  dp = covariance(p, ds), and its transpose is the same.</summary>
    public static readonly RowFunctionRule Softmax = new("Softmax", isScalar: false,
        (p, rates) => Along(p, rates[0]),
        (p, adjoint) => [Along(p, adjoint)]);

    /// <summary>log Σ_j exp(s_j) − y·s for shares y that add up to 1;  its gradient in s is softmax(s) − y.</summary>
    public static readonly RowFunctionRule SoftmaxCrossEntropy = new("SoftmaxCrossEntropy", isScalar: true,
        (loss, rates) => Algebra.Dot(GradientOf(loss), rates[0]),
        (loss, adjoint) => [Algebra.Scale(adjoint, GradientOf(loss))]);

    /// <summary>p − y for shares that add up to 1;  of its own, since the runtime takes no difference of p_j near 1 and
    /// y_j = 1: that of the other shares is the same, and keeps the digits of a small error.</summary>
    public static readonly RowFunctionRule Residual = new("Residual", isScalar: false,
        (_, rates) => rates[0],
        (_, adjoint) => [adjoint]);

    /// <summary>p∘v − (p·v) p for shares p that add up to 1: the covariance of a draw from p, times v;
    /// d = dp∘v − (dp·v) p − (p·v) dp + covariance(p, dv). Of its own, since the runtime measures v from where p is greatest: where
    /// that p is nearly 1 the two terms are nearly equal.</summary>
    public static readonly RowFunctionRule Covariance = new("Covariance", isScalar: false,
        (application, rates) =>
        {
            var (p, v) = (application.Arguments[0], application.Arguments[1]);
            return Algebra.Add(
                Algebra.Subtract(Algebra.Multiply(rates[0], v), Algebra.Add(
                    Algebra.Scale(Algebra.Dot(rates[0], v), p), Algebra.Scale(Algebra.Dot(p, v), rates[0]))),
                Along(p, rates[1]));
        },
        (application, adjoint) =>
        {
            var (p, v) = (application.Arguments[0], application.Arguments[1]);
            return
            [
                Algebra.Subtract(Algebra.Multiply(adjoint, v), Algebra.Add(
                    Algebra.Scale(Algebra.Dot(adjoint, p), v), Algebra.Scale(Algebra.Dot(p, v), adjoint))),
                Along(p, adjoint),
            ];
        });

    private static Expression Along(Expression p, Expression vector) => vector switch
    {
        _ when Algebra.IsZero(vector) => Algebra.ZeroOf(p),
        Scaled scaled => Algebra.Scale(scaled.Factor, Along(p, scaled.Vector)),
        _ => p.Graph.ApplyToRow(Covariance, p, vector),
    };

    private static Expression GradientOf(ApplyToRow loss) =>
        loss.Graph.ApplyToRow(Residual, loss.Graph.ApplyToRow(Softmax, loss.Arguments[0]), loss.Arguments[1]);
}
