using System;
using System.Collections.Generic;
using System.Linq;
using InfluenceGen.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace InfluenceGen.Generators.Declaration;

/// <summary>The properties of a user's record that are marked as features, label and individual, checked.</summary>
internal sealed class RecordForm
{
    private readonly Action<DiagnosticDescriptor, Location?, string[]> _report;

    public RecordForm(INamedTypeSymbol type, ModelFamily family, int declaredFeatures,
        Action<DiagnosticDescriptor, Location?, string[]> report)
    {
        _report = report;
        var (features, labels, individuals) = (new List<IPropertySymbol>(), new List<IPropertySymbol>(), new List<IPropertySymbol>());
        foreach (var property in type.GetMembers().OfType<IPropertySymbol>())
        {
            foreach (var attribute in property.GetAttributes())
            {
                if (attribute.AttributeClass?.ContainingNamespace.ToDisplayString() != DeclarationParser.Namespace)
                {
                    continue;
                }

                switch (attribute.AttributeClass.Name)
                {
                    case "FeatureAttribute":
                        features.Add(property);
                        if (Numeric(property, attribute) is { } feature)
                        {
                            Features.Add(feature);
                        }

                        break;
                    case "LabelAttribute":
                        labels.Add(property);
                        Label = Numeric(property, attribute);
                        break;
                    case "IndividualAttribute":
                        individuals.Add(property);
                        Individual = Person(property, attribute);
                        break;
                }
            }
        }

        var marked = features.Concat(labels).Concat(individuals).ToList();
        if (marked.Count == 0)
        {
            return;
        }

        foreach (var property in marked.Where(property => property.IsStatic || property.IsIndexer || property.GetMethod is null))
        {
            Report(Descriptors.OutOfReach, property.Locations.FirstOrDefault(), property.Name,
                "a marked property is read from an object; give it a getter, no parameters, and leave out 'static'");
        }

        if (family == ModelFamily.MatrixFactorization)
        {
            Report(Descriptors.RecordOfRatings, null, type.Name);
            return;
        }

        OnlyOne(labels, "[Label]", type);
        OnlyOne(individuals, "[Individual]", type);
        if (features.Count == 0)
        {
            Report(Descriptors.NoFeatures, null, type.Name);
        }

        if (labels.Count == 0)
        {
            Report(Descriptors.NoLabel, null, type.Name);
        }

        if (declaredFeatures != 0)
        {
            Report(Descriptors.FeaturesTwice, null, type.Name);
        }
    }

    public List<PropertySpec> Features { get; } = [];

    public PropertySpec? Label { get; }

    public PropertySpec? Individual { get; }

    private static PropertySpec Spec(IPropertySymbol property, AttributeData attribute, PropertyKind kind) => new(
        DeclarationParser.Escaped(property.Name), attribute.ConstructorArguments.FirstOrDefault().Value as string ?? property.Name, kind);

    private void Report(DiagnosticDescriptor descriptor, Location? place, params string[] arguments) =>
        _report(descriptor, place, arguments);

    private void OnlyOne(List<IPropertySymbol> properties, string what, INamedTypeSymbol type)
    {
        foreach (var property in properties.Skip(1))
        {
            Report(Descriptors.SeveralProperties, property.Locations.FirstOrDefault(), type.Name, what, properties[0].Name);
        }
    }

    private PropertySpec? Numeric(IPropertySymbol property, AttributeData attribute)
    {
        switch (property.Type.SpecialType)
        {
            case SpecialType.System_Double or SpecialType.System_Single or SpecialType.System_Decimal
                or SpecialType.System_SByte or SpecialType.System_Byte or SpecialType.System_Int16
                or SpecialType.System_UInt16 or SpecialType.System_Int32 or SpecialType.System_UInt32
                or SpecialType.System_Int64 or SpecialType.System_UInt64:
                return Spec(property, attribute, PropertyKind.Number);
            case SpecialType.System_Boolean:
                return Spec(property, attribute, PropertyKind.Boolean);
            default:
                Report(Descriptors.NotANumber, property.Locations.FirstOrDefault(), property.Name, property.Type.ToDisplayString());
                return null;
        }
    }

    private PropertySpec? Person(IPropertySymbol property, AttributeData attribute)
    {
        switch (property.Type.SpecialType)
        {
            case SpecialType.System_String:
                return Spec(property, attribute, PropertyKind.Text);
            case SpecialType.System_Int32 or SpecialType.System_Int64:
                return Spec(property, attribute, PropertyKind.Number);
        }

        Report(Descriptors.NotAName, property.Locations.FirstOrDefault(), property.Name, property.Type.ToDisplayString());
        return null;
    }
}
