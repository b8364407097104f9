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
        var hidden = (Attribute.GetCustomAttribute(typeToConvert, typeof(HiddenFromJsonAttribute)) as HiddenFromJsonAttribute)?.What
            ?? "the numbers behind its methods";
        throw new NotSupportedException(
            $"JsonSerializer sees the properties of {name} and not {hidden}. Put what you need into an object of your own and serialize that.");
    }
}

/// <summary>What <see cref="JsonSerializer"/> does not see of a type, and where it is to be had: said where it is refused
/// (<see cref="JsonRefusal"/>).</summary>
/// <param name="what">As it ends the sentence "JsonSerializer sees the properties and not …".</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class HiddenFromJsonAttribute(string what) : Attribute
{
    public string What => what;
}
