using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using InfluenceGen.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace InfluenceGen.Generators.Declaration;

/// <summary>
/// Where a model stands: the types around it, as a generated part repeats them, and the names that a generated part would
/// find there instead of those it means.
/// </summary>
internal sealed class Surroundings(INamedTypeSymbol type, Compilation compilation, Problems problems)
{
    /// <summary>
    /// The names that generated code uses and a user's class must leave free: its own members, and the types it names
    /// where a member of the class would be found first.
    /// </summary>
    private static readonly ImmutableArray<string> _own = ["Model", "Read", "Train", "Ledger"];

    /// <summary>The types that generated code names before a dot, which a member of any kind would hide.</summary>
    private static readonly ImmutableArray<string> _types =
    [
        "ArgumentOutOfRangeException", "BlockSet", "DenseProducts", "Elementary", "Lanes", "Logits", "Math", "MemoryMarshal",
        "Reduction", "TensorPrimitives", "Unsafe", "Vec", "Vector512", "CsvColumn", "CsvExamples", "CultureInfo", "LabelDomain", "ParameterLayout", "RatingsFile", "RecordExamples",
        "SweepArguments", "Trainer",
    ];

    /// <summary>The types that generated code names where only a type can stand, with the number of their arguments.</summary>
    private static readonly ImmutableArray<(string Name, int Arity)> _typesOnly =
    [
        ("ExampleSet", 1), ("Fit", 2), ("GradientDescent", 0), ("IEnumerable", 1), ("IModel", 1), ("IReadOnlyList", 1),
        ("ITrainingObserver", 1), ("Ledger", 2), ("NotSupportedException", 0), ("ReadOnlySpan", 1), ("Span", 1), ("Workspace", 1),
    ];

    /// <summary>The types around the model, outermost first.</summary>
    public IReadOnlyList<INamedTypeSymbol> Containers { get; } = [.. Around(type).Reverse()];

    /// <summary>The types around the model as a part of them begins: <c>class Name&lt;T&gt;</c>.</summary>
    public IEnumerable<string> Parts => Containers.Select(container => Keyword(container) + " " + Escaped(container.Name)
        + (container.TypeParameters.Length == 0 ? "" : $"<{string.Join(", ", container.TypeParameters.Select(t => Escaped(t.Name)))}>"));

    /// <summary>Requires parts that can be added to, and names that mean what generated code means by them.</summary>
    /// <param name="syntax">The part that is annotated.</param>
    /// <param name="isRecord">Whether the model reads objects of its own type.</param>
    public void Check(TypeDeclarationSyntax syntax, bool isRecord)
    {
        for (TypeDeclarationSyntax? part = syntax; part is not null; part = part.Parent as TypeDeclarationSyntax)
        {
            if (!part.Modifiers.Any(SyntaxKind.PartialKeyword))
            {
                problems.Report(Descriptors.NotPartial, part.Identifier.GetLocation(), part.Identifier.Text, Kind(part));
            }

            if (part.Modifiers.Any(SyntaxKind.FileKeyword))
            {
                problems.Report(Descriptors.OutOfReach, part.Identifier.GetLocation(), part.Identifier.Text,
                    "a file-local type is known in its own file alone; leave out 'file'");
            }

            if (part.Modifiers.Any(SyntaxKind.RefKeyword))
            {
                problems.Report(Descriptors.OutOfReach, part.Identifier.GetLocation(), part.Identifier.Text,
                    "a ref struct cannot be kept, and so not be trained on; leave out 'ref'");
            }
        }

        if (type.TypeParameters.Length > 0)
        {
            problems.Report(Descriptors.OpenGeneric, null, type.Name);
        }

        CheckNames(isRecord);
    }

    private void CheckNames(bool isRecord)
    {
        var own = isRecord ? _own.Add("From") : _own;
        foreach (var member in Members(type).Where(member => own.Contains(member.Name)))
        {
            Taken(member.Name, member);
        }

        if (own.Contains(type.Name))
        {
            Taken(type.Name, type);
        }

        if (DerivedModel() is { } derivedFrom)
        {
            // What is generated into the base type is not to be seen here, but it will be there.
            Taken("Model", derivedFrom);
        }

        foreach (var scope in Containers.Append(type))
        {
            foreach (var member in Members(scope).Concat(scope.TypeParameters).Where(Hides))
            {
                Taken(member.Name, member);
            }
        }

        for (var space = type.ContainingNamespace; space is not null; space = space.ContainingNamespace)
        {
            var merged = compilation.GetCompilationNamespace(space) ?? space;
            foreach (var name in _types.Concat(_typesOnly.Select(known => known.Name)))
            {
                if (merged.GetMembers(name).FirstOrDefault(Hides) is { } found && !IsMeant(found))
                {
                    Taken(name, found);
                }
            }
        }
    }

