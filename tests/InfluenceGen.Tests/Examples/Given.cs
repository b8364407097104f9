using FsCheck;
using FsCheck.Fluent;
using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Tests.Examples;

/// <summary>Example sets for the tests of this folder, and properties checked on arbitrary ones.</summary>
internal static class Given
{
    public const int Users = 6;
    public const int Items = 70;

    /// <summary>Checks a property of any few ratings by any of <see cref="Users"/> of any of <see cref="Items"/>, repeats
    /// included, and any few numbers to choose positions by. Every run tries the same cases.</summary>
    public static void AnyRatings(Action<ExampleSet<double>, int[]> property) =>
        Prop.ForAll(ArbMap.Default.ArbFor<(byte User, byte Item, sbyte Rating)[]>(), ArbMap.Default.ArbFor<byte[]>(),
            (rows, choices) =>
            {
                if (rows is null or [] || choices is null)
                {
                    return;
                }

                var set = ExampleSet<double>.FromRatings([.. rows.Select(r => r.User % Users)],
                    [.. rows.Select(r => r.Item % 3 == 0 ? r.Item % Items : r.Item % 5)],
                    [.. rows.Select(r => (double)r.Rating)], Users, Items);
                property(set, [.. choices.Select(c => c % set.Count)]);
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true)
                .WithReplay(new Replay(new Rnd(20_260_703, 1), null)));

    /// <summary>n examples of d features, of <paramref name="people"/> individuals.</summary>
    public static ExampleSet<double> Features(int n, int d, int people, int seed = 1)
    {
        var random = new RandomSource(seed);
        var features = Enumerable.Range(0, n * d).Select(_ => 10 + 3 * random.NextGaussian()).ToArray();
        var labels = Enumerable.Range(0, n).Select(_ => random.NextGaussian()).ToArray();
        var individualOf = Enumerable.Range(0, n).Select(_ => random.NextBelow(people)).ToArray();
        return ExampleSet<double>.FromFeatures(features, d, labels, Individuals.Numbered(people), individualOf,
            Enumerable.Range(0, d).Select(k => $"x{k}"));
    }

    /// <summary>Everything about an example but its position, to compare sets by.</summary>
    public static string[] Rows(ExampleSet<double> set) =>
    [
        .. Enumerable.Range(0, set.Count).Select(i => string.Join(' ',
        [
            $"source {set.Source[i]} individual {set.IndividualOf[i]} label {set.Labels[i]:R}",
            .. Enumerable.Range(0, set.TableCount).Select(c => $"row {set.Index(c)[i]}"),
            .. set.Features.Slice(i * set.FeatureStride, set.FeatureStride).ToArray().Select(x => $"{x:R}"),
        ])),
    ];

    /// <summary>The examples of each segment, and whether together they are each example once.</summary>
    public static int[][] Segments(ExampleSet<double> set, int pass)
    {
        var segments = set.SegmentsOf(pass);
        var result = new int[segments.Count][];
        for (var s = 0; s < result.Length; s++)
        {
            var positions = Enumerable.Range(segments.Offsets[s], segments.Offsets[s + 1] - segments.Offsets[s]);
            result[s] = [.. segments.Order.Length == 0 ? positions : positions.Select(p => set.SegmentsOf(pass).Order[p])];
        }

        Xunit.Assert.Equal(Enumerable.Range(0, set.Count), result.SelectMany(x => x).Order());
        return result;
    }
}
