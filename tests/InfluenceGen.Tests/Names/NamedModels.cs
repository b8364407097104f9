namespace InfluenceGen.Tests.Names;

[LogisticModel(L2 = 0.1, RegulariseBias = true)] internal sealed partial class NamedLogistic;
[SoftmaxModel(L2 = 0.1, RegulariseBias = true)] internal sealed partial class NamedSoftmax;
[SoftmaxModel(Classes = 3, L2 = 0.1)] internal sealed partial class ThreeClasses;
[Mlp(Hidden = [3], Outputs = 2)] internal sealed partial class NamedNetwork;
[MatrixFactorization(Rank = 3, L2 = 0.5)] internal sealed partial class NamedFactors;

[SoftmaxModel]
internal sealed partial record Fruit
{
    [Individual] public required string Grower { get; init; }
    [Feature] public double Weight { get; init; }
    [Label] public required int Kind { get; init; }
}

[SoftmaxModel]
internal sealed partial record Flower
{
    [Feature] public double Petal { get; init; }
    [Label] public Species Species { get; init; }
}

internal enum Species
{
    Rose,
    Tulip,
}

[MatrixFactorization(Rank = 3, L2 = 1)]
internal sealed partial record Seen
{
    [User] public required string Viewer { get; init; }
    [Item] public required string Film { get; init; }
    [Rating] public double Stars { get; init; }
}
