namespace InfluenceGen;

/// <summary>
/// Declares a linear model: s = w·x + b, loss ½(s − y)². Put it on a partial class or record; either give
/// <see cref="Features"/>, or mark the class's own properties with <see cref="FeatureAttribute"/> and
/// <see cref="LabelAttribute"/>, or neither, and the number of features is read from the data.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class LinearModelAttribute : Attribute
{
    /// <summary>The number of features d; 0 leaves it open until the data is read.</summary>
    public int Features { get; set; }
}

/// <summary>
/// Declares a logistic model: s = w·x + b, loss log(1 + eˢ) − y s, labels 0 and 1. Forms as for
/// <see cref="LinearModelAttribute"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class LogisticModelAttribute : Attribute
{
    /// <summary>The number of features d; 0 leaves it open until the data is read.</summary>
    public int Features { get; set; }
}

/// <summary>
/// Declares a matrix factorization: s = p_u·q_i, loss ½(s − r)² + (λ/2)(|p_u|²/|Z_u| + |q_i|²/|Z_i|), the penalty
/// decomposed over examples (Sundararajan and Krichene, Section 3.4). The individual is the user.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MatrixFactorizationAttribute : Attribute
{
    /// <summary>The embeddings' dimension d; 0 leaves it open until run time.</summary>
    public int Rank { get; set; }

    /// <summary>The penalty λ; 0 for none.</summary>
    public double L2 { get; set; }
}

/// <summary>Marks a property as a feature, in the order of declaration.</summary>
/// <param name="column">The column it is read from; without it, the one that is called like the property.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FeatureAttribute(string? column = null) : Attribute
{
    /// <summary>The column it is read from; null for the one that is called like the property.</summary>
    public string? Column { get; } = column;
}

/// <summary>Marks the property that is to be predicted.</summary>
/// <param name="column">As for <see cref="FeatureAttribute"/>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LabelAttribute(string? column = null) : Attribute
{
    /// <inheritdoc cref="FeatureAttribute.Column"/>
    public string? Column { get; } = column;
}

/// <summary>Marks the property that names the individual; without it every row is an individual of its own.</summary>
/// <param name="column">As for <see cref="FeatureAttribute"/>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IndividualAttribute(string? column = null) : Attribute
{
    /// <inheritdoc cref="FeatureAttribute.Column"/>
    public string? Column { get; } = column;
}
