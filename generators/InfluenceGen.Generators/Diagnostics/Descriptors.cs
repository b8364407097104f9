using Microsoft.CodeAnalysis;

namespace InfluenceGen.Generators.Diagnostics;

/// <summary>Every diagnostic of a declaration: what is wrong, and what to write instead.</summary>
internal static class Descriptors
{
    public static readonly DiagnosticDescriptor NotPartial = Error("IG0001", "A model must be partial",
        "'{0}' must be declared partial, because the model is generated into it: write 'partial {1} {0}'");

    public static readonly DiagnosticDescriptor OpenGeneric = Error("IG0002", "A model cannot be generic",
        "'{0}' or a type around it has type parameters, and a model is compiled for known types: declare it outside");

    public static readonly DiagnosticDescriptor SeveralFamilies = Error("IG0003", "One model, one family",
        "'{0}' declares more than one model; keep one attribute and declare the others on classes of their own");

    public static readonly DiagnosticDescriptor NegativeSize = Error("IG0004", "A size is positive",
        "{0} = {1} is not a size; give a positive number, or leave it out to read it from the data");

    public static readonly DiagnosticDescriptor BadPenalty = Error("IG0005", "A penalty is not negative",
        "L2 = {0} is not a penalty; give a finite number that is 0 or more");

    public static readonly DiagnosticDescriptor NoFeatures = Error("IG0006", "No feature is marked",
        "'{0}' marks properties but none as a feature; put [Feature] on each property the prediction is made from");

    public static readonly DiagnosticDescriptor NoLabel = Error("IG0007", "No label is marked",
        "'{0}' marks features but no label; put [Label] on the property that is to be predicted");

    public static readonly DiagnosticDescriptor SeveralProperties = Error("IG0008", "Marked twice",
        "'{0}' has a {1} already, '{2}'; keep one");

    public static readonly DiagnosticDescriptor FeaturesTwice = Error("IG0009", "Features are declared twice",
        "'{0}' gives a number of features and marks properties as well; leave out Features = …, the properties are counted");

    public static readonly DiagnosticDescriptor NotANumber = Error("IG0010", "Not a number",
        "'{0}' is of type '{1}', and a feature or label is a number or a bool; convert it in another property and mark that");

    public static readonly DiagnosticDescriptor NotAName = Error("IG0011", "Not the name of an individual",
        "'{0}' is of type '{1}', and an individual is named by a string, int or long");

    public static readonly DiagnosticDescriptor RecordOfRatings = Error("IG0012", "Ratings are not declared by properties",
        "'{0}' is a matrix factorization, whose users and items are read from the ratings; remove [Feature], [Label] and [Individual]");

    public static readonly DiagnosticDescriptor NameTaken = Error("IG0013", "A generated name is taken",
        "the code generated into '{1}' uses the name '{0}'; choose another");

    public static readonly DiagnosticDescriptor OutOfReach = Error("IG0014", "Out of reach",
        "Generated code cannot reach '{0}': {1}");

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, "InfluenceGen", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
