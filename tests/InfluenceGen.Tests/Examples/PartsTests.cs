using InfluenceGen.Examples;
using Xunit;

namespace InfluenceGen.Tests.Examples;

public class PartsTests
{
    [Fact]
    public void A_subset_of_features_holds_the_examples_in_the_order_asked_for()
    {
        var set = Given.Features(40, 3, 5);
        int[] positions = [7, 3, 39, 3, 0];
        var part = set.Subset(positions);
        Assert.Equal(positions.Select(p => Given.Rows(set)[p]), Given.Rows(part));
        Assert.Equal(set.FeatureNames, part.FeatureNames);
        Assert.Same(set.Individuals, part.Individuals);
        Given.Segments(part, 0);
    }

    [Fact]
    public void A_subset_of_ratings_holds_the_examples_sorted() => Given.AnyRatings((set, positions) =>
    {
        if (positions.Length == 0)
        {
            return;
        }

        var part = set.Subset(positions);
        Assert.Equal(positions.Order().Select(p => Given.Rows(set)[p]), Given.Rows(part));
        for (var pass = 0; pass < 2; pass++)
        {
            Assert.Equal(set.RowCount(pass), Given.Segments(part, pass).Length);
        }
    });

    [Fact]
    public void The_source_of_a_part_of_a_part_is_the_first_row()
    {
        var set = Given.Features(10, 1, 1);
        Assert.Equal([8, 6], set.Subset([2, 4, 6, 8]).Subset([3, 2]).Source.ToArray());
    }

    [Fact]
    public void A_subset_of_nothing_or_of_what_is_not_there_is_refused()
    {
        var set = Given.Features(3, 1, 1);
        Assert.Throws<ArgumentException>(() => set.Subset([]));
        Assert.Contains("Entry 1 is not a position of a set of 3",
            Assert.Throws<ArgumentOutOfRangeException>(() => set.Subset([0, 3])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Subset([-1]));
    }

    [Fact]
    public void A_split_parts_the_set_and_keeps_its_order() => Given.AnyRatings((set, choices) =>
    {
        if (set.Count < 2)
        {
            return;
        }

        var (train, deployment) = set.Split(0.5, seed: choices.Length);
        Assert.Equal(set.Count / 2, train.Count);
        Assert.Equal(Given.Rows(set).Order(StringComparer.Ordinal),
            Given.Rows(train).Concat(Given.Rows(deployment)).Order(StringComparer.Ordinal));
        var (trainPositions, deploymentPositions) = set.SplitPositions(0.5, seed: choices.Length);
        Assert.Equal(Given.Rows(set.Subset(trainPositions)), Given.Rows(train));
        Assert.Equal(Given.Rows(set.Subset(deploymentPositions)), Given.Rows(deployment));
        Assert.Equal(trainPositions.Order(), trainPositions);
        Assert.Equal(deploymentPositions.Order(), deploymentPositions);
    });

    [Fact]
    public void A_split_depends_on_its_seed_alone_and_puts_each_example_into_training_equally_often()
    {
        var set = Given.Features(10, 1, 1);
        Assert.Equal(set.SplitPositions(0.7, 5).Train, set.SplitPositions(0.7, 5).Train);
        var counts = new int[10];
        for (var seed = 0; seed < 1000; seed++)
        {
            foreach (var position in set.SplitPositions(0.7, seed).Train)
            {
                counts[position]++;
            }
        }

        Assert.All(counts, c => Assert.InRange(c, 700 - 75, 700 + 75));
    }

    [Theory]
    [InlineData(442, 0.8, 353)]
    [InlineData(100, 0.29, 29)]
    [InlineData(100_000, 0.8, 80_000)]
    [InlineData(10, 0.7, 7)]
    [InlineData(3, 0.99, 2)]
    public void The_training_part_is_the_share_rounded_down(int n, double share, int expected) =>
        Assert.Equal(expected, Given.Features(n, 1, 1).SplitPositions(share, 1).Train.Length);

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(0.3)]
    [InlineData(-0.5)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void A_split_that_leaves_a_part_empty_is_refused(double share) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Given.Features(3, 1, 1).Split(share, 1));

