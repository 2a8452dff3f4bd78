using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Diecast.Formats.Archives;

/// <summary>Writes the documents of an image: keys in byte order, no space, so that equal images give equal bytes.</summary>
internal static class ContainerDocuments
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A reference from one document to another, or to a layer.</summary>
    internal sealed record Descriptor(string MediaType, string Digest, long Size);

    internal static byte[] Configuration(ContainerConfiguration configuration, IReadOnlyList<(string DiffId, string CreatedBy)> layers) => Write(json =>
    {
        string created = Date(configuration.Created);
        json.WriteString("architecture", configuration.Architecture);
        json.WriteStartObject("config");
        Strings(json, "Cmd", configuration.Command);
        Strings(json, "Entrypoint", configuration.Entrypoint);
        Strings(json, "Env", configuration.Environment);
        Set(json, "ExposedPorts", configuration.ExposedPorts);
        Map(json, "Labels", configuration.Labels);
        if (configuration.StopSignal is { } signal)
            json.WriteString("StopSignal", signal);
        if (configuration.User.Length > 0)
            json.WriteString("User", configuration.User);
        Set(json, "Volumes", configuration.Volumes);
        if (configuration.WorkingDirectory.Length > 0)
            json.WriteString("WorkingDir", configuration.WorkingDirectory);
        json.WriteEndObject();
        json.WriteString("created", created);
        json.WriteStartArray("history");
        foreach ((_, string createdBy) in layers)
        {
            json.WriteStartObject();
            json.WriteString("created", created);
            json.WriteString("created_by", createdBy);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("os", configuration.OperatingSystem);
        json.WriteStartObject("rootfs");
        json.WriteStartArray("diff_ids");
        foreach ((string diffId, _) in layers)
            json.WriteStringValue(diffId);
        json.WriteEndArray();
        json.WriteString("type", "layers");
        json.WriteEndObject();
        if (configuration.Variant is { } variant)
            json.WriteString("variant", variant);
    });

    internal static byte[] Manifest(Descriptor configuration, IReadOnlyList<Descriptor> layers) => Write(json =>
    {
        json.WriteStartObject("config");
        Write(json, configuration);
        json.WriteEndObject();
        json.WriteStartArray("layers");
        foreach (Descriptor layer in layers)
        {
            json.WriteStartObject();
            Write(json, layer);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("mediaType", ContainerLayout.ManifestType);
        json.WriteNumber("schemaVersion", 2);
    });

    internal static byte[] Index(Descriptor manifest, ContainerConfiguration configuration, ContainerReference reference) => Write(json =>
    {
        json.WriteStartArray("manifests");
        json.WriteStartObject();
        json.WriteStartObject("annotations");
        json.WriteString(ContainerLayout.NameAnnotation, reference.FullName);
        json.WriteString(ContainerLayout.ReferenceAnnotation, reference.Tag);
        json.WriteEndObject();
        json.WriteString("digest", manifest.Digest);
        json.WriteString("mediaType", manifest.MediaType);
        json.WriteStartObject("platform");
        json.WriteString("architecture", configuration.Architecture);
        json.WriteString("os", configuration.OperatingSystem);
        if (configuration.Variant is { } variant)
            json.WriteString("variant", variant);
        json.WriteEndObject();
        json.WriteNumber("size", manifest.Size);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("mediaType", ContainerLayout.IndexType);
        json.WriteNumber("schemaVersion", 2);
    });

    internal static byte[] Layout() => Write(json => json.WriteString("imageLayoutVersion", ContainerLayout.LayoutVersion));

    /// <summary>Docker's manifest.json: the files of the one image of the archive.</summary>
    internal static byte[] DockerManifest(string configuration, IEnumerable<string> layers, ContainerReference reference)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteString("Config", configuration);
            json.WriteStartArray("Layers");
            foreach (string layer in layers)
                json.WriteStringValue(layer);
            json.WriteEndArray();
            Strings(json, "RepoTags", [reference.ToString()]);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static byte[] Write(Action<Utf8JsonWriter> content)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Descriptor descriptor)
    {
        json.WriteString("digest", descriptor.Digest);
        json.WriteString("mediaType", descriptor.MediaType);
        json.WriteNumber("size", descriptor.Size);
    }

    private static void Strings(Utf8JsonWriter json, string key, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
            return;
        json.WriteStartArray(key);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    /// <summary>Go's map[string]struct{}: keys with empty objects.</summary>
    private static void Set(Utf8JsonWriter json, string key, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
            return;
        json.WriteStartObject(key);
        foreach (string value in values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            json.WriteStartObject(value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Map(Utf8JsonWriter json, string key, IReadOnlyList<KeyValuePair<string, string>> values)
    {
        if (values.Count == 0)
            return;
        json.WriteStartObject(key);
        foreach ((string name, string value) in values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            json.WriteString(name, value);
        json.WriteEndObject();
    }

    /// <summary>RFC 3339, 5.6, in UTC and whole seconds.</summary>
    private static string Date(Timestamp time) =>
        time.ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
