using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace InfluenceGen.Generators.Declaration;

/// <summary>What is wrong with a declaration, collected, so that everything is said at once.</summary>
/// <param name="usual">Where to point if nothing smaller is to blame.</param>
internal sealed class Problems(Location usual)
{
    private readonly List<Diagnostic> _found = [];

    public IReadOnlyList<Diagnostic> Found => _found;

    public void Report(DiagnosticDescriptor descriptor, Location? place, params object[] arguments) =>
        _found.Add(Diagnostic.Create(descriptor, place ?? usual, arguments));
}
