using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using InfluenceGen.Generators.Diagnostics;
using InfluenceGen.Generators.Expressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace InfluenceGen.Generators.Declaration;

/// <summary>The properties of a user's own type that are marked, checked: a row of features, or a rating.</summary>
internal sealed class RecordForm
{
    private const string Values = "a feature or label is a number, a bool or an enum";

    private static readonly SymbolDisplayFormat _short = SymbolDisplayFormat.CSharpShortErrorMessageFormat;

    private readonly INamedTypeSymbol _type;
    private readonly Compilation _compilation;
    private readonly Problems _problems;
    private readonly CancellationToken _cancel;
    private readonly List<Mark> _marks;
    private bool _hasSaid;

    private RecordForm(INamedTypeSymbol type, Compilation compilation, Problems problems, CancellationToken cancel)
    {
        (_type, _compilation, _problems, _cancel) = (type, compilation, problems, cancel);
        _marks = [.. Properties(type).SelectMany(MarksOf)];
        Features = [];
    }

    /// <summary>The features, in order; none where no property is marked.</summary>
    public IReadOnlyList<PropertySpec> Features { get; private set; }

    /// <summary>What is to be predicted: the label or the rating.</summary>
    public PropertySpec? Label { get; private set; }

    /// <summary>Who it is about: the individual or the user.</summary>
    public PropertySpec? Individual { get; private set; }

    public PropertySpec? Item { get; private set; }

    /// <summary>What multiplies the loss.</summary>
    public PropertySpec? Weight { get; private set; }

    /// <summary>What is added to the output.</summary>
    public PropertySpec? Offset { get; private set; }

    /// <summary>Whether any property is marked.</summary>
    public bool IsUsed => _marks.Count > 0;

    /// <summary>A row of features, a label and perhaps an individual.</summary>
    public static RecordForm OfFeatures(INamedTypeSymbol type, Compilation compilation, Problems problems, CancellationToken cancel)
    {
        var form = new RecordForm(type, compilation, problems, cancel);
        form.Allow("features and a label", "Feature", "Label", "Individual", "Weight", "Offset");
        form.Features = [.. form.Of("Feature").Select(mark => form.Value(mark, Values)).OfType<PropertySpec>()];
        form.Label = form.Only("Label") is { } label ? form.Value(label, Values) : null;
        form.Individual = form.Only("Individual") is { } individual ? form.Name(individual) : null;
        form.RequireFeatureNames();
        form.TakeWeightAndOffset();
        form.Require("Feature", Descriptors.NoFeatures);
        form.Require("Label", Descriptors.NoLabel);
        return form;
    }

    /// <summary>A rating of an item by a user.</summary>
    public static RecordForm OfRatings(INamedTypeSymbol type, Compilation compilation, Problems problems, CancellationToken cancel)
    {
        var form = new RecordForm(type, compilation, problems, cancel);
        form.Allow("ratings of items by users", "User", "Item", "Rating", "Weight", "Offset");
        form.Individual = form.Only("User") is { } user ? form.Name(user) : null;
        form.Item = form.Only("Item") is { } item ? form.Name(item) : null;
        form.Label = form.Only("Rating") is { } rating ? form.Value(rating, "a rating is a number", allowsChoice: false) : null;
        form.TakeWeightAndOffset();
        foreach (var name in new[] { "User", "Item", "Rating" })
        {
            form.Require(name, Descriptors.HalfARating, name);
        }

        return form;
    }

    /// <summary>Where the first property with a mark is marked; null where none is.</summary>
    public Location? PlaceOf(string name) => Of(name).FirstOrDefault() is { } mark ? Place(mark) : null;

    /// <summary>Requires a label of a type that the loss is defined for.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="isOfClasses">Whether its labels are classes; otherwise they are numbers.</param>
    public void RequireLabelFor(string loss, bool isOfClasses)
    {
        if (Label is null)
        {
            return;
        }

        var property = Of("Label").First().Property;
        var fits = isOfClasses
            ? Label.Kind == PropertyKind.Choice || IsWhole(property.Type.SpecialType)
            : Label.Kind is PropertyKind.Number or PropertyKind.Boolean;
        if (!fits)
        {
            _problems.Report(Descriptors.LabelDoesNotFit, Place(property), property.Name, property.Type.ToDisplayString(), loss,
                isOfClasses ? "classes: the members of an enum, or whole numbers from 0 in a type up to long" : "numbers or a bool");
        }
        else if (isOfClasses && Label.Members.Count == 1)
        {
            _problems.Report(Descriptors.UnusableEnum, Place(property), property.Name, property.Type.ToDisplayString(),
                "has a single member, and classes are two or more");
        }
    }

