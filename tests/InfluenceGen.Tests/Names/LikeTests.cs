using InfluenceGen.Examples;
using InfluenceGen.Models;
using InfluenceGen.Tests.Examples;
using Xunit;

namespace InfluenceGen.Tests.Names;

/// <summary>A set in the order of another one.</summary>
public class LikeTests
{
    private static readonly ExampleSet<double> _train = ExampleSet<double>.FromFeatures([1, 2, 3, 4, 5, 6], 3, [0, 1], ["a", "A", "a "]);

    [Fact]
    public void What_is_in_order_is_shared()
    {
        var test = ExampleSet<double>.FromFeatures([7, 8, 9], 3, [0], new Individuals(["Ann"]), [0], ["a", "A", "a "]);
        Assert.Same(test, test.Matched(_train, "on"));
        Assert.Same(_train, _train.Like(_train));
        var classes = ExampleSet<double>.FromClasses([1], 1, [1], 2, classNames: ["no", "yes"]);
        Assert.Same(classes, classes.Matched(ExampleSet<double>.FromClasses([2, 3], 1, [1, 0], 2, classNames: ["no", "yes"]), "on"));
    }

    [Fact]
    public void Features_are_put_in_order_by_exact_names()
    {
        var test = ExampleSet<double>.FromFeatures([9, 7, 8, 6, 4, 5], 3, [0, 1], ["a ", "a", "A"]).Like(_train);
        Assert.Equal(["a", "A", "a "], test.FeatureNames);
        Assert.Equal([7.0, 8, 9], test.Features[..3].ToArray());
        Assert.Equal([4.0, 5, 6], test.Features.Slice(test.FeatureStride, 3).ToArray());
        Assert.Equal(0, test.Features[3]);
    }

