namespace InfluenceGen;

/// <summary>
/// Marks a property as a feature, in the order of declaration: a number; a bool, 1 for true; or an enum, one feature for
/// each member, called <c>Property=Member</c>, of which the value's own is 1 and the others are 0; or, with a <see cref="Length"/>, an array
/// (<c>float[]</c>, <c>double[]</c>, or a <c>ReadOnlyMemory</c> of them) such as a text's embedding: as many features, called
/// <c>Property[0]</c>, <c>Property[1]</c> and so on.
/// </summary>
/// <param name="column">The column it is read from; without it, the one that is called like the property.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FeatureAttribute(string? column = null) : Attribute
{
    /// <summary>The column it is read from; null for the one that is called like the property. Of an array of n numbers the columns
    /// are <c>column[0]</c> to <c>column[n − 1]</c>.</summary>
    public string? Column { get; } = column;

    /// <summary>How many numbers an array has, 1 or more; of everything else it is left out.</summary>
    public int Length { get; set; }
}

/// <summary>Marks the property that is to be predicted: a number; a bool, 1 for true; for a model of classes an enum,
/// whose members are the classes, or a whole number from 0 up.</summary>
/// <param name="column">As for <see cref="FeatureAttribute"/>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LabelAttribute(string? column = null) : Attribute
{
    /// <inheritdoc cref="FeatureAttribute.Column"/>
    public string? Column { get; } = column;
}

/// <summary>Marks the property that names the individual: a string, a whole number or a <see cref="Guid"/>, which a file has as
/// <see cref="Guid.ToString()"/> writes it; without it every row is an individual of its own.</summary>
/// <param name="column">As for <see cref="FeatureAttribute"/>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IndividualAttribute(string? column = null) : Attribute
{
    /// <inheritdoc cref="FeatureAttribute.Column"/>
    public string? Column { get; } = column;
}

/// <summary>Marks the property of a rating that names the user, of the types of <see cref="IndividualAttribute"/>. The user is the individual.</summary>
/// <param name="column">As for <see cref="FeatureAttribute"/>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class UserAttribute(string? column = null) : Attribute
{
    /// <inheritdoc cref="FeatureAttribute.Column"/>
    public string? Column { get; } = column;
}

/// <summary>Marks the property of a rating that names the item, of the types of <see cref="IndividualAttribute"/>.</summary>
/// <param name="column">As for <see cref="FeatureAttribute"/>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ItemAttribute(string? column = null) : Attribute
{
    /// <inheritdoc cref="FeatureAttribute.Column"/>
    public string? Column { get; } = column;
}

/// <summary>Marks the property of a rating that is to be predicted, a number.</summary>
/// <param name="column">As for <see cref="FeatureAttribute"/>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RatingAttribute(string? column = null) : Attribute
{
    /// <inheritdoc cref="FeatureAttribute.Column"/>
    public string? Column { get; } = column;
}

/// <summary>
/// Marks the property that is an example's weight, a finite number of 0 or more: its loss, and every derivative of it, is multiplied by that,
/// and means are divided by the sum of weights, Σ w_i ℓ_i / Σ w_i. An example of weight 2 is as good as the same one twice. In a
/// factorization, whose objective is a sum, the counts that share a row's penalty are sums of weights.
/// </summary>
/// <param name="column">As for <see cref="FeatureAttribute"/>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WeightAttribute(string? column = null) : Attribute
{
    /// <inheritdoc cref="FeatureAttribute.Column"/>
    public string? Column { get; } = column;
}

/// <summary>
/// Marks the property that is an example's offset, a finite number that is added to the model's one output: s = f(x) + o. It is not learned.
/// In a model of counts, whose output is the logarithm of the mean, the logarithm of an exposure, such as
/// the years that a person was observed, makes the model one of the rate. A factorization takes what is known of a rating.
/// </summary>
/// <param name="column">As for <see cref="FeatureAttribute"/>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OffsetAttribute(string? column = null) : Attribute
{
    /// <inheritdoc cref="FeatureAttribute.Column"/>
    public string? Column { get; } = column;
}
