namespace InfluenceGen.Tests.Models;

// The same models as the reference ones, by way of the generator.

[LinearModel]
public partial class GeneratedLinear;

[LogisticModel]
public partial class GeneratedLogistic;

[MatrixFactorization(Rank = 4, L2 = 1)]
public partial class GeneratedFactorization4;

[MatrixFactorization(Rank = 16, L2 = 1)]
public partial class GeneratedFactorization16;
