using System.Globalization;
using InfluenceGen.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace InfluenceGen.Generators.Tests;

/// <summary>The same declaration gives the same bytes, wherever it is compiled.</summary>
public class DeterminismTests
{
    private const string Source = """
        using InfluenceGen;
        namespace Small;
        [LinearModel(Features = 1000)] partial class Wide;
        [LogisticModel] partial class Open;
        [MatrixFactorization(Rank = 12, L2 = 0.0000125)] partial class Factors;
        [MatrixFactorization(L2 = 1234567.5)] partial class OpenFactors;
        [LinearModel(Features = 2, Loss = Loss.Poisson)] partial class Counts;
        [SoftmaxModel(Features = 3, Classes = 2, L2 = 0.0000125)] partial class Softmax;
        [SoftmaxModel] partial class OpenSoftmax;
        [Mlp(Inputs = 2, Hidden = [2], Outputs = 2, Activation = Activation.Gelu)] partial class Layers;
        [LinearModel(Features = 2, Precision = Precision.Single)] partial class Single;
        [LinearModel] partial class Record { [Feature] public double X { get; set; } [Label] public float Y { get; set; } }
        """;

    private static readonly IReadOnlyDictionary<string, string> _files = Generation.Of(Source).Files;

    [Fact]
    public void Two_runs_give_the_same_text() => AssertSame(Generation.Of(Source).Files);

    [Theory]
    [InlineData("\u2212", ",", ".")]
    [InlineData("(", "'", " ")]
    [InlineData("~", "e", "-")]
    public void A_culture_that_writes_numbers_its_own_way_gives_the_same_text(string minus, string point, string group)
    {
        var before = CultureInfo.CurrentCulture;
        var hostile = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        hostile.NumberFormat.NegativeSign = minus;
        hostile.NumberFormat.NumberDecimalSeparator = point;
        hostile.NumberFormat.NumberGroupSeparator = group;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = hostile;
            Assert.NotEqual("-1.5", $"{-1.5}");
            AssertSame(Generation.Of(Source).Files);
        }
        finally
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = before;
        }
    }

    [Fact]
    public void Lines_end_in_line_feeds_whatever_the_source_has() =>
        Assert.All(_files.Values.Concat(Generation.Of(Source.Replace("\n", "\r\n", StringComparison.Ordinal)).Files.Values), text =>
        {
            Assert.DoesNotContain('\r', text);
            Assert.EndsWith("}\n", text, StringComparison.Ordinal);
            Assert.All(text.Split('\n'), line => Assert.Equal(line.TrimEnd(), line));
        });

    [Fact]
    public void The_order_of_declarations_does_not_matter()
    {
        var lines = Source.Split('\n');
        AssertSame(Generation.Of(string.Join('\n', lines.Take(2).Concat(lines.Skip(2).Reverse()))).Files);
    }

    [Fact]
    public void A_generator_used_before_gives_the_same_text()
    {
        var driver = CSharpGeneratorDriver.Create(new InfluenceGenerator()).RunGenerators(Generation.CompilationOf(
            "using InfluenceGen; [LinearModel(Features = 3)] partial class Before;"));
        var again = driver.RunGenerators(Generation.CompilationOf(Source)).GetRunResult().Results.Single();
        AssertSame(again.GeneratedSources.ToDictionary(s => s.HintName, s => s.SourceText.ToString()));
    }

    private static void AssertSame(IReadOnlyDictionary<string, string> files)
    {
        Assert.Equal(_files.Keys.Order(StringComparer.Ordinal), files.Keys.Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(_files[file.Key], file.Value));
    }
}
