using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using Xunit;

namespace InfluenceGen.Tests.Models;

/// <summary>Models whose sweeps are checked against each other: one line each, generated or by plain formulas.</summary>
public static class SweepCases
{
    private const int Count = 9;

    public static IReadOnlyDictionary<string, Func<SweepProbe>> All { get; } = new Dictionary<string, Func<SweepProbe>>
    {
        ["reference linear"] = () => SweepProbe.Of(new ReferenceFeatureModel<HalfSquare>(4), Real(4, 1)),
        ["reference logistic"] = () => SweepProbe.Of(new ReferenceFeatureModel<LogisticLoss>(4), Binary(4)),
        ["reference factorization"] = () => SweepProbe.Of(new ReferenceFactorization(4, 5, 3, 0.3), Ratings()),
        ["reference biased factorization"] = () => SweepProbe.Of(new ReferenceBiasedFactorization(4, 5, 3, 0.3, 0.2), Ratings()),
        ["dense biased factorization"] = () => SweepProbe.Of(new DenseBiasedFactorization(4, 5, 3, 0.3, 0.2), DenseBiasedFactorization.Columns(Ratings())),
        ["reference Poisson"] = () => Layers([4, 1], LabelDomain.NonNegative, Counts(4)),
        ["reference two linear outputs"] = () => Layers([4, 2], LabelDomain.Real, Real(4, 2)),
        ["reference sigmoid logistic"] = () => Layers([3, 4, 1], LabelDomain.Binary, Binary(3), x => x.Sigmoid()),
        ["Linear4"] = () => SweepProbe.Of(new Linear4.Model(), Real(4, 1)),
        ["LinearOpen"] = () => SweepProbe.Of(new LinearOpen.Model(11), Real(11, 1)),
        ["Logistic4"] = () => SweepProbe.Of(new Logistic4.Model(), Binary(4)),
        ["Logistic30"] = () => SweepProbe.Of(new Logistic30.Model(), Binary(30)),
        ["LinearWithoutBias"] = () => SweepProbe.Of(new LinearWithoutBias.Model(), Real(4, 1)),
        ["Counts4"] = () => SweepProbe.Of(new Counts4.Model(), Counts(4)),
        ["CountsOpen"] = () => SweepProbe.Of(new CountsOpen.Model(9), Counts(9)),
        ["Softmax4"] = () => SweepProbe.Of(new Softmax4.Model(), SoftClasses(4, 3)),
        ["SoftmaxOpen"] = () => SweepProbe.Of(new SoftmaxOpen.Model(5, 9), SoftClasses(5, 9)),
        ["Softmax20"] = () => SweepProbe.Of(new Softmax20.Model(), SoftClasses(20, 10, 150)),
        ["TanhSoftmax"] = () => SweepProbe.Of(new TanhSoftmax.Model(), Classes(4, 3)),
        ["GeluSquared"] = () => SweepProbe.Of(new GeluSquared.Model(), Real(4, 2)),
        ["SoftplusSoftmax"] = () => SweepProbe.Of(new SoftplusSoftmax.Model(), Classes(4, 3)),
        ["SigmoidLogistic"] = () => SweepProbe.Of(new SigmoidLogistic.Model(), Binary(3)),
        ["TanhPoisson"] = () => SweepProbe.Of(new TanhPoisson.Model(), Counts(9, 130)),
        ["DeepIdentity"] = () => SweepProbe.Of(new DeepIdentity.Model(), Real(4, 2)),
        ["reference of Softmax4"] = () => Layers([4, 3], LabelDomain.Distribution, SoftClasses(4, 3)),
        ["reference of TanhSoftmax"] = () => Layers([4, 3, 4, 3], LabelDomain.Distribution, Classes(4, 3), x => x.Tanh()),
        ["reference of GeluSquared"] = () => Layers([4, 5, 2], LabelDomain.Real, Real(4, 2), x => x.Gelu()),
        ["Mf3"] = () => SweepProbe.Of(new Mf3.Model(4, 5), Ratings()),
        ["MfOpen"] = () => SweepProbe.Of(new MfOpen.Model(4, 5, 6), Ratings()),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>Generated models of layers, each of which has its reference.</summary>
    public static TheoryData<string> GeneratedLayers => [.. All.Keys.Where(name => All.ContainsKey("reference of " + name))];

    /// <summary>n label rows of a number for each output.</summary>
    public static ExampleSet<double> Real(int features, int outputs, int count = Count) =>
        ExampleSet<double>.FromFeatures(Draw(count * features, 1), features, Draw(count * outputs, 2), outputs);

    public static ExampleSet<double> Binary(int features, int count = Count) => ExampleSet<double>.FromFeatures(
        Draw(count * features, 3), features, [.. Draw(count, 4).Select(y => y > 0 ? 1.0 : 0)]);

    public static ExampleSet<double> Counts(int features, int count = Count) => ExampleSet<double>.FromFeatures(
        Draw(count * features, 5), features, [.. Draw(count, 6).Select(y => Math.Round(Math.Abs(3 * y)))]);

    public static ExampleSet<double> Classes(int features, int classes, int count = Count) => ExampleSet<double>.FromClasses(
        Draw(count * features, 7), features, [.. Enumerable.Range(0, count).Select(i => i % classes)], classes);

    public static ExampleSet<double> SoftClasses(int features, int classes, int count = Count)
    {
        var shares = Draw(count * classes, 8).Select(Math.Abs).Chunk(classes);
        return ExampleSet<double>.FromFeatures(Draw(count * features, 9), features,
            [.. shares.SelectMany(row => row.Select(share => share / row.Sum()))], classes);
    }

    /// <summary>Ratings with a pair that stands twice and an item that nobody rates.</summary>
    private static ExampleSet<double> Ratings() =>
        ExampleSet<double>.FromRatings([0, 0, 1, 2, 2, 2, 3, 3], [0, 1, 0, 3, 1, 1, 0, 3], Draw(8, 10), 4, 5);

    private static SweepProbe Layers(int[] sizes, LabelDomain domain, ExampleSet<double> examples, Func<Jet, Jet>? activation = null) =>
        SweepProbe.Of(new ReferenceLayers<double>(new LayersShape(sizes, activation ?? (x => x), domain)), examples);

    private static double[] Draw(int count, int seed)
    {
        var random = new RandomSource(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextGaussian())];
    }
}