    /// <summary>Whether a name of generated code would find this instead.</summary>
    private static bool Hides(ISymbol symbol) => symbol switch
    {
        INamedTypeSymbol named => (named.Arity == 0 && _types.Contains(named.Name)) || _typesOnly.Contains((named.Name, named.Arity)),
        ITypeParameterSymbol => _types.Contains(symbol.Name) || _typesOnly.Contains((symbol.Name, 0)),
        _ => _types.Contains(symbol.Name),
    };

    /// <summary>Whether it is the very thing: the library's, or the framework's.</summary>
    private bool IsMeant(ISymbol found) => found is INamespaceSymbol { ContainingNamespace.IsGlobalNamespace: true }
        || (!SymbolEqualityComparer.Default.Equals(found.ContainingAssembly, compilation.Assembly)
            && found.ContainingNamespace.ToDisplayString() is var space
            && (space == "System" || space.StartsWith("System.", StringComparison.Ordinal)
                || space.StartsWith(AttributeForm.Namespace + ".", StringComparison.Ordinal)));

    private void Taken(string name, ISymbol by) =>
        problems.Report(Descriptors.NameTaken, by.Locations.FirstOrDefault(place => place.IsInSource), name, type.Name);

    /// <summary>The members of a type by which a name in it is found, those of its base types included.</summary>
    private IEnumerable<ISymbol> Members(INamedTypeSymbol scope)
    {
        for (INamedTypeSymbol? declaring = scope; declaring is not null; declaring = declaring.BaseType)
        {
            foreach (var member in declaring.GetMembers())
            {
                if (!member.IsImplicitlyDeclared && !IsGenerated(member) && (ReferenceEquals(declaring, scope) || compilation.IsSymbolAccessibleWithin(member, type)))
                {
                    yield return member;
                }
            }
        }
    }

    /// <summary>Whether it was made by this generator: an analyzer sees that too.</summary>
    private static bool IsGenerated(ISymbol symbol) => symbol.Locations.All(place =>
        place.SourceTree?.FilePath.Contains(typeof(InfluenceGenerator).FullName) == true);

    private INamedTypeSymbol? DerivedModel()
    {
        for (var declaring = type.BaseType; declaring is not null; declaring = declaring.BaseType)
        {
            if (DeclarationParser.ModelAttributes(declaring).Any() && declaring.Locations.Any(place => place.IsInSource))
            {
                return declaring;
            }
        }

        return null;
    }

    private static IEnumerable<INamedTypeSymbol> Around(INamedTypeSymbol type)
    {
        for (var container = type.ContainingType; container is not null; container = container.ContainingType)
        {
            yield return container;
        }
    }

    /// <summary>
    /// Namespace, containers and name, so that files of two models of one name do not collide: type parameters are told by
    /// their number. File names differ in more than case, so a name that another part of the program spells with other
    /// capitals gets a number.
    /// </summary>
    public string FileName()
    {
        var parts = new Stack<string>();
        for (INamespaceOrTypeSymbol part = type; part is not INamespaceSymbol { IsGlobalNamespace: true };
            part = (INamespaceOrTypeSymbol)part.ContainingSymbol)
        {
            var before = ((INamespaceOrTypeSymbol)part.ContainingSymbol).GetMembers()
                .Where(other => other is INamespaceOrTypeSymbol && string.CompareOrdinal(other.Name, part.Name) < 0
                    && string.Equals(other.Name, part.Name, StringComparison.OrdinalIgnoreCase))
                .Select(other => other.Name).Distinct().Count();
            parts.Push(part.Name + Numbered("-", before) + Numbered("+", (part as INamedTypeSymbol)?.Arity ?? 0));
        }

        return string.Join(".", parts);
    }

    private static string Numbered(string mark, int number) =>
        number == 0 ? "" : mark + number.ToString(CultureInfo.InvariantCulture);

    private static string Kind(TypeDeclarationSyntax part) =>
        part is RecordDeclarationSyntax { ClassOrStructKeyword: { RawKind: not 0 } more } ? $"record {more.Text}" : part.Keyword.Text;

    public static string Keyword(INamedTypeSymbol type) => (type.IsRecord, type.TypeKind) switch
    {
        (true, TypeKind.Struct) => "record struct",
        (true, _) => "record",
        (_, TypeKind.Struct) => "struct",
        (_, TypeKind.Interface) => "interface",
        _ => "class",
    };

    /// <summary>A name as it is written in C#, keywords with their @.</summary>
    public static string Escaped(string name) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None
            ? name
            : "@" + name;
}
