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
        var isTraced = context.AnalyzerConfigOptionsProvider.Select(static (options, _) =>
            options.GlobalOptions.TryGetValue("build_property.InfluenceGenTrace", out var value) && bool.TryParse(value, out var isSet) && isSet);
        foreach (var form in AttributeForm.All)
        {
            var declarations = context.SyntaxProvider.ForAttributeWithMetadataName(
                AttributeForm.Namespace + "." + form.Attribute,
                static (node, _) => node is TypeDeclarationSyntax,
                static (declaration, cancel) => DeclarationParser.Parse((INamedTypeSymbol)declaration.TargetSymbol,
                    declaration.SemanticModel.Compilation, cancel).Spec)
                .WithTrackingName(DeclarationsStep);
            context.RegisterSourceOutput(declarations, Produce);
            context.RegisterSourceOutput(declarations.Combine(isTraced), Trace);
        }
    }

    private static void Produce(SourceProductionContext context, ModelSpec? spec)
    {
        if (spec is null)
        {
            // The analyzer says why.
            return;
        }

        context.AddSource(spec.FileName + ".g.cs",
            SourceText.From(ModelEmitter.Emit(spec, RuleTables.Shipped, context.CancellationToken), Encoding.UTF8));
    }

    private static void Trace(SourceProductionContext context, (ModelSpec? Spec, bool IsTraced) model)
    {
        if (model is { Spec: { } spec, IsTraced: true })
        {
            context.AddSource(spec.FileName + ".trace.g.cs", SourceText.From(TraceText.Of(spec, RuleTables.Shipped, context.CancellationToken), Encoding.UTF8));
        }
    }
}
