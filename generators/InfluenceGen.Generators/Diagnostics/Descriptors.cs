using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace InfluenceGen.Generators.Diagnostics;

/// <summary>Every diagnostic of a declaration: what is wrong, and what to write instead.</summary>
internal static class Descriptors
{
    public static readonly DiagnosticDescriptor NotPartial = Error("IG0001", "A model must be partial",
        "'{0}' must be declared partial, because the model is generated into it: write 'partial {1} {0}'");

    public static readonly DiagnosticDescriptor OpenGeneric = Error("IG0002", "A model cannot be generic",
        "'{0}' has type parameters, and a model is compiled for known types: remove them");

    public static readonly DiagnosticDescriptor SeveralFamilies = Error("IG0003", "One model, one family",
        "'{0}' declares more than one model; keep one attribute and declare the others on types of their own");

    public static readonly DiagnosticDescriptor NotASize = Error("IG0004", "A size is positive",
        "{0} is not a size; {1}");

    public static readonly DiagnosticDescriptor BadPenalty = Error("IG0005", "A penalty is not negative",
        "{0} = {1} is not a penalty; give a finite number {2}");

    public static readonly DiagnosticDescriptor NoFeatures = Error("IG0006", "No feature is marked",
        "'{0}' marks properties but none as a feature; put [Feature] on each property the prediction is made from");

    public static readonly DiagnosticDescriptor NoLabel = Error("IG0007", "No label is marked",
        "'{0}' marks features but no label; put [Label] on the property that is to be predicted");

    public static readonly DiagnosticDescriptor SeveralProperties = Error("IG0008", "Marked twice",
        "'{0}' has a [{1}] already, '{2}'; keep one");

    public static readonly DiagnosticDescriptor SizeTwice = Error("IG0009", "A size is declared twice",
        "'{0}' gives {1} and {2}; leave out {3} = …");

    public static readonly DiagnosticDescriptor NotAValue = Error("IG0010", "Not a number",
        "'{0}' is of type '{1}', and {2}; convert it in another property and mark that");

    public static readonly DiagnosticDescriptor NotAName = Error("IG0011", "Not a name",
        "'{0}' is of type '{1}', and a [{2}] is named by a string, a whole number or a Guid");

    public static readonly DiagnosticDescriptor StrangeMark = Error("IG0012", "A mark of another family",
        "'{0}' is made from {1}, and '{2}' is marked [{3}]; remove it");

    public static readonly DiagnosticDescriptor NameTaken = Error("IG0013", "A generated name is taken",
        "'{0}' is what a member that is generated into '{1}' is called; choose another name, or let those of all generated members begin otherwise, as [{2}(Prefix = \"My\")] does");

    public static readonly DiagnosticDescriptor OutOfReach = Error("IG0014", "Out of reach",
        "Generated code cannot reach '{0}': {1}");

    public static readonly DiagnosticDescriptor LabelDoesNotFit = Error("IG0015", "A label that fits no loss",
        "'{0}' is of type '{1}', and the loss {2} is for {3}");

    public static readonly DiagnosticDescriptor OutputsDoNotFit = Error("IG0016", "Outputs that do not fit the loss",
        "{0} is for {1}, and '{2}' has {3}; {4}");

    public static readonly DiagnosticDescriptor UnknownMember = Error("IG0017", "No such member",
        "{0} = {1} is no member of its enum; choose one of {2}");

    public static readonly DiagnosticDescriptor NoHiddenLayer = Error("IG0018", "No hidden layer",
        "'{0}' has no hidden layer, and is then linear; give Hidden = [units, …], or declare a linear or softmax model");

    public static readonly DiagnosticDescriptor HalfARating = Error("IG0019", "Half a rating",
        "'{0}' marks properties of a rating, and none as its [{1}]; a rating has a [User], an [Item] and a [Rating]");

    public static readonly DiagnosticDescriptor SeveralMarks = Error("IG0020", "One property, one mark",
        "'{0}' is marked [{1}] and [{2}]; keep one");

    public static readonly DiagnosticDescriptor BadColumn = Error("IG0021", "Not a column of its own",
        "'{0}' is read from {1}; name a column that no other property is read from");

    public static readonly DiagnosticDescriptor UnusableEnum = Error("IG0022", "An enum that is no list of names",
        "'{0}' is of type '{1}', which {2}; use an enum whose members are the values, each once");

    public static readonly DiagnosticDescriptor TooLarge = Error("IG0023", "Too many parameters",
        "The model has {0} parameters and takes {1} numbers, with room to work, and {2} fit a buffer; make it smaller");

    public static readonly DiagnosticDescriptor PenaltyOnNothing = Error("IG0024", "A penalty on nothing",
        "{0} has no effect, since {1}; leave it out");

    public static readonly DiagnosticDescriptor HiddenMark = Error("IG0025", "A mark that is hidden",
        "'{0}' hides the property '{1}', which is marked [{2}] and would not be read; override it, mark what hides it, or choose another name");

    public static readonly DiagnosticDescriptor MarkOfInterface = Error("IG0026", "A mark on an interface",
        "'{0}' is marked [{1}] in the interface '{2}', from which no type inherits the mark; mark the type's own property");

    public static readonly DiagnosticDescriptor MarkWithoutModel = Error("IG0027", "A mark without a model",
        "'{0}' marks '{1}' as [{2}] and declares no model, nor does a type derived from it; give it a model attribute, or remove the mark (a base type of models in other projects is abstract)");

    public static readonly DiagnosticDescriptor OldLanguage = Error("IG0028", "An old language",
        "'{0}' is compiled as C# {1}, and what is generated for it is C# {2}; set <LangVersion> to {2} or more, or leave it out");

    public static readonly DiagnosticDescriptor BadPrefix = Error("IG0029", "Not a prefix",
        "Prefix = {0} is not how a name begins; give letters, and digits behind them, without two underscores in front");

    /// <summary>All of them, by number.</summary>
    public static readonly ImmutableArray<DiagnosticDescriptor> All =
    [
        NotPartial, OpenGeneric, SeveralFamilies, NotASize, BadPenalty, NoFeatures, NoLabel, SeveralProperties, SizeTwice,
        NotAValue, NotAName, StrangeMark, NameTaken, OutOfReach, LabelDoesNotFit, OutputsDoNotFit, UnknownMember,
        NoHiddenLayer, HalfARating, SeveralMarks, BadColumn, UnusableEnum, TooLarge, PenaltyOnNothing,
        HiddenMark, MarkOfInterface, MarkWithoutModel, OldLanguage, BadPrefix,
    ];

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, "InfluenceGen", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
