using System.Collections.Generic;
using System.Linq;
using System.Threading;
using InfluenceGen.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace InfluenceGen.Generators.Declaration;

/// <summary>Marks that no model reads: on an interface, whose attributes nobody inherits, or on a type without a model.</summary>
internal static class StrayMarks
{
    /// <summary>What is wrong with the marks of a type, a model or not.</summary>
    public static IReadOnlyList<Diagnostic> Of(INamedTypeSymbol type, Compilation compilation, CancellationToken cancel)
    {
        if (type.Locations.FirstOrDefault(place => place.IsInSource) is not { } usual)
        {
            return [];
        }

        var problems = new Problems(usual);
        if (type.TypeKind == TypeKind.Interface)
        {
            ReportInterface(type, problems, cancel);
            return problems.Found;
        }

        if (DeclarationParser.ModelAttributes(type).Any())
        {
            // Interfaces of this project have been told of where they are declared.
            foreach (var implemented in type.AllInterfaces.Where(implemented => !implemented.Locations.Any(place => place.IsInSource)))
            {
                ReportInterface(implemented, problems, cancel);
            }
        }
        else if (MarksIn(type).FirstOrDefault() is (not null, not null) mark && !IsBase(type, compilation, cancel))
        {
            problems.Report(Descriptors.MarkWithoutModel, Place(mark.Attribute, cancel), type.Name, mark.Property.Name, NameOf(mark.Attribute));
        }

        return problems.Found;
    }

    /// <summary>The marks that stand on a property itself.</summary>
    public static IEnumerable<AttributeData> On(IPropertySymbol property) => property.GetAttributes()
        .Where(attribute => attribute.AttributeClass?.ContainingNamespace.ToDisplayString() == AttributeForm.Namespace);

    /// <summary>The name of a mark, as it is written.</summary>
    public static string NameOf(AttributeData mark) => mark.AttributeClass!.Name.Replace("Attribute", "");

    private static void ReportInterface(INamedTypeSymbol type, Problems problems, CancellationToken cancel)
    {
        foreach (var (property, mark) in MarksIn(type))
        {
            problems.Report(Descriptors.MarkOfInterface, Place(mark, cancel), property.Name, NameOf(mark), type.Name);
        }
    }

    private static IEnumerable<(IPropertySymbol Property, AttributeData Attribute)> MarksIn(INamedTypeSymbol type) =>
        from property in type.GetMembers().OfType<IPropertySymbol>()
        from mark in On(property)
        select (property, mark);

    /// <summary>Whether models are derived from a type: those of this project, or, from an abstract one, perhaps of others.</summary>
    private static bool IsBase(INamedTypeSymbol type, Compilation compilation, CancellationToken cancel) =>
        (type.IsAbstract && !type.IsStatic) || (!type.IsSealed && type.TypeKind == TypeKind.Class
            && TypesIn(compilation.Assembly.GlobalNamespace, cancel).Any(other => IsDerived(other, type) && DeclarationParser.ModelAttributes(other).Any()));

    private static bool IsDerived(INamedTypeSymbol type, INamedTypeSymbol from)
    {
        for (var declaring = type.BaseType; declaring is not null; declaring = declaring.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(declaring.OriginalDefinition, from))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<INamedTypeSymbol> TypesIn(INamespaceOrTypeSymbol scope, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        foreach (var member in scope.GetMembers().OfType<INamespaceOrTypeSymbol>())
        {
            if (member is INamedTypeSymbol type)
            {
                yield return type;
            }

            foreach (var inner in TypesIn(member, cancel))
            {
                yield return inner;
            }
        }
    }

    private static Location? Place(AttributeData mark, CancellationToken cancel) =>
        mark.ApplicationSyntaxReference?.GetSyntax(cancel).GetLocation();
}
