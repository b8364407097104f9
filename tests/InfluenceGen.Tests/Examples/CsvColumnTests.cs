using InfluenceGen.Examples;
using InfluenceGen.Models;
using Xunit;

namespace InfluenceGen.Tests.Examples;

/// <summary>Columns that hold more than numbers, several labels, and classes.</summary>
public class CsvColumnTests
{
    private const string Flowers = "sex,tall,class,p0,p1\nf,True,2,0.25,0.75\nm,0,0,1,0\n";

    [Fact]
    public void Names_and_booleans_become_numbers()
    {
        using var file = new TextFile(Flowers);
        var set = CsvExamples.Read<double>(file.Path, "p0", features: [CsvColumn.Boolean("tall"), CsvColumn.OneOf("sex", "m", "f"), "p1"]);
        Assert.Equal(["tall", "sex=m", "sex=f", "p1"], set.FeatureNames);
        Assert.Equal([1.0, 0, 1, 0.75], set.Features[..4].ToArray());
        Assert.Equal([0.0, 1, 0, 0], set.Features.Slice(set.FeatureStride, 4).ToArray());
    }

    [Theory]
    [InlineData(0, 2, 1)]
    [InlineData(5, 5, 2)]
    public void A_label_can_be_a_class(int classes, int counted, int first)
    {
        using var file = new TextFile(Flowers);
        var set = CsvExamples.Read<float>(file.Path, "class", domain: LabelDomain.Distribution, features: ["p0"], classes: classes);
        Assert.Equal(counted, set.LabelCount);
        Assert.Equal([first, 0], Enumerable.Range(0, 2).Select(i => set.Labels.Slice(i * set.LabelStride, counted).IndexOf(1f)));
    }

    [Fact]
    public void Several_labels_are_a_row()
    {
        using var file = new TextFile(Flowers);
        foreach (var domain in new[] { LabelDomain.Real, LabelDomain.Distribution })
        {
            var set = CsvExamples.Read<double>(file.Path, ["p1", "p0"], domain: domain, features: ["class"]);
            Assert.Equal([0.75, 0.25], set.Labels[..2].ToArray());
        }
    }

    [Fact]
    public void Files_read_together_have_the_classes_of_all()
    {
        using var first = new TextFile("x,y\n1,0\n2,1\n");
        using var second = new TextFile("x,y\n1,3\n");
        var sets = CsvExamples.ReadTogether<double>([first.Path, second.Path], "y", domain: LabelDomain.Distribution);
        Assert.All(sets, set => Assert.Equal(["0", "1", "3"], set.LabelNames));
        Assert.Equal([0.0, 0, 1], sets[1].Labels[..3].ToArray());
    }

    [Theory]
    [InlineData("2", 2, ", line 2, column 'y': found '2', expected a class: a whole number from 0 to 1.")]
    [InlineData("-1", 0, ", line 2, column 'y': found '-1', expected a class: a whole number from 0 up.")]
    [InlineData("0.5", 0, ", line 2, column 'y': found '0.5', expected a class: a whole number from 0 up.")]
    [InlineData("0", 0, ", column 'y': every label is 0; a model of classes needs two or more.")]
    public void A_field_that_is_no_class_is_refused(string field, int classes, string message)
    {
        using var file = new TextFile($"x,y\n1,{field}\n");
        Assert.Equal(file.Path + message, Assert.Throws<ExampleDataException>(
            () => CsvExamples.Read<double>(file.Path, "y", domain: LabelDomain.Distribution, classes: classes)).Message);
    }

    [Theory]
    [InlineData("0.5,0.4", "', expected shares that add up to 1.")]
    [InlineData("1.5,-0.5", "', expected a share from 0 to 1.")]
    public void Shares_that_are_no_distribution_are_refused(string fields, string message)
    {
        using var file = new TextFile($"x,p0,p1\n1,{fields}\n");
        var error = Assert.Throws<ExampleDataException>(() => CsvExamples.Read<double>(file.Path, ["p0", "p1"], domain: LabelDomain.Distribution));
        Assert.Equal($"{file.Path}, line 2, column 'p0', 'p1': found '{fields.Replace(",", "', '", StringComparison.Ordinal)}{message}", error.Message);
    }

    [Fact]
    public void A_count_is_not_negative()
    {
        using var file = new TextFile("x,y\n1,-1\n");
        Assert.EndsWith("line 2, column 'y': found '-1', expected a number of 0 or more.", Assert.Throws<ExampleDataException>(
            () => CsvExamples.Read<double>(file.Path, "y", domain: LabelDomain.NonNegative)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentException>(() => CsvColumn.Number(" "));
        Assert.Throws<ArgumentException>(() => CsvColumn.OneOf("sex"));
        Assert.Throws<ArgumentException>(() => CsvColumn.OneOf("sex", "f", "f"));
        using var file = new TextFile(Flowers);
        Assert.Throws<ArgumentException>(() => CsvExamples.Read<double>(file.Path, CsvColumn.OneOf("sex", "m", "f")));
        Assert.ThrowsAny<ArgumentException>(() => CsvExamples.Read<double>(file.Path, Array.Empty<string>()));
    }
}
