using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using InfluenceGen.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace InfluenceGen.Generators.Declaration;

/// <summary>
/// What a declaration sets, option by option, each checked by itself. What it does not set is what the attribute's own
/// property says by <c>DefaultValue</c>, or the default of its type.
/// </summary>
internal sealed class ModelOptions(AttributeData attribute, Problems problems, CancellationToken cancel)
{
    /// <summary>The largest number of parameters that fits one buffer of the runtime.</summary>
    private const long MostParameters = 1_000_000_000;

    /// <summary>Where an option is set; null where it is not.</summary>
    public Location? Place(string option) =>
        (attribute.ApplicationSyntaxReference?.GetSyntax(cancel) as AttributeSyntax)?.ArgumentList?.Arguments
            .FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == option)?.GetLocation();

    /// <summary>A size that is set, 1 or more; null where it is left out, or wrong.</summary>
    public int? Size(string option)
    {
        if (Given(option) is not { Value: int size })
        {
            return null;
        }

        if (size > 0)
        {
            return size;
        }

        problems.Report(Descriptors.NotASize, Place(option), $"{option} = {Text(size)}",
            "give 1 or more, or leave it out to read it from the data");
        return null;
    }

    /// <summary>A list of sizes, each 1 or more; empty where it is left out.</summary>
    public IReadOnlyList<int> Sizes(string option)
    {
        if (Given(option) is not { Kind: TypedConstantKind.Array, IsNull: false } given)
        {
            return [];
        }

        var sizes = given.Values.Select(value => value.Value).OfType<int>().ToList();
        for (var i = 0; i < sizes.Count; i++)
        {
            if (sizes[i] <= 0)
            {
                problems.Report(Descriptors.NotASize, Place(option), $"{Text(sizes[i])} in place {Text(i + 1)} of {option}",
                    "a layer has 1 unit or more");
            }
        }

        return sizes;
    }

    public bool Flag(string option) => Value(option) is true;

    /// <summary>A penalty λ, finite and not negative.</summary>
    public double Penalty(string option)
    {
        var penalty = Value(option) as double? ?? 0;
        if (penalty < 0 || double.IsNaN(penalty) || double.IsInfinity(penalty))
        {
            problems.Report(Descriptors.BadPenalty, Place(option), penalty.ToString(CultureInfo.InvariantCulture));
        }

        return penalty;
    }

    /// <summary>The name of an enum's member: names are rules' names, and are known to the tables of rules alone.</summary>
    public string? Member(string option)
    {
        if (Property(option)?.Type is not INamedTypeSymbol { TypeKind: TypeKind.Enum } type)
        {
            return null;
        }

        var value = Value(option) ?? 0;
        var members = type.GetMembers().OfType<IFieldSymbol>().Where(field => field.HasConstantValue).ToList();
        if (members.FirstOrDefault(field => Equals(field.ConstantValue, value)) is { } member)
        {
            return member.Name;
        }

        problems.Report(Descriptors.UnknownMember, Place(option), option,
            string.Format(CultureInfo.InvariantCulture, "{0}", value), string.Join(", ", members.Select(field => $"{type.Name}.{field.Name}")));
        return null;
    }

    /// <summary>Requires that the parameters of layers fit one buffer.</summary>
    /// <param name="widths">Inputs, hidden units and outputs; 0 where open.</param>
    /// <param name="place">Where to point.</param>
    public void RequireFit(IReadOnlyList<int> widths, Location? place)
    {
        var parameters = 0.0;
        for (var layer = 1; layer < widths.Count; layer++)
        {
            // A bias for each unit, and weights for what is known of them.
            parameters += (double)System.Math.Max(1, widths[layer]) * (System.Math.Max(1, widths[layer - 1]) + 1.0);
        }

        if (parameters > MostParameters)
        {
            problems.Report(Descriptors.TooLarge, place, parameters.ToString("N0", CultureInfo.InvariantCulture),
                MostParameters.ToString("N0", CultureInfo.InvariantCulture));
        }
    }

    private object? Value(string option) => Given(option) is { Kind: TypedConstantKind.Primitive or TypedConstantKind.Enum } given
        ? given.Value
        : Property(option)?.GetAttributes()
            .FirstOrDefault(attribute => attribute.AttributeClass?.Name == "DefaultValueAttribute")?.ConstructorArguments
            .FirstOrDefault().Value;

    private TypedConstant? Given(string option)
    {
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument.Key == option)
            {
                return argument.Value;
            }
        }

        return null;
    }

    private IPropertySymbol? Property(string option) =>
        attribute.AttributeClass?.GetMembers(option).OfType<IPropertySymbol>().FirstOrDefault();

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
