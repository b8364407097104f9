using InfluenceGen.Examples;
using InfluenceGen.Tests.Models;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Tests.Examples;

/// <summary>Weights and offsets as columns of example sets: given, read, carried along, counted, and refused where they cannot be.</summary>
public class WeightsAndOffsetsTests
{
    private static readonly double[] _weights = [2, 0, 0.5, 1];
    private static readonly double[] _offsets = [-1, 0, 3, 0.25];

    [Fact]
    public void Every_factory_takes_them()
    {
        double[] x = [1, 2, 3, 4];
        int[] who = [0, 0, 1, 1];
        var people = Individuals.Numbered(2);
        ExampleSet<double>[] sets =
        [
            ExampleSet<double>.FromFeatures(x, 1, x, weights: _weights, offsets: _offsets),
            ExampleSet<double>.FromFeatures(x, 1, x, people, who, weights: _weights, offsets: _offsets),
            ExampleSet<double>.FromFeatures(x, 1, x, 1, weights: _weights, offsets: _offsets),
            ExampleSet<double>.FromFeatures(x, 1, x, 1, people, who, weights: _weights, offsets: _offsets),
            ExampleSet<double>.FromClasses(x, 1, who, 2, weights: _weights, offsets: _offsets),
            ExampleSet<double>.FromClasses(x, 1, who, 2, people, who, weights: _weights, offsets: _offsets),
        ];
        foreach (var set in sets)
        {
            Assert.Equal(_weights, set.Weights.ToArray());
            Assert.Equal(_offsets, set.Offsets.ToArray());
            Assert.Equal(3.5, set.TotalWeight);
        }

        var bare = ExampleSet<double>.FromFeatures(x, 1, x);
        Assert.True(bare.Weights.IsEmpty && bare.Offsets.IsEmpty);
        Assert.Equal(4, bare.TotalWeight);
    }

    [Fact]
    public void Ratings_keep_theirs_as_they_are_sorted_and_share_by_their_sums()
    {
        var ratings = Ratings();
        Assert.Equal([3, 2, 1, 0], ratings.Source.ToArray());
        Assert.Equal([1, 0.5, 0, 2], ratings.Weights.ToArray());
        Assert.Equal([0.25, 3, 0, -1], ratings.Offsets.ToArray());
        Assert.Equal([1 / 1.5, 0.5], ratings.RowShares(0).ToArray());
        Assert.Equal([1, 0.4], ratings.RowShares(1).ToArray());

        // A part shares by its own sums, or by those of the whole; of a row that nothing weighs there is no share.
        Assert.Equal([2, 0], ratings.Subset([1, 2]).RowShares(0).ToArray());
        Assert.Equal(ratings.RowShares(1).ToArray(), ratings.Subset([1, 2], RowPenalty.AsIn(ratings)).RowShares(1).ToArray());
    }

    [Fact]
    public void Parts_carry_them()
    {
        var set = Features();
        var part = set.Subset([3, 0, 3]);
        Assert.Equal([1, 2, 1], part.Weights.ToArray());
        Assert.Equal([0.25, -1, 0.25], part.Offsets.ToArray());
        Assert.Equal(4, part.TotalWeight);
        Assert.Equal([0, 0], set.Subset([1, 1]).Weights.ToArray());
        var (train, deployment) = set.Split(0.5, seed: 1);
        Assert.Equal(3.5, train.TotalWeight + deployment.TotalWeight);
        Assert.Equal(train.Source.ToArray().Select(row => _offsets[row]), train.Offsets.ToArray());

        var ratings = Ratings();
        var like = ratings.Like(ExampleSet<double>.FromRatings([0, 1], [0, 1], [1.0, 2], 2, 2, new Individuals(["B", "A"]), ["y", "x"]));
        Assert.Equal(like.Source.ToArray().Select(row => _weights[row]), like.Weights.ToArray());
        Assert.Equal(like.Source.ToArray().Select(row => _offsets[row]), like.Offsets.ToArray());
        Assert.Equal([0.5, 1 / 1.5], like.RowShares(0).ToArray());
        Assert.Equal(3.5, like.TotalWeight);
    }

