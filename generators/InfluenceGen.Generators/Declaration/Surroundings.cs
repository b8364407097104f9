using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Threading;
using InfluenceGen.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace InfluenceGen.Generators.Declaration;

/// <summary>
/// Where a model stands: the types around it, as a generated part repeats them, and the names of its own that the generated members
/// leave it. Generated code names all else from <c>global::</c> on, so that nothing else around it matters.
/// </summary>
internal sealed class Surroundings(INamedTypeSymbol type, Compilation compilation, Problems problems)
{
    /// <summary>The members that are generated into a user's type, as they are called without a prefix; a type that marks properties has the last too.</summary>
    private static readonly ImmutableArray<string> _members = ["Model", "Read", "Train", "Ledger", "From"];

    /// <summary>The types around the model, outermost first.</summary>
    public IReadOnlyList<INamedTypeSymbol> Containers { get; } = [.. Around(type).Reverse()];

    /// <summary>The types around the model as a part of them begins: <c>class Name&lt;T&gt;</c>.</summary>
    public IEnumerable<string> Parts => Containers.Select(container => Keyword(container) + " " + Escaped(container.Name)
        + (container.TypeParameters.Length == 0 ? "" : $"<{string.Join(", ", container.TypeParameters.Select(t => Escaped(t.Name)))}>"));

    /// <summary>The type as generated code names it: in full, or, where a member could hide the parameters of a type around it, by its name.</summary>
    public string QualifiedName => Containers.Any(container => container.TypeParameters.Length > 0)
        ? Escaped(type.Name)
        : type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    /// <summary>Whether the user has written a summary of the type, in any of its parts, or refers to another's.</summary>
    public bool HasSummary(CancellationToken cancel) => type.DeclaringSyntaxReferences.Select(part => part.GetSyntax(cancel))
        .Select(part => part.GetLeadingTrivia().ToFullString())
        .Any(above => above.Contains("<summary") || above.Contains("<inheritdoc"));

    /// <summary>Requires parts that can be added to, and free names for what is added.</summary>
    /// <param name="syntax">The part that is annotated.</param>
    /// <param name="isRecord">Whether the model reads objects of its own type.</param>
    /// <param name="prefix">What the names of generated members begin with.</param>
    /// <param name="attribute">The attribute that can give them another.</param>
    public void Check(TypeDeclarationSyntax syntax, bool isRecord, string prefix, string attribute)
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

        CheckNames([.. Generated(isRecord, prefix)], attribute);
    }

    private void CheckNames(IReadOnlyCollection<string> generated, string attribute)
    {
        foreach (var member in Members(type).Where(member => generated.Contains(member.Name) || member.Name.StartsWith("__InfluenceGen", System.StringComparison.Ordinal)))
        {
            Taken(member.Name, member);
        }

        if (generated.Contains(type.Name))
        {
            Taken(type.Name, type);
        }

        // What is generated into a base type is not to be seen here, but it will be there.
        if (DerivedModel() is var (model, itsPrefix) && Generated(isRecord: true, itsPrefix).FirstOrDefault(generated.Contains) is { } name)
        {
            Taken(name, model);
        }

        void Taken(string taken, ISymbol by) => problems.Report(Descriptors.NameTaken,
            by.Locations.FirstOrDefault(place => place.IsInSource), taken, type.Name, attribute);
    }

    private static IEnumerable<string> Generated(bool isRecord, string prefix) =>
        _members.Where(name => isRecord || name != "From").Select(name => prefix + name);

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

    /// <summary>The model of this project that the type is derived from, if it is, and the prefix of its members.</summary>
    private (INamedTypeSymbol Model, string Prefix)? DerivedModel()
    {
        for (var declaring = type.BaseType; declaring is not null; declaring = declaring.BaseType)
        {
            if (DeclarationParser.ModelAttributes(declaring).FirstOrDefault() is ({ } attribute, _) && declaring.Locations.Any(place => place.IsInSource))
            {
                return (declaring, attribute.NamedArguments.FirstOrDefault(option => option.Key == DeclarationParser.PrefixOption).Value.Value as string ?? "");
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
                    && string.Equals(other.Name, part.Name, System.StringComparison.OrdinalIgnoreCase))
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
