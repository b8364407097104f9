using System.Reflection;
using InfluenceGen.Examples;
using Xunit;

namespace InfluenceGen.Generators.Tests;

/// <summary>
/// Types whose properties are marked: what their objects and their columns become, and what is said of rows that cannot be.
/// Each type makes its own rows, so that what runs here is what a user compiles.
/// </summary>
public class RecordTests
{
    internal const string Before = "#pragma warning disable CS1591\nusing InfluenceGen; using System; using System.Collections.Generic;\n";

    private const string Flower = Before + """
        namespace Garden;
        public enum Colour { Red = 3, @White = -1, Yellow = 7 }
        [SoftmaxModel]
        public partial record struct Flower
        {
            [Individual("gardener")] public long Gardener { get; set; }
            [Feature] public Colour Colour { get; set; }
            [Feature("petal\tlength")] public decimal Petal { get; set; }
            [Feature] public bool Scented { get; set; }
            [Label("species")] public Kind Species { get; set; }
            public enum Kind { Rose, Tulip }
            public static Flower[] Rows => [
                new() { Gardener = 12, Colour = Colour.White, Petal = 1.5m, Species = Kind.Tulip },
                new() { Gardener = 3, Colour = Colour.Yellow, Petal = 2, Scented = true, Species = Kind.Rose }];
            public static Flower[] Unknown => [.. Rows, new() { Colour = (Colour)5 }];
            public static Flower[] NoKind => [.. Rows, new() { Colour = Colour.Red, Species = (Kind)2 }];
        }
        """;

    private const string Ratings = Before + """
        public class Base { [User("viewer")] public string User { get; set; } = ""; }
        [MatrixFactorization(Rank = 2)]
        public partial class Movie : Base
        {
            [Item] public int Film { get; set; }
            [Rating("stars")] public byte Stars { get; set; }
            public static Movie[] Rows => [new() { User = "b", Film = 7, Stars = 2 }, new() { User = "a", Film = 3, Stars = 5 }, new() { User = "b", Film = 3, Stars = 1 }];
            public static Movie[] Twice => [.. Rows, new() { User = "a", Film = 3, Stars = 4 }];
            public static Movie[] Nobody => [new() { User = null! }];
        }
        """;

    [Fact]
    public void Objects_become_features_one_for_each_member_of_an_enum_and_classes()
    {
        var set = From<double>(Flower, "Garden.Flower", "Rows");
        Assert.Equal(["Colour=Red", "Colour=White", "Colour=Yellow", "petal\tlength", "Scented"], set.FeatureNames);
        Assert.Equal([0.0, 1, 0, 1.5, 0], set.Features[..5].ToArray());
        Assert.Equal([0.0, 0, 1, 2, 1], set.Features.Slice(set.FeatureStride, 5).ToArray());
        Assert.Equal(2, set.LabelCount);
        Assert.Equal([0.0, 1], set.Labels[..2].ToArray());
        Assert.Equal([1.0, 0], set.Labels.Slice(set.LabelStride, 2).ToArray());
        Assert.Equal(["12", "3"], set.IndividualOf.ToArray().Select(code => set.Individuals[code]));
    }

    [Fact]
    public void Columns_are_read_alike()
    {
        var read = Read<double>(Flower, "Garden.Flower", "gardener,species,Scented,Colour,petal\tlength,note\n12,Tulip,false,White,1.5,x\n3,Rose,1,Yellow,2,\n");
        var from = From<double>(Flower, "Garden.Flower", "Rows");
        Assert.Equal(from.FeatureNames, read.FeatureNames);
        Assert.Equal(from.Features.ToArray(), read.Features.ToArray());
        Assert.Equal(from.Labels.ToArray(), read.Labels.ToArray());
        Assert.Equal(from.IndividualOf.ToArray().Select(code => from.Individuals[code]), read.IndividualOf.ToArray().Select(code => read.Individuals[code]));
    }

