using InfluenceGen.CodeFixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace InfluenceGen.Generators.Tests;

/// <summary>What an editor offers to do about a diagnostic, and the declaration that comes of it.</summary>
public class CodeFixTests
{
    [Theory]
    [InlineData("IG0001", "[LinearModel] class M;", "Make it partial", "[LinearModel] partial class M;")]
    [InlineData("IG0001", "/// <summary>A model.</summary>\n[LinearModel]\npublic sealed record M;", "Make it partial", "/// <summary>A model.</summary>\n[LinearModel]\npublic sealed partial record M;")]
    [InlineData("IG0001", "// Around it.\nstruct Outer { [LinearModel] partial class M; }", "Make it partial", "// Around it.\npartial struct Outer { [LinearModel] partial class M; }")]
    [InlineData("IG0003", "[LinearModel, LogisticModel] partial class M;", "Remove [LogisticModel]", "[LinearModel] partial class M;")]
    [InlineData("IG0003", "[LinearModel]\n[InfluenceGen.Mlp(Hidden = [2])]\npartial class M;", "Remove [InfluenceGen.Mlp]", "[LinearModel]\npartial class M;")]
    [InlineData("IG0004", "[LinearModel(Features = 0)] partial class M;", "Leave out Features", "[LinearModel] partial class M;")]
    [InlineData("IG0004", "[MatrixFactorization(Rank = -1, L2 = 1)] partial class M;", "Leave out Rank", "[MatrixFactorization(L2 = 1)] partial class M;")]
    [InlineData("IG0008", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } [Label] public double Z { get; set; } }", "Remove [Label]",
        "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } public double Z { get; set; } }")]
    [InlineData("IG0009", "[LinearModel(Features = 1, L2 = 2)] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } }", "Leave out Features",
        "[LinearModel(L2 = 2)] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } }")]
    [InlineData("IG0012", "[MatrixFactorization] partial class M { [Feature] public double X { get; set; } }", "Remove [Feature]", "[MatrixFactorization] partial class M { public double X { get; set; } }")]
    [InlineData("IG0014", "[LinearModel] file partial class M;", "Remove 'file'", "[LinearModel] partial class M;")]
    [InlineData("IG0014", "[LinearModel] partial class M { [Feature] public static double X { get; set; } [Label] public double Y { get; set; } }", "Remove 'static'",
        "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public double Y { get; set; } }")]
    [InlineData("IG0020", "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label, Individual] public int Y { get; set; } }", "Remove [Individual]",
        "[LinearModel] partial class M { [Feature] public double X { get; set; } [Label] public int Y { get; set; } }")]
    [InlineData("IG0024", "[LinearModel(RegulariseBias = true)] partial class M;", "Leave out RegulariseBias", "[LinearModel] partial class M;")]
    [InlineData("IG0029", "[LinearModel(Prefix = \"1\", L2 = 1)] partial class M;", "Leave out Prefix", "[LinearModel(L2 = 1)] partial class M;")]
    public async Task A_cure_is_offered_and_works(string id, string wrong, string title, string right)
    {
        var (action, document) = Assert.Single(await Offered(id, wrong));
        Assert.Equal(title, action.Title);
        var operation = Assert.Single(await action.GetOperationsAsync(CancellationToken.None));
        var changed = Assert.IsType<ApplyChangesOperation>(operation).ChangedSolution.GetDocument(document.Id)!;
        Assert.Equal(Before + right, (await changed.GetTextAsync()).ToString());
        Generation.Of(Before + right).AssertClean();
    }

    [Theory]
    [InlineData("IG0004", "[Mlp(Hidden = [0])] partial class M;")]
    [InlineData("IG0014", "[LinearModel] partial class M { [Feature] public double X { set { } } [Label] public double Y { get; set; } }")]
    public async Task Where_there_is_a_choice_nothing_is_offered(string id, string wrong) => Assert.Empty(await Offered(id, wrong));

    [Fact]
    public void Every_cure_is_of_a_diagnostic_there_is() => Assert.Empty(
        new DeclarationFix().FixableDiagnosticIds.Except(new DeclarationAnalyzer().SupportedDiagnostics.Select(rule => rule.Id)));

    private const string Before = "#pragma warning disable CS1591\nusing InfluenceGen;\n";

    private static async Task<List<(CodeAction Action, Document Document)>> Offered(string id, string source)
    {
        using var workspace = new AdhocWorkspace();
        var document = workspace.AddProject("Declared", LanguageNames.CSharp).AddDocument("Source0.cs", SourceText.From(Before + source));
        var problem = Assert.Single(Generation.Of(Before + source).Reported);
        Assert.Equal(id, problem.Id);
        var offered = new List<(CodeAction, Document)>();
        await new DeclarationFix().RegisterCodeFixesAsync(new CodeFixContext(document, problem,
            (action, _) => offered.Add((action, document)), CancellationToken.None));
        return offered;
    }
}
