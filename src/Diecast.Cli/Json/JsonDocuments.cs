using System.Text.Encodings.Web;
using System.Text.Json;

namespace Diecast.Cli.Json;

/// <summary>How documents are written: quotes and letters as they are, for programs and for eyes, never inside HTML.</summary>
internal static class JsonDocuments
{
    internal static JsonText Text { get; } =
        new(new JsonSerializerOptions(JsonText.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