    [Fact]
    public void Batches_carry_them_and_know_what_they_weigh()
    {
        var batch = new BatchBuffer<double>(Ratings(), 3);
        Assert.Equal(0, batch.Examples.TotalWeight);
        batch.Fill([3, 1]);
        Assert.Equal([0.5, 2], batch.Examples.Weights.ToArray());
        Assert.Equal([3, -1], batch.Examples.Offsets.ToArray());
        Assert.Equal(2.5, batch.Examples.TotalWeight);
        batch.Fill([2]);
        Assert.Equal(0, batch.Examples.TotalWeight);
    }

    [Fact]
    public void Standardisation_is_by_weight()
    {
        var weighted = ExampleSet<double>.FromFeatures([1, 7, 5, 7, 100, 8, 2, 7], 2, [0.0, 0, 0, 0], weights: [2, 1, 0, 3]);
        var copies = ExampleSet<double>.FromFeatures([1, 7, 1, 7, 5, 7, 2, 7, 2, 7, 2, 7], 2, [0.0, 0, 0, 0, 0, 0]);
        var (own, expected) = (Standardisation.Fit(weighted), Standardisation.Fit(copies));
        Close.To(expected.Means, own.Means, 1e-15);
        Close.To(expected.Deviations, own.Deviations, 1e-15);
        Assert.Equal([1], own.ConstantFeatures.ToArray());
        Assert.Equal([2, 1, 0, 3], own.Apply(weighted).Weights.ToArray());
        Assert.Throws<ArgumentException>("training", () => Standardisation.Fit(weighted.Subset([2])));
    }

