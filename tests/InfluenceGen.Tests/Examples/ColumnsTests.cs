using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Tests.Models;
using Xunit;

namespace InfluenceGen.Tests.Examples;

/// <summary>Sets of features and index columns, for models that read tables whole, and the passes of ratings.</summary>
public class ColumnsTests
{
    private const int Count = 1_100;

    [Fact]
    public void Features_and_columns_keep_their_order_in_chunks()
    {
        var set = Set();
        Assert.Equal((Count, 2, 3), (set.Count, set.FeatureCount, set.TableCount));
        Assert.Equal([7, 7, 2], Enumerable.Range(0, 3).Select(set.RowCount));
        Assert.Equal(Enumerable.Range(0, Count).Select(i => i * 3 % 7), set.Index(1).ToArray());
        Assert.Equal(set.Index(2).ToArray(), set.Index(2, 0).ToArray());
        Assert.Equal([0, 512, 1024, Count], set.SegmentsOf(0).Offsets.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => set.SegmentsOf(1));
        Assert.Equal(Enumerable.Range(0, 7).Select(row => 1.0 / Enumerable.Range(0, Count).Count(i => i % 7 == row)), set.RowShares(0).ToArray());
        Assert.Equal([2.0 / Count, 2.0 / Count], set.RowShares(2).ToArray());
    }

    [Fact]
    public void Parts_and_batches_keep_the_columns()
    {
        var set = Set();
        int[] drawn = [9, 1_050, 3, 700, 3];
        var part = set.Subset(drawn);
        Assert.Equal(drawn.Select(i => Given.Rows(set)[i]), Given.Rows(part));
        Assert.Equal([7, 7, 2], Enumerable.Range(0, 3).Select(part.RowCount));
        Assert.Equal(1.0, part.RowShares(0)[1_050 % 7 == 9 % 7 ? 0 : 9 % 7]);
        Assert.Equal(set.RowShares(1).ToArray(), set.Subset(drawn, RowPenalty.AsIn(set)).RowShares(1).ToArray());
        var batch = new BatchBuffer<double>(set, 600);
        batch.Fill([.. Enumerable.Range(0, 600).Select(i => (i * 7 + 5) % Count)]);
        Assert.Equal(Given.Rows(set.Subset(batch.Positions)), Given.Rows(batch.Examples));
        Assert.Equal([0, 512, 600], batch.Examples.SegmentsOf(0).Offsets.ToArray());
        batch.Fill(drawn);
        Assert.Equal([0, 5], batch.Examples.SegmentsOf(0).Offsets.ToArray());
        var (train, deployment) = set.Split(0.5, 1);
        Assert.Equal(Count, train.Count + deployment.Count);
        Assert.Equal(Given.Rows(set).Order(), Given.Rows(train).Concat(Given.Rows(deployment)).Order());
        Assert.Same(train.Individuals, train.Like(train).Individuals);
    }

    [Fact]
    public void A_set_may_have_columns_alone_and_names_of_its_people()
    {
        var set = ExampleSet<double>.FromColumns([], 0, [[1, 0, 1]], [2], [3, 4, 5], 1, new Individuals(["Ann", "Bo"]), [0, 1, 0]);
        Assert.Equal((0, 1, 3), (set.FeatureCount, set.TableCount, set.Count));
        Assert.Equal([0, 1, 0], set.IndividualOf.ToArray());
        Assert.Equal([3, 4, 5], set.Labels.ToArray());
        Assert.Equal(2, new SharedGroups<double>(set, set).Count);
    }

    [Fact]
    public void Columns_that_do_not_fit_are_refused()
    {
        Refused("rows", () => ExampleSet<double>.FromColumns([], 0, [[0]], [2, 2], [1]));
        Refused("indices", () => ExampleSet<double>.FromColumns([], 0, [[0, 1]], [2], [1]));
        Refused("indices", () => ExampleSet<double>.FromColumns([], 0, [[2]], [2], [1]));
        Refused("labels", () => ExampleSet<double>.FromColumns([], 0, [[1]], [2], [double.NaN]));
        Refused("features", () => ExampleSet<double>.FromColumns([1], 2, [[1]], [2], [1]));
        Assert.Throws<ArgumentOutOfRangeException>("rows", () => ExampleSet<double>.FromColumns([], 0, [[0]], [0], [1]));
        static void Refused(string argument, Action action) => Assert.Throws<ArgumentException>(argument, action);
    }

