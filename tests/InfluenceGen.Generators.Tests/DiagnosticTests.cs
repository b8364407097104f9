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
        .Select(field => field.GetValue(null)).OfType<DiagnosticDescriptor>()
        .ToDictionary(descriptor => descriptor.Id);

    [Theory]
    [InlineData("IG0001", "[LinearModel] class [|M|];", "'M' must be declared partial", "write 'partial class M'")]
    [InlineData("IG0001", "[LinearModel] record [|M|];", "write 'partial record M'")]
    [InlineData("IG0001", "[LinearModel] record class [|M|];", "write 'partial record class M'")]
    [InlineData("IG0001", "[LinearModel] struct [|M|];", "write 'partial struct M'")]
    [InlineData("IG0001", "record struct [|Outer|] { [LinearModel] partial class M; }", "write 'partial record struct Outer'")]
    [InlineData("IG0002", "[LogisticModel] partial class [|M|]<T>;", "'M' has type parameters", "remove them")]
    [InlineData("IG0002", "partial class Outer<T> { [LogisticModel] partial class [|M|]<U>; }", "'M' has type parameters")]
    [InlineData("IG0003", "[LinearModel, [|LogisticModel|]] partial class M;", "'M' declares more than one model")]
    [InlineData("IG0003", "[LinearModel] partial class M; [[|MatrixFactorization|]] partial class M;", "keep one attribute")]
    [InlineData("IG0004", "[LinearModel([|Features = -3|])] partial class M;", "Features = -3 is not a size", "leave it out")]
    [InlineData("IG0004", "[LinearModel([|Features = 0|])] partial class M;", "Features = 0 is not a size")]
    [InlineData("IG0004", "[MatrixFactorization([|Rank = -1|])] partial class M;", "Rank = -1 is not a size")]
    [InlineData("IG0004", "[MatrixFactorization([|Rank = 0|])] partial class M;", "give 1 or more")]
    [InlineData("IG0004", "[SoftmaxModel([|Classes = 0|])] partial class M;", "Classes = 0 is not a size")]
    [InlineData("IG0004", "[Mlp([|Inputs = -1|], Hidden = [2])] partial class M;", "Inputs = -1 is not a size")]
    [InlineData("IG0004", "[Mlp(Hidden = [2], [|Outputs = 0|])] partial class M;", "Outputs = 0 is not a size")]
    [InlineData("IG0004", "[Mlp([|Hidden = [4, 0]|])] partial class M;", "0 in place 2 of Hidden is not a size", "a layer has 1 unit or more")]
    [InlineData("IG0004", "[Mlp([|Hidden = new[] { -8 }|])] partial class M;", "-8 in place 1 of Hidden")]
    [InlineData("IG0005", "[MatrixFactorization([|L2 = -0.5|])] partial class M;", "L2 = -0.5 is not a penalty")]
    [InlineData("IG0005", "[LinearModel([|L2 = double.NaN|])] partial class M;", "L2 = NaN is not a penalty")]
    [InlineData("IG0005", "[Mlp(Hidden = [2], [|L2 = double.PositiveInfinity|])] partial class M;", "give a finite number")]
    [InlineData("IG0006", "[LinearModel] partial class [|M|] { [Label] public double Y { get; set; } }", "put [Feature] on")]
    [InlineData("IG0007", "[LinearModel] partial class [|M|] { [Feature] public double X { get; set; } }", "put [Label] on")]
    [InlineData("IG0008", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [[|Label|]] public double Z { get; set; } }", "'M' has a [Label] already, 'Y'")]
    [InlineData("IG0008", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [Individual] public int A { get; set; } [[|Individual|]] public int B { get; set; } }", "'M' has a [Individual] already, 'A'")]
    [InlineData("IG0008", "[MatrixFactorization] partial class M { [User] public int U { get; set; } [Item] public int I { get; set; } [[|User|]] public int V { get; set; } [Rating] public int R { get; set; } }", "'M' has a [User] already, 'U'")]
    [InlineData("IG0009", "[LinearModel([|Features = 1|])] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } }", "leave out Features = …")]
    [InlineData("IG0009", "[Mlp([|Inputs = 1|], Hidden = [2])] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } }", "leave out Inputs = …")]
    [InlineData("IG0009", "[SoftmaxModel([|Classes = 2|])] partial class M { [Feature] public double X { get; set; } [Label] public Kind Y { get; set; } } enum Kind { A, B }", "a number of classes", "leave out Classes = …")]
    [InlineData("IG0010", "[LinearModel] partial class M { [Feature] public string [|X|] { get; set; } = \"\"; [Label] public double Y { get; set; } }", "'X' is of type 'string'", "a number, a bool or an enum")]
    [InlineData("IG0010", "[LinearModel] partial class M { [Feature] public double? [|X|] { get; set; } [Label] public double Y { get; set; } }", "'double?'", "convert it in another property")]
    [InlineData("IG0010", "[MatrixFactorization] partial class M { [User] public int U { get; set; } [Item] public int I { get; set; } [Rating] public Stars [|R|] { get; set; } } enum Stars { A }", "a rating is a number")]
    [InlineData("IG0011", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [Individual] public double [|Who|] { get; set; } }", "'Who' is of type 'double'", "a [Individual] is named by")]
    [InlineData("IG0011", "[MatrixFactorization] partial class M { [User] public int U { get; set; } [Item] public System.Guid [|I|] { get; set; } [Rating] public int R { get; set; } }", "a [Item] is named by")]
    [InlineData("IG0012", "[MatrixFactorization] partial class M { [[|Feature|]] public double X { get; set; } }", "'M' is made from ratings of items by users, and 'X' is marked [Feature]")]
    [InlineData("IG0012", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [[|Item|]] public int I { get; set; } }", "'M' is made from features and a label, and 'I' is marked [Item]")]
    [InlineData("IG0013", "[LinearModel] partial class M { void [|Train|]() { } }", "the code generated into 'M' uses the name 'Train'")]
    [InlineData("IG0013", "[LinearModel] partial class [|Model|];", "the name 'Model'; choose another")]
    [InlineData("IG0013", "[LinearModel] partial record M { [Feature] public double [|Trainer|] { get; init; } [Label] public double From2 { get; init; } }", "the name 'Trainer'")]
    [InlineData("IG0013", "[LinearModel] partial record M { [Feature] public double X { get; init; } [Label] public double [|From|] { get; init; } }", "the name 'From'")]
    [InlineData("IG0013", "class Base { protected void [|Read|]() { } } [LinearModel] partial class M : Base;", "the name 'Read'")]
    [InlineData("IG0013", "partial class Outer { class [|Reduction|]; [LinearModel] partial class M; }", "the name 'Reduction'")]
    [InlineData("IG0013", "partial class Outer { public int [|Trainer|] => 1; [LinearModel] partial class M; }", "the name 'Trainer'")]
    [InlineData("IG0013", "class [|Elementary|]; [LinearModel] partial class M;", "the name 'Elementary'")]
    [InlineData("IG0013", "class [|Fit|]<A, B>; [LinearModel] partial class M;", "the name 'Fit'")]
    [InlineData("IG0013", "partial class Outer<[|Vec|]> { [LinearModel] partial class M; }", "the name 'Vec'")]
    [InlineData("IG0014", "[LinearModel] partial class M { [Feature] public static double [|X|] { get; set; } [Label] public double Y { get; set; } }", "leave out 'static'")]
    [InlineData("IG0014", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double [|Y|] { set { } } }", "give it a getter")]
    [InlineData("IG0014", "class B { [Feature] public double [|X|] { private get; set; } } [LinearModel] partial class M : B { [Label] public double Y { get; set; } }", "private to a base type")]
    [InlineData("IG0014", "interface I { double X { get; } } [LinearModel] partial class M : I { [Feature] double I.[|X|] => 1; [Label] public double Y { get; set; } }", "implements an interface explicitly")]
    [InlineData("IG0014", "[LinearModel] file partial class [|M|];", "leave out 'file'")]
    [InlineData("IG0014", "[LinearModel] ref partial struct [|M|];", "leave out 'ref'")]
    [InlineData("IG0015", "[SoftmaxModel] partial class M { [Feature] public double X { get; set; } [Label] public double [|Y|] { get; set; } }", "'Y' is of type 'double'", "the loss SoftmaxCrossEntropy is for classes")]
    [InlineData("IG0015", "[SoftmaxModel] partial class M { [Feature] public double X { get; set; } [Label] public bool [|Y|] { get; set; } }", "the members of an enum")]
    [InlineData("IG0015", "[SoftmaxModel] partial class M { [Feature] public double X { get; set; } [Label] public ulong [|Y|] { get; set; } }", "up to long")]
    [InlineData("IG0015", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public Kind [|Y|] { get; set; } } enum Kind { A, B }", "the loss Squared is for numbers or a bool")]
    [InlineData("IG0015", "[LogisticModel] partial class M { [Feature] public double X { get; set; } [Label] public Kind [|Y|] { get; set; } } enum Kind { A, B }", "the loss Logistic is for numbers or a bool")]
    [InlineData("IG0016", "[LinearModel([|Loss = Loss.SoftmaxCrossEntropy|])] partial class M;", "is for two classes or more", "declare a softmax model")]
    [InlineData("IG0016", "[SoftmaxModel([|Classes = 1|])] partial class M;", "two classes or more")]
    [InlineData("IG0016", "[Mlp(Hidden = [2], [|Outputs = 1|], Loss = Loss.SoftmaxCrossEntropy)] partial class M;", "choose a loss of one output")]
    [InlineData("IG0016", "[Mlp(Hidden = [2], [|Outputs = 2|], Loss = Loss.Logistic)] partial class M;", "The loss Logistic is for one output", "leave out Outputs")]
    [InlineData("IG0016", "[Mlp(Hidden = [2], [|Outputs = 3|], Loss = Loss.Poisson)] partial class M;", "The loss Poisson is for one output")]
    [InlineData("IG0016", "[Mlp(Hidden = [2], [|Outputs = 2|])] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } }", "several outputs and one [Label]")]
    [InlineData("IG0017", "[LinearModel([|Loss = (Loss)17|])] partial class M;", "Loss = 17 is no member", "Loss.Squared")]
    [InlineData("IG0017", "[Mlp(Hidden = [2], [|Activation = (Activation)(-1)|])] partial class M;", "Activation = -1", "Activation.Tanh")]
    [InlineData("IG0017", "[LinearModel([|Precision = (Precision)2|])] partial class M;", "Precision.Double, Precision.Single")]
    [InlineData("IG0018", "[Mlp] partial class [|M|];", "'M' has no hidden layer", "give Hidden")]
    [InlineData("IG0018", "[Mlp([|Hidden = []|])] partial class M;", "'M' has no hidden layer")]
    [InlineData("IG0018", "[Mlp([|Hidden = null!|])] partial class M;", "'M' has no hidden layer")]
    [InlineData("IG0019", "[MatrixFactorization] partial class [|M|] { [User] public int U { get; set; } [Rating] public int R { get; set; } }", "none as its [Item]")]
    [InlineData("IG0020", "[LinearModel] partial class M { [Feature, [|Label|]] public double X { get; set; } }", "'X' is marked [Feature] and [Label]")]
    [InlineData("IG0021", "[LinearModel] partial class M { [Feature] public double X { get; set; } [[|Feature(\"X\")|]] public double Z { get; set; } [Label] public double Y { get; set; } }", "the column 'X', as 'X' is")]
    [InlineData("IG0021", "[LinearModel] partial class M { [[|Feature(\" \")|]] public double X { get; set; } [Label] public double Y { get; set; } }", "a column without a name")]
    [InlineData("IG0022", "[LinearModel] partial class M { [Feature] public Kind [|X|] { get; set; } [Label] public double Y { get; set; } } [System.Flags] enum Kind { A = 1, B = 2 }", "is a set of flags")]
    [InlineData("IG0022", "[LinearModel] partial class M { [Feature] public Kind [|X|] { get; set; } [Label] public double Y { get; set; } } enum Kind { A, B = A }", "has two names for one value")]
    [InlineData("IG0022", "[LinearModel] partial class M { [Feature] public Kind [|X|] { get; set; } [Label] public double Y { get; set; } } enum Kind;", "has no members")]
    [InlineData("IG0022", "[SoftmaxModel] partial class M { [Feature] public double X { get; set; } [Label] public Kind [|Y|] { get; set; } } enum Kind { A }", "has a single member")]
    [InlineData("IG0023", "[Mlp(Inputs = 100000, [|Hidden = [100000]|])] partial class M;", "The model has 10,000,200,001 parameters")]
    [InlineData("IG0023", "[LinearModel([|Features = int.MaxValue|])] partial class M;", "1,000,000,000 fit a buffer")]
    [InlineData("IG0024", "[LinearModel(L2 = 1, Bias = false, [|RegulariseBias = true|])] partial class M;", "there is no bias")]
    [InlineData("IG0024", "[LogisticModel([|RegulariseBias = true|])] partial class M;", "L2 is 0")]
    [InlineData("IG0025", "class B { [Feature] public double X { get; set; } } [LinearModel] partial class M : B { public new double [|X|] { get; set; } [Feature] public double Z { get; set; } [Label] public double Y { get; set; } }", "'M.X' hides the property 'B.X'", "marked [Feature]", "override it")]
    [InlineData("IG0025", "class B { [Label] public double Y { get; set; } } class C : B { public new double [|Y|]; } [LinearModel] partial class M : C { [Feature] public double X { get; set; } [Label] public double Z { get; set; } }", "'C.Y' hides the property 'B.Y'", "marked [Label]")]
    [InlineData("IG0025", "class B { [Feature] public virtual double X { get; set; } } class C : B { public override double X { get; set; } } [LinearModel] partial class M : C { public new double [|X|]() => 1; [Feature] public double Z { get; set; } [Label] public double Y { get; set; } }", "'M.X()' hides the property 'C.X'")]
    [InlineData("IG0026", "interface I { [[|Feature|]] double X { get; } } class M : I { public double X { get; set; } }", "'X' is marked [Feature] in the interface 'I'", "mark the type's own property")]
    [InlineData("IG0026", "interface I { [[|Item|]] int X { get; } }", "'X' is marked [Item] in the interface 'I'")]
    [InlineData("IG0027", "class M { [[|Feature|]] public double X { get; set; } [Label] public double Y { get; set; } }", "'M' marks 'X' as [Feature] and declares no model", "give it a model attribute")]
    [InlineData("IG0027", "sealed class M { [[|Rating|]] public double X { get; set; } }", "'M' marks 'X' as [Rating]")]
    [InlineData("IG0027", "record struct M([property: [|Feature|]] double X);", "'M' marks 'X' as [Feature]")]
    [InlineData("IG0027", "class B { [[|Feature|]] public double X { get; set; } } class M : B;", "'B' marks 'X'", "nor does a type derived from it")]
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

    [Theory]
    [InlineData("abstract class Base { [Feature] public double X { get; set; } }")]
    [InlineData("class Base { [Feature] public double X { get; set; } } class Between : Base; [LinearModel] partial class M : Between { [Label] public double Y { get; set; } }")]
    [InlineData("class Base<T> { [Feature] public T X { get; set; } = default!; } [LinearModel] partial class M : Base<double> { [Label] public double Y { get; set; } }")]
    [InlineData("class Base { [Feature] public double X { get; set; } } [LinearModel] partial class M : Base { [Feature] public new double X { get; set; } [Label] public double Y { get; set; } }")]
    public void A_mark_that_a_model_reads_or_another_project_may_read_is_no_mistake(string declared) =>
        Generation.Of("#pragma warning disable CS1591\nusing InfluenceGen;\n" + declared).AssertClean();

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
        Assert.Equal(["IG0001", "IG0004", "IG0007", "IG0010", "IG0010", "IG0013"],
            generation.Reported.Select(problem => problem.Id).Order());
    }

    [Fact]
    public void A_property_of_the_wrong_type_is_not_also_called_missing() => Assert.Equal(["IG0010", "IG0010"],
        Generation.Of("""
            using InfluenceGen;
            [LinearModel] partial class M { [Feature] public string X { get; set; } = ""; [Label] public string Y { get; set; } = ""; }
            """).Reported.Select(problem => problem.Id));

    [Fact]
    public void A_model_is_not_derived_from_another()
    {
        var generation = Generation.Of("using InfluenceGen; [LinearModel] partial class A; [LogisticModel] partial class B : A;");
        var problem = Assert.Single(generation.Reported);
        Assert.Equal("the code generated into 'B' uses the name 'Model'; choose another", problem.GetMessage());
        Assert.Equal(["A.256.g.cs", "A.512.g.cs", "A.g.cs"], generation.Files.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_diagnostic_can_be_reported() => Assert.Equal(Descriptors.Keys.Order(),
        new DeclarationAnalyzer().SupportedDiagnostics.Select(rule => rule.Id));

    /// <summary>The option, mark or modifier to blame is all that is pointed at, and it can be suppressed there.</summary>
    [Fact]
    public void A_diagnostic_is_in_the_source() => Assert.All(
        Generation.Of("using InfluenceGen; [LinearModel(Features = -1)] class M;").Reported,
        problem => Assert.True(problem.Location.IsInSource));

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
