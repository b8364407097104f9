using System.Collections.Generic;
using System.Linq;
using System.Threading;
using InfluenceGen.Generators.Diagnostics;
using InfluenceGen.Generators.Differentiation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace InfluenceGen.Generators.Declaration;

/// <summary>Turns an annotated type into a <see cref="ModelSpec"/>, or says what is wrong with it.</summary>
internal static class DeclarationParser
{
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

        var options = new ModelOptions(declared[0].Attribute, problems, cancel);
        var spec = Spec(type, syntax, declared[0].Form, options, compilation, problems, cancel);
        return (problems.Found.Count == 0 ? spec : null, problems.Found);
    }

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
        var surroundings = new Surroundings(type, compilation, problems);
        surroundings.Check(syntax, record.IsUsed);
        var loss = options.Member("Loss") ?? "";
        var l2 = options.Penalty("L2");
        return new ModelSpec(
            surroundings.FileName(),
            type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(_qualified),
            new(surroundings.Parts),
            Surroundings.Keyword(type),
            Surroundings.Escaped(type.Name),
            form.Family,
            isOfFeatures ? Layers(type, form, options, record, loss, problems) : null,
            loss,
            isOfFeatures ? 0 : options.Size("Rank") ?? 0,
            l2,
            isOfFeatures && RegularisesBias(options, l2, problems),
            options.Member("Precision") == "Single",
            new(record.Features),
            record.Label,
            record.Individual,
            record.Item);
    }

    private static LayersSpec Layers(INamedTypeSymbol type, AttributeForm form, ModelOptions options, RecordForm record,
        string loss, Problems problems)
    {
        var inputs = options.Size(form.Inputs!);
        var hidden = form.HasHidden ? options.Sizes("Hidden") : [];
        if (form.HasHidden && hidden.Count == 0)
        {
            problems.Report(Descriptors.NoHiddenLayer, options.Place("Hidden"), type.Name);
        }

        if (record.Features.Count > 0)
        {
            LeftOut(form.Inputs!, "features");
            inputs = record.Features.Sum(feature => feature.Columns);
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
        }

        var layers = new LayersSpec(inputs ?? 0, new(hidden), form.HasHidden ? options.Member("Activation") ?? "" : "Identity",
            outputs ?? 0, options.Flag("Bias"));
        options.RequireFit([layers.Inputs, .. hidden, layers.Outputs],
            options.Place("Hidden") ?? options.Place(form.Outputs ?? "") ?? options.Place(form.Inputs!));
        return layers;

        void LeftOut(string? option, string what)
        {
            if (option is not null && options.Place(option) is { } place)
            {
                problems.Report(Descriptors.SizeTwice, place, type.Name, what, option);
            }
        }

        void RequireOutputs(string labels)
        {
            var place = options.Place(form.Outputs ?? "") ?? options.Place("Loss");
            if (labels == "Distribution" && outputs == 1)
            {
                problems.Report(Descriptors.OutputsDoNotFit, place, loss, "two classes or more", type.Name, "one output",
                    form.Outputs is null ? "declare a softmax model" : "give it more, or choose a loss of one output");
            }
            else if (labels is not "Real" and not "Distribution" && outputs > 1)
            {
                problems.Report(Descriptors.OutputsDoNotFit, place, loss, "one output", type.Name, "more",
                    $"leave out {form.Outputs}, or choose a loss of several");
            }
            else if (labels == "Real" && outputs > 1 && record.Label is not null)
            {
                problems.Report(Descriptors.OutputsDoNotFit, place, loss, "a number for each output", type.Name,
                    "several outputs and one [Label]", $"leave out {form.Outputs}, or remove the marks and read the labels from columns");
            }
        }
    }

    private static bool RegularisesBias(ModelOptions options, double l2, Problems problems)
    {
        var asked = options.Flag("RegulariseBias");
        if (asked && (!options.Flag("Bias") || l2 == 0))
        {
            problems.Report(Descriptors.PenaltyOnNothing, options.Place("RegulariseBias"),
                l2 == 0 ? "L2 is 0" : "there is no bias");
        }

        return asked;
    }

    /// <summary>A namespace as it is written in C#, keywords with their @.</summary>
    private static readonly SymbolDisplayFormat _qualified = SymbolDisplayFormat.FullyQualifiedFormat
        .WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted);
}
