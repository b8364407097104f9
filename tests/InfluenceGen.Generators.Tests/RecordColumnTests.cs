using InfluenceGen.Examples;
using Xunit;

namespace InfluenceGen.Generators.Tests;

/// <summary>Weights, offsets and arrays of numbers among marked properties, and the declarations of models that have columns of them.</summary>
public class RecordColumnTests
{
    private const string Claim = RecordTests.Before + """
        [LinearModel(Loss = Loss.Poisson)]
        public partial class Claim
        {
            [Feature] public double Age { get; set; }
            [Feature("text", Length = 3)] public float[] Embedding { get; set; } = [];
            [Feature] public bool Urban { get; set; }
            [Feature(Length = 2)] public ReadOnlyMemory<double> Place { get; set; }
            [Label] public int Claims { get; set; }
            [Weight] public float Copies { get; set; } = 1;
            [Offset("log exposure")] public double Exposure { get; set; }
            public static Claim[] Rows => [
                new() { Age = 30, Embedding = [1, 2, 3], Place = new double[] { 8, 9 }, Claims = 2, Copies = 0.5f, Exposure = -1 },
                new() { Age = 40, Embedding = [4, 5, 6], Urban = true, Place = new double[] { 7, 6 }, Copies = 3, Exposure = 0.25 }];
            private static Claim Another => new() { Embedding = [0, 0, 0], Place = new double[2] };
            public static Claim[] Short => [.. Rows, new() { Embedding = [1, 2], Place = new double[2] }];
            public static Claim[] Missing => [.. Rows, new() { Embedding = null!, Place = new double[2] }];
            public static Claim[] Nowhere => [.. Rows, new() { Embedding = [1, 2, 3] }];
            public static Claim[] Infinite => [.. Rows, new() { Embedding = [1, 2, float.NaN], Place = new double[2] }];
            public static Claim[] Negative { get { var bad = Another; bad.Copies = -1; return [.. Rows, bad]; } }
            public static Claim[] Endless { get { var bad = Another; bad.Exposure = double.NegativeInfinity; return [.. Rows, bad]; } }
            public static Claim[] Weightless { get { var all = Rows; foreach (var row in all) { row.Copies = 0; } return all; } }
        }
        """;

    private const string Header = "Copies,Urban,text[2],text[0],text[1],Age,Place[0],Place[1],Claims,log exposure,note\n";

    [Fact]
    public void Arrays_become_features_and_the_others_weights_and_offsets()
    {
        var set = RecordTests.From<double>(Claim, "Claim", "Rows");
        Assert.Equal(["Age", "text[0]", "text[1]", "text[2]", "Urban", "Place[0]", "Place[1]"], set.FeatureNames);
        Assert.Equal([30.0, 1, 2, 3, 0, 8, 9], set.Features[..7].ToArray());
        Assert.Equal([40.0, 4, 5, 6, 1, 7, 6], set.Features.Slice(set.FeatureStride, 7).ToArray());
        Assert.Equal([0.5, 3], set.Weights.ToArray());
        Assert.Equal([-1.0, 0.25], set.Offsets.ToArray());
        Assert.Equal(3.5, set.TotalWeight);
        var read = RecordTests.Read<double>(Claim, "Claim", Header + "0.5,0,3,1,2,30,8,9,2,-1,x\n3,true,6,4,5,40,7,6,0,.25,\n");
        Assert.Equal(set.FeatureNames, read.FeatureNames);
        Assert.Equal(set.Features.ToArray(), read.Features.ToArray());
        Assert.Equal(set.Weights.ToArray(), read.Weights.ToArray());
        Assert.Equal(set.Offsets.ToArray(), read.Offsets.ToArray());
    }