    /// <summary>The properties of a type and of those it is derived from, these first, as a name in the model finds them: one
    /// that overrides another is in its own place. What hides a marked property without a mark is reported.</summary>
    private List<IPropertySymbol> Properties(INamedTypeSymbol type)
    {
        var properties = type.BaseType is { SpecialType: SpecialType.None } from ? Properties(from) : [];
        foreach (var member in type.GetMembers().Where(member => _compilation.IsSymbolAccessibleWithin(member, _type)))
        {
            var found = properties.FindIndex(property => property.Name == member.Name);
            if (found >= 0 && member is not IPropertySymbol { IsOverride: true } && InheritedMarks(properties[found]).FirstOrDefault() is { } hidden
                && (member is not IPropertySymbol hiding || !StrayMarks.On(hiding).Any()))
            {
                _problems.Report(Descriptors.HiddenMark, member.Locations.FirstOrDefault(place => place.IsInSource),
                    member.ToDisplayString(_short), properties[found].ToDisplayString(_short), StrayMarks.NameOf(hidden));
                _hasSaid = true;
            }

            if (found >= 0)
            {
                properties.RemoveAt(found);
            }
        }

        properties.AddRange(type.GetMembers().OfType<IPropertySymbol>());
        return properties;
    }

    /// <summary>The marks of a property: its own, and of those it overrides the ones of other kinds, as attributes are inherited
    /// in .NET.</summary>
    private static List<AttributeData> InheritedMarks(IPropertySymbol property)
    {
        var marks = new List<AttributeData>();
        for (IPropertySymbol? declaring = property; declaring is not null; declaring = declaring.OverriddenProperty)
        {
            marks.AddRange([.. StrayMarks.On(declaring).Where(mark => marks.TrueForAll(known => StrayMarks.NameOf(known) != StrayMarks.NameOf(mark)))]);
        }

        return marks;
    }

    private List<Mark> MarksOf(IPropertySymbol property)
    {
        var marks = InheritedMarks(property).ConvertAll(attribute => new Mark(property, attribute, StrayMarks.NameOf(attribute)));
        if (marks.Count > 1)
        {
            _problems.Report(Descriptors.SeveralMarks, Place(marks[1]), property.Name, marks[0].Name, marks[1].Name);
        }

        return marks;
    }

    private void Allow(string madeFrom, params string[] names)
    {
        foreach (var mark in _marks)
        {
            if (!names.Contains(mark.Name))
            {
                _problems.Report(Descriptors.StrangeMark, Place(mark), _type.Name, madeFrom, mark.Property.Name, mark.Name);
            }
            else if (Unreachable(mark.Property) is { } why)
            {
                _problems.Report(Descriptors.OutOfReach, Place(mark.Property), mark.Property.Name, why);
            }
        }

        _hasSaid |= _marks.RemoveAll(mark => !names.Contains(mark.Name)) > 0;
        RequireColumns();
    }

    /// <summary>Requires a property with a mark, unless what is marked is hidden or meant for another family: that has been said.</summary>
    private void Require(string name, DiagnosticDescriptor descriptor, params object[] arguments)
    {
        if (IsUsed && !_hasSaid && !Of(name).Any())
        {
            _problems.Report(descriptor, null, [_type.Name, .. arguments]);
        }
    }

    private string? Unreachable(IPropertySymbol property) =>
        property.IsStatic || property.IsIndexer || Getter(property) is not { } getter
            ? "a marked property is read from an object; give it a getter, no parameters, and leave out 'static'"
        : property.ExplicitInterfaceImplementations.Length > 0
            ? "it implements an interface explicitly; mark a property of the type's own"
        : !_compilation.IsSymbolAccessibleWithin(getter, _type)
            ? "its getter is private to a base type; make it protected, internal or public"
        : IsError(property) || IsError(getter)
            ? "it is obsolete, and to use it is an error; make that a warning, or remove the mark"
        : null;

    /// <summary>Whether <c>[Obsolete("…", error: true)]</c> forbids its use: that nobody can silence.</summary>
    private static bool IsError(ISymbol symbol) => symbol.GetAttributes().Any(attribute =>
        attribute.AttributeClass?.ToDisplayString() == "System.ObsoleteAttribute"
        && attribute.ConstructorArguments.Any(argument => argument.Value is true));

