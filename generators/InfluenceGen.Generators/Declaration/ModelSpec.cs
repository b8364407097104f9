using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using InfluenceGen.Generators.Expressions;

namespace InfluenceGen.Generators.Declaration;

internal enum ModelFamily
{
    /// <summary>Layers of weights; without hidden ones, an output that is linear in the features.</summary>
    Layers,

    /// <summary>Users' rows times items' rows.</summary>
    MatrixFactorization,
}

/// <summary>A property of the user's record, as the generated reader needs it.</summary>
/// <param name="Name">The property's name, as it is written in C#.</param>
/// <param name="Column">The column it is read from.</param>
/// <param name="Kind">How it is read.</param>
/// <param name="Members">The members of an enum, otherwise none.</param>
internal sealed record PropertySpec(string Name, string Column, PropertyKind Kind, EquatableArray<MemberSpec> Members)
{
    /// <summary>How many numbers an array has; 0 for all else.</summary>
    public int Length { get; init; }

    /// <summary>How many features it makes: one for each member of an enum, and for each number of an array.</summary>
    public int Columns => Kind switch
    {
        PropertyKind.Choice => Members.Count,
        PropertyKind.Numbers => Length,
        _ => 1,
    };

    /// <summary>The names of the features it makes.</summary>
    public IEnumerable<string> FeatureNames
    {
        get
        {
            var column = Column;
            return Kind switch
            {
                PropertyKind.Choice => Members.Select(member => $"{column}={member.Name}"),
                PropertyKind.Numbers => Enumerable.Range(0, Length).Select(place => string.Format(CultureInfo.InvariantCulture, "{0}[{1}]", column, place)),
                _ => [column],
            };
        }
    }
}

/// <summary>A member of an enum.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, by the bits of 64: generated code names no members, which may be obsolete or experimental.</param>
internal sealed record MemberSpec(string Name, long Value);

internal enum PropertyKind
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>true or false, 1 or 0 as a feature or label.</summary>
    Boolean,

    /// <summary>One of an enum's members: a feature for each, or a class.</summary>
    Choice,

    /// <summary>Text, the name of an individual, user or item.</summary>
    Text,

    /// <summary>An array of numbers, a feature each.</summary>
    Numbers,
}

/// <summary>The layers of a model.</summary>
/// <param name="Inputs">Features; 0 when open.</param>
/// <param name="Hidden">Units of each hidden layer; 0 where open.</param>
/// <param name="Activation">What hidden units apply, by its name in the table of functions.</param>
/// <param name="Outputs">Outputs; 0 when open.</param>
/// <param name="HasBias">Whether units have a bias.</param>
internal sealed record LayersSpec(int Inputs, EquatableArray<int> Hidden, string Activation, int Outputs, bool HasBias);

/// <summary>
/// All that the compiler needs to know of a declaration: values only, no symbols and no locations, equal when nothing
/// changed. This is where incremental generation stops an edit that changes nothing.
/// </summary>
/// <param name="FileName">What the names of its generated files begin with.</param>
/// <param name="Namespace">The namespace, empty for the global one.</param>
/// <param name="Containers">The types around the model, outermost first, as declared (<c>static class Name</c>).</param>
/// <param name="Keyword">class, record or struct, as the part that is generated must repeat it.</param>
/// <param name="Name">The model's name.</param>
/// <param name="Family">The family.</param>
/// <param name="Layers">The layers, for that family.</param>
/// <param name="Loss">The loss, by its name in the table of losses.</param>
/// <param name="Rank">Embedding dimension; 0 when open.</param>
/// <param name="L2">λ.</param>
/// <param name="RegularisesBias">Whether λ covers biases too.</param>
/// <param name="IsSingle">Whether numbers are <c>float</c>.</param>
/// <param name="FeatureProperties">The record's features in order; empty when declared by dimensions.</param>
/// <param name="LabelProperty">The record's label or rating.</param>
/// <param name="IndividualProperty">The record's individual, if it names one, or user.</param>
/// <param name="ItemProperty">The item of a rating.</param>
/// <param name="BiasL2">λ of the biases of users and items, where a factorization has them; otherwise null.</param>
internal sealed record ModelSpec(
    string FileName,
    string Namespace,
    EquatableArray<string> Containers,
    string Keyword,
    string Name,
    ModelFamily Family,
    LayersSpec? Layers,
    string Loss,
    int Rank,
    double L2,
    bool RegularisesBias,
    bool IsSingle,
    EquatableArray<PropertySpec> FeatureProperties,
    PropertySpec? LabelProperty,
    PropertySpec? IndividualProperty,
    PropertySpec? ItemProperty = null,
    double? BiasL2 = null)
{
    /// <summary>What the names of the members that are generated into the user's type begin with; empty unless asked for.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The user's type as generated code names it.</summary>
    public string QualifiedName { get; init; } = Name;

    /// <summary>Whether the user has written a summary of the type.</summary>
    public bool HasSummary { get; init; }

    /// <summary>The name of a member that is generated into the user's type, such as <c>Train</c>.</summary>
    public string Member(string name) => Prefix + name;

    /// <summary>The record's weight, if it has one.</summary>
    public PropertySpec? WeightProperty { get; init; }

    /// <summary>The record's offset, if it has one.</summary>
    public PropertySpec? OffsetProperty { get; init; }

    /// <summary>Whether examples have weights, which multiply their losses.</summary>
    public bool HasWeights { get; init; }

    /// <summary>Whether examples have offsets, which are added to the output.</summary>
    public bool HasOffsets { get; init; }

    /// <summary>Outputs of one example; 0 when open.</summary>
    public int Outputs => Layers?.Outputs ?? 1;

    /// <summary>The declaration in words, by which trajectories know it again: what of it changes a training is in it, and no name.</summary>
    public string InWords()
    {
        var words = new List<string> { Layers is null ? "matrix factorization" : "layers", "loss: " + Loss };
        if (Layers is { } layers)
        {
            if (layers.Hidden.Count > 0)
            {
                words.Add($"hidden: {string.Join(", ", layers.Hidden.Select(units => units == 0 ? "open" : units.ToString(CultureInfo.InvariantCulture)))}");
                words.Add("activation: " + layers.Activation);
            }

            words.Add("bias: " + (layers.HasBias ? "yes" : "no"));
        }
        else
        {
            words.Add("rank: " + (Rank == 0 ? "open" : Rank.ToString(CultureInfo.InvariantCulture)));
            if (BiasL2 is { } penalty)
            {
                words.Add("biases, their L2: " + penalty.ToString("R", CultureInfo.InvariantCulture));
            }
        }

        words.Add("L2: " + L2.ToString("R", CultureInfo.InvariantCulture)
            + (L2 != 0 && Layers is { HasBias: true } ? RegularisesBias ? ", biases too" : ", biases spared" : ""));
        words.AddRange(HasWeights ? ["weights"] : []);
        words.AddRange(HasOffsets ? ["offsets"] : []);
        words.Add("numbers: " + (IsSingle ? "float" : "double"));
        return string.Join("; ", words);
    }
}
