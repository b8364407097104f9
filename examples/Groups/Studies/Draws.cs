using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace GroupStudies.Studies;

/// <summary>Points and groups of them, drawn at random.</summary>
internal static class Draws
{
    public const int Features = 5;

    /// <summary>A centre drawn at random, about 1 from 0, and the one across from it.</summary>
    public static double[][] Opposed(RandomSource random)
    {
        var centre = new double[Features];
        for (var j = 0; j < centre.Length; j++)
        {
            centre[j] = random.NextGaussian() / Math.Sqrt(centre.Length);
        }

        return [centre, [.. centre.Select(x => -x)]];
    }

    /// <summary>Points around centres, as many around each; the class of a centre is its place, even or odd.</summary>
    public static ExampleSet<double> Points(RandomSource random, double[][] centres, int count)
    {
        var (features, labels) = (new double[count * Features], new double[count]);
        for (var i = 0; i < count; i++)
        {
            var centre = i % centres.Length;
            labels[i] = centre % 2;
            for (var j = 0; j < Features; j++)
            {
                features[i * Features + j] = centres[centre][j] + random.NextGaussian();
            }
        }

        return ExampleSet<double>.FromFeatures(features, Features, labels);
    }

    /// <summary>The first test example whose class the model gets wrong, by itself.</summary>
    public static ExampleSet<double> Misclassified<TModel>(Fit<TModel, double> fit, ExampleSet<double> test)
        where TModel : struct, IModel<double>
    {
        for (var t = 0; t < test.Count; t++)
        {
            var one = test.Subset([t]);
            if (fit.Accuracy(one) == 0)
            {
                return one;
            }
        }

        throw new InvalidOperationException("The model makes no mistake on these test examples: draw more of them, or other data (--seed).");
    }

    /// <summary>Some of the positions, ascending.</summary>
    public static int[] Among(RandomSource random, IEnumerable<int> positions, int size)
    {
        int[] all = [.. positions];
        random.Shuffle(all.AsSpan());
        var drawn = all[..Math.Min(size, all.Length)];
        Array.Sort(drawn);
        return drawn;
    }

    /// <summary>An example drawn at random and those nearest to it.</summary>
    public static int[] Cluster(RandomSource random, ExampleSet<double> set, int size)
    {
        var centre = Row(set, random.NextBelow(set.Count)).ToArray();
        var (distances, order) = (new double[set.Count], new int[set.Count]);
        for (var i = 0; i < set.Count; i++)
        {
            order[i] = i;
            var row = Row(set, i);
            for (var j = 0; j < centre.Length; j++)
            {
                distances[i] += (row[j] - centre[j]) * (row[j] - centre[j]);
            }
        }

        Array.Sort(distances, order);
        var nearest = order[..size];
        Array.Sort(nearest);
        return nearest;
    }

    private static ReadOnlySpan<double> Row(ExampleSet<double> set, int i) => set.Features.Slice(i * set.FeatureStride, set.FeatureCount);
}
