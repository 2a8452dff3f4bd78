using System.Text;
using System.Text.Json;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Integrity;

/// <summary>The JSON of a verity signature partition (systemd, repart.c, partition_format_verity_sig).</summary>
internal static class VeritySignatureJson
{
    private const string RootHash = "rootHash";
    private const string Fingerprint = "certificateFingerprint";
    private const string Signature = "signature";

    /// <summary>As far as systemd reads (VERITY_SIG_SIZE is 16 KiB; larger partitions are read up to this).</summary>
    private const int MaximumLength = 64 * 1024;

    private const int MaximumHashSize = 64;

    internal static byte[] Make(ReadOnlySpan<byte> rootHash, ReadOnlySpan<byte> fingerprint, ReadOnlySpan<byte> pkcs7) => Encoding.ASCII.GetBytes(
        $"{{\"{RootHash}\":\"{Convert.ToHexStringLower(rootHash)}\",\"{Fingerprint}\":\"{Convert.ToHexStringLower(fingerprint)}\","
        + $"\"{Signature}\":\"{Convert.ToBase64String(pkcs7)}\"}}");

    internal static VeritySignatureInfo Read(Blob partition)
    {
        byte[] bytes = partition.Slice(0, Math.Min(partition.Length, MaximumLength)).ToArray();
        int end = bytes.AsSpan().IndexOf((byte)0);
        try
        {
            using var document = JsonDocument.Parse(bytes.AsMemory(0, end < 0 ? bytes.Length : end), new JsonDocumentOptions { MaxDepth = 8 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw Invalid("it is no object of JSON");
            return new VeritySignatureInfo
            {
                RootHash = HexOf(document.RootElement, RootHash) ?? throw Invalid($"it has no {RootHash}"),
                CertificateFingerprint = HexOf(document.RootElement, Fingerprint) ?? [],
                Pkcs7 = Convert.FromBase64String(TextOf(document.RootElement, Signature) ?? throw Invalid($"it has no {Signature}")),
            };
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new InvalidImageException(VeritySignature.Format, "it is not what a signature partition holds", exception);
        }
    }

    private static byte[]? HexOf(JsonElement element, string name)
    {
        if (TextOf(element, name) is not { } text)
            return null;
        return text.Length <= MaximumHashSize * 2 ? Convert.FromHexString(text) : throw Invalid($"its {name} has {text.Length} digits");
    }

    private static string? TextOf(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out JsonElement value))
            return null;
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Invalid($"its {name} is no text");
        }
        catch (InvalidOperationException exception)
        {
            // A text with half of a surrogate pair.
            throw new InvalidImageException(VeritySignature.Format, $"its {name} is no text", exception);
        }
    }

    private static InvalidImageException Invalid(string message) => new(VeritySignature.Format, message);
}
