namespace InfluenceGen.Native.Tests;

// One of each kind of declaration, at the sizes that make a difference to the generated code: rows that stay in
// registers, rows that are read in loops of known length, rows whose length is known at run time.

[LinearModel(Features = 13)]
public partial class UnrolledLinear;

[LinearModel(Features = 130)]
public partial class LoopedLinear;

[LinearModel]
public partial class OpenLinear;

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

[MatrixFactorization(Rank = 16, L2 = 0.1)]
public partial class UnrolledFactors;

[MatrixFactorization(Rank = 50, L2 = 0.1)]
public partial class LoopedFactors;

[MatrixFactorization]
public partial class OpenFactors;
