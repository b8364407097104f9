using InfluenceGen;

namespace InfluenceGen.Benchmarks;

/// <summary>Matrix factorization at a rank below the usual.</summary>
[MatrixFactorization(Rank = 8, L2 = 1.0)]
public partial class Rank8;

/// <summary>Matrix factorization as in the paper's MovieLens study.</summary>
[MatrixFactorization(Rank = 16, L2 = 1.0)]
public partial class Rank16;

/// <summary>Matrix factorization at a rank above the usual.</summary>
[MatrixFactorization(Rank = 24, L2 = 1.0)]
public partial class Rank24;

/// <summary>Matrix factorization at the largest rank whose rows are unrolled.</summary>
[MatrixFactorization(Rank = 32, L2 = 1.0)]
public partial class Rank32;

/// <summary>The linear model of the diabetes data.</summary>
[LinearModel(Features = 10)]
public partial class Progression;

/// <summary>The logistic model of the breast-cancer data.</summary>
[LogisticModel(Features = 30)]
public partial class Tumour;

/// <summary>A small network for the digits of the UCI data, 8 by 8 pixels.</summary>
[Mlp(Inputs = 64, Hidden = [32], Outputs = 10, Activation = Activation.Tanh, Loss = Loss.SoftmaxCrossEntropy)]
public partial class Digits64;

/// <summary>The same in single precision.</summary>
[Mlp(Inputs = 64, Hidden = [32], Outputs = 10, Activation = Activation.Tanh, Loss = Loss.SoftmaxCrossEntropy, Precision = Precision.Single)]
public partial class Digits64Single;

/// <summary>A network for pictures of 28 by 28 pixels.</summary>
[Mlp(Inputs = 784, Hidden = [128], Outputs = 10, Activation = Activation.Relu, Loss = Loss.SoftmaxCrossEntropy)]
public partial class Pictures;

/// <summary>The same in single precision.</summary>
[Mlp(Inputs = 784, Hidden = [128], Outputs = 10, Activation = Activation.Relu, Loss = Loss.SoftmaxCrossEntropy, Precision = Precision.Single)]
public partial class PicturesSingle;

/// <summary>A softmax of pictures of 28 by 28 pixels.</summary>
[SoftmaxModel(Features = 784, Classes = 10)]
public partial class PictureSoftmax;

/// <summary>The same in single precision.</summary>
[SoftmaxModel(Features = 784, Classes = 10, Precision = Precision.Single)]
public partial class PictureSoftmaxSingle;

/// <summary>A logistic model of 51 parameters.</summary>
[LogisticModel(Features = 50)]
public partial class Logistic51;

/// <summary>The same in single precision.</summary>
[LogisticModel(Features = 50, Precision = Precision.Single)]
public partial class Logistic51Single;

/// <summary>A logistic model of 21 parameters.</summary>
[LogisticModel(Features = 20)]
public partial class Logistic21;

/// <summary>A linear model of any number of features.</summary>
[LinearModel]
public partial class Lanes;

/// <summary>The logistic model of ten examples.</summary>
[LogisticModel(L2 = 0.01, RegulariseBias = true)]
public partial class Tenth;
