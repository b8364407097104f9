using InfluenceGen.Examples;
using Xunit;

namespace InfluenceGen.Tests.Examples;

public class SharedGroupsTests
{
    [Fact]
    public void With_ratings_a_group_is_a_user_and_item_in_both_sets() => Given.AnyRatings((set, positions) =>
    {
        if (positions.Length == 0)
        {
            return;
        }

        var deployment = set.Subset(positions);
        var training = set.Subset([.. Enumerable.Range(0, (set.Count + 1) / 2)]);
        var groups = new SharedGroups<double>(training, deployment);
        var expected = Pairs(training).Intersect(Pairs(deployment)).Order().ToArray();
        Assert.Equal(expected.Select(pair => pair.User), groups.IndividualOf.ToArray());
        foreach (var (whole, compact, from) in Sides(groups, training, deployment))
        {
            Assert.Equal(Given.Rows(compact), from.Select(p => Given.Rows(whole)[p]));
            Assert.Equal(Pairs(whole).Count(expected.Contains), compact.Count);

            var byGroup = Given.Segments(compact, 1);
            Assert.Equal(Enumerable.Range(0, groups.Count), compact.SegmentsOf(1).Targets.ToArray());
            Assert.Equal(expected.Select(pair => pair.Item), compact.SegmentsOf(1).Rows.ToArray());
            Assert.Equal(Enumerable.Range(0, compact.Count), compact.SegmentsOf(1).Order.ToArray());
            for (var g = 0; g < expected.Length; g++)
            {
                Assert.NotEmpty(byGroup[g]);
                Assert.All(byGroup[g], i => Assert.Equal(expected[g], Pairs(compact)[i]));
            }

            var users = expected.Select(pair => pair.User).Distinct().ToArray();
            var byUser = Given.Segments(compact, 0);
            Assert.Equal(users, compact.SegmentsOf(0).Rows.ToArray());
            Assert.Equal(Enumerable.Range(0, users.Length), compact.SegmentsOf(0).Targets.ToArray());
            for (var s = 0; s < users.Length; s++)
            {
                Assert.All(byUser[s], i => Assert.Equal(users[s], compact.Index(0)[i]));
            }

            Assert.Equal(whole.RowShares(1).ToArray(), compact.RowShares(1).ToArray());
        }
    });

    [Fact]
    public void With_features_a_group_is_an_individual_in_both_sets()
    {
        var (training, deployment) = Given.Features(60, 2, people: 25).Split(0.6, seed: 3);
        var groups = new SharedGroups<double>(training, deployment);
        var expected = training.IndividualOf.ToArray().Intersect(deployment.IndividualOf.ToArray()).Order().ToArray();
        Assert.InRange(groups.Count, 5, 24);
        Assert.Equal(expected, groups.IndividualOf.ToArray());
        foreach (var (whole, compact, from) in Sides(groups, training, deployment))
        {
            Assert.Equal(Given.Rows(compact), from.Select(p => Given.Rows(whole)[p]));
            Assert.Equal(whole.IndividualOf.ToArray().Count(expected.Contains), compact.Count);
            var byGroup = Given.Segments(compact, 0);
            Assert.Equal(Enumerable.Range(0, groups.Count), compact.SegmentsOf(0).Targets.ToArray());
            Assert.Equal(0, compact.SegmentsOf(0).Order.Length);
            for (var g = 0; g < expected.Length; g++)
            {
                Assert.NotEmpty(byGroup[g]);
                Assert.All(byGroup[g], i => Assert.Equal(expected[g], compact.IndividualOf[i]));
            }
        }
    }

    [Fact]
    public void Sets_that_share_nobody_have_no_group()
    {
        var set = ExampleSet<double>.FromRatings([0, 0, 1], [0, 1, 1], [1, 2, 3], 2, 2);
        var groups = new SharedGroups<double>(set.Subset([0]), set.Subset([1, 2]));
        Assert.Equal((0, 0, 0), (groups.Count, groups.Training.Count, groups.Deployment.Count));
        Assert.Equal((0, 0), (groups.Training.SegmentsOf(0).Count, groups.Training.SegmentsOf(1).Count));
    }

    [Fact]
    public void Sets_made_apart_with_the_same_names_agree()
    {
        var groups = new SharedGroups<double>(
            ExampleSet<double>.FromRatings([0], [1], [1], 2, 2), ExampleSet<double>.FromRatings([0], [1], [2], 2, 2));
        Assert.Equal(1, groups.Count);
    }

    public static TheoryData<string, ExampleSet<double>> Misfits => new()
    {
        { "number their individuals differently", ExampleSet<double>.FromRatings([0], [1], [1], 2, 2, new Individuals(["a", "b"])) },
        { "number their individuals differently", ExampleSet<double>.FromRatings([0], [1], [1], 3, 2) },
        { "Table 1 has 2 rows in training and 4 in deployment", ExampleSet<double>.FromRatings([0], [1], [1], 2, 4) },
        { "other features, labels or tables", ExampleSet<double>.FromFeatures([1, 2], 1, [1, 2]) },
    };

    [Theory]
    [MemberData(nameof(Misfits), DisableDiscoveryEnumeration = true)]
    public void Sets_that_do_not_fit_together_are_refused(string message, ExampleSet<double> deployment)
    {
        var training = ExampleSet<double>.FromRatings([0], [1], [1], 2, 2);
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new SharedGroups<double>(training, deployment)).Message,
            StringComparison.Ordinal);
    }

    private static (int User, int Item)[] Pairs(ExampleSet<double> set) =>
        [.. Enumerable.Range(0, set.Count).Select(i => (set.Index(0)[i], set.Index(1)[i]))];

    private static (ExampleSet<double> Whole, ExampleSet<double> Compact, int[] From)[] Sides(SharedGroups<double> groups,
        ExampleSet<double> training, ExampleSet<double> deployment) =>
    [
        (training, groups.Training, groups.TrainingPositions.ToArray()),
        (deployment, groups.Deployment, groups.DeploymentPositions.ToArray()),
    ];
}
