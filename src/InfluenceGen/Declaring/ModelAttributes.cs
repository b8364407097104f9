using System.ComponentModel;

namespace InfluenceGen;

// What an option is when a declaration does not set it: DefaultValue, where the type's own default is not meant. The
// compiler reads it from there, and so knows no default and no loss of its own.

/// <summary>
/// Declares a model that is linear in its parameters: s = w·x + b, loss(s, y) as <see cref="Loss"/> says. Put it on a
/// partial class, record or struct; either give <see cref="Features"/>, or mark the type's own properties with
/// <see cref="FeatureAttribute"/> and <see cref="LabelAttribute"/>, or neither, and the number of features is read from
/// the data.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class LinearModelAttribute : Attribute
{
    /// <summary>The number of features d, 1 or more. Left out, it is read from the data.</summary>
    public int Features { get; set; }

    /// <summary>The loss of one example, one of those with a single output; <see cref="InfluenceGen.Loss.Squared"/>
    /// unless said otherwise.</summary>
    public Loss Loss { get; set; }

    /// <summary>Whether there is a bias b; true unless said otherwise.</summary>
    [DefaultValue(true)]
    public bool Bias { get; set; } = true;

    /// <summary>
    /// The penalty λ of the objective (1/n) Σ loss + (λ/2)|w|², a finite number of 0 or more; 0, none, unless said
    /// otherwise. It bears on weights and spares biases, as ridge and logistic regression do elsewhere and as a plan's
    /// <see cref="Training.WeightDecay"/> does; <see cref="RegulariseBias"/> covers them too. It is part of the objective, not of
    /// an example's loss or gradient.
    /// </summary>
    public double L2 { get; set; }

    /// <summary>Whether <see cref="L2"/> covers biases too; false unless said otherwise. Representer points need it, or
    /// <c>WeightDecay.OnAll</c> in the plan.</summary>
    public bool RegulariseBias { get; set; }

    /// <summary>Whether examples have weights (<see cref="WeightAttribute"/>), read from a column or given to
    /// <see cref="Examples.ExampleSet{T}"/>; false unless said otherwise. Where properties are marked, a <c>[Weight]</c> among them says
    /// it.</summary>
    public bool Weights { get; set; }

    /// <summary>Whether examples have offsets (<see cref="OffsetAttribute"/>), read from a column or given to
    /// <see cref="Examples.ExampleSet{T}"/>; false unless said otherwise. Where properties are marked, an <c>[Offset]</c> among them says
    /// it.</summary>
    public bool Offsets { get; set; }

    /// <summary>The numbers the model computes with; <see cref="InfluenceGen.Precision.Double"/> unless said
    /// otherwise.</summary>
    public Precision Precision { get; set; }

    /// <summary>
    /// What the names of the members begin with that are generated into the type: with <c>Prefix = "My"</c> they are <c>MyModel</c>,
    /// <c>MyRead</c>, <c>MyFrom</c>, <c>MyTrain</c> and <c>MyLedger</c>. Left out, they are called <c>Model</c>, <c>Read</c>,
    /// <c>From</c>, <c>Train</c> and <c>Ledger</c>; a type with a member of one of these names needs it.
    /// </summary>
    public string Prefix { get; set; } = "";
}

/// <summary>
/// Declares a logistic model: s = w·x + b, loss log(1 + eˢ) − y s, labels 0 and 1. Forms as for
/// <see cref="LinearModelAttribute"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class LogisticModelAttribute : Attribute
{
    /// <inheritdoc cref="LinearModelAttribute.Features"/>
    public int Features { get; set; }

    /// <summary>The loss of one example: <see cref="InfluenceGen.Loss.Logistic"/>.</summary>
    [DefaultValue(Loss.Logistic)]
    public Loss Loss => Loss.Logistic;

    /// <summary>Whether there is a bias; true unless said otherwise.</summary>
    [DefaultValue(true)]
    public bool Bias { get; set; } = true;

    /// <inheritdoc cref="LinearModelAttribute.L2"/>
    public double L2 { get; set; }

    /// <inheritdoc cref="LinearModelAttribute.RegulariseBias"/>
    public bool RegulariseBias { get; set; }

    /// <inheritdoc cref="LinearModelAttribute.Weights"/>
    public bool Weights { get; set; }

    /// <inheritdoc cref="LinearModelAttribute.Offsets"/>
    public bool Offsets { get; set; }

    /// <inheritdoc cref="LinearModelAttribute.Precision"/>
    public Precision Precision { get; set; }

    /// <inheritdoc cref="LinearModelAttribute.Prefix"/>
    public string Prefix { get; set; } = "";
}

/// <summary>
/// Declares a softmax model of C classes: s_c = w_c·x + b_c, loss log Σ_c exp(s_c) − Σ_c y_c s_c. A label is a class, or
/// a share y_c for each class, which add up to 1. Forms as for <see cref="LinearModelAttribute"/>; a marked label is an
/// enum, whose members are the classes, or a whole number from 0 to C − 1.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class SoftmaxModelAttribute : Attribute
{
    /// <inheritdoc cref="LinearModelAttribute.Features"/>
    public int Features { get; set; }

    /// <summary>The number of classes C, 2 or more. Left out, it is read from the data: one more than the greatest
    /// class, or the number of the enum's members.</summary>
    public int Classes { get; set; }

    /// <summary>The loss of one example: <see cref="InfluenceGen.Loss.SoftmaxCrossEntropy"/>.</summary>
    [DefaultValue(Loss.SoftmaxCrossEntropy)]
    public Loss Loss => Loss.SoftmaxCrossEntropy;

    /// <summary>Whether each class has a bias; true unless said otherwise.</summary>
    [DefaultValue(true)]
    public bool Bias { get; set; } = true;

    /// <inheritdoc cref="LinearModelAttribute.L2"/>
    public double L2 { get; set; }

    /// <inheritdoc cref="LinearModelAttribute.RegulariseBias"/>
    public bool RegulariseBias { get; set; }

    /// <inheritdoc cref="LinearModelAttribute.Weights"/>
    public bool Weights { get; set; }

    /// <inheritdoc cref="LinearModelAttribute.Precision"/>
    public Precision Precision { get; set; }

    /// <inheritdoc cref="LinearModelAttribute.Prefix"/>
    public string Prefix { get; set; } = "";
}