    /// <summary>The getter of a property; one that overrides another's setter alone has that one's.</summary>
    private static IMethodSymbol? Getter(IPropertySymbol? property) =>
        property is null ? null : property.GetMethod ?? Getter(property.OverriddenProperty);

    private void RequireColumns()
    {
        foreach (var mark in _marks.Where(mark => string.IsNullOrWhiteSpace(mark.Column)))
        {
            _problems.Report(Descriptors.BadColumn, Place(mark), mark.Property.Name, "a column without a name");
        }

        foreach (var mark in _marks)
        {
            var first = _marks.First(other => other.Column == mark.Column);
            if (!SymbolEqualityComparer.Default.Equals(first.Property, mark.Property))
            {
                _problems.Report(Descriptors.BadColumn, Place(mark), mark.Property.Name,
                    $"the column '{mark.Column}', as '{first.Property.Name}' is");
            }
        }
    }

    /// <summary>Requires names of their own of the features that one property makes several of, beside all columns and one another.</summary>
    private void RequireFeatureNames()
    {
        var taken = _marks.GroupBy(mark => mark.Column).ToDictionary(marks => marks.Key, marks => marks.First().Property);
        foreach (var (mark, feature) in from mark in Of("Feature")
                                        from feature in Features
                                        where feature.Column == mark.Column && feature.Columns > 1
                                        select (mark, feature))
        {
            // An array may be too long to go through.
            var name = feature.Kind == PropertyKind.Choice ? feature.FeatureNames.FirstOrDefault(IsOfAnother) : taken.Keys.FirstOrDefault(IsPlace);
            if (name is not null)
            {
                _problems.Report(Descriptors.BadColumn, Place(mark), mark.Property.Name,
                    $"the column '{mark.Column}' as several features, one of them '{name}', as '{taken[name].Name}' is");
            }

            bool IsOfAnother(string name) => taken.TryGetValue(name, out var other) && !SymbolEqualityComparer.Default.Equals(other, mark.Property);

            bool IsPlace(string column) => column.StartsWith(feature.Column + "[", System.StringComparison.Ordinal)
                && int.TryParse(column.Substring(feature.Column.Length + 1).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var place)
                && place < feature.Length && column == feature.Column + "[" + place.ToString(CultureInfo.InvariantCulture) + "]";
        }
    }

    private IEnumerable<Mark> Of(string name) => _marks.Where(mark => mark.Name == name);

    /// <summary>The property with a mark that only one may have.</summary>
    private Mark? Only(string name)
    {
        var first = Of(name).FirstOrDefault();
        foreach (var mark in Of(name).Skip(1))
        {
            _problems.Report(Descriptors.SeveralProperties, Place(mark), _type.Name, name, first!.Property.Name);
        }

        return first;
    }

    private void TakeWeightAndOffset()
    {
        Weight = Only("Weight") is { } weight ? Value(weight, "a weight is a number", allowsChoice: false, allowsBoolean: false) : null;
        Offset = Only("Offset") is { } offset ? Value(offset, "an offset is a number", allowsChoice: false, allowsBoolean: false) : null;
    }

    private PropertySpec? Value(Mark mark, string expected, bool allowsChoice = true, bool allowsBoolean = true)
    {
        var type = mark.Property.Type;
        if (mark.Name == "Feature" && (type is IArrayTypeSymbol || IsArray(type) || mark.Length is not null))
        {
            return Numbers(mark, IsArray(type));
        }

        if (type.SpecialType is SpecialType.System_Double or SpecialType.System_Single or SpecialType.System_Decimal
            or SpecialType.System_UInt64 || IsWhole(type.SpecialType))
        {
            return mark.Spec(PropertyKind.Number, []);
        }

        if (allowsBoolean && type.SpecialType == SpecialType.System_Boolean)
        {
            return mark.Spec(PropertyKind.Boolean, []);
        }

        if (allowsChoice && type.TypeKind == TypeKind.Enum)
        {
            return Choice(mark, (INamedTypeSymbol)type);
        }

        _problems.Report(Descriptors.NotAValue, Place(mark.Property), mark.Property.Name, type.ToDisplayString(), expected);
        return null;
    }

