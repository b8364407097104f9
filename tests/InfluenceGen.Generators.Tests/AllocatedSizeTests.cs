using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace InfluenceGen.Generators.Tests;

/// <summary>The library's own text: where memory is made, sizes are multiplied in 64 bits or checked.</summary>
public sealed class AllocatedSizeTests
{
    // What makes memory of a length that it is given.
    private static readonly string[] _makers = ["Grow", "OfThread", "OfProducts", "ForResult", "Reserve", "ReservePartials"];

    [Fact]
    public void No_length_is_a_product_in_32_bits_that_nobody_checks()
    {
        var problems = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "InfluenceGen"), "*.cs", SearchOption.AllDirectories))
        {
            if (!file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            {
                problems.AddRange(Unchecked(File.ReadAllText(file)).Select(found => $"{Path.GetFileName(file)}: {found}"));
            }
        }

        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));
    }

    [Theory]
    [InlineData("new AlignedBuffer<T>(a * b)", false)]
    [InlineData("new AlignedBuffer<T>((long)a * b)", true)]
    [InlineData("new AlignedBuffer<T>(a, b)", true)]
    [InlineData("new T[a * b]", false)]
    [InlineData("new T[c ? 0 : a * b]", false)]
    [InlineData("new T[checked(a * b)]", true)]
    [InlineData("new T[Sizes.Product(a, b, \"cure\")]", true)]
    [InlineData("Workspace<T>.OfThread((a + b) * c)", false)]
    [InlineData("AlignedBuffer<T>.Grow(ref buffer, 2L * a)", true)]
    public void It_finds_those_that_there_are(string expression, bool isChecked) =>
        Assert.Equal(isChecked, !Unchecked($"class C {{ object M() => {expression}; }}").Any());

    private static IEnumerable<string> Unchecked(string text) =>
        CSharpSyntaxTree.ParseText(text, CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview)).GetRoot()
            .DescendantNodes().SelectMany(Lengths).SelectMany(length => length.DescendantNodesAndSelf())
            .OfType<BinaryExpressionSyntax>().Where(product => product.IsKind(SyntaxKind.MultiplyExpression) && !IsChecked(product))
            .Select(product => product.ToString());

    /// <summary>The lengths that a node makes memory of.</summary>
    private static IEnumerable<ExpressionSyntax> Lengths(SyntaxNode node) => node switch
    {
        ObjectCreationExpressionSyntax { Type: GenericNameSyntax { Identifier.Text: "AlignedBuffer" }, ArgumentList: { } list } =>
            list.Arguments.Select(a => a.Expression),
        ArrayCreationExpressionSyntax made => made.Type.RankSpecifiers.SelectMany(rank => rank.Sizes),
        InvocationExpressionSyntax { Expression: var called } call when _makers.Contains(NameOf(called)) =>
            call.ArgumentList.Arguments.Select(a => a.Expression),
        _ => [],
    };

    private static string NameOf(ExpressionSyntax called) => called switch
    {
        MemberAccessExpressionSyntax member => member.Name.Identifier.Text,
        SimpleNameSyntax name => name.Identifier.Text,
        _ => "",
    };

    /// <summary>Whether a product is of 64 bits, of constants alone, or in a checked context.</summary>
    private static bool IsChecked(BinaryExpressionSyntax product) =>
        product.DescendantNodes().Any(part => part is CastExpressionSyntax { Type: PredefinedTypeSyntax { Keyword.Text: "long" } }
            || part is LiteralExpressionSyntax { Token.Text: var text } && text.EndsWith('L'))
        || product.Ancestors().Any(outer => outer is CheckedExpressionSyntax
            || outer is LambdaExpressionSyntax
            || outer is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Product" } })
        || product.DescendantNodes().OfType<IdentifierNameSyntax>().All(name => char.IsUpper(name.Identifier.Text[0]));
}
