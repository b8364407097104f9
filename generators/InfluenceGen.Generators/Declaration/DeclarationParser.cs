using System.Collections.Generic;
using System.Linq;
using System.Threading;
using InfluenceGen.Generators.Diagnostics;
using InfluenceGen.Generators.Differentiation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace InfluenceGen.Generators.Declaration;

/// <summary>Turns an annotated type into a <see cref="ModelSpec"/>, or says what is wrong with it.</summary>
internal static class DeclarationParser
{
    /// <summary>The oldest language that generated code compiles in.</summary>
    private const LanguageVersion Language = LanguageVersion.CSharp12;

    /// <summary>Hidden layers that a number alone may ask for: each is a parameter of the methods that users call.</summary>
    private const int MostOpenLayers = 100;

    /// <summary>The model a type declares, or what is wrong with the declaration; neither for a type that declares none.</summary>
    public static (ModelSpec? Spec, IReadOnlyList<Diagnostic> Problems) Parse(INamedTypeSymbol type, Compilation compilation,
        CancellationToken cancel)
    {
        var declared = ModelAttributes(type).ToList();
        if (declared.Count == 0
            || declared[0].Attribute.ApplicationSyntaxReference?.GetSyntax(cancel).FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } syntax)
        {
            return (null, []);
        }

        var problems = new Problems(syntax.Identifier.GetLocation());
        foreach (var (another, _) in declared.Skip(1))
        {
            problems.Report(Descriptors.SeveralFamilies, another.ApplicationSyntaxReference?.GetSyntax(cancel).GetLocation(), type.Name);
        }

        if (compilation is CSharpCompilation { LanguageVersion: < Language } old)
        {
            problems.Report(Descriptors.OldLanguage, null, type.Name, old.LanguageVersion.ToDisplayString(), Language.ToDisplayString());
        }

