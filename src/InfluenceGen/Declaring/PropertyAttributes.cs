namespace InfluenceGen;

/// <summary>
/// Marks a property as a feature, in the order of declaration: a number; a bool, 1 for true; or an enum, one feature for
/// each member, called <c>Property=Member</c>, of which the value's own is 1 and the others are 0.
/// </summary>
/// <param name="column">The column it is read from; without it, the one that is called like the property.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FeatureAttribute(string? column = null) : Attribute
{
    /// <summary>The column it is read from; null for the one that is called like the property.</summary>
    public string? Column { get; } = column;
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

/// <summary>Marks the property that names the individual, a string, int or long; without it every row is an
/// individual of its own.</summary>
/// <param name="column">As for <see cref="FeatureAttribute"/>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IndividualAttribute(string? column = null) : Attribute
{
    /// <inheritdoc cref="FeatureAttribute.Column"/>
    public string? Column { get; } = column;
}

/// <summary>Marks the property of a rating that names the user, a string, int or long. The user is the individual.</summary>
/// <param name="column">As for <see cref="FeatureAttribute"/>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class UserAttribute(string? column = null) : Attribute
{
    /// <inheritdoc cref="FeatureAttribute.Column"/>
    public string? Column { get; } = column;
}

/// <summary>Marks the property of a rating that names the item, a string, int or long.</summary>
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
