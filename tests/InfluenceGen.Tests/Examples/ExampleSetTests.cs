using InfluenceGen.Examples;
using Xunit;

namespace InfluenceGen.Tests.Examples;

public class ExampleSetTests
{
    private static readonly double[] _twoByThree = [1, 2, 3, 4, 5, 6];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 8)]
    [InlineData(513, 30)]
    public void Features_are_padded_with_zeros_to_whole_lines(int n, int d)
    {
        var set = Given.Features(n, d, 3);
        Assert.Equal(0, set.FeatureStride % 8);
        Assert.InRange(set.FeatureStride, d, d + 7);
        Assert.Equal(n * set.FeatureStride, set.Features.Length);
        for (var i = 0; i < n; i++)
        {
            var row = set.Features.Slice(i * set.FeatureStride, set.FeatureStride);
            Assert.DoesNotContain(0.0, row[..d].ToArray());
            Assert.Equal(-1, row[d..].IndexOfAnyExcept(0.0));
        }
    }

    [Fact]
    public void Features_keep_their_order_labels_and_individuals()
    {
        var set = ExampleSet<double>.FromFeatures(_twoByThree, 3, [10, 20], new Individuals(["ann", "bob"]), [1, 0], ["a", "b", "c"]);
        Assert.Equal(["source 0 individual 1 label 10 1 2 3 0 0 0 0 0", "source 1 individual 0 label 20 4 5 6 0 0 0 0 0"], Given.Rows(set));
        Assert.Equal(["a", "b", "c"], set.FeatureNames);
        Assert.Equal(0, set.TableCount);
    }

    [Fact]
    public void Without_individuals_every_row_is_one_of_its_own()
    {
        var set = ExampleSet<float>.FromFeatures([1, 2], 1, [0, 1]);
        Assert.Equal([0, 1], set.IndividualOf.ToArray());
        Assert.Equal("2", set.Individuals[1]);
        Assert.Empty(set.FeatureNames);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(512, 1)]
    [InlineData(513, 2)]
    [InlineData(int.MaxValue, 4_194_304)]
    public void The_number_of_chunks_depends_on_the_number_of_examples_alone(int examples, int chunks) =>
        Assert.Equal(chunks, Segments.ChunkCount(examples, 512));

    [Fact]
    public void Chunks_cover_each_example_once_in_order()
    {
        var set = Given.Features(1025, 2, 1);
        var segments = Given.Segments(set, 0);
        Assert.Equal([512, 512, 1], segments.Select(s => s.Length));
        Assert.Equal([0, 1, 2], set.SegmentsOf(0).Targets.ToArray());
    }

    [Fact]
    public void Ratings_are_sorted_by_user_then_item_and_repeats_keep_their_order() => Given.AnyRatings((set, _) =>
    {
        var keys = Enumerable.Range(0, set.Count).Select(i => (set.Index(0)[i], set.Index(1)[i], set.Source[i])).ToArray();
        Assert.Equal(keys.Order(), keys);
        Assert.Equal(Enumerable.Range(0, set.Count), set.Source.ToArray().Order());
        Assert.Equal(set.Index(0).ToArray(), set.IndividualOf.ToArray());
    });

    [Fact]
    public void A_rating_keeps_its_user_item_and_label()
    {
        var set = ExampleSet<double>.FromRatings([1, 0, 1], [2, 1, 0], [5, 4, 3], 2, 3, new Individuals(["ann", "bob"]), ["x", "y", "z"]);
        Assert.Equal(
            ["source 1 individual 0 label 4 row 0 row 1", "source 2 individual 1 label 3 row 1 row 0", "source 0 individual 1 label 5 row 1 row 2"],
            Given.Rows(set));
        Assert.Equal("bob", set.Individuals[1]);
        Assert.Equal(["x", "y", "z"], set.ItemNames);
        Assert.Equal((2, 2, 3), (set.TableCount, set.RowCount(0), set.RowCount(1)));
        Assert.Equal((0, 0), (set.FeatureCount, set.Features.Length));
    }

    [Fact]
    public void Every_user_and_item_has_a_segment_of_its_ratings() => Given.AnyRatings((set, _) =>
    {
        for (var pass = 0; pass < 2; pass++)
        {
            var segments = Given.Segments(set, pass);
            Assert.Equal(Enumerable.Range(0, set.RowCount(pass)), set.SegmentsOf(pass).Rows.ToArray());
            Assert.Equal(Enumerable.Range(0, set.RowCount(pass)), set.SegmentsOf(pass).Targets.ToArray());
            for (var row = 0; row < segments.Length; row++)
            {
                Assert.All(segments[row], i => Assert.Equal(row, set.Index(pass)[i]));
                Assert.Equal(segments[row].Order(), segments[row]);
            }
        }

        Assert.Equal(0, set.SegmentsOf(0).Order.Length);
    });

    public static TheoryData<string, Action> Refused => new()
    {
        { "at least one example", () => ExampleSet<double>.FromFeatures([], 3, []) },
        { "2 labels and 3 features for each ask for 6 feature values; 5 were given", () => ExampleSet<double>.FromFeatures([1, 2, 3, 4, 5], 3, [1, 2]) },
        { "Row 1 (counted from 0): the feature 0 is NaN", () => ExampleSet<double>.FromFeatures([1, 2, 3, double.NaN, 5, 6], 3, [1, 2]) },
        { "Row 1 (counted from 0): the feature 'c' is -Infinity", () => ExampleSet<double>.FromFeatures([1, 2, 3, 4, 5, double.NegativeInfinity], 3, [1, 2], ["a", "b", "c"]) },
        { "Row 0 (counted from 0): the label is Infinity", () => ExampleSet<double>.FromFeatures(_twoByThree, 3, [double.PositiveInfinity, 2]) },
        { "Row 1 (counted from 0) of individualOf is 2; codes go from 0 to 1", () => ExampleSet<double>.FromFeatures(_twoByThree, 3, [1, 2], Individuals.Numbered(2), [0, 2]) },
        { "individualOf holds 1 numbers for 2 examples", () => ExampleSet<double>.FromFeatures(_twoByThree, 3, [1, 2], Individuals.Numbered(2), [0]) },
        { "2 names for 3 features", () => ExampleSet<double>.FromFeatures(_twoByThree, 3, [1, 2], ["a", "b"]) },
        { "do not fit buffers", () => ExampleSet<double>.FromFeatures(new double[1_000_000], 1_000_000, [0]).Subset(new int[2000]) },
        { "at least one example", () => ExampleSet<double>.FromRatings([], [], [], 1, 1) },
        { "users holds 2 numbers for 1 examples", () => ExampleSet<double>.FromRatings([0, 0], [0], [1], 1, 1) },
        { "items holds 0 numbers for 1 examples", () => ExampleSet<double>.FromRatings([0], [], [1], 1, 1) },
        { "Row 1 (counted from 0) of users is 2; codes go from 0 to 1", () => ExampleSet<double>.FromRatings([0, 2], [0, 0], [1, 1], 2, 1) },
        { "Row 0 (counted from 0) of items is -1; codes go from 0 to 0", () => ExampleSet<double>.FromRatings([0], [-1], [1], 2, 1) },
        { "Row 2 (counted from 0): the label is NaN", () => ExampleSet<double>.FromRatings([1, 1, 0], [0, 0, 0], [1, 1, double.NaN], 2, 1) },
        { "3 individuals for 2 users", () => ExampleSet<double>.FromRatings([0], [0], [1], 2, 1, Individuals.Numbered(3)) },
        { "1 names for 2 items", () => ExampleSet<double>.FromRatings([0], [0], [1], 2, 2, itemNames: ["x"]) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Examples_that_cannot_be_used_are_refused_by_saying_which(string message, Action make) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);

    [Fact]
    public void Messages_are_the_same_under_a_culture_with_other_signs() => HostileCulture.Run(() =>
        Assert.Contains("is -1; codes", Assert.Throws<ArgumentException>(() => ExampleSet<double>.FromRatings([-1], [0], [1], 2, 1)).Message,
            StringComparison.Ordinal));
}
