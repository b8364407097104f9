using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Tests.Models;

/// <summary>Examples drawn for tests: the same numbers in double precision as in single.</summary>
internal static class SetsOf<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Labels that are any numbers, as many as outputs.</summary>
    public static ExampleSet<T> Numbers(int count, int features, int labels = 1) => Labelled(count, features, y => y, labels);

    /// <summary>Labels 0 and 1.</summary>
    public static ExampleSet<T> Answers(int count, int features) => Labelled(count, features, y => y > 0 ? 1 : 0);

    /// <summary>Labels from 0 up.</summary>
    public static ExampleSet<T> Counts(int count, int features) => Labelled(count, features, y => Math.Round(Math.Abs(3 * y)));

    /// <summary>One class for each example.</summary>
    public static ExampleSet<T> Classes(int count, int features, int classes) => ExampleSet<T>.FromClasses(
        Draw(count * features, new RandomSource(6)), features, [.. Enumerable.Range(0, count).Select(i => (int)((long)i * i % classes))], classes);

    /// <summary>Ratings of most pairs of six users and seven items.</summary>
    public static ExampleSet<T> Ratings()
    {
        var pairs = Enumerable.Range(0, 42).Where(k => k % 5 != 3).ToArray();
        return ExampleSet<T>.FromRatings([.. pairs.Select(k => k / 7)], [.. pairs.Select(k => k % 7)],
            Draw(pairs.Length, new RandomSource(7)), 6, 7);
    }

    public static T[] Draw(int count, RandomSource random, double scale = 1) =>
        [.. Enumerable.Range(0, count).Select(_ => Rounded(scale * random.NextGaussian()))];

    /// <summary>A number that single precision holds.</summary>
    public static T Rounded(double value) => T.CreateChecked((float)value);

    private static ExampleSet<T> Labelled(int count, int features, Func<double, double> label, int labels = 1)
    {
        var random = new RandomSource(5);
        var values = Draw(count * features, random);
        return ExampleSet<T>.FromFeatures(values, features,
            [.. Enumerable.Range(0, count * labels).Select(_ => Rounded(label(random.NextGaussian())))], labels);
    }
}
