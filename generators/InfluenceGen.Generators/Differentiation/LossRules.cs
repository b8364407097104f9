using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Expressions;
using InfluenceGen.Generators.Simplification;

namespace InfluenceGen.Generators.Differentiation;

/// <summary>
/// A loss: its value as an expression of the output s and the label y (all derivatives follow), the labels it is
/// defined for, and the link between output and mean response.
/// </summary>
/// <param name="name">The loss's name in the literature, and in the declaration's enum.</param>
/// <param name="value">loss(s, y).</param>
/// <param name="labels">The member of the runtime's <c>LabelDomain</c>.</param>
/// <param name="inverseLink">The C# expression of the output whose mean response is <c>meanLabel</c>.</param>
internal sealed class LossRule(string name, Func<Expression, Expression, Expression> value, string labels,
    string inverseLink)
{
    public string Name { get; } = name;

    public string Labels { get; } = labels;

    public string InverseLink { get; } = inverseLink;

    public Expression Value(Expression output, Expression label) => value(output, label);
}

/// <summary>The table of losses.</summary>
internal static class LossRules
{
    /// <summary>½|s − y|²; mean response s. The error has a name, so that no dot is spread over it: |s|² − 2 s·y + |y|² would lose
    /// the digits of a small one.</summary>
    public static readonly LossRule Squared = new("Squared",
        (s, y) =>
        {
            var error = Algebra.Subtract(s, y);
            error = s.IsScalar ? error : s.Graph.Named("error", error);
            return Algebra.Multiply(s.Graph.Number(0.5), Algebra.Inner(error, error));
        },
        "Real", "meanLabel");

    /// <summary>
    /// log(1 + eˢ) − y s; mean response σ(s). For labels 0 and 1 that is softplus((1 − 2y) s), which takes no difference
    /// of large numbers: a tiny loss and its derivatives keep their relative accuracy.
    /// </summary>
    public static readonly LossRule Logistic = new("Logistic",
        (s, y) => Algebra.Apply(FunctionRules.Softplus,
            s.Graph.Named("t", Algebra.Multiply(Algebra.Subtract(Algebra.One(s), Algebra.Multiply(s.Graph.Number(2), y)), s))),
        "Binary", "Elementary.Logit(meanLabel)");

    /// <summary>eˢ − y s, the negative log-likelihood of a count with mean eˢ but for log y!; mean response eˢ.</summary>
    public static readonly LossRule Poisson = new("Poisson",
        (s, y) => Algebra.Subtract(Algebra.Apply(FunctionRules.Exp, s), Algebra.Multiply(y, s)),
        "NonNegative", "Math.Log(meanLabel)");

    /// <summary>log Σ_j exp(s_j) − y·s, labels as shares of the classes; mean response softmax(s).</summary>
    public static readonly LossRule SoftmaxCrossEntropy = new("SoftmaxCrossEntropy",
        (s, y) => s.Graph.ApplyToRow(FunctionRules.SoftmaxCrossEntropy, s, y),
        "Distribution", "Math.Log(meanLabel)");

    /// <summary>The losses by name.</summary>
    public static IReadOnlyDictionary<string, LossRule> ByName { get; } =
        new[] { Squared, Logistic, Poisson, SoftmaxCrossEntropy }.ToDictionary(rule => rule.Name);
}
