using System.Text.Json;
using System.Text.Json.Serialization;

namespace InfluenceGen;

/// <summary>Refuses to write a type by <see cref="JsonSerializer"/>, which sees its properties and not the numbers behind its methods and
/// would write counts without them; and to read it.</summary>
public sealed class JsonRefusal : JsonConverterFactory
{
    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) => true;

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always; the message says what to write instead.</exception>
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(typeToConvert);
        var name = typeToConvert.Name.Split('`')[0];
        throw new NotSupportedException(
            $"JsonSerializer sees the properties of {name} and not {WhatIsHidden(name)}. Put what you need into an object of your own and serialize that.");
    }

    private static string WhatIsHidden(string name) => name switch
    {
        nameof(Influence.InfluenceScores<>) => "its scores: they are in OfTest(test), a row for each test example, the notes in Notes",
        nameof(Influence.GroupInfluences<>) => "its effects: they are in OfGroup(group), a row for each group, the changes of the parameters in ParameterChange(group), the notes in Notes",
        nameof(Influence.Representers<>) => "its contributions: they are in Of(test, output), the values in Value(training, output), the notes in Notes",
        nameof(Training.Fit<,>) => "its parameters: they are in Theta(), and where they lie in Model.Layout",
        nameof(Training.Trajectory<>) => "its steps and weights: Save writes them to a file, and Open reads it",
        nameof(Examples.ExampleSet<>) => "its examples: they are in Features, Labels and IndividualOf",
        nameof(Examples.Standardisation) => "its numbers: they are in Means, Deviations and ConstantFeatures",
        _ => "the numbers behind its methods",
    };
}