        var options = new ModelOptions(declared[0].Attribute, problems, cancel);
        var spec = Spec(type, syntax, declared[0].Form, options, compilation, problems, cancel);
        return (problems.Found.Count == 0 ? spec : null, problems.Found);
    }

    /// <summary>The option by which the names of generated members are told from the user's own.</summary>
    public const string PrefixOption = "Prefix";

    /// <summary>The attributes of a type that declare a model.</summary>
    public static IEnumerable<(AttributeData Attribute, AttributeForm Form)> ModelAttributes(INamedTypeSymbol type) =>
        from attribute in type.GetAttributes()
        where attribute.AttributeClass?.ContainingNamespace.ToDisplayString() == AttributeForm.Namespace
        from form in AttributeForm.All
        where form.Attribute == attribute.AttributeClass?.Name
        select (attribute, form);

    private static ModelSpec Spec(INamedTypeSymbol type, TypeDeclarationSyntax syntax, AttributeForm form, ModelOptions options,
        Compilation compilation, Problems problems, CancellationToken cancel)
    {
        var isOfFeatures = form.Family == ModelFamily.Layers;
        var record = isOfFeatures
            ? RecordForm.OfFeatures(type, compilation, problems, cancel)
            : RecordForm.OfRatings(type, compilation, problems, cancel);
        var prefix = options.Prefix(PrefixOption);
        var surroundings = new Surroundings(type, compilation, problems);
        surroundings.Check(syntax, record.IsUsed, prefix, form.Attribute.Replace("Attribute", ""));
        var loss = options.Member("Loss") ?? "";
        var isSingle = options.Member("Precision") == "Single";
        var l2 = options.Penalty("L2", isSingle);
        return new ModelSpec(
            surroundings.FileName(),
            type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(_qualified),
            new(surroundings.Parts),
            Surroundings.Keyword(type),
            Surroundings.Escaped(type.Name),
            form.Family,
            isOfFeatures ? Layers(type, form, options, record, loss, problems) : null,
            loss,
            isOfFeatures ? 0 : Rank(options),
            l2,
            isOfFeatures && RegularisesBias(options, l2, problems),
            isSingle,
            new(record.Features),
            record.Label,
            record.Individual,
            record.Item,
            isOfFeatures ? null : BiasPenalty(options, l2, isSingle, problems))
        {
            WeightProperty = record.Weight,
            OffsetProperty = record.Offset,
            HasWeights = IsDeclared("Weight", record.Weight),
            HasOffsets = IsDeclared("Offset", record.Offset),
            Prefix = prefix,
            QualifiedName = surroundings.QualifiedName,
            HasSummary = surroundings.HasSummary(cancel),
        };

        bool IsDeclared(string mark, PropertySpec? property)
        {
            if (record.IsUsed && options.Place(mark + "s") is { } place)
            {
                problems.Report(Descriptors.SizeTwice, place, type.Name, $"an answer to {mark}s",
                    $"marks properties, of which [{mark}] tells it", mark + "s");
            }

            return record.IsUsed ? property is not null : options.Flag(mark + "s");
        }
    }

    private static LayersSpec Layers(INamedTypeSymbol type, AttributeForm form, ModelOptions options, RecordForm record,
        string loss, Problems problems)
    {
        var inputs = options.Size(form.Inputs!);
        var hidden = form.HasHidden ? Hidden(type, options, problems) : [];
        if (form.HasHidden && hidden.Count == 0)
        {
            problems.Report(Descriptors.NoHiddenLayer, options.Place("Hidden"), type.Name);
        }

        if (record.Features.Count > 0)
        {
            LeftOut(form.Inputs!, "features");
            inputs = (int)System.Math.Min(int.MaxValue, record.Features.Sum(feature => (long)feature.Columns));
        }

        var outputs = form.Outputs is null ? 1 : options.Size(form.Outputs);
        if (RuleTables.Shipped.Losses.TryGetValue(loss, out var rule))
        {
            var isOfClasses = rule.Labels == "Distribution";
            record.RequireLabelFor(loss, isOfClasses);
            if (record.Label is { Members.Count: > 0 } choice && isOfClasses)
            {
                LeftOut(form.Outputs, "classes");
                outputs ??= choice.Members.Count > 1 ? choice.Members.Count : null;
            }

            RequireOutputs(rule.Labels);
            outputs ??= isOfClasses ? 0 : 1;
            RequireOneOutputOfOffsets();
        }

        var layers = new LayersSpec(inputs ?? 0, new(hidden), form.HasHidden ? options.Member("Activation") ?? "" : "Identity",
            outputs ?? 0, options.Flag("Bias"));
        int[] widths = [layers.Inputs, .. hidden, layers.Outputs], units = [.. widths.Skip(1)];
        options.RequireFit([.. units.Select((height, layer) => (height, widths[layer])), .. units.Where(_ => layers.HasBias).Select(unit => (1, unit))], units,
            options.Place("Hidden") ?? options.Place(form.Outputs ?? "") ?? options.Place(form.Inputs!));
        return layers;

        void LeftOut(string? option, string what)
        {
            if (option is not null && options.Place(option) is { } place)
            {
                problems.Report(Descriptors.SizeTwice, place, type.Name, $"a number of {what}", "marks properties that tell it as well", option);
            }
        }

        void RequireOneOutputOfOffsets()
        {
            if (outputs != 1 && (record.PlaceOf("Offset") ?? (options.Flag("Offsets") ? options.Place("Offsets") : null)) is { } offset)
            {
                problems.Report(Descriptors.OutputsDoNotFit, offset, "An offset", "one output", type.Name, "several",
                    "leave it out, or make it a feature");
            }
        }

        void RequireOutputs(string labels)
        {
            var place = options.Place(form.Outputs ?? "") ?? options.Place("Loss");
            if (labels == "Distribution" && outputs == 1)
            {
                problems.Report(Descriptors.OutputsDoNotFit, place, $"The loss {loss}", "two classes or more", type.Name, "one output",
                    form.Outputs is null ? "declare a softmax model" : "give it more, or choose a loss of one output");
            }
            else if (labels is not "Real" and not "Distribution" && outputs > 1)
            {
                problems.Report(Descriptors.OutputsDoNotFit, place, $"The loss {loss}", "one output", type.Name, "more",
                    $"leave out {form.Outputs}, or choose a loss of several");
            }
            else if (labels == "Real" && outputs > 1 && record.Label is not null)
            {
                problems.Report(Descriptors.OutputsDoNotFit, place, $"The loss {loss}", "a number for each output", type.Name,
                    "several outputs and one [Label]", $"leave out {form.Outputs}, or remove the marks and read the labels from columns");
            }
        }
    }

    private static int Rank(ModelOptions options)
    {
        var rank = options.Size("Rank") ?? 0;
        options.RequireFit([(1, rank), (1, rank)], [rank], options.Place("Rank"));
        return rank;
    }

    /// <summary>The units of each hidden layer; 0 where they are left open, and only the number of layers is given.</summary>
    private static IReadOnlyList<int> Hidden(INamedTypeSymbol type, ModelOptions options, Problems problems)
    {
        var units = options.Sizes("Hidden");
        if (options.Place("HiddenLayers") is not { } place)
        {
            return units;
        }

        if (options.Place("Hidden") is not null)
        {
            problems.Report(Descriptors.SizeTwice, place, type.Name, "the units of each hidden layer", "how many layers there are as well", "HiddenLayers");
            return units;
        }

        // What is wrong with the number has been said, and is not said again of the layers.
        return new int[options.Size("HiddenLayers", MostOpenLayers, "give Hidden, the units of each layer, or a number of layers whose units are open, from 1 to 100") ?? 1];
    }

    private static bool RegularisesBias(ModelOptions options, double l2, Problems problems)
    {
        var asked = options.Flag("RegulariseBias");
        if (asked && (!options.Flag("Bias") || l2 == 0))
        {
            problems.Report(Descriptors.PenaltyOnNothing, options.Place("RegulariseBias"), "RegulariseBias = true",
                l2 == 0 ? "L2 is 0" : "there is no bias");
        }

        return asked;
    }

    /// <summary>The penalty of a factorization's biases; null where it has none.</summary>
    private static double? BiasPenalty(ModelOptions options, double l2, bool isSingle, Problems problems)
    {
        var isSet = options.Place("BiasL2") is not null;
        var penalty = isSet ? options.Penalty("BiasL2", isSingle) : l2;
        if (options.Flag("Biases"))
        {
            return penalty;
        }

        if (isSet)
        {
            problems.Report(Descriptors.PenaltyOnNothing, options.Place("BiasL2"), "BiasL2", "there are no biases (Biases = true)");
        }

        return null;
    }

    /// <summary>A namespace as it is written in C#, keywords with their @.</summary>
    private static readonly SymbolDisplayFormat _qualified = SymbolDisplayFormat.FullyQualifiedFormat
        .WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted);
}