/// <summary>
/// Declares a multi-layer perceptron: h_0 = x, h_k = a(W_k h_{k−1} + b_k) for each hidden layer, s = W h + b, loss(s, y).
/// Forms as for <see cref="LinearModelAttribute"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class MlpAttribute : Attribute
{
    /// <summary>The number of inputs, 1 or more. Left out, it is read from the data, or the marked properties are
    /// counted.</summary>
    public int Inputs { get; set; }

    /// <summary>The units of each hidden layer, from the inputs on; at least one layer, each of 1 or more. Left out, they are given at run
    /// time, and <see cref="HiddenLayers"/> says how many layers there are.</summary>
    public int[] Hidden { get; set; } = [];

    /// <summary>How many hidden layers there are, 1 or more, where their units are left open: <c>Train</c> and <c>Ledger</c> then ask for
    /// <c>hidden1</c>, <c>hidden2</c> and so on.</summary>
    public int HiddenLayers { get; set; }

    /// <summary>The number of outputs, 1 or more. Left out, it is 1, or for a loss over classes their number, read from
    /// the data.</summary>
    public int Outputs { get; set; }

    /// <summary>What hidden units apply, a; <see cref="InfluenceGen.Activation.Tanh"/> unless said otherwise.</summary>
    [DefaultValue(Activation.Tanh)]
    public Activation Activation { get; set; } = Activation.Tanh;

    /// <summary>The loss of one example; <see cref="InfluenceGen.Loss.Squared"/> unless said otherwise.</summary>
    public Loss Loss { get; set; }

    /// <summary>Whether each unit has a bias; true unless said otherwise.</summary>
    [DefaultValue(true)]
    public bool Bias { get; set; } = true;

    /// <inheritdoc cref="LinearModelAttribute.L2"/>
    public double L2 { get; set; }

    /// <inheritdoc cref="LinearModelAttribute.RegulariseBias"/>
    public bool RegulariseBias { get; set; }

    /// <inheritdoc cref="LinearModelAttribute.Weights"/>
    public bool Weights { get; set; }

    /// <inheritdoc cref="LinearModelAttribute.Offsets"/>
    public bool Offsets { get; set; }

    /// <inheritdoc cref="LinearModelAttribute.Precision"/>
    public Precision Precision { get; set; }

    /// <inheritdoc cref="LinearModelAttribute.Prefix"/>
    public string Prefix { get; set; } = "";
}

/// <summary>
/// Declares a matrix factorization: s = p_u·q_i, loss ½(s − r)² + (λ/2)(|p_u|²/|Z_u| + |q_i|²/|Z_i|), the penalty
/// decomposed over examples (Sundararajan and Krichene, Section 3.4); with <see cref="Biases"/>, s = μ + b_u + c_i + p_u·q_i, and
/// (λ_b/2)(b_u²/|Z_u| + c_i²/|Z_i|) beside it (Koren, Bell and Volinsky, 2009). The individual is the user. Ratings are read from
/// files, or from the type's own properties marked with <see cref="UserAttribute"/>, <see cref="ItemAttribute"/> and
/// <see cref="RatingAttribute"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class MatrixFactorizationAttribute : Attribute
{
    private double? _biasL2;

    /// <summary>The embeddings' dimension d, 1 or more. Left out, it is given at run time.</summary>
    public int Rank { get; set; }

    /// <summary>The loss of one rating, before the penalty: <see cref="InfluenceGen.Loss.Squared"/>.</summary>
    [DefaultValue(Loss.Squared)]
    public Loss Loss => Loss.Squared;

    /// <summary>The penalty λ on embeddings, a finite number of 0 or more; 0, none, unless said otherwise.</summary>
    public double L2 { get; set; }

    /// <summary>Whether there are μ, which all ratings share, a bias b_u of each user and c_i of each item; false unless said otherwise.
    /// Training starts from μ = the mean rating and biases of 0. A user's bias is the user's own, as is the embedding p_u. A plan's
    /// <see cref="Training.WeightDecay"/> spares all three, but for <c>WeightDecay.OnAll</c>.</summary>
    public bool Biases { get; set; }

    /// <summary>The penalty λ_b on biases, a finite number of 0 or more; that of <see cref="L2"/> unless said otherwise. μ bears none. With
    /// 0, constants can pass from one bias to another without a change of the objective: scores are then those of the
    /// pseudo-inverse.</summary>
    public double BiasL2 { get => _biasL2 ?? L2; set => _biasL2 = value; }

    /// <inheritdoc cref="LinearModelAttribute.Weights"/>
    public bool Weights { get; set; }

    /// <inheritdoc cref="LinearModelAttribute.Offsets"/>
    public bool Offsets { get; set; }

    /// <inheritdoc cref="LinearModelAttribute.Precision"/>
    public Precision Precision { get; set; }

    /// <inheritdoc cref="LinearModelAttribute.Prefix"/>
    public string Prefix { get; set; } = "";
}
