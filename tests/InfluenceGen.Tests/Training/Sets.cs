using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Tests.Training;

/// <summary>Example sets for tests of training.</summary>
internal static class Sets
{
    /// <summary>442 diabetes patients with ten standardised features.</summary>
    public static ExampleSet<double> Patients()
    {
        var all = CsvExamples.Read<double>(Path.Combine(AppContext.BaseDirectory, "data", "diabetes.csv"), "progression", "patient");
        return Standardisation.Fit(all).Apply(all);
    }

    /// <summary>The same rows as if they were of a hundred people, many of whom then are in both parts.</summary>
    public static (ExampleSet<double> Training, ExampleSet<double> Deployment) PatientsSeenOften()
    {
        var patients = Patients();
        var features = new List<double>();
        for (var i = 0; i < patients.Count; i++)
        {
            features.AddRange(patients.Features.Slice(i * patients.FeatureStride, patients.FeatureCount));
        }

        return ExampleSet<double>.FromFeatures([.. features], patients.FeatureCount, patients.Labels,
            Individuals.Numbered(100), [.. Enumerable.Range(0, patients.Count).Select(i => i % 100)]).Split(0.7, 1);
    }

    /// <summary>Ratings of which few items get many, most get few, and some pairs come twice.</summary>
    public static (ExampleSet<double> Training, ExampleSet<double> Deployment) Ratings(int count)
    {
        var random = new RandomSource(3);
        var (users, items, ratings) = (new int[count], new int[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            users[i] = random.NextBelow(2_000);
            items[i] = (int)(3_000 * Math.Pow(random.NextDouble(), 3));
            ratings[i] = 1 + random.NextBelow(5);
        }

        return ExampleSet<double>.FromRatings(users, items, ratings, 2_000, 3_000).Split(0.6, 2);
    }

    /// <summary>Many examples of 20 features with labels 0 and 1.</summary>
    public static (ExampleSet<double> Training, ExampleSet<double> Deployment) ManyFeatures(int count)
    {
        var random = new RandomSource(4);
        var features = Enumerable.Range(0, count * 20).Select(_ => random.NextGaussian()).ToArray();
        var labels = Enumerable.Range(0, count).Select(_ => (double)random.NextBelow(2)).ToArray();
        return ExampleSet<double>.FromFeatures(features, 20, labels).Split(0.8, 1);
    }
}
