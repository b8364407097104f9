namespace InfluenceGen.Tests.Models;

// Generated models of the shapes that tests/fixtures has, and of a few more.

[SoftmaxModel(Features = 4, Classes = 3)] internal sealed partial class Softmax3;
[SoftmaxModel(Features = 4, Classes = 3, Bias = false)] internal sealed partial class Softmax3NoBias;
[Mlp(Inputs = 4, Hidden = [3, 4], Outputs = 3, Activation = Activation.Tanh, Loss = Loss.SoftmaxCrossEntropy)] internal sealed partial class TanhSoftmax;
[Mlp(Inputs = 4, Hidden = [5], Outputs = 2, Activation = Activation.Gelu)] internal sealed partial class GeluSquared;
