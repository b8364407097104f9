using InfluenceGen.Models;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>A model declared below, and how to make it.</summary>
/// <param name="Size">Features, or the rank; 0 where the declaration leaves it open.</param>
/// <param name="Generated">Makes it for as many features, or as many users and items and that rank.</param>
/// <param name="Reference">Makes the hand-written model that it should agree with, for as many features, or users, items
/// and rank.</param>
public sealed record DeclaredModel(int Size, Func<int, int, int, IModel<double>> Generated,
    Func<int, int, int, IModel<double>> Reference);

/// <summary>
/// One model for every shape of kernel: rows that fill part of a vector, one vector, several, more than the unroll
/// budget of either width, and sizes left open.
/// </summary>
public static class DeclaredModels
{
    public static IReadOnlyDictionary<string, DeclaredModel> All { get; } = new Dictionary<string, DeclaredModel>
    {
        ["Linear1"] = Linear(1, (_, _, _) => new Linear1.Model()),
        ["Linear4"] = Linear(4, (_, _, _) => new Linear4.Model()),
        ["Linear7"] = Linear(7, (_, _, _) => new Linear7.Model()),
        ["Linear8"] = Linear(8, (_, _, _) => new Linear8.Model()),
        ["Linear10"] = Linear(10, (_, _, _) => new Linear10.Model()),
        ["Linear33"] = Linear(33, (_, _, _) => new Linear33.Model()),
        ["LinearOpen"] = Linear(0, (features, _, _) => new LinearOpen.Model(features)),
        ["Logistic1"] = Logistic(1, (_, _, _) => new Logistic1.Model()),
        ["Logistic4"] = Logistic(4, (_, _, _) => new Logistic4.Model()),
        ["Logistic30"] = Logistic(30, (_, _, _) => new Logistic30.Model()),
        ["Logistic100"] = Logistic(100, (_, _, _) => new Logistic100.Model()),
        ["LogisticOpen"] = Logistic(0, (features, _, _) => new LogisticOpen.Model(features)),
        ["Mf1"] = Factors(1, 0.3, (users, items, _) => new Mf1.Model(users, items)),
        ["Mf2"] = Factors(2, 0.3, (users, items, _) => new Mf2.Model(users, items)),
        ["Mf3"] = Factors(3, 0.3, (users, items, _) => new Mf3.Model(users, items)),
        ["Mf3Free"] = Factors(3, 0, (users, items, _) => new Mf3Free.Model(users, items)),
        ["Mf4"] = Factors(4, 0.3, (users, items, _) => new Mf4.Model(users, items)),
        ["Mf5"] = Factors(5, 0.3, (users, items, _) => new Mf5.Model(users, items)),
        ["Mf6"] = Factors(6, 0.3, (users, items, _) => new Mf6.Model(users, items)),
        ["Mf7"] = Factors(7, 0.3, (users, items, _) => new Mf7.Model(users, items)),
        ["Mf8"] = Factors(8, 0.3, (users, items, _) => new Mf8.Model(users, items)),
        ["Mf16"] = Factors(16, 0.3, (users, items, _) => new Mf16.Model(users, items)),
        ["Mf24"] = Factors(24, 0.3, (users, items, _) => new Mf24.Model(users, items)),
        ["Mf32"] = Factors(32, 0.3, (users, items, _) => new Mf32.Model(users, items)),
        ["Mf40"] = Factors(40, 0.3, (users, items, _) => new Mf40.Model(users, items)),
        ["MfOpen"] = Factors(0, 0.3, (users, items, rank) => new MfOpen.Model(users, items, rank)),
        ["MfOpenFree"] = Factors(0, 0, (users, items, rank) => new MfOpenFree.Model(users, items, rank)),
    };

    /// <summary>The names of all, for theories.</summary>
    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>The names of those that read features.</summary>
    public static TheoryData<string> OfFeatures =>
        [.. All.Keys.Where(name => !name.StartsWith("Mf", StringComparison.Ordinal))];

    /// <summary>The names of those that read ratings.</summary>
    public static TheoryData<string> OfRatings =>
        [.. All.Keys.Where(name => name.StartsWith("Mf", StringComparison.Ordinal))];

    private static DeclaredModel Linear(int features, Func<int, int, int, IModel<double>> make) =>
        new(features, make, (count, _, _) => new ReferenceFeatureModel<HalfSquare>(count));

    private static DeclaredModel Logistic(int features, Func<int, int, int, IModel<double>> make) =>
        new(features, make, (count, _, _) => new ReferenceFeatureModel<LogisticLoss>(count));

    private static DeclaredModel Factors(int rank, double l2, Func<int, int, int, IModel<double>> make) =>
        new(rank, make, (users, items, dimension) => new ReferenceFactorization(users, items, dimension, l2));
}

[LinearModel(Features = 1)] internal sealed partial class Linear1;
[LinearModel(Features = 4)] internal sealed partial class Linear4;
[LinearModel(Features = 7)] internal sealed partial class Linear7;
[LinearModel(Features = 8)] internal sealed partial class Linear8;
[LinearModel(Features = 10)] internal sealed partial class Linear10;
[LinearModel(Features = 33)] internal sealed partial class Linear33;
[LinearModel] internal sealed partial class LinearOpen;
[LogisticModel(Features = 1)] internal sealed partial class Logistic1;
[LogisticModel(Features = 4)] internal sealed partial class Logistic4;
[LogisticModel(Features = 30)] internal sealed partial class Logistic30;
[LogisticModel(Features = 100)] internal sealed partial class Logistic100;
[LogisticModel] internal sealed partial class LogisticOpen;
[MatrixFactorization(Rank = 1, L2 = 0.3)] internal sealed partial class Mf1;
[MatrixFactorization(Rank = 2, L2 = 0.3)] internal sealed partial class Mf2;
[MatrixFactorization(Rank = 3, L2 = 0.3)] internal sealed partial class Mf3;
[MatrixFactorization(Rank = 3)] internal sealed partial class Mf3Free;
[MatrixFactorization(Rank = 4, L2 = 0.3)] internal sealed partial class Mf4;
[MatrixFactorization(Rank = 5, L2 = 0.3)] internal sealed partial class Mf5;
[MatrixFactorization(Rank = 6, L2 = 0.3)] internal sealed partial class Mf6;
[MatrixFactorization(Rank = 7, L2 = 0.3)] internal sealed partial class Mf7;
[MatrixFactorization(Rank = 8, L2 = 0.3)] internal sealed partial class Mf8;
[MatrixFactorization(Rank = 16, L2 = 0.3)] internal sealed partial class Mf16;
[MatrixFactorization(Rank = 24, L2 = 0.3)] internal sealed partial class Mf24;
[MatrixFactorization(Rank = 32, L2 = 0.3)] internal sealed partial class Mf32;
[MatrixFactorization(Rank = 40, L2 = 0.3)] internal sealed partial class Mf40;
[MatrixFactorization(L2 = 0.3)] internal sealed partial class MfOpen;
[MatrixFactorization] internal sealed partial class MfOpenFree;
