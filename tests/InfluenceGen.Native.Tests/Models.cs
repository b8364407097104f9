namespace InfluenceGen.Native.Tests;

// One of each kind of declaration, at the sizes that make a difference to the generated code: rows that stay in
// registers, rows that are read in loops of known length, rows whose length is known at run time; layers of every
// activation and loss, of one output and of several; and every family in single precision.

[LinearModel(Features = 13)]
public partial class UnrolledLinear;

[LinearModel(Features = 130)]
public partial class LoopedLinear;

[LinearModel]
public partial class OpenLinear;

[LinearModel(Features = 13, Bias = false, L2 = 0.1)]
public partial class LinearWithoutBias;

[LinearModel(Features = 13, Precision = Precision.Single)]
public partial class SingleLinear;

[LinearModel(Features = 13, Loss = Loss.Poisson)]
public partial class Counts;

[LogisticModel(Features = 13)]
public partial class UnrolledLogistic;

[LogisticModel(Features = 130)]
public partial class LoopedLogistic;

[LogisticModel]
public partial class OpenLogistic;

[LogisticModel]
public partial record Applicant
{
    [Individual] public required string Name { get; init; }
    [Feature] public required double Income { get; init; }
    [Feature] public required int Children { get; init; }
    [Feature] public required bool Owner { get; init; }
    [Label] public required bool Repaid { get; init; }
}

[LogisticModel(Precision = Precision.Single)]
public partial class SingleLogistic;

[SoftmaxModel(Features = 13, Classes = 10, L2 = 0.1, RegulariseBias = true)]
public partial class FixedSoftmax;

[SoftmaxModel(Bias = false)]
public partial class OpenSoftmax;

[SoftmaxModel(Features = 13, Classes = 3, Precision = Precision.Single)]
public partial class SingleSoftmax;

[Mlp(Inputs = 13, Hidden = [17, 8], Outputs = 10, Activation = Activation.Tanh, Loss = Loss.SoftmaxCrossEntropy, L2 = 0.1)]
public partial class TanhClasses;

[Mlp(Hidden = [20], Outputs = 2, Activation = Activation.Gelu, Loss = Loss.Squared)]
public partial class OpenGelu;

[Mlp(Inputs = 13, Hidden = [9], Activation = Activation.Sigmoid, Loss = Loss.Logistic)]
public partial class SigmoidLogistic;

[Mlp(Inputs = 13, Hidden = [5], Activation = Activation.Softplus, Loss = Loss.Poisson, Bias = false)]
public partial class SoftplusCounts;

[Mlp(Inputs = 13, Hidden = [9, 7], Activation = Activation.Relu, Loss = Loss.Squared)]
public partial class ReluSquared;

[Mlp(Inputs = 13, Hidden = [4, 4, 4], Outputs = 2, Activation = Activation.Identity, Loss = Loss.Squared)]
public partial class DeepIdentity;

[Mlp(Inputs = 13, Hidden = [17], Outputs = 3, Activation = Activation.Gelu, Loss = Loss.SoftmaxCrossEntropy, Precision = Precision.Single)]
public partial class SingleGelu;

[MatrixFactorization(Rank = 16, L2 = 0.1)]
public partial class UnrolledFactors;

[MatrixFactorization(Rank = 50, L2 = 0.1)]
public partial class LoopedFactors;

[MatrixFactorization]
public partial class OpenFactors;

[MatrixFactorization(Rank = 16, L2 = 0.1, Precision = Precision.Single)]
public partial class SingleFactors;
