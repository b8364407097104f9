using System.Collections.Immutable;
using System.Linq;
using InfluenceGen.Generators.Declaration;
using InfluenceGen.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace InfluenceGen.Generators;

/// <summary>
/// Says what is wrong with a declaration. The generator, which parses it as well, stays silent: a diagnostic of an
/// analyzer has a place in the source, so that it can be fixed and suppressed there, and the generator need keep none.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DeclarationAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => Descriptors.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(static context =>
        {
            var type = (INamedTypeSymbol)context.Symbol;
            foreach (var problem in DeclarationParser.Parse(type, context.Compilation, context.CancellationToken).Problems
                .Concat(StrayMarks.Of(type, context.Compilation, context.CancellationToken)))
            {
                context.ReportDiagnostic(problem);
            }
        }, SymbolKind.NamedType);
    }
}