    private PropertySpec? Numbers(Mark mark, bool isArray)
    {
        var type = mark.Property.Type.ToDisplayString();
        if (!isArray)
        {
            _problems.Report(Descriptors.NotAValue, Place(mark.Property), mark.Property.Name, type,
                "a feature with a Length is a float[], a double[] or a ReadOnlyMemory of one of them, any other has none");
        }
        else if (mark.Length is null or <= 0)
        {
            _problems.Report(Descriptors.NotASize, Place(mark), mark.Length is { } length
                    ? $"Length = {length.ToString(CultureInfo.InvariantCulture)}"
                    : $"The missing Length of '{mark.Property.Name}'",
                "say how many numbers each array has, 1 or more: [Feature(Length = …)]");
        }
        else
        {
            return mark.Spec(PropertyKind.Numbers, []) with { Length = mark.Length.Value };
        }

        return null;
    }

    /// <summary>Whether a type is an array of numbers, or a ReadOnlyMemory of them.</summary>
    private static bool IsArray(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { Rank: 1 } array => IsReal(array.ElementType),
        INamedTypeSymbol { Name: "ReadOnlyMemory", TypeArguments.Length: 1 } memory =>
            memory.ContainingNamespace.ToDisplayString() == "System" && IsReal(memory.TypeArguments[0]),
        _ => false,
    };

    private static bool IsReal(ITypeSymbol type) => type.SpecialType is SpecialType.System_Single or SpecialType.System_Double;

    private static bool IsWhole(SpecialType type) => type is SpecialType.System_SByte or SpecialType.System_Byte
        or SpecialType.System_Int16 or SpecialType.System_UInt16 or SpecialType.System_Int32 or SpecialType.System_UInt32
        or SpecialType.System_Int64;

    private PropertySpec? Choice(Mark mark, INamedTypeSymbol type)
    {
        var fields = type.GetMembers().OfType<IFieldSymbol>().Where(field => field.HasConstantValue).ToList();
        var problem = type.GetAttributes().Any(attribute => attribute.AttributeClass?.ToDisplayString() == "System.FlagsAttribute")
                ? "is a set of flags"
            : fields.Count == 0 ? "has no members"
            : fields.Select(field => field.ConstantValue).Distinct().Count() < fields.Count ? "has two names for one value"
            : null;
        if (problem is not null)
        {
            _problems.Report(Descriptors.UnusableEnum, Place(mark.Property), mark.Property.Name, type.ToDisplayString(), problem);
            return null;
        }

        return mark.Spec(PropertyKind.Choice, fields.Select(field => new MemberSpec(field.Name, Bits(field.ConstantValue!))));
    }

    private static long Bits(object value) =>
        value is ulong large ? unchecked((long)large) : System.Convert.ToInt64(value, CultureInfo.InvariantCulture);

    private PropertySpec? Name(Mark mark)
    {
        var type = mark.Property.Type;
        if (type.SpecialType == SpecialType.System_String)
        {
            return mark.Spec(PropertyKind.Text, []);
        }

        if (IsWhole(type.SpecialType) || type.SpecialType == SpecialType.System_UInt64 || IsGuid(type))
        {
            return mark.Spec(PropertyKind.Number, []);
        }

        _problems.Report(Descriptors.NotAName, Place(mark.Property), mark.Property.Name, type.ToDisplayString(), mark.Name);
        return null;
    }

    private static bool IsGuid(ITypeSymbol type) => type is { Name: "Guid", ContainingType: null, ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    /// <summary>Where a property stands; null where that is not in this project.</summary>
    private static Location? Place(IPropertySymbol property) => property.Locations.FirstOrDefault(place => place.IsInSource);

    private Location? Place(Mark mark) => mark.Attribute.ApplicationSyntaxReference?.GetSyntax(_cancel) is AttributeSyntax syntax
        ? syntax.GetLocation()
        : Place(mark.Property);

    /// <summary>A property and what it is marked as.</summary>
    private sealed record Mark(IPropertySymbol Property, AttributeData Attribute, string Name)
    {
        public string Column => Attribute.ConstructorArguments.FirstOrDefault().Value as string ?? Property.Name;

        /// <summary>The length of an array; null where none is given.</summary>
        public int? Length => Attribute.NamedArguments.FirstOrDefault(argument => argument.Key == "Length").Value.Value as int?;

        public PropertySpec Spec(PropertyKind kind, IEnumerable<MemberSpec> members) =>
            new(Surroundings.Escaped(Property.Name), Column, kind, new(members));
    }
}