    [Fact]
    public void A_model_is_given_the_columns_that_it_reads()
    {
        var ratings = ExampleSet<double>.FromRatings([0, 1, 1], [0, 1, 2], [1, 2, 3], 2, 3);
        var (tables, dense) = (new ReferenceBiasedFactorization(2, 3, 2, 0, 0), new DenseBiasedFactorization(2, 3, 2, 0, 0));
        var columns = DenseBiasedFactorization.Columns(ratings);
        ModelData.RequireFit<ReferenceBiasedFactorization, double>(tables, ratings, "set");
        ModelData.RequireFit<DenseBiasedFactorization, double>(dense, columns, "set");
        Refused("looks up rows of P", tables, columns);
        Refused("these are ratings", dense, ratings);
        Refused("from index 1 of an example a row of 3; these name rows of 4", dense, ExampleSet<double>.FromColumns([], 0, [[0], [0]], [2, 4], [1]));
        Refused("from index 1 of an example a row of 3; these have none", dense, ExampleSet<double>.FromColumns([], 0, [[0]], [2], [1]));
        Refused("reads no index 2", dense, ExampleSet<double>.FromColumns([], 0, [[0], [0], [0]], [2, 3, 4], [1]));
        Refused("reads no index 0", new ReferenceFeatureModel<HalfSquare>(1), ExampleSet<double>.FromColumns([1], 1, [[0]], [2], [1]));
        Refused("reads 2 features", new ReferenceFeatureModel<HalfSquare>(2), ExampleSet<double>.FromFeatures([1], 1, [1]));
        SweepArguments.Predict<DenseBiasedFactorization, double>(dense, columns, 0, 1, Weights(dense), new double[3]);
        RefusedBySweeps(dense, ExampleSet<double>.FromColumns([], 0, [[0], [0]], [2, 4], [1]));
        RefusedBySweeps(dense, ExampleSet<double>.FromColumns([], 0, [[0]], [2], [1]));
        RefusedBySweeps(dense, ratings);
        RefusedBySweeps(tables, columns);

        static double[] Weights<TModel>(TModel model) where TModel : struct, IModel<double> => new double[model.Layout.StorageLength];

        static void RefusedBySweeps<TModel>(TModel model, ExampleSet<double> set) where TModel : struct, IModel<double> =>
            Assert.Throws<ArgumentException>("examples", () => SweepArguments.Predict<TModel, double>(model, set, 0, 1, Weights(model), new double[3]));

        static void Refused<TModel>(string message, TModel model, ExampleSet<double> set) where TModel : struct, IModel<double> =>
            Assert.Contains(message, Assert.Throws<ArgumentException>("set", () => ModelData.RequireFit<TModel, double>(model, set, "set")).Message,
                StringComparison.Ordinal);
    }

    [Fact]
    public void Ratings_have_a_pass_of_chunks_and_targets_that_are_the_tables_rows()
    {
        var ratings = ExampleSet<double>.FromRatings([.. Enumerable.Range(0, Count).Select(i => i % 9)],
            [.. Enumerable.Range(0, Count).Select(i => i % 5)], new double[Count], 11, 8);
        Assert.Equal([0, 512, 1024, Count], ratings.SegmentsOf(2).Offsets.ToArray());
        Assert.Equal(0, ratings.SegmentsOf(2).Order.Length);
        Assert.Equal([11, 8, 3], Enumerable.Range(0, 3).Select(pass => ratings.SegmentsOf(pass).TargetRows));
        Assert.Equal(ratings.Index(1).ToArray(), ratings.Index(1, 2).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => ratings.SegmentsOf(3));
        var batch = new BatchBuffer<double>(ratings, 600);
        batch.Fill([3, 1]);
        Assert.Equal([11, 8, 1], Enumerable.Range(0, 3).Select(pass => batch.Examples.SegmentsOf(pass).TargetRows));
        batch.Fill([.. Enumerable.Range(0, 600)]);
        Assert.Equal([11, 8, 2], Enumerable.Range(0, 3).Select(pass => batch.Examples.SegmentsOf(pass).TargetRows));
        Assert.Equal([0, 512, 600], batch.Examples.SegmentsOf(2).Offsets.ToArray());
        Assert.Equal(batch.Examples.Index(0).ToArray(), batch.Examples.Index(0, 2).ToArray());
    }

    [Fact]
    public void Ratings_meet_by_individual_where_parameters_are_everybodys()
    {
        var training = ExampleSet<double>.FromRatings([0, 0, 1, 2, 2], [0, 1, 1, 0, 2], [1, 2, 3, 4, 5], 4, 3);
        var deployment = ExampleSet<double>.FromRatings([0, 1, 3, 2], [2, 1, 0, 0], [1, 2, 3, 4], 4, 3);
        var groups = new SharedGroups<double>(training, deployment, ofIndividuals: true);
        Assert.Equal((2, false, 3), (groups.Pass, groups.AreOfItems, groups.Count));
        Assert.Equal([0, 1, 2], groups.IndividualOf.ToArray());
        Assert.Equal([0, 1, 2, 3, 4], groups.TrainingPositions.ToArray());
        Assert.Equal([0, 1, 2], groups.DeploymentPositions.ToArray());
        Assert.Equal([0, 2, 3, 5], groups.Training.SegmentsOf(2).Offsets.ToArray());
        Assert.Equal(3, groups.Training.SegmentsOf(2).TargetRows);
        Assert.Equal((1, true, 2), (new SharedGroups<double>(training, deployment) is var pairs ? pairs.Pass : 0, pairs.AreOfItems, pairs.Count));
    }

    private static ExampleSet<double> Set() => ExampleSet<double>.FromColumns([.. Enumerable.Range(0, 2 * Count).Select(i => i / 10.0)], 2,
        [[.. Enumerable.Range(0, Count).Select(i => i % 7)], [.. Enumerable.Range(0, Count).Select(i => i * 3 % 7)], [.. Enumerable.Range(0, Count).Select(i => i % 2)]],
        [7, 7, 2], [.. Enumerable.Range(0, Count).Select(i => (double)i)]);
}
