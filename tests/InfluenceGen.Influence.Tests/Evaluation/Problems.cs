using InfluenceGen.Examples;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence.Tests.Evaluation;

[LogisticModel(Precision = Precision.Single)]
internal sealed partial class SingleLogistic;

/// <summary>Problems drawn from known models.</summary>
internal static class Problems
{
    /// <summary>Examples of a logistic model, with some noise in their labels.</summary>
    public static ExampleSet<double> Binary(int count, int features, long seed)
    {
        var random = new RandomSource(seed);
        var x = Gaussian(random, count * features);
        double[] y = [.. Enumerable.Range(0, count).Select(i => x[i * features] - x[i * features + 1] + random.NextGaussian() > 0 ? 1.0 : 0.0)];
        return ExampleSet<double>.FromFeatures(x, features, y);
    }

    /// <summary>Examples of three classes.</summary>
    public static ExampleSet<double> Classes(int count, int features, long seed)
    {
        var random = new RandomSource(seed);
        var x = Gaussian(random, count * features);
        int[] y = [.. Enumerable.Range(0, count).Select(i => x[i * features] + 0.5 * random.NextGaussian() > 0.5 ? 2 : x[i * features + 1] > 0 ? 1 : 0)];
        return ExampleSet<double>.FromClasses(x, features, y, 3);
    }

    /// <summary>Examples of a linear model.</summary>
    public static ExampleSet<double> Numbers(int count, int features, long seed)
    {
        var random = new RandomSource(seed);
        var x = Gaussian(random, count * features);
        double[] y = [.. Enumerable.Range(0, count).Select(i => 1 + x[i * features] - 2 * x[i * features + 1] + random.NextGaussian())];
        return ExampleSet<double>.FromFeatures(x, features, y);
    }

    /// <summary>The same examples in single precision.</summary>
    public static ExampleSet<float> Single(ExampleSet<double> examples)
    {
        float[] x = [.. Enumerable.Range(0, examples.Count)
            .SelectMany(i => examples.Features.Slice(i * examples.FeatureStride, examples.FeatureCount).ToArray()).Select(value => (float)value)];
        return ExampleSet<float>.FromFeatures(x, examples.FeatureCount, [.. examples.Labels.ToArray().Select(label => (float)label)]);
    }

    /// <summary>A plan that takes no step and states a penalty; fits of it are taken to their minimum.</summary>
    public static GradientDescent Penalised(double lambda) => GradientDescent.FullBatch(0, 1) with { WeightDecay = WeightDecay.OnAll(lambda) };

    public static Fit<Logistic.Model, double> FitBinary(ExampleSet<double> train, double lambda) => Logistic.Train(train, Penalised(lambda)).Converged();

    private static double[] Gaussian(RandomSource random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextGaussian())];
}
