using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Native.Tests;

/// <summary>Examples drawn from uniform numbers only, which are the same bits wherever they are drawn.</summary>
internal static class Data
{
    /// <summary>Numbers between −1 and 1.</summary>
    public static double[] Draw(int count, RandomSource random)
    {
        var values = new double[count];
        foreach (ref var value in values.AsSpan())
        {
            value = 2 * random.NextDouble() - 1;
        }

        return values;
    }

    /// <summary>Examples of people who have about three each, so that some are in both parts of any split.</summary>
    public static ExampleSet<double> Features(int count, int features, bool classes, long seed)
    {
        var random = new RandomSource(seed);
        var values = Draw(count * features, random);
        var labels = Draw(count, random);
        var people = new int[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = classes ? (labels[i] > 0 ? 1 : 0) : labels[i] + values[i * features];
            people[i] = random.NextBelow(count / 3);
        }

        return ExampleSet<double>.FromFeatures(values, features, labels, Individuals.Numbered(count / 3), people);
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
    public static ExampleSet<double> Ratings(int count, int users, int items, long seed)
    {
        var random = new RandomSource(seed);
        var (user, item) = (new int[count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            user[i] = random.NextBelow(users);
            item[i] = random.NextBelow(items);
        }

        return ExampleSet<double>.FromRatings(user, item, Draw(count, random), users, items);
    }
}