    [Theory]
    [InlineData("Short", "Row 2: text holds 2 numbers; it was declared as an array of 3.")]
    [InlineData("Missing", "Row 2: text is null; it was declared as an array of 3 numbers.")]
    [InlineData("Nowhere", "Row 2: Place holds 0 numbers; it was declared as an array of 2.")]
    [InlineData("Infinite", "Row 2 (counted from 0): the feature 'text[2]' is NaN, not a finite number.")]
    [InlineData("Negative", "Row 2: the weight is -1; expected a weight, a finite number of 0 or more.")]
    [InlineData("Endless", "Row 2: the offset is -Infinity, not a finite number.")]
    [InlineData("Weightless", "Every weight is 0, so that no example counts.")]
    public void A_row_that_cannot_be_is_refused_by_number(string rows, string message) => Assert.StartsWith(message,
        Assert.Throws<ArgumentException>(() => RecordTests.From<double>(Claim, "Claim", rows)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("-1,0,3,1,2,30,8,9,2,-1,x\n", "line 2, column 'Copies': found '-1', expected a weight, a finite number of 0 or more.")]
    [InlineData("1,0,3,1,two,30,8,9,2,-1,x\n", "line 2, column 'text[1]': found 'two', expected a number such as -1.5 or 2e3.")]
    [InlineData("1,0,3,1,2,30,8,9,2,long,x\n", "line 2, column 'log exposure': found 'long', expected a number such as -1.5 or 2e3.")]
    [InlineData("0,0,3,1,2,30,8,9,2,1,x\n", "column 'Copies': every weight is 0, so that no row counts; is this the column of the weights?")]
    public void A_line_that_cannot_be_is_refused_by_place(string line, string message) => Assert.EndsWith(message,
        Assert.Throws<ExampleDataException>(() => RecordTests.Read<double>(Claim, "Claim", Header + line)).Message, StringComparison.Ordinal);

    [Fact]
    public void Classes_and_ratings_have_weights_too()
    {
        const string Kinds = RecordTests.Before + """
            [SoftmaxModel] public partial class Flower
            {
                [Feature] public double Petal { get; set; }
                [Label] public Kind Species { get; set; }
                [Weight("n")] public int Count { get; set; }
                public enum Kind { Rose, Tulip }
                public static Flower[] Rows => [new() { Count = 2 }, new() { Species = Kind.Tulip, Count = 5 }];
            }
            [MatrixFactorization] public partial class Movie
            {
                [User] public string Who { get; set; } = "";
                [Item] public int Film { get; set; }
                [Rating] public double Stars { get; set; }
                [Weight] public double Trust { get; set; }
                [Offset] public double Mean { get; set; }
                public static Movie[] Rows => [new() { Who = "b", Film = 7, Stars = 2, Trust = 3, Mean = 1 }, new() { Who = "a", Film = 3, Stars = 5, Trust = 2, Mean = 4 }];
            }
            """;
        Assert.Equal([2.0, 5], RecordTests.From<double>(Kinds, "Flower", "Rows").Weights.ToArray());
        Assert.Equal([2.0, 5], RecordTests.Read<double>(Kinds, "Flower", "n,Petal,Species\n2,1,Rose\n5,1,Tulip\n").Weights.ToArray());
        foreach (var ratings in new[] { RecordTests.From<double>(Kinds, "Movie", "Rows"), RecordTests.Read<double>(Kinds, "Movie", "Who,Film,Stars,Mean,Trust\nb,7,2,1,3\na,3,5,4,2\n") })
        {
            Assert.Equal([2.0, 5], ratings.Labels.ToArray());
            Assert.Equal([3.0, 2], ratings.Weights.ToArray());
            Assert.Equal([1.0, 4], ratings.Offsets.ToArray());
            Assert.Equal([1.0 / 3, 0.5], ratings.RowShares(0).ToArray());
        }
    }

    [Theory]
    [InlineData("[LinearModel(Weights = true, Offsets = true)]", "string label, string weight, string offset, string? individual = null", "M.Read(\"f\", \"y\", weight: \"w\", offset: \"o\", individual: \"who\")")]
    [InlineData("[SoftmaxModel(Weights = true)]", "IReadOnlyList<string> labels, string weight, string? individual = null", "M.Read(\"f\", new[] { \"a\", \"b\" }, weight: \"w\")")]
    [InlineData("[Mlp(HiddenLayers = 1, Offsets = true)]", "string label, string offset, string? individual = null", "M.Read(\"f\", \"y\", offset: \"o\")")]
    [InlineData("[MatrixFactorization(Weights = true)]", "string user, string item, string rating, string weight, ", "M.Read(\"f\", user: \"u\", item: \"i\", rating: \"r\", weight: \"w\")")]
    public void A_model_of_columns_asks_for_theirs(string attribute, string parameters, string call)
    {
        var generation = Generation.Of($"using InfluenceGen;\n{attribute} internal partial class M {{ internal static object Used() => {call}; }}");
        generation.AssertClean();
        Assert.Contains(parameters, generation.Files["M.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void Declarations_say_what_examples_have()
    {
        var text = Generation.Of(Claim).Files["Claim.g.cs"];
        Assert.Contains("public readonly bool HasWeights => true;", text, StringComparison.Ordinal);
        Assert.Contains("public readonly bool HasOffsets => true;", text, StringComparison.Ordinal);
        Assert.Contains("; weights; offsets; numbers: double\"", text, StringComparison.Ordinal);
        Assert.Contains("HasWeights => false;", Generation.Of("using InfluenceGen; [LinearModel] partial class M;").Files["M.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void Open_widths_are_asked_for()
    {
        var generation = Generation.Of("using InfluenceGen; [Mlp(HiddenLayers = 2, Loss = Loss.Logistic)] partial class M;");
        generation.AssertClean();
        var text = generation.Files["M.g.cs"];
        Assert.Contains("GradientDescent plan, int hidden1, int hidden2, params", text, StringComparison.Ordinal);
        Assert.Contains("public static Model For(global::InfluenceGen.Examples.ExampleSet<double> examples, int hidden1, int hidden2) => new(examples.FeatureCount, hidden1, hidden2);", text, StringComparison.Ordinal);
        Assert.Contains("hidden: open, open;", text, StringComparison.Ordinal);
    }
}
