using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using InfluenceGen.Generators.Diagnostics;
using InfluenceGen.Generators.Expressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace InfluenceGen.Generators.Declaration;

/// <summary>What became of a declaration: the spec, or what is wrong with it.</summary>
internal sealed record ParsedDeclaration(ModelSpec? Spec, EquatableArray<DiagnosticInfo> Problems);

/// <summary>Turns an annotated class into a <see cref="ModelSpec"/>, or says what is wrong with it.</summary>
internal static class DeclarationParser
{
    public const string Namespace = "InfluenceGen";

    /// <summary>The attributes that declare a model, the family of each and the loss it stands for.</summary>
    public static readonly ImmutableArray<(string Attribute, ModelFamily Family, string Loss)> Attributes =
    [
        ("LinearModelAttribute", ModelFamily.Layers, "Squared"),
        ("LogisticModelAttribute", ModelFamily.Layers, "Logistic"),
        ("MatrixFactorizationAttribute", ModelFamily.MatrixFactorization, "Squared"),
    ];

    /// <summary>
    /// The names that generated code uses and a user's class must leave free: its own members, and the types it names
    /// where a member of the class would be found first.
    /// </summary>
    private static readonly ImmutableArray<string> _used =
    [
        "Model", "Read", "Train", "Ledger",
        "Elementary", "Lanes", "MemoryMarshal", "Reduction", "Unsafe", "Vec", "Vector512",
        "ArgumentOutOfRangeException", "CsvExamples", "LabelDomain", "ParameterLayout", "RatingsFile", "RecordExamples",
        "SweepArguments", "System", "Trainer",
    ];

    public static ParsedDeclaration Parse(GeneratorAttributeSyntaxContext context, ModelFamily family, string loss,
        CancellationToken cancel)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        var syntax = (TypeDeclarationSyntax)context.TargetNode;
        var problems = new List<DiagnosticInfo>();
        void Report(DiagnosticDescriptor descriptor, Location? at, params string[] arguments) =>
            problems.Add(DiagnosticInfo.Of(descriptor, at ?? syntax.Identifier.GetLocation(), arguments));

        cancel.ThrowIfCancellationRequested();
        for (TypeDeclarationSyntax? part = syntax; part is not null; part = part.Parent as TypeDeclarationSyntax)
        {
            if (!part.Modifiers.Any(SyntaxKind.PartialKeyword))
            {
                Report(Descriptors.NotPartial, part.Identifier.GetLocation(), part.Identifier.Text, Kind(part));
            }
        }

        if (Containers(type).Append(type).FirstOrDefault(part => part.IsFileLocal) is { } local)
        {
            Report(Descriptors.OutOfReach, null, local.Name, "a file-local type is known in its own file alone; leave out 'file'");
        }

        if (type.TypeParameters.Length > 0 || Containers(type).Any(container => container.TypeParameters.Length > 0))
        {
            Report(Descriptors.OpenGeneric, null, type.Name);
        }

        if (type.GetAttributes().Count(attribute => attribute.AttributeClass is { } declared
            && declared.ContainingNamespace.ToDisplayString() == Namespace
            && Attributes.Any(known => known.Attribute == declared.Name)) > 1)
        {
            Report(Descriptors.SeveralFamilies, null, type.Name);
        }

        var attribute = context.Attributes[0];
        int Dimension(string name)
        {
            var value = attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value.Value as int? ?? 0;
            if (value < 0)
            {
                Report(Descriptors.NegativeSize, Place(attribute, cancel), name, Text(value));
            }

            return value;
        }

        var l2 = attribute.NamedArguments.FirstOrDefault(argument => argument.Key == "L2").Value.Value as double? ?? 0;
        if (l2 < 0 || double.IsNaN(l2) || double.IsInfinity(l2))
        {
            Report(Descriptors.BadPenalty, Place(attribute, cancel), l2.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        var features = family == ModelFamily.MatrixFactorization ? 0 : Dimension("Features");
        var rank = family == ModelFamily.MatrixFactorization ? Dimension("Rank") : 0;
        var record = new RecordForm(type, family, features, Report);
        var reserved = record.Features.Count > 0 ? _used.Add("From") : _used;
        foreach (var member in type.GetMembers().Where(member => !member.IsImplicitlyDeclared && reserved.Contains(member.Name)))
        {
            Report(Descriptors.NameTaken, member.Locations.FirstOrDefault(), member.Name, type.Name);
        }

        if (reserved.Contains(type.Name))
        {
            Report(Descriptors.NameTaken, null, type.Name, type.Name);
        }

        if (problems.Count > 0)
        {
            return new ParsedDeclaration(null, new(problems));
        }

        var spec = new ModelSpec(
            FileName(type),
            type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(),
            new(Containers(type).Select(container => Keyword(container) + " " + Escaped(container.Name))),
            Keyword(type),
            Escaped(type.Name),
            family,
            family == ModelFamily.Layers
                ? new LayersSpec(record.Features.Count > 0 ? record.Features.Count : features, new([]), "Identity", 1, HasBias: true)
                : null,
            loss,
            rank,
            l2,
            RegularisesBias: false,
            IsSingle: false,
            new(record.Features),
            record.Label,
            record.Individual);
        return new ParsedDeclaration(spec, new([]));
    }

    private static IEnumerable<INamedTypeSymbol> Containers(INamedTypeSymbol type)
    {
        var containers = new Stack<INamedTypeSymbol>();
        for (var container = type.ContainingType; container is not null; container = container.ContainingType)
        {
            containers.Push(container);
        }

        return containers;
    }

    /// <summary>
    /// Namespace, containers and name, so that files of two models of one name do not collide. File names differ in more
    /// than case, so a name that another part of the program spells with other capitals gets a number.
    /// </summary>
    private static string FileName(INamedTypeSymbol type)
    {
        var parts = new Stack<string>();
        for (INamespaceOrTypeSymbol part = type; part is not INamespaceSymbol { IsGlobalNamespace: true };
            part = (INamespaceOrTypeSymbol)part.ContainingSymbol)
        {
            var before = ((INamespaceOrTypeSymbol)part.ContainingSymbol).GetMembers()
                .Where(other => other is INamespaceOrTypeSymbol && string.CompareOrdinal(other.Name, part.Name) < 0
                    && string.Equals(other.Name, part.Name, StringComparison.OrdinalIgnoreCase))
                .Select(other => other.Name).Distinct().Count();
            parts.Push(before == 0 ? part.Name : part.Name + "-" + Text(before));
        }

        return string.Join(".", parts);
    }

    private static string Kind(TypeDeclarationSyntax part) =>
        part is RecordDeclarationSyntax { ClassOrStructKeyword: { RawKind: not 0 } more } ? $"record {more.Text}" : part.Keyword.Text;

    private static string Keyword(INamedTypeSymbol type) => (type.IsRecord, type.TypeKind) switch
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

    private static Location? Place(AttributeData attribute, CancellationToken cancel) =>
        attribute.ApplicationSyntaxReference?.GetSyntax(cancel).GetLocation();

    private static string Text(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
