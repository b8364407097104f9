using System;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace InfluenceGen.CodeFixes;

/// <summary>
/// Cures a declaration where the diagnostic leaves one thing to do: what it points at is to be left out, or a modifier to
/// be added or left out.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DeclarationFix)), Shared]
public sealed class DeclarationFix : CodeFixProvider
{
    private const string NotPartial = "IG0001", OutOfReach = "IG0014";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
    [
        NotPartial,
        "IG0003", // a second model
        "IG0004", // a size that is none
        "IG0008", // a second label
        "IG0009", // a size that is counted
        "IG0012", // another family's mark
        OutOfReach,
        "IG0020", // a second mark
        "IG0024", // a penalty on nothing
        "IG0029", // a prefix that is none
    ];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root?.FindNode(diagnostic.Location.SourceSpan) is { } node && Cure(diagnostic.Id, root, node) is var (title, cured))
            {
                context.RegisterCodeFix(
                    CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(cured)), diagnostic.Id), diagnostic);
            }
        }
    }

    private static (string Title, SyntaxNode Root)? Cure(string id, SyntaxNode root, SyntaxNode node)
    {
        switch (node)
        {
            case TypeDeclarationSyntax type when id == NotPartial:
                return ("Make it partial", root.ReplaceNode(type, Partial(type)));
            case MemberDeclarationSyntax member when id == OutOfReach
                && member.Modifiers.FirstOrDefault(IsInTheWay) is { RawKind: not 0 } modifier:
                return ($"Remove '{modifier.Text}'", root.ReplaceNode(member, Without(member, modifier)));
            case AttributeSyntax { Parent: AttributeListSyntax list } attribute:
                // The last one of a list takes the brackets with it, and leaves the comments above.
                return ($"Remove [{attribute.Name}]", list.Attributes.Count == 1
                    ? root.RemoveNode(list, SyntaxRemoveOptions.KeepLeadingTrivia)!
                    : root.RemoveNode(attribute, SyntaxRemoveOptions.KeepNoTrivia)!);
            case AttributeArgumentSyntax { NameEquals.Name: var option, Parent: AttributeArgumentListSyntax arguments } argument
                when option.Identifier.ValueText != "Hidden":
                return ($"Leave out {option}",
                    root.RemoveNode(arguments.Arguments.Count == 1 ? arguments : argument, SyntaxRemoveOptions.KeepNoTrivia)!);
            default:
                return null;
        }
    }

    private static TypeDeclarationSyntax Partial(TypeDeclarationSyntax type)
    {
        var partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        if (type.Modifiers.Count > 0)
        {
            return type.AddModifiers(partial);
        }

        // What stands before the keyword stands before the modifier now.
        var keyword = type.Keyword;
        return type.WithKeyword(keyword.WithLeadingTrivia()).AddModifiers(partial.WithLeadingTrivia(keyword.LeadingTrivia));
    }

    private static bool IsInTheWay(SyntaxToken modifier) =>
        modifier.IsKind(SyntaxKind.StaticKeyword) || modifier.IsKind(SyntaxKind.FileKeyword) || modifier.IsKind(SyntaxKind.RefKeyword);

    private static MemberDeclarationSyntax Without(MemberDeclarationSyntax member, SyntaxToken modifier)
    {
        var next = modifier.GetNextToken();
        var moved = member.ReplaceToken(next, next.WithLeadingTrivia(modifier.LeadingTrivia.AddRange(next.LeadingTrivia)));
        return moved.WithModifiers(SyntaxFactory.TokenList(moved.Modifiers.Where(other => !other.IsKind(modifier.Kind()))));
    }
}