    [Theory]
    [InlineData("Unknown", "Row 2: Colour is 5, which is no member of Colour.")]
    [InlineData("NoKind", "Row 2: species is 2, which is no member of Kind.")]
    public void A_value_that_is_no_member_is_refused_by_row(string rows, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => From<double>(Flower, "Garden.Flower", rows)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("1,Tulip,yes,Red,1", "line 2, column 'Scented': found 'yes', expected true or false, or 1 or 0.")]
    [InlineData("1,Tulip,1,red,1", "line 2, column 'Colour': found 'red', expected 'Red', 'White', 'Yellow'.")]
    [InlineData("1,1,1,Red,1", "line 2, column 'species': found '1', expected 'Rose', 'Tulip'.")]
    public void A_field_that_is_none_of_the_names_is_refused_by_place(string row, string message) => Assert.EndsWith(message,
        Assert.Throws<ExampleDataException>(() => Read<double>(Flower, "Garden.Flower", "gardener,species,Scented,Colour,petal\tlength\n" + row + "\n")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Whole_numbers_are_classes()
    {
        const string Digit = Before + """
            [SoftmaxModel(Classes = 3)]
            public partial struct Digit
            {
                [Feature] public double Ink { get; set; }
                [Label] public int Value { get; set; }
                public static Digit[] Rows => [new() { Ink = 0.5, Value = 2 }, new() { Ink = 1, Value = 0 }];
                public static Digit[] Beyond => [.. Rows, new() { Value = 3 }];
            }
            """;
        var set = From<double>(Digit, "Digit", "Rows");
        Assert.Equal([0.0, 0, 1], set.Labels[..3].ToArray());
        Assert.Equal(set.Labels.ToArray(), Read<double>(Digit, "Digit", "Ink,Value\n.5,2\n1,0\n").Labels.ToArray());
        Assert.StartsWith("Row 2: the label is 3; expected a class from 0 to 2.",
            Assert.Throws<ArgumentException>(() => From<double>(Digit, "Digit", "Beyond")).Message, StringComparison.Ordinal);
        Assert.EndsWith("line 2, column 'Value': found '3', expected a class: a whole number from 0 to 2.",
            Assert.Throws<ExampleDataException>(() => Read<double>(Digit, "Digit", "Ink,Value\n1,3\n")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_become_ratings()
    {
        var set = From<double>(Ratings, "Movie", "Rows");
        Assert.Equal(["b", "a"], Enumerable.Range(0, 2).Select(code => set.Individuals[code]));
        Assert.Equal(["3", "7"], set.ItemNames);
        Assert.Equal([1.0, 2, 5], set.Labels.ToArray());
        Assert.Equal([2, 0, 1], set.Source.ToArray());
    }

    [Fact]
    public void Columns_become_ratings()
    {
        var set = Read<double>(Ratings, "Movie", "stars,viewer,when,Film\n2,b,1,7\n5,a,1,3\n1,b,1,3\n");
        Assert.Equal([1.0, 2, 5], set.Labels.ToArray());
        Assert.Equal(["3", "7"], set.ItemNames);
    }

    [Theory]
    [InlineData("Twice", "Row 3: user a has rated item 3 before, in row 1; remove one.")]
    [InlineData("Nobody", "Row 0: the user has no name.")]
    public void A_rating_that_cannot_be_is_refused_by_row(string rows, string message) => Assert.StartsWith(message,
        Assert.Throws<ArgumentException>(() => From<double>(Ratings, "Movie", rows)).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("viewer,Film,stars\na,1,5\na,1,4\n", "line 3: user a has rated item 1 before, on line 2; remove one, or allow repeats.")]
    [InlineData("viewer,Film,stars\n,1,5\n", "line 2, column 'viewer': found nothing, expected the user's name.")]
    [InlineData("viewer,Film,stars\na,1,five\n", "line 2, column 'stars': found 'five', expected a number such as -1.5 or 2e3.")]
    [InlineData("viewer,Film,stars\n", "has a header but no rows.")]
    public void A_line_that_is_no_rating_is_refused_by_place(string text, string message) => Assert.EndsWith(message,
        Assert.Throws<ExampleDataException>(() => Read<double>(Ratings, "Movie", text)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_model_of_single_precision_reads_floats() => Assert.All(
        Generation.Of(Ratings.Replace("Rank = 2", "Rank = 2, Precision = Precision.Single", StringComparison.Ordinal))
            .Files["Movie.g.cs"].Split('\n').Where(line => line.Contains("public static ExampleSet<", StringComparison.Ordinal)),
        line => Assert.StartsWith("    public static ExampleSet<float> ", line, StringComparison.Ordinal));

    [Fact]
    public void What_is_obsolete_can_be_marked() => Generation.Of(Before + """
        public enum Kind { New, [Obsolete("Use New.")] Old }
        [LinearModel] public partial class M { [Feature, Obsolete] public Kind X { get; set; } [Label] public double Y { get; set; } }
        """).AssertClean();

    [Fact]
    public void Names_of_columns_and_members_can_be_any()
    {
        const string Odd = Before + """
            [LinearModel] public partial class Odd
            {
                [Feature("a\"\\\n\r\0\u2028\u202E\uD83D\uDE00")] public double X { get; set; }
                [Feature] public @event @class { get; set; }
                [Label] public double Y { get; set; }
                public enum @event { @int, value }
                public static Odd[] Rows => [new() { X = 1, Y = 2 }];
            }
            """;
        var set = From<double>(Odd, "Odd", "Rows");
        Assert.Equal(["a\"\\\n\r\0\u2028\u202E\uD83D\uDE00", "class=int", "class=value"], set.FeatureNames);
        Assert.DoesNotContain(Generation.Of(Odd).Files.Values, text => text.AsSpan().IndexOfAny('\r', '\u2028', '\u202E') >= 0);
    }

    [Fact]
    public void A_property_that_overrides_a_marked_one_keeps_its_mark()
    {
        const string Overriding = Before + """
            public abstract class Person
            {
                [Individual("who")] public virtual string Name { get; set; } = "";
                [Feature("years")] public abstract double Age { get; set; }
                [Feature] public virtual double Weight { get; set; }
                [Label("ill")] public virtual double Y { get; set; }
            }
            public class Between : Person { public override double Age { get; set; } public override double Weight { set { } } }
            [LinearModel] public partial class Patient : Between
            {
                public override string Name { get; set; } = "";
                public override double Age { get => base.Age + 1; set => base.Age = value; }
                [Label("sick")] public override double Y { get; set; }
                public static Patient[] Rows => [new() { Name = "Ann", Age = 3, Weight = 5, Y = 7 }];
            }
            """;
        var set = From<double>(Overriding, "Patient", "Rows");
        Assert.Equal(["Weight", "years"], set.FeatureNames);
        Assert.Equal([0.0, 4], set.Features[..2].ToArray());
        Assert.Equal("Ann", set.Individuals[set.IndividualOf[0]]);
        Assert.Equal([8.0, 6], Read<double>(Overriding, "Patient", "who,years,Weight,sick\nBob,6,8,1\n").Features[..2].ToArray());
    }

    [Theory]
    [InlineData("NoRow", "Row 1 is null.")]
    [InlineData("NoName", "Row 0: the individual has no name.")]
    [InlineData("Blank", "Row 1: the individual has no name.")]
    public void A_row_or_individual_that_is_missing_is_refused_by_row(string rows, string message)
    {
        const string Missing = Before + """
            [LinearModel] public partial record M
            {
                [Individual] public string? Who { get; init; } = "Ann";
                [Feature] public double X { get; init; }
                [Label] public double Y { get; init; }
                public static M[] NoRow => [new(), null!, new()];
                public static M[] NoName => [new() { Who = "" }];
                public static M[] Blank => [new(), new() { Who = " \u00A0\t" }];
            }
            """;
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => From<double>(Missing, "M", rows)).Message, StringComparison.Ordinal);
    }

    internal static ExampleSet<T> From<T>(string source, string name, string rows)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var type = Generation.Of(source).Load().GetType(name, throwOnError: true)!;
        return (ExampleSet<T>)Called(Alone(type, "From"), type.GetProperty(rows)!.GetValue(null));
    }

    internal static ExampleSet<T> Read<T>(string source, string name, string text)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text);
            return (ExampleSet<T>)Called(Alone(Generation.Of(source).Load().GetType(name, throwOnError: true)!, "Read"), path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The overload that reads alone, like no other set.</summary>
    private static MethodInfo Alone(Type type, string name) =>
        type.GetMethods().Single(method => method.Name == name && method.GetParameters().Length == 1);

    private static object Called(MethodInfo method, object? argument)
    {
        try
        {
            return method.Invoke(null, [argument])!;
        }
        catch (TargetInvocationException problem) when (problem.InnerException is { } inner)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(inner);
            throw;
        }
    }
}