    [Fact]
    public void Without_names_on_either_side_positions_count()
    {
        var nameless = ExampleSet<double>.FromFeatures([7, 8, 9], 3, [0]);
        Assert.Same(nameless, nameless.Matched(_train, "on"));
        Assert.Same(_train, _train.Matched(nameless, "on"));
        Assert.StartsWith("These are examples with 2 features and 1 label; the others are examples with 3 features and 1 label.",
            Assert.Throws<ArgumentException>("other", () => ExampleSet<double>.FromFeatures([7, 8], 2, [0]).Like(_train)).Message, StringComparison.Ordinal);
        Assert.StartsWith("These ratings are of 2 items and the others of 3, without names",
            Assert.Throws<ArgumentException>(() => Ratings(["x"], null, 2).Like(Ratings(["x"], null, 3))).Message, StringComparison.Ordinal);
        Assert.StartsWith("These are ratings; the others are examples with 3 features and 1 label.",
            Assert.Throws<ArgumentException>(() => Ratings(["x"], null, 2).Like(_train)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,A", "The examples have no feature 'a '; they are matched by name")]
    [InlineData("a,A,a ,more,\u00A0x", "The examples have the feature 'more', which")]
    [InlineData("a,A,B", "The examples have no feature 'a ', and a feature 'B' that")]
    [InlineData("a,А,a ", "The examples have no feature 'A', and a feature 'А' (with the character U+0410) that")]
    [InlineData("A,a ,01", "The examples have no feature 'a', and a feature '01' that")]
    public void The_first_name_that_differs_is_told(string names, string message)
    {
        var all = names.Split(',');
        var test = ExampleSet<double>.FromFeatures(new double[all.Length], all.Length, [0], all);
        Assert.StartsWith(message, Assert.Throws<ArgumentException>("other", () => test.Like(_train)).Message, StringComparison.Ordinal);
        Assert.StartsWith(message, Assert.Throws<ArgumentException>("examples", () => Standardisation.Fit(_train).Apply(test)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", "a", "'a' names two of the features.")]
    [InlineData("a", " ", "Number 1 (counted from 0) of the features has no name.")]
    [InlineData(null, "a", "Number 0 (counted from 0) of the features has no name.")]
    public void Names_that_do_not_tell_columns_apart_are_refused(string? first, string? second, string message) => Assert.StartsWith(message,
        Assert.Throws<ArgumentException>("featureNames", () => ExampleSet<double>.FromFeatures([1, 2], 2, [0], [first!, second!])).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Standardisation_finds_features_by_name()
    {
        var train = ExampleSet<double>.FromFeatures([1, 10, 3, 10, 5, 70], 2, [0, 1, 2], ["a", "b"]);
        var scale = Standardisation.Fit(train);
        var scaled = scale.Apply(ExampleSet<double>.FromFeatures([70, 1, 50, 3], 2, [0, 1], ["b", "a"]));
        // a: mean 3, variance 8/3; b: mean 30, variance 800.
        Assert.Equal(["a", "b"], scaled.FeatureNames);
        double[] right = [-2 / Math.Sqrt(8.0 / 3), 40 / Math.Sqrt(800), 0, 20 / Math.Sqrt(800)];
        Tests.Models.Close.To(right, [.. scaled.Features[..2], .. scaled.Features.Slice(scaled.FeatureStride, 2)], 1e-14);
    }

    [Fact]
    public void Classes_are_found_by_name_and_may_have_no_example()
    {
        var train = ExampleSet<double>.FromClasses([1, 2, 3], 1, [0, 1, 2], 3, classNames: ["7", "8", "9"]);
        var test = ExampleSet<double>.FromClasses([4, 5], 1, [2, 0], 4, classNames: ["9", "unused", "7", "also unused"]).Like(train);
        Assert.Equal((3, 8), (test.LabelCount, test.LabelStride));
        Assert.Equal([1.0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0], test.Labels.ToArray());
        Assert.Equal(["7", "8", "9"], test.LabelNames);
        var strange = ExampleSet<double>.FromClasses([4, 5], 1, [0, 1], 2, classNames: ["9", "10"]);
        Assert.StartsWith("Row 1 (counted from 0) is of the class '10', which the examples it is matched with do not have; they have '7', '8', '9'.",
            Assert.Throws<ArgumentException>("other", () => strange.Like(train)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_label_columns_are_found_by_name()
    {
        var train = ExampleSet<double>.FromFeatures([1], 1, [1, 2], 2, labelNames: ["left", "right"]);
        Assert.Equal([4.0, 3], ExampleSet<double>.FromFeatures([1], 1, [3, 4], 2, labelNames: ["right", "left"]).Like(train).Labels[..2].ToArray());
        Assert.StartsWith("The examples have no label 'left', and a label 'up' that",
            Assert.Throws<ArgumentException>(() => ExampleSet<double>.FromFeatures([1], 1, [3, 4], 2, labelNames: ["right", "up"]).Like(train)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Ratings_are_numbered_anew_and_sorted()
    {
        // Bob's x, Ann's y, Ann's z, Ann's y again, in that order.
        var train = ExampleSet<double>.FromRatings([0, 1, 2], [0, 1, 2], [1, 1, 1], 3, 3, new Individuals(["Ann", "Bob", "Cem"]), ["z", "x", "y"]);
        var test = ExampleSet<double>.FromRatings([0, 1, 1, 1], [0, 1, 2, 1], [5, 6, 7, 8], 2, 3, new Individuals(["Bob", "Ann"]), ["x", "y", "z"]);
        var like = test.Like(train);
        Assert.Equal([0, 0, 0, 1], like.Index(0).ToArray());
        Assert.Equal([0, 2, 2, 1], like.Index(1).ToArray());
        Assert.Equal([7.0, 6, 8, 5], like.Labels.ToArray());
        Assert.Equal([2, 1, 3, 0], like.Source.ToArray());
        Assert.Equal([3, 3], Enumerable.Range(0, 2).Select(like.RowCount));
        Assert.Equal([1.0 / 3, 1, 0], like.RowShares(0).ToArray());

        var matched = test.Matched(train, "on");
        Assert.Equal([1, 0, 0, 0], matched.Index(0).ToArray());
        Assert.Equal(test.Source.ToArray(), matched.Source.ToArray());
        Assert.Equal([1, 0, 2], matched.SegmentsOf(0).Rows.ToArray());
        Assert.Equal([0, 1, 4, 4], matched.SegmentsOf(0).Offsets.ToArray());
    }

    [Fact]
    public void Counts_of_a_penalty_go_with_their_rows()
    {
        var train = ExampleSet<double>.FromRatings([0, 1, 2], [0, 1, 1], [1, 1, 1], 3, 2, new Individuals(["Ann", "Bob", "Cem"]), ["x", "y"]);
        var test = ExampleSet<double>.FromRatings([0, 1], [0, 1], [5, 6], 2, 2, new Individuals(["Bob", "Ann"]), ["y", "x"])
            .WithPenalty(RowPenalty.Counts([2, 4], [8, 16])).Like(train);
        Assert.Equal([0.25, 0.5, 0], test.RowShares(0).ToArray());
        Assert.Equal([1.0 / 16, 1.0 / 8], test.RowShares(1).ToArray());
    }

    [Fact]
    public void The_first_user_or_item_in_the_file_that_is_unknown_is_named()
    {
        var train = Ratings(["1", "2"], ["x"], 1);
        var unknown = ExampleSet<double>.FromRatings([1, 0, 2], [0, 1, 0], [1, 1, 1], 3, 2, new Individuals(["01", "2", " 1"]), ["x", "X"]);
        Assert.StartsWith("Row 1 (counted from 0) is of the user '01', unknown",
            Assert.Throws<ArgumentException>(() => unknown.Like(train)).Message, StringComparison.Ordinal);
        Assert.StartsWith("Row 0 (counted from 0) is of the item 'X', unknown",
            Assert.Throws<ArgumentException>(() => ExampleSet<double>.FromRatings([0], [1], [1], 2, 2, itemNames: ["x", "X"]).Like(train)).Message,
            StringComparison.Ordinal);
        Assert.Equal(1, ExampleSet<double>.FromRatings([0], [0], [1], 2, 2, itemNames: ["x", "X"]).Like(train).RowCount(1));
    }

    [Fact]
    public void Class_numbers_that_occur_are_the_classes()
    {
        using var train = new TextFile("x,y\n1,30\n2,7\n3,1000000\n");
        using var test = new TextFile("y,x\n7,5\n");
        var set = NamedSoftmax.Read(train.Path, "y");
        Assert.Equal(["7", "30", "1000000"], set.LabelNames);
        Assert.Equal([0.0, 1, 0], NamedSoftmax.Read(train.Path, "y", like: set).Labels[..3].ToArray());
        Assert.Equal([1.0, 0, 0], NamedSoftmax.Read(test.Path, like: set).Labels[..3].ToArray());
        Assert.EndsWith("column 'y': every label is 7; a model of classes needs two or more.",
            Assert.Throws<ExampleDataException>(() => NamedSoftmax.Read(test.Path, "y")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1,2", "0,1,2", "0,1,0")]
    [InlineData("1,2,3", "1,2,3", "1,0,0")]
    [InlineData("1,3,5", "1,3,5", "1,0,0")]
    public void A_declared_count_takes_numbers_from_0_or_as_many_others(string labels, string names, string first)
    {
        using var file = new TextFile("x,y\n" + string.Concat(labels.Split(',').Select(label => $"1,{label}\n")));
        var set = ThreeClasses.Read(file.Path, "y");
        Assert.Equal(names.Split(','), set.LabelNames);
        Assert.Equal(first, string.Join(",", set.Labels[..3].ToArray()));
    }

    [Theory]
    [InlineData("1,2,3,4", 4)]
    [InlineData("0,3,1", 3)]
    [InlineData("1,2,2,3,3,5", 5)]
    public void Other_numbers_than_declared_are_refused_at_the_first(string labels, int line)
    {
        using var file = new TextFile("x,y\n" + string.Concat(labels.Split(',').Select(label => $"1,{label}\n")));
        Assert.EndsWith($"line {line}, column 'y': found '3', expected a class: a whole number from 0 to 2.",
            Assert.Throws<ExampleDataException>(() => ThreeClasses.Read(file.Path, "y")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_are_made_like_a_set()
    {
        var train = Fruit.From([new() { Grower = "Ann", Weight = 1, Kind = 4 }, new() { Grower = "Bob", Weight = 2, Kind = 2 }]);
        Assert.Equal(["2", "4"], train.LabelNames);
        var one = Fruit.From([new() { Grower = "Cem", Weight = 3, Kind = 4 }], like: train);
        Assert.Equal([0.0, 1], one.Labels[..2].ToArray());
        Assert.Equal(2, one.IndividualOf[0]);
        Assert.StartsWith("Row 0 (counted from 0) is of the class '5'",
            Assert.Throws<ArgumentException>(() => Fruit.From([new() { Grower = "Cem", Weight = 3, Kind = 5 }], like: train)).Message, StringComparison.Ordinal);
        using var flowers = new TextFile("Petal,Species\n1,Tulip\n");
        Assert.Equal(["Rose", "Tulip"], Flower.Read(flowers.Path).LabelNames);
        Assert.Equal(["Rose", "Tulip"], Flower.From([new() { Petal = 1 }]).LabelNames);

        var seen = Seen.From([new() { Viewer = "Ann", Film = "y", Stars = 1 }, new() { Viewer = "Bob", Film = "x", Stars = 2 }]);
        using var more = new TextFile("Stars,Film,Viewer\n3,x,Bob\n4,y,Bob\n");
        foreach (var set in new[] { Seen.Read(more.Path, like: seen), Seen.From([new() { Viewer = "Bob", Film = "x", Stars = 3 }, new() { Viewer = "Bob", Film = "y", Stars = 4 }], like: seen) })
        {
            Assert.Equal([4.0, 3], set.Labels.ToArray());
            Assert.Equal([0, 1], set.Index(1).ToArray());
        }
    }

    [Fact]
    public void A_file_read_like_a_set_need_not_hold_both_classes_and_is_of_the_same_columns()
    {
        using var train = new TextFile("who,x,y,z\nAnn,1,0,2\nBob,2,1,3\n");
        using var test = new TextFile("z,y,x,who\n5,1,4,Bob\n6,1,4,Cem\n");
        var set = NamedLogistic.Read(train.Path, "y", "who");
        var like = NamedLogistic.Read(test.Path, like: Standardisation.Fit(set).Apply(set).Subset([1]));
        Assert.Equal(["x", "z"], like.FeatureNames);
        Assert.Equal([4.0, 5], like.Features[..2].ToArray());
        Assert.Equal([1, 2], like.IndividualOf.ToArray());
        Assert.Equal(like.Features.ToArray(), NamedLogistic.Read(test.Path, "y", "who", like: set).Features.ToArray());
        Assert.StartsWith("This set was not read from the columns of a file.",
            Assert.Throws<ArgumentException>("like", () => NamedLogistic.Read(test.Path, like: _train)).Message, StringComparison.Ordinal);
        using var outputs = new TextFile("x,b,a\n1,2,3\n");
        using var others = new TextFile("a,x,b\n3,1,2\n");
        var two = NamedNetwork.Read(outputs.Path, ["a", "b"]);
        Assert.Equal([3.0, 2], NamedNetwork.Read(others.Path, like: two).Labels[..2].ToArray());
        Assert.Equal([3.0, 2], NamedNetwork.Read(others.Path, ["b", "a"], like: two).Labels[..2].ToArray());
        Assert.Equal(["a", "b"], two.LabelNames);
    }

    private static ExampleSet<double> Ratings(string[] users, string[]? items, int itemCount) => ExampleSet<double>.FromRatings(
        [.. users.Select((_, user) => user)], new int[users.Length], [.. users.Select(_ => 1.0)], users.Length, itemCount, new Individuals(users), items);
}
