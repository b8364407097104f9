namespace InfluenceGen.Tests.Models;

// Layers of every activation and loss, with a width that fills part of a line, a line, and more; those of the fixtures first.

[Mlp(Inputs = 4, Hidden = [3, 4], Outputs = 3, Activation = Activation.Gelu, Loss = Loss.SoftmaxCrossEntropy)]
internal sealed partial class GeluSoftmax;

[Mlp(Inputs = 4, Hidden = [5], Outputs = 2, Activation = Activation.Gelu, Loss = Loss.Squared)]
internal sealed partial class GeluSquared;

[Mlp(Inputs = 4, Hidden = [5], Outputs = 3, Activation = Activation.Relu, Loss = Loss.SoftmaxCrossEntropy)]
internal sealed partial class ReluSoftmax;

[Mlp(Inputs = 4, Hidden = [5], Outputs = 2, Activation = Activation.Relu, Loss = Loss.Squared)]
internal sealed partial class ReluSquared;

[Mlp(Inputs = 4, Hidden = [5], Outputs = 3, Activation = Activation.Sigmoid, Loss = Loss.SoftmaxCrossEntropy)]
internal sealed partial class SigmoidSoftmax;

[Mlp(Inputs = 4, Hidden = [5], Outputs = 2, Activation = Activation.Sigmoid, Loss = Loss.Squared)]
internal sealed partial class SigmoidSquared;

[Mlp(Inputs = 4, Hidden = [5], Outputs = 3, Activation = Activation.Softplus, Loss = Loss.SoftmaxCrossEntropy)]
internal sealed partial class SoftplusSoftmax;

[Mlp(Inputs = 4, Hidden = [5], Outputs = 2, Activation = Activation.Softplus, Loss = Loss.Squared)]
internal sealed partial class SoftplusSquared;

[Mlp(Inputs = 4, Hidden = [3, 4], Outputs = 3, Activation = Activation.Tanh, Loss = Loss.SoftmaxCrossEntropy)]
internal sealed partial class TanhSoftmax;

[Mlp(Inputs = 4, Hidden = [5], Outputs = 2, Activation = Activation.Tanh, Loss = Loss.Squared)]
internal sealed partial class TanhSquared;

[SoftmaxModel(Features = 4, Classes = 3)]
internal sealed partial class Softmax4;

[SoftmaxModel(Features = 4, Classes = 3, Bias = false)]
internal sealed partial class SoftmaxWithoutBias;

[SoftmaxModel]
internal sealed partial class SoftmaxOpen;

[SoftmaxModel(Features = 20, Classes = 10)]
internal sealed partial class Softmax20;

[LinearModel(Features = 4, Bias = false)]
internal sealed partial class LinearWithoutBias;

[LinearModel(Features = 4, Loss = Loss.Poisson)]
internal sealed partial class Counts4;

[LinearModel(Loss = Loss.Poisson)]
internal sealed partial class CountsOpen;

[Mlp(Inputs = 3, Hidden = [4], Outputs = 1, Activation = Activation.Sigmoid, Loss = Loss.Logistic)]
internal sealed partial class SigmoidLogistic;

[Mlp(Inputs = 9, Hidden = [17, 8], Outputs = 1, Activation = Activation.Tanh, Loss = Loss.Poisson, Bias = false)]
internal sealed partial class TanhPoisson;

[Mlp(Inputs = 4, Hidden = [6, 5, 4], Outputs = 2, Activation = Activation.Identity, Loss = Loss.Squared)]
internal sealed partial class DeepIdentity;