    [Fact]
    public void By_default_a_row_is_shared_by_the_sets_own_examples() => Given.AnyRatings((set, positions) =>
    {
        var part = positions.Length == 0 ? set : set.Subset(positions);
        for (var column = 0; column < 2; column++)
        {
            var counts = part.Index(column).ToArray().CountBy(row => row).ToDictionary();
            Assert.Equal(Enumerable.Range(0, part.RowCount(column)).Select(r => counts.TryGetValue(r, out var c) ? 1.0 / c : 0),
                part.RowShares(column).ToArray());
        }
    });

    [Fact]
    public void A_set_can_carry_no_penalty_and_its_parts_carry_none_either()
    {
        var none = TwoUsers().WithPenalty(RowPenalty.None);
        Assert.Equal([0.0, 0.0], none.RowShares(0).ToArray());
        Assert.Equal([0.0, 0.0], none.Subset([0]).RowShares(0).ToArray());
        Assert.Equal(Given.Rows(TwoUsers()), Given.Rows(none));
    }

    [Fact]
    public void A_deployment_set_can_be_penalised_by_the_training_counts()
    {
        var training = TwoUsers();
        var deployment = ExampleSet<double>.FromRatings([0, 1], [1, 1], [1, 1], 2, 3).WithPenalty(RowPenalty.AsIn(training));
        Assert.Equal(training.RowShares(0).ToArray(), deployment.RowShares(0).ToArray());
        Assert.Equal(training.RowShares(1).ToArray(), deployment.RowShares(1).ToArray());
        Assert.Equal(0, deployment.RowShares(1)[1]);
    }

    [Fact]
    public void Leaving_somebody_out_can_leave_the_counts_of_the_others_as_they_were()
    {
        var training = TwoUsers();
        var recounted = training.Subset([2]);
        var kept = training.Subset([2], RowPenalty.AsIn(training));
        Assert.Equal([0.0, 0.0, 1.0], recounted.RowShares(1).ToArray());
        Assert.Equal([1.0, 0.0, 0.5], kept.RowShares(1).ToArray());
        Assert.Equal([1.0, 0.0, 0.5], kept.Subset([0]).RowShares(1).ToArray());
    }

    [Fact]
    public void Counts_can_be_stated_outright()
    {
        var set = TwoUsers().WithPenalty(RowPenalty.Counts([4, 0], [1, 2, 8]));
        Assert.Equal([0.25, 0], set.RowShares(0).ToArray());
        Assert.Equal([1, 0.5, 0.125], set.Subset([0]).RowShares(1).ToArray());
        Assert.Equal([0.5, 1], set.WithPenalty(RowPenalty.OwnCounts).RowShares(0).ToArray());
    }

    [Fact]
    public void Counts_that_are_negative_or_for_other_tables_are_refused()
    {
        Assert.Contains("row 1 is -2", Assert.Throws<ArgumentException>(() => RowPenalty.Counts([1, -2], [1])).Message,
            StringComparison.Ordinal);
        Assert.Contains("tables of 2 and 2 rows; the examples have tables of 2 and 3",
            Assert.Throws<ArgumentException>(() => TwoUsers().WithPenalty(RowPenalty.Counts([1, 1], [1, 1]))).Message,
            StringComparison.Ordinal);
        Assert.Contains("tables of no rows",
            Assert.Throws<ArgumentException>(() => TwoUsers().WithPenalty(RowPenalty.AsIn(Given.Features(1, 1, 1)))).Message,
            StringComparison.Ordinal);
    }

    /// <summary>User 0 rates items 0 and 2, user 1 rates item 2; nobody rates item 1.</summary>
    private static ExampleSet<double> TwoUsers() => ExampleSet<double>.FromRatings([0, 0, 1], [0, 2, 2], [1, 2, 3], 2, 3);
}
