using System.Collections.Immutable;

namespace InfluenceGen.Generators.Declaration;

/// <summary>An attribute that declares a model: its family, and what its options are called.</summary>
/// <param name="Attribute">The attribute's name.</param>
/// <param name="Family">The family.</param>
/// <param name="Inputs">The option that is the number of features; null where there are none.</param>
/// <param name="Outputs">The option that is the number of outputs; null where there is one.</param>
/// <param name="HasHidden">Whether it has hidden layers.</param>
internal sealed record AttributeForm(string Attribute, ModelFamily Family, string? Inputs, string? Outputs = null, bool HasHidden = false)
{
    /// <summary>The namespace of the attributes.</summary>
    public const string Namespace = "InfluenceGen";

    /// <summary>The attributes that declare a model.</summary>
    public static readonly ImmutableArray<AttributeForm> All =
    [
        new("LinearModelAttribute", ModelFamily.Layers, "Features"),
        new("LogisticModelAttribute", ModelFamily.Layers, "Features"),
        new("SoftmaxModelAttribute", ModelFamily.Layers, "Features", "Classes"),
        new("MlpAttribute", ModelFamily.Layers, "Inputs", "Outputs", HasHidden: true),
        new("MatrixFactorizationAttribute", ModelFamily.MatrixFactorization, null),
    ];
}
