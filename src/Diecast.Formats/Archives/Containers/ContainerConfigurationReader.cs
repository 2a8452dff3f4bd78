using System.Globalization;
using System.Text.Json;

namespace Diecast.Formats.Archives;

/// <summary>Reads an image's configuration. What is not there, or null as Go writes nothing, is the default.</summary>
internal static class ContainerConfigurationReader
{
    internal static ContainerConfiguration Read(JsonElement document, string name)
    {
        JsonElement config = document.TryGetProperty("config", out JsonElement given) && given.ValueKind == JsonValueKind.Object ? given : default;
        return new ContainerConfiguration
        {
            Architecture = Text(document, "architecture") ?? throw new InvalidImageException(PackedContainer.Format, $"the configuration {name} has no architecture"),
            Variant = Text(document, "variant"),
            OperatingSystem = Text(document, "os") ?? "linux",
            Created = Date(Text(document, "created")),
            User = Text(config, "User") ?? "",
            Environment = Texts(config, "Env"),
            Entrypoint = Texts(config, "Entrypoint"),
            Command = Texts(config, "Cmd"),
            WorkingDirectory = Text(config, "WorkingDir") ?? "",
            ExposedPorts = Keys(config, "ExposedPorts"),
            Volumes = Keys(config, "Volumes"),
            Labels = [.. Members(config, "Labels").Select(member => KeyValuePair.Create(member.Name, member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText()))],
            StopSignal = Text(config, "StopSignal"),
        };
    }

    private static Timestamp Date(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date)
            ? new Timestamp(date.ToUnixTimeSeconds())
            : default;

    private static string? Text(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string[] Texts(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)]
            : [];

    private static string[] Keys(JsonElement element, string key) => [.. Members(element, key).Select(member => member.Name)];

    private static IEnumerable<JsonProperty> Members(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal)
            : [];
}
