using InfluenceGen.Examples;
using Xunit;

namespace InfluenceGen.Tests.Examples;

/// <summary>Examples with a row of labels each.</summary>
public class LabelRowTests
{
    private static readonly double[] _twoByThree = [1, 2, 3, 4, 5, 6];

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 8, 16)]
    [InlineData(8, 8, 16)]
    [InlineData(9, 16, 16)]
    [InlineData(17, 24, 32)]
    public void Label_rows_start_on_lines_and_are_padded_with_zeros(int labels, int ofDouble, int ofFloat)
    {
        double[] values = [.. Enumerable.Range(1, 3 * labels)];
        var set = ExampleSet<double>.FromFeatures([1, 2, 3], 1, values, labels);
        Assert.Equal((labels, ofDouble), (set.LabelCount, set.LabelStride));
        Assert.Equal(3 * ofDouble, set.Labels.Length);
        var single = ExampleSet<float>.FromFeatures([1, 2, 3], 1, [.. values.Select(v => (float)v)], labels);
        Assert.Equal((labels, ofFloat), (single.LabelCount, single.LabelStride));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(values.AsSpan(i * labels, labels), set.Labels.Slice(i * ofDouble, labels));
            Assert.Equal(-1, set.Labels[(i * ofDouble + labels)..((i + 1) * ofDouble)].IndexOfAnyExcept(0.0));
            Assert.Equal(values.AsSpan(i * labels, labels).ToArray().Select(v => (float)v), single.Labels.Slice(i * ofFloat, labels).ToArray());
        }
    }

    [Fact]
    public void Features_in_single_precision_lie_on_lines_of_16()
    {
        var set = ExampleSet<float>.FromFeatures([1, 2, 3, 4, 5, 6], 3, [1, 2]);
        Assert.Equal(16, set.FeatureStride);
        Assert.Equal([4f, 5f, 6f, 0f], set.Features.Slice(16, 4));
    }

    [Fact]
    public void A_class_is_a_row_with_one_one()
    {
        var set = ExampleSet<double>.FromClasses(_twoByThree, 3, [2, 0], 3, new Individuals(["ann", "bob"]), [1, 0], ["a", "b", "c"]);
        Assert.Equal([0.0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], set.Labels);
        Assert.Equal([1, 0], set.IndividualOf);
        Assert.Equal(["a", "b", "c"], set.FeatureNames);
        Assert.Equal(2, ExampleSet<double>.FromClasses(_twoByThree, 3, [2, 0], 3).Individuals.Count);
    }

    [Fact]
    public void Parts_batches_and_standardised_sets_carry_their_label_rows()
    {
        var labels = Enumerable.Range(0, 30).Select(k => k / 10.0).ToArray();
        var set = ExampleSet<double>.FromFeatures([.. Enumerable.Range(0, 10).Select(k => k * k + 0.5)], 1, labels, 3);
        int[] positions = [1, 4, 7];
        double[] expected = [.. positions.SelectMany(i => labels[(3 * i)..(3 * i + 3)])];

        var part = set.Subset(positions);
        Assert.Equal((3, 8), (part.LabelCount, part.LabelStride));
        Assert.Equal(expected, Unpadded(part));
        var batch = new BatchBuffer<double>(set, 5);
        batch.Fill([0, 2, 3, 5, 9]);
        batch.Fill([7, 1, 4]);
        Assert.Equal(expected, Unpadded(batch.Examples));
        Assert.Equal(labels, Unpadded(Standardisation.Fit(set).Apply(set)));
        Assert.Equal(labels, Unpadded(set.WithPenalty(RowPenalty.None)));
        var (training, deployment) = set.Split(0.5, 1);
        Assert.Equal([.. training.Source.ToArray().SelectMany(i => labels[(3 * i)..(3 * i + 3)])], Unpadded(training));
        Assert.Equal(3, deployment.LabelCount);
    }

    [Fact]
    public void What_individuals_share_with_themselves_carries_label_rows()
    {
        double[] labels = [1, 2, 3, 4, 5, 6, 7, 8];
        var set = ExampleSet<double>.FromFeatures([1, 2, 3, 4], 1, labels, 2, Individuals.Numbered(3), [0, 1, 2, 1]);
        var groups = new SharedGroups<double>(set.Subset([0, 1]), set.Subset([2, 3]));
        Assert.Equal([3.0, 4], Unpadded(groups.Training));
        Assert.Equal([7.0, 8], Unpadded(groups.Deployment));
    }

    public static TheoryData<string, Action> Refused => new()
    {
        { "7 numbers are no whole rows of 3 labels", () => ExampleSet<double>.FromFeatures([1, 2], 1, new double[7], 3) },
        { "2 labels and 3 features for each ask for 6 feature values; 5 were given", () => ExampleSet<double>.FromFeatures(new double[5], 3, new double[4], 2) },
        { "Row 1 (counted from 0): label 2 is NaN", () => ExampleSet<double>.FromFeatures([1, 2], 1, [1, 2, 3, 4, 5, double.NaN], 3) },
        { "labelCount", () => ExampleSet<double>.FromFeatures([1, 2], 1, [1, 2], 0) },
        { "at least one example", () => ExampleSet<double>.FromFeatures([], 1, [], 3) },
        { "Row 1 (counted from 0) of classes is 3; codes go from 0 to 2", () => ExampleSet<double>.FromClasses([1, 2], 1, [0, 3], 3) },
        { "Row 0 (counted from 0) of classes is -1", () => ExampleSet<double>.FromClasses([1, 2], 1, [-1, 1], 3) },
        { "classCount", () => ExampleSet<double>.FromClasses([1, 2], 1, [0, 0], 1) },
        { "other features, labels or tables", () => Shared(ExampleSet<double>.FromFeatures([1], 1, [1, 2], 2), ExampleSet<double>.FromFeatures([1], 1, [1])) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Label_rows_that_cannot_be_used_are_refused_by_saying_which(string message, Action make) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);

    private static void Shared(ExampleSet<double> training, ExampleSet<double> deployment) =>
        _ = new SharedGroups<double>(training, deployment);

    private static double[] Unpadded(ExampleSet<double> set) =>
        [.. Enumerable.Range(0, set.Count).SelectMany(i => set.Labels.Slice(i * set.LabelStride, set.LabelCount).ToArray())];
}
