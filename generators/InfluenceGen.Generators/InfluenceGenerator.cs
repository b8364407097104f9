using System.Text;
using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Differentiation;
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
        foreach (var form in AttributeForm.All)
        {
            var declarations = context.SyntaxProvider.ForAttributeWithMetadataName(
                AttributeForm.Namespace + "." + form.Attribute,
                static (node, _) => node is TypeDeclarationSyntax,
                static (declaration, cancel) => DeclarationParser.Parse((INamedTypeSymbol)declaration.TargetSymbol,
                    declaration.SemanticModel.Compilation, cancel).Spec)
                .WithTrackingName(DeclarationsStep);
            context.RegisterSourceOutput(declarations, Produce);
        }
    }

    private static void Produce(SourceProductionContext context, ModelSpec? spec)
    {
        if (spec is null)
        {
            // The analyzer says why.
            return;
        }

        foreach (var file in ModelEmitter.Emit(spec, RuleTables.Shipped))
        {
            var suffix = file.Suffix.Length == 0 ? "" : "." + file.Suffix;
            context.AddSource(spec.FileName + suffix + ".g.cs", SourceText.From(file.Text, Encoding.UTF8));
        }
    }
}
