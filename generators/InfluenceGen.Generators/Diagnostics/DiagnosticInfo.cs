using System.Linq;
using InfluenceGen.Generators.Expressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace InfluenceGen.Generators.Diagnostics;

/// <summary>
/// A diagnostic that can be compared: it keeps the place as numbers, since a <see cref="Location"/> in the pipeline
/// would tie it to one version of the source and defeat caching.
/// </summary>
internal sealed record DiagnosticInfo(DiagnosticDescriptor Descriptor, string Path, TextSpan Span, LinePositionSpan Lines,
    EquatableArray<string> Arguments)
{
    public static DiagnosticInfo Of(DiagnosticDescriptor descriptor, Location location, params string[] arguments) =>
        new(descriptor, location.SourceTree?.FilePath ?? "", location.SourceSpan, location.GetLineSpan().Span, new(arguments));

    public Diagnostic ToDiagnostic() =>
        Diagnostic.Create(Descriptor, Location.Create(Path, Span, Lines), Arguments.Cast<object>().ToArray());
}