    [Theory]
    [InlineData(new double[] { 1, 2, 3 }, "weights holds 3 numbers for 4 examples.")]
    [InlineData(new double[] { 1, -2, 3, 1 }, "Row 1 (counted from 0): the weight is -2; expected a weight, a finite number of 0 or more.")]
    [InlineData(new double[] { 1, 2, double.NaN, 1 }, "Row 2 (counted from 0): the weight is NaN")]
    [InlineData(new double[] { 0, 0, 0, 0 }, "Every weight is 0")]
    public void A_weight_that_is_none_is_refused_by_row(double[] weights, string message) => Assert.StartsWith(message,
        Assert.Throws<ArgumentException>("weights", () => ExampleSet<double>.FromFeatures([1, 2, 3, 4], 1, [1, 2, 3, 4], weights: weights)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void An_offset_or_a_share_that_is_no_number_is_refused()
    {
        Assert.StartsWith("Row 3 (counted from 0): the offset is NaN, not a finite number.", Assert.Throws<ArgumentException>("offsets",
            () => ExampleSet<double>.FromRatings([0, 0, 0, 0], [0, 1, 2, 3], [1, 2, 3, 4], 1, 4, offsets: [1, 2, 3, double.NaN])).Message, StringComparison.Ordinal);
        Assert.Contains("of user Ann add up to 1E-320", Assert.Throws<ArgumentException>(() => ExampleSet<double>.FromRatings([0], [0], [1], 1, 1,
            new Individuals(["Ann"]), weights: [1e-320])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_are_read_by_name_and_again_like_another_set()
    {
        using var file = new TextFile("w,x,y,o\n2,1,0,-1\n0,2,1,0\n");
        var set = CsvExamples.Read<double>(file.Path, "y", weight: "w", offset: "o");
        Assert.Equal(["x"], set.FeatureNames);
        Assert.Equal([2, 0], set.Weights.ToArray());
        Assert.Equal([-1, 0], set.Offsets.ToArray());
        var again = CsvExamples.Read(file.Path, set);
        Assert.Equal([2, 0], again.Weights.ToArray());
        Assert.Equal([-1, 0], again.Offsets.ToArray());
        Assert.Equal([2, 0], CsvExamples.Read<double>(file.Path, ["y", "o"], weight: "w").Weights.ToArray());
        Assert.Equal([2, 0], CsvExamples.ReadTogether<double>([file.Path], "y", weight: "w", offset: "o")[0].Weights.ToArray());
        Assert.Contains("'w' is asked for twice", Assert.Throws<ArgumentException>(() => CsvExamples.Read<double>(file.Path, "y", weight: "w", offset: "w")).Message, StringComparison.Ordinal);
        Assert.Contains("'v'", Assert.Throws<ExampleDataException>(() => CsvExamples.Read<double>(file.Path, "y", weight: "v")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_and_sets_that_do_not_agree_are_refused_with_the_cure()
    {
        var (bare, full) = (ExampleSet<double>.FromFeatures([1, 2, 3, 4], 1, [1, 2, 3, 4]), Features());
        var plan = GradientDescent.FullBatch(1, 0.1);
        var model = new ReferenceFeatureModel<HalfSquare>(1);
        Says("these examples have none. Give each one its weight", () => Trainer.Train(model with { HasWeights = true, HasOffsets = true }, bare, plan));
        Says("these examples have none. Give each one its offset", () => Trainer.Train(model with { HasOffsets = true }, bare, plan));
        Says("The examples have weights, and the model does not read them. Declare it with a property marked [Weight], or with Weights = true", () => Trainer.Train(model, full, plan));
        Says("The examples have offsets, and the model does not read them.", () => Trainer.Train(model with { HasWeights = true }, full, plan));
        var fit = Trainer.Train(model with { HasWeights = true, HasOffsets = true }, full, plan);
        Assert.Contains("Give each one its weight", Assert.Throws<ArgumentException>("examples", () => fit.Predict(bare)).Message, StringComparison.Ordinal);

        static void Says(string message, Action train) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>("training", train).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trajectory_knows_them_again()
    {
        var (set, plan) = (Features(), GradientDescent.FullBatch(3, 0.1));
        var model = new ReferenceFeatureModel<HalfSquare>(1) { HasWeights = true, HasOffsets = true };
        var of = SetFingerprint.Of(set);
        Assert.Null(of.DifferenceFrom(SetFingerprint.Of(Features())));
        Assert.NotNull(of.DifferenceFrom(SetFingerprint.Of(ExampleSet<double>.FromFeatures([1, 2, 3, 4], 1, [1, 2, 3, 4], weights: [2, 0, 0.5, 2], offsets: _offsets))));
        Assert.NotNull(of.DifferenceFrom(SetFingerprint.Of(ExampleSet<double>.FromFeatures([1, 2, 3, 4], 1, [1, 2, 3, 4], weights: _weights, offsets: [-1, 0, 3, 0.5]))));
        var swapped = (ExampleSet<double>.FromFeatures([1, 2, 3, 4], 1, [1, 2, 3, 4], weights: _weights), ExampleSet<double>.FromFeatures([1, 2, 3, 4], 1, [1, 2, 3, 4], offsets: _weights));
        Assert.NotNull(SetFingerprint.Of(swapped.Item1).DifferenceFrom(SetFingerprint.Of(swapped.Item2)));
        Assert.NotNull(Trainer.Train(model, set, plan, new Trajectory<double>()).Trajectory);
    }

    private static ExampleSet<double> Features() =>
        ExampleSet<double>.FromFeatures([1, 2, 3, 4], 1, [1, 2, 3, 4], weights: _weights, offsets: _offsets);

    /// <summary>Of user A items x and x again, of B items x and y, given in another order.</summary>
    private static ExampleSet<double> Ratings() => ExampleSet<double>.FromRatings([1, 1, 0, 0], [1, 0, 1, 0], [1.0, 2, 3, 4], 2, 2,
        new Individuals(["A", "B"]), ["x", "y"], _weights, _offsets);
}
