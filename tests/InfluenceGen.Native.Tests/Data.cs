using System.Numerics;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Native.Tests;

/// <summary>Examples drawn from uniform numbers only, which are the same bits wherever they are drawn. Those with features
/// are of people who have about three each, so that some are in both parts of any split.</summary>
internal static class Data
{
    /// <summary>Numbers between −1 and 1.</summary>
    public static T[] Draw<T>(int count, RandomSource random) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [.. Enumerable.Range(0, count).Select(_ => T.CreateChecked(2 * random.NextDouble() - 1))];

    /// <summary>Labels that are any numbers.</summary>
    public static ExampleSet<T> Numbers<T>(int count, int features, int labels, long seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Labelled<T>(count, features, labels, seed, y => y);

    /// <summary>Labels 0 and 1.</summary>
    public static ExampleSet<T> Answers<T>(int count, int features, long seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Labelled<T>(count, features, 1, seed, y => y > T.Zero ? T.One : T.Zero);

    /// <summary>Labels from 0 up.</summary>
    public static ExampleSet<double> Counts(int count, int features, long seed) =>
        Labelled<double>(count, features, 1, seed, y => Math.Round(2 * Math.Abs(y)));

    /// <summary>One class for each example.</summary>
    public static ExampleSet<T> Classes<T>(int count, int features, int classes, long seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new RandomSource(seed);
        var values = Draw<T>(count * features, random);
        return ExampleSet<T>.FromClasses(values, features, Codes(count, classes, random), classes, People(count),
            Codes(count, count / 3, random));
    }

    /// <summary>A share of every class for each example.</summary>
    public static ExampleSet<double> Shares(int count, int features, int classes, long seed)
    {
        var random = new RandomSource(seed);
        var values = Draw<double>(count * features, random);
        var shares = Draw<double>(count * classes, random).Select(Math.Abs).Chunk(classes)
            .SelectMany(row => row.Select(share => share / row.Sum())).ToArray();
        return ExampleSet<double>.FromFeatures(values, features, shares, classes, People(count), Codes(count, count / 3, random));
    }

    public static Applicant[] Applicants(int count, long seed)
    {
        var random = new RandomSource(seed);
        var applicants = new Applicant[count];
        for (var i = 0; i < count; i++)
        {
            applicants[i] = new Applicant
            {
                Name = $"Person {random.NextBelow(40)}",
                Income = 4 * random.NextDouble(),
                Children = random.NextBelow(4),
                Owner = random.NextBelow(2) == 1,
                Repaid = random.NextBelow(3) > 0,
            };
        }

        return applicants;
    }

    /// <summary>Ratings, repeated ones among them.</summary>
    public static ExampleSet<T> Ratings<T>(int count, int users, int items, long seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new RandomSource(seed);
        var (user, item) = (Codes(count, users, random), Codes(count, items, random));
        return ExampleSet<T>.FromRatings(user, item, Draw<T>(count, random), users, items);
    }

    /// <summary>Labels made of numbers between −2 and 2 that go with a feature.</summary>
    private static ExampleSet<T> Labelled<T>(int count, int features, int labels, long seed, Func<T, T> label)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new RandomSource(seed);
        var values = Draw<T>(count * features, random);
        var drawn = Draw<T>(count * labels, random);
        for (var k = 0; k < drawn.Length; k++)
        {
            drawn[k] = label(drawn[k] + values[k / labels * features]);
        }

        return ExampleSet<T>.FromFeatures(values, features, drawn, labels, People(count), Codes(count, count / 3, random));
    }

    private static Individuals People(int count) => Individuals.Numbered(count / 3);

    private static int[] Codes(int count, int bound, RandomSource random) =>
        [.. Enumerable.Range(0, count).Select(_ => random.NextBelow(bound))];
}
