using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Diecast.Definitions.Records;
using Diecast.Definitions.Shapes;

namespace Diecast.Definitions.Documentation;

/// <summary>The JSON schema of a definition, for editors: draft 2020-12.</summary>
internal static class DefinitionSchema
{
    /// <summary>The schema, with a line feed at the end.</summary>
    internal static string Write()
    {
        var definitions = new SchemaDefinitions();
        JsonObject root = DefinitionShape.Shape.MapSchema(definitions);
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Diecast definition",
            ["description"] = ModelText.Of(nameof(Definition)),
        };
        foreach ((string key, JsonNode? value) in root.ToArray())
        {
            root.Remove(key);
            schema[key] = value;
        }

        schema["$defs"] = definitions.ToJson();
        using var bytes = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(bytes, options))
            schema.WriteTo(writer);
        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }
}
