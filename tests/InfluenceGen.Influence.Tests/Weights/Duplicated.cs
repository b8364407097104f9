using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Tests.Weights;

/// <summary>Examples with whole weights, and the same examples as often as they weigh: what is asked of one must be what is asked of the
/// other. One weighs nothing and stands only among the weighted.</summary>
internal sealed class Duplicated
{
    private static readonly double[] _cycle = [2, 1, 3, 1, 0, 1, 2, 1];

    private Duplicated(ExampleSet<double> weighted, ExampleSet<double> copies, int[][] copiesOf) =>
        (Weighted, Copies, CopiesOf) = (weighted, copies, copiesOf);

    public ExampleSet<double> Weighted { get; }

    public ExampleSet<double> Copies { get; }

    /// <summary>Where the copies of each weighted example stand.</summary>
    public int[][] CopiesOf { get; }

    /// <summary>Numbers, or labels 0 and 1, of a few people, with offsets.</summary>
    public static Duplicated Rows(bool binary, int count = 24, long seed = 1, bool hasOffsets = true)
    {
        const int Features = 3;
        var random = new RandomSource(seed);
        double[] x = [.. Enumerable.Range(0, count * Features).Select(_ => random.NextGaussian())];
        double[] offsets = [.. Enumerable.Range(0, count).Select(_ => 0.5 * random.NextGaussian())];
        double[] y = [.. Enumerable.Range(0, count).Select(i => offsets[i] + x[i * Features] - x[i * Features + 1] + random.NextGaussian() + 0.3)];
        y = binary ? [.. y.Select(value => value > 0 ? 1.0 : 0.0)] : y;
        int[] people = [.. Enumerable.Range(0, count).Select(i => i % 7)];
        double[] weights = [.. Enumerable.Range(0, count).Select(i => _cycle[i % _cycle.Length])];
        int[] rows = [.. Enumerable.Range(0, count).SelectMany(i => Enumerable.Repeat(i, (int)weights[i]))];
        var names = Individuals.Numbered(7);
        var weighted = ExampleSet<double>.FromFeatures(x, Features, y, names, people, null, weights, hasOffsets ? offsets : []);
        var copies = ExampleSet<double>.FromFeatures([.. rows.SelectMany(i => x[(i * Features)..((i + 1) * Features)])], Features,
            [.. rows.Select(i => y[i])], names, [.. rows.Select(i => people[i])], null, [], hasOffsets ? [.. rows.Select(i => offsets[i])] : []);
        return new(weighted, copies, PlacesOf(weighted, copies, rows));
    }

    /// <summary>Ratings with offsets.</summary>
    public static Duplicated Ratings(int users = 4, int items = 5, long seed = 1)
    {
        var random = new RandomSource(seed);
        (int User, int Item)[] pairs = [.. from u in Enumerable.Range(0, users) from i in Enumerable.Range(0, items) where (u + 2 * i) % 3 != 0 select (u, i)];
        double[] ratings = [.. pairs.Select(_ => 3 + random.NextGaussian())];
        double[] offsets = [.. pairs.Select(pair => 1 + 0.2 * pair.Item)];
        double[] weights = [.. Enumerable.Range(0, pairs.Length).Select(i => _cycle[i % _cycle.Length])];
        int[] rows = [.. Enumerable.Range(0, pairs.Length).SelectMany(i => Enumerable.Repeat(i, (int)weights[i]))];
        var weighted = ExampleSet<double>.FromRatings([.. pairs.Select(pair => pair.User)], [.. pairs.Select(pair => pair.Item)], ratings, users,
            items, weights: weights, offsets: offsets);
        var copies = ExampleSet<double>.FromRatings([.. rows.Select(i => pairs[i].User)], [.. rows.Select(i => pairs[i].Item)],
            [.. rows.Select(i => ratings[i])], users, items, offsets: [.. rows.Select(i => offsets[i])]);
        return new(weighted, copies, PlacesOf(weighted, copies, rows));
    }

    /// <summary>The sum over the copies of each weighted example, for each row of scores of the copies.</summary>
    public double[] Summed(ReadOnlySpan<double> scores)
    {
        var rows = scores.Length / Copies.Count;
        var sums = new double[rows * Weighted.Count];
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < Weighted.Count; i++)
            {
                foreach (var copy in CopiesOf[i])
                {
                    sums[row * Weighted.Count + i] += scores[row * Copies.Count + copy];
                }
            }
        }

        return sums;
    }

    private static int[][] PlacesOf(ExampleSet<double> weighted, ExampleSet<double> copies, int[] rows)
    {
        var places = new int[weighted.Count][];
        for (var i = 0; i < places.Length; i++)
        {
            var source = weighted.Source[i];
            places[i] = [.. Enumerable.Range(0, copies.Count).Where(copy => rows[copies.Source[copy]] == source)];
        }

        return places;
    }
}
