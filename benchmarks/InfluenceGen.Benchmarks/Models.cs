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
