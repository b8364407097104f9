using System.Text;
using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Emission;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace InfluenceGen.Generators;

/// <summary>Generates, for each annotated class, its differentiated model.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class InfluenceGenerator : IIncrementalGenerator
{
    /// <summary>The name under which tests watch the declarations go by.</summary>
    internal const string DeclarationsStep = "Declarations";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        foreach (var (attribute, family, loss) in DeclarationParser.Attributes)
        {
            var declarations = context.SyntaxProvider.ForAttributeWithMetadataName(
                DeclarationParser.Namespace + "." + attribute,
                static (node, _) => node is TypeDeclarationSyntax,
                (declaration, cancel) => DeclarationParser.Parse(declaration, family, loss, cancel))
                .WithTrackingName(DeclarationsStep);
            context.RegisterSourceOutput(declarations, Produce);
        }
    }

    private static void Produce(SourceProductionContext context, ParsedDeclaration declaration)
    {
        foreach (var problem in declaration.Problems)
        {
            context.ReportDiagnostic(problem.ToDiagnostic());
        }

        if (declaration.Spec is not { } spec)
        {
            return;
        }

        foreach (var file in ModelEmitter.Emit(spec))
        {
            var suffix = file.Suffix.Length == 0 ? "" : "." + file.Suffix;
            context.AddSource(spec.FileName + suffix + ".g.cs", SourceText.From(file.Text, Encoding.UTF8));
        }
    }
}
