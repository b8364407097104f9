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
/// <param name="Name">The property's name.</param>
/// <param name="Column">The column it is read from.</param>
/// <param name="Kind">How it is read.</param>
internal sealed record PropertySpec(string Name, string Column, PropertyKind Kind);

internal enum PropertyKind
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>true or false, 1 or 0 as a feature or label.</summary>
    Boolean,

    /// <summary>Text, the name of an individual.</summary>
    Text,
}

/// <summary>The layers of a model.</summary>
/// <param name="Inputs">Features; 0 when open.</param>
/// <param name="Hidden">Units of each hidden layer.</param>
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
/// <param name="LabelProperty">The record's label.</param>
/// <param name="IndividualProperty">The record's individual, if it names one.</param>
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
    PropertySpec? IndividualProperty);
