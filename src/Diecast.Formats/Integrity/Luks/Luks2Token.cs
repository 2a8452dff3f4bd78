using System.Text.Json;

namespace Diecast.Formats.Integrity;

/// <summary>What a header says of how the key of a slot is to be had.</summary>
/// <param name="Type">The kind.</param>
/// <param name="Write">Writes its own properties, which follow the kind and the slot.</param>
internal sealed record Luks2Token(string Type, Action<Utf8JsonWriter> Write);
