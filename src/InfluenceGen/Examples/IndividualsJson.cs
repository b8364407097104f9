using System.Text.Json;
using System.Text.Json.Serialization;

namespace InfluenceGen.Examples;

/// <summary>Individuals in JSON: an array of their names, in the order of their codes.</summary>
public sealed class IndividualsJson : JsonConverter<Individuals>
{
    /// <inheritdoc/>
    public override Individuals Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("Individuals are an array of names.");
        }

        var names = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            names.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("The name of an individual is a string."));
        }

        return new Individuals(names);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Individuals value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStartArray();
        for (var code = 0; code < value.Count; code++)
        {
            writer.WriteStringValue(value[code]);
        }

        writer.WriteEndArray();
    }
}
