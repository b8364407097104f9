using System.Reflection;
using System.Text.RegularExpressions;
using InfluenceGen.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Xunit;

namespace InfluenceGen.Generators.Tests;

/// <summary>
/// Each diagnostic: a declaration that earns it, the place it points at, and that it disturbs no other model. Each also
/// has a page, whose examples are checked here, and an entry in the release notes.
/// </summary>
public class DiagnosticTests
{
    public static TheoryData<string> Ids => [.. Descriptors.Keys];

    private static IReadOnlyDictionary<string, DiagnosticDescriptor> Descriptors { get; } = typeof(Descriptors)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (DiagnosticDescriptor)field.GetValue(null)!)
        .ToDictionary(descriptor => descriptor.Id);

    [Theory]
    [InlineData("IG0001", "[LinearModel] class [|M|];", "'M' must be declared partial", "write 'partial class M'")]
    [InlineData("IG0001", "[LinearModel] record [|M|];", "write 'partial record M'")]
    [InlineData("IG0001", "[LinearModel] record class [|M|];", "write 'partial record class M'")]
    [InlineData("IG0001", "record struct [|Outer|] { [LinearModel] partial class M; }", "write 'partial record struct Outer'")]
    [InlineData("IG0002", "[LogisticModel] partial class [|M|]<T>;", "'M' or a type around it has type parameters")]
    [InlineData("IG0002", "partial class Outer<T> { [LogisticModel] partial class [|M|]; }", "declare it outside")]
    [InlineData("IG0003", "[LinearModel, LogisticModel] partial class [|M|];", "'M' declares more than one model")]
    [InlineData("IG0003", "[LinearModel] partial class [|M|]; [MatrixFactorization] partial class M;", "keep one attribute")]
    [InlineData("IG0004", "[[|LinearModel(Features = -3)|]] partial class M;", "Features = -3 is not a size")]
    [InlineData("IG0004", "[[|MatrixFactorization(Rank = -1)|]] partial class M;", "Rank = -1 is not a size")]
    [InlineData("IG0005", "[[|MatrixFactorization(L2 = -0.5)|]] partial class M;", "L2 = -0.5 is not a penalty")]
    [InlineData("IG0005", "[[|MatrixFactorization(L2 = double.NaN)|]] partial class M;", "L2 = NaN is not a penalty")]
    [InlineData("IG0005", "[[|MatrixFactorization(L2 = double.PositiveInfinity)|]] partial class M;", "give a finite number")]
    [InlineData("IG0006", "[LinearModel] partial class [|M|] { [Label] public double Y { get; set; } }", "put [Feature] on")]
    [InlineData("IG0007", "[LinearModel] partial class [|M|] { [Feature] public double X { get; set; } }", "put [Label] on")]
    [InlineData("IG0008", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [Label] public double [|Z|] { get; set; } }", "'M' has a [Label] already, 'Y'")]
    [InlineData("IG0008", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [Individual] public int A { get; set; } [Individual] public int [|B|] { get; set; } }", "'M' has a [Individual] already, 'A'")]
    [InlineData("IG0009", "[LinearModel(Features = 1)] partial class [|M|] { [Feature] public double X { get; set; } [Label] public double Y { get; set; } }", "leave out Features")]
    [InlineData("IG0010", "[LinearModel] partial class M { [Feature] public string [|X|] { get; set; } = \"\"; [Label] public double Y { get; set; } }", "'X' is of type 'string'")]
    [InlineData("IG0010", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double? [|Y|] { get; set; } }", "'Y' is of type 'double?'")]
    [InlineData("IG0011", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [Individual] public double [|Who|] { get; set; } }", "'Who' is of type 'double'")]
    [InlineData("IG0012", "[MatrixFactorization] partial class [|M|] { [Feature] public double X { get; set; } [Label] public double Y { get; set; } }", "remove [Feature], [Label] and [Individual]")]
    [InlineData("IG0013", "[LinearModel] partial class M { void [|Train|]() { } }", "the code generated into 'M' uses the name 'Train'")]
    [InlineData("IG0013", "[LinearModel] partial class [|Model|];", "the name 'Model'; choose another")]
    [InlineData("IG0013", "[LinearModel] partial record M { [Feature] public double [|Trainer|] { get; init; } [Label] public double From2 { get; init; } }", "the name 'Trainer'")]
    [InlineData("IG0013", "[LinearModel] partial record M { [Feature] public double X { get; init; } [Label] public double [|From|] { get; init; } }", "the name 'From'")]
    [InlineData("IG0014", "[LinearModel] partial class M { [Feature] public static double [|X|] { get; set; } [Label] public double Y { get; set; } }", "leave out 'static'")]
    [InlineData("IG0014", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double [|Y|] { set { } } }", "give it a getter")]
    [InlineData("IG0014", "[LinearModel] file partial class [|M|];", "leave out 'file'")]
    public void A_wrong_declaration_is_pointed_at_and_breaks_no_other(string id, string marked, params string[] said)
    {
        var (source, start, length) = Unmark("namespace Mine;\nusing InfluenceGen;\n" + marked);
        var generation = Generation.Of(source, "[InfluenceGen.LinearModel] partial class Other;");
        Assert.Null(generation.Result.Exception);
        Assert.All(generation.Reported, problem => Assert.Equal(id, problem.Id));
        var first = generation.Reported[0];
        Assert.Equal(DiagnosticSeverity.Error, first.Severity);
        Assert.All(said, text => Assert.Contains(text, first.GetMessage(), StringComparison.Ordinal));

        var place = first.Location.GetLineSpan();
        Assert.Equal((start, length, "Source0.cs"), (first.Location.SourceSpan.Start, first.Location.SourceSpan.Length, place.Path));
        Assert.Equal(2, place.StartLinePosition.Line);
        Assert.Equal(start - source.LastIndexOf('\n', start) - 1, place.StartLinePosition.Character);

        Assert.Equal(["Other.256.g.cs", "Other.512.g.cs", "Other.g.cs"], generation.Files.Keys.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(generation.Compiled, problem => problem.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void Several_mistakes_are_all_said()
    {
        var generation = Generation.Of("""
            using InfluenceGen;
            [LinearModel(Features = -1)] class M
            {
                [Feature] public string A { get; set; } = "";
                [Feature] public object B { get; set; } = "";
                public int Model;
            }
            """);
        Assert.Equal(["IG0001", "IG0004", "IG0007", "IG0009", "IG0010", "IG0010", "IG0013"],
            generation.Reported.Select(problem => problem.Id).Order());
    }

    [Fact]
    public void A_property_of_the_wrong_type_is_not_also_called_missing() => Assert.Equal(["IG0010", "IG0010"],
        Generation.Of("""
            using InfluenceGen;
            [LinearModel] partial class M { [Feature] public string X { get; set; } = ""; [Label] public string Y { get; set; } = ""; }
            """).Reported.Select(problem => problem.Id));

    [Theory, MemberData(nameof(Ids))]
    public void A_page_explains_it_by_an_example_that_is_wrong_and_one_that_is_right(string id)
    {
        var page = Repository.Read(Repository.PathOf("docs", "diagnostics", id + ".md"));
        Assert.StartsWith($"# {id}: {Descriptors[id].Title}\n", page, StringComparison.Ordinal);
        var examples = Regex.Matches(page, "```csharp\n(.*?)```", RegexOptions.Singleline).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(2, examples.Count);
        const string Before = "#pragma warning disable CS1591\n#nullable enable\nusing InfluenceGen;\n";
        Assert.Equal([id], Generation.Of(Before + examples[0]).Reported.Select(problem => problem.Id).Distinct());
        Generation.Of(Before + examples[1]).AssertClean();
    }

    [Fact]
    public void Every_diagnostic_is_in_the_release_notes_and_the_index()
    {
        var notes = Repository.Read(Repository.PathOf("generators", "InfluenceGen.Generators", "AnalyzerReleases.Unshipped.md"))
            + Repository.Read(Repository.PathOf("generators", "InfluenceGen.Generators", "AnalyzerReleases.Shipped.md"));
        var index = Repository.Read(Repository.PathOf("docs", "diagnostics", "README.md"));
        Assert.All(Descriptors.Values, rule =>
        {
            Assert.Contains($"\n{rule.Id} | {rule.Category} | {rule.DefaultSeverity} | {rule.Title}", notes, StringComparison.Ordinal);
            Assert.Contains($"| [{rule.Id}]({rule.Id}.md) | {rule.Title} |", index, StringComparison.Ordinal);
        });
        Assert.Equal(Enumerable.Range(1, Descriptors.Count).Select(n => $"IG{n:0000}"), Descriptors.Keys.Order());
    }

    private static (string Source, int Start, int Length) Unmark(string marked)
    {
        var start = marked.IndexOf("[|", StringComparison.Ordinal);
        var end = marked.IndexOf("|]", StringComparison.Ordinal) - 2;
        return (marked.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal), start, end - start);
    }
}
