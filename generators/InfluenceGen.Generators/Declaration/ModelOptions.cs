using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using InfluenceGen.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace InfluenceGen.Generators.Declaration;

/// <summary>
/// What a declaration sets, option by option, each checked by itself. What it does not set is what the attribute's own
/// property says by <c>DefaultValue</c>, or the default of its type.
/// </summary>
internal sealed class ModelOptions(AttributeData attribute, Problems problems, CancellationToken cancel)
{
    /// <summary>The most numbers that a model may take: as many as one buffer of the runtime is asked to hold.</summary>
    private const long MostNumbers = 1_000_000_000;

    /// <summary>Numbers on a 64-byte line of single precision: rows begin on lines.</summary>
    private const long Line = 16;

    /// <summary>Numbers that work needs for each unit: 16 values, such as its output and how that changes, of 64 examples.</summary>
    private const long WorkOfUnit = 16 * 64;

    /// <summary>Where an option is set; null where it is not.</summary>
    public Location? Place(string option) =>
        (attribute.ApplicationSyntaxReference?.GetSyntax(cancel) as AttributeSyntax)?.ArgumentList?.Arguments
            .FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == option)?.GetLocation();

    /// <summary>A size that is set, 1 or more; null where it is left out, or wrong.</summary>
    /// <param name="option">The option.</param>
    /// <param name="most">The largest size there is.</param>
    /// <param name="cure">What to write instead of a wrong one.</param>
    public int? Size(string option, int most = int.MaxValue, string cure = "give 1 or more, or leave it out to read it from the data")
    {
        if (Given(option) is not { Value: int size })
        {
            return null;
        }

        if (size > 0 && size <= most)
        {
            return size;
        }

        problems.Report(Descriptors.NotASize, Place(option), $"{option} = {Text(size)}", cure);
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

    /// <summary>A penalty λ, finite and not negative in the model's numbers: one that single precision takes for 0 or infinity is none.</summary>
    public double Penalty(string option, bool isSingle)
    {
        var penalty = Value(option) as double? ?? 0;
        var kept = isSingle ? (float)penalty : penalty;
        if (!(kept >= 0) || double.IsInfinity(kept) || (kept == 0 && penalty != 0))
        {
            problems.Report(Descriptors.BadPenalty, Place(option), option, penalty.ToString(CultureInfo.InvariantCulture),
                isSingle && penalty > 0 && !double.IsInfinity(penalty) ? "that single precision can hold, from 1E-45 to 3.4E+38, or 0" : "that is 0 or more");
        }

        return penalty;
    }

    /// <summary>What the names of generated members begin with, empty where it is not set.</summary>
    public string Prefix(string option)
    {
        var prefix = Value(option) as string ?? "";
        if (SyntaxFacts.IsValidIdentifier(prefix + "Model") && prefix.All(letter => char.GetUnicodeCategory(letter) != UnicodeCategory.Format)
            && !prefix.StartsWith("__", System.StringComparison.Ordinal))
        {
            return prefix;
        }

        problems.Report(Descriptors.BadPrefix, Place(option), SymbolDisplay.FormatLiteral(prefix, quote: true));
        return "";
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

    /// <summary>Requires that a model's parameters, on their lines, and what one thread needs to work with them fit one buffer.</summary>
    /// <param name="matrices">Rows and columns of each block of parameters; 0 where open. Tables count by one row.</param>
    /// <param name="units">Of each layer, and of an embedding, how many there are; 0 where open.</param>
    /// <param name="place">Where to point.</param>
    public void RequireFit(IReadOnlyList<(int Rows, int Columns)> matrices, IEnumerable<int> units, Location? place)
    {
        // A product of two sizes fits 64 bits, and the sum of many might not.
        var (parameters, storage, work) = (0m, 0m, 0m);
        foreach (var (rows, columns) in matrices)
        {
            long height = System.Math.Max(1, rows), width = System.Math.Max(1, columns);
            parameters += height * width;
            var stored = height * ((width + Line - 1) / Line * Line);
            storage += stored;

            // A matrix is copied, transposed.
            work += height == 1 ? 0 : stored;
        }

        work += units.Sum(count => (decimal)WorkOfUnit * count);
        if (storage + work > MostNumbers)
        {
            problems.Report(Descriptors.TooLarge, place, parameters.ToString("N0", CultureInfo.InvariantCulture),
                (storage + work).ToString("N0", CultureInfo.InvariantCulture), MostNumbers.ToString("N0", CultureInfo.InvariantCulture));
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
