using System.Globalization;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Benchmarks;

/// <summary>The ratings that everybody trains on, 80:20, and the file that programs of others read them from.</summary>
internal sealed class RatingsData
{
    private const int Users = 943;
    private const int Items = 1682;
    private const int Ratings = 100_000;

    private RatingsData(string file, string description)
    {
        File = file;
        Description = description;
        var all = RatingsFile.Read<double>(file);
        (Training, Deployment) = all.Split(0.8, seed: 1);
    }

    /// <summary>The ratings: user, item, rating, timestamp.</summary>
    public string File { get; }

    /// <summary>What they are.</summary>
    public string Description { get; }

    /// <summary>Four fifths of the ratings.</summary>
    public ExampleSet<double> Training { get; }

    /// <summary>One fifth, each set sharing the penalty by its own counts.</summary>
    public ExampleSet<double> Deployment { get; }

    /// <summary>The deployment set as the hand-written kernel has it: without a penalty.</summary>
    public ExampleSet<double> UnpenalisedDeployment => Deployment.WithPenalty(RowPenalty.None);

    /// <summary>Reads MovieLens 100K, or makes up ratings of its shape.</summary>
    /// <param name="path">Where <c>u.data</c> is; null to look for it beside the repository.</param>
    /// <param name="folder">Where made-up ratings go.</param>
    /// <exception cref="ExampleDataException">The file cannot be used; the message says where and why.</exception>
    public static RatingsData Load(string? path, string folder)
    {
        if ((path ?? Find()) is { } file)
        {
            return new RatingsData(file, "MovieLens 100K");
        }

        var made = Path.Combine(folder, "ratings.tsv");
        WriteMadeUp(made);
        return new RatingsData(made, "made-up ratings of MovieLens 100K's shape (its u.data was not found; say --data <path>)");
    }

    /// <summary>The data folder shared by several checkouts lies beside one of the folders above the repository.</summary>
    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "shared", "data", "ml-100k", "u.data");
            if (System.IO.File.Exists(file))
            {
                return file;
            }
        }

        return null;
    }

    /// <summary>
    /// Unique pairs, users and items drawn with weights 1/(rank + a constant): as in MovieLens, the most active users have
    /// rated some 600 items and the most popular items have some 500 ratings, while many have a few. Every user and item
    /// occurs, so that the tables have their sizes.
    /// </summary>
    private static void WriteMadeUp(string path)
    {
        var random = new RandomSource(1);
        double[] users = Cumulative(Users, 30), items = Cumulative(Items, 35);
        var pairs = new HashSet<(int User, int Item)>(Enumerable.Range(0, Items).Select(item => (item % Users, item)));
        while (pairs.Count < Ratings)
        {
            pairs.Add((Draw(users, random), Draw(items, random)));
        }

        using var writer = new StreamWriter(path);
        foreach (var (user, item) in pairs)
        {
            var rating = Math.Clamp(Math.Round(3.5 + 1.1 * random.NextGaussian()), 1, 5);
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{user + 1}\t{item + 1}\t{rating}\t0"));
        }
    }

    private static double[] Cumulative(int count, double flatness)
    {
        var sums = new double[count];
        var sum = 0.0;
        for (var rank = 0; rank < count; rank++)
        {
            sums[rank] = sum += 1 / (rank + flatness);
        }

        return sums;
    }

    private static int Draw(double[] cumulative, RandomSource random)
    {
        var found = Array.BinarySearch(cumulative, random.NextDouble() * cumulative[^1]);
        return found >= 0 ? found : Math.Min(~found, cumulative.Length - 1);
    }
}
