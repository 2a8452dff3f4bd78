using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Diecast.Formats.Integrity;

/// <summary>What a slot's JSON says.</summary>
/// <param name="Kdf">How its key is derived.</param>
/// <param name="Salt">With which salt.</param>
/// <param name="Offset">Where its area is.</param>
internal sealed record Luks2JsonSlot(Luks2Kdf Kdf, byte[] Salt, long Offset);

/// <summary>Writes the JSON as cryptsetup does: compact, in its order, 64-bit numbers as texts.</summary>
internal static class Luks2Json
{
    internal const string Cipher = "aes-xts-plain64";

    internal static byte[] Make(Luks2Options options, IReadOnlyList<Luks2JsonSlot> slots, string slotHash, string digestHash, byte[] digestSalt, byte[] digest)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("keyslots");
            for (int i = 0; i < slots.Count; i++)
                WriteSlot(json, i, slots[i], slotHash);
            json.WriteEndObject();
            json.WriteStartObject("tokens");
            WriteTokens(json, options.Slots);
            json.WriteEndObject();
            json.WriteStartObject("segments");
            WriteSegment(json, options);
            json.WriteEndObject();
            json.WriteStartObject("digests");
            WriteDigest(json, slots.Count, digestHash, digestSalt, digest);
            json.WriteEndObject();
            json.WriteStartObject("config");
            json.WriteString("json_size", Text(options.HeaderSize - Luks2Layout.BinarySize));
            json.WriteString("keyslots_size", Text(options.EffectiveKeySlotsSize));
            if (options.AllowDiscards)
            {
                json.WriteStartArray("flags");
                json.WriteStringValue("allow-discards");
                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteSlot(Utf8JsonWriter json, int number, Luks2JsonSlot slot, string hash)
    {
        json.WriteStartObject(Text(number));
        json.WriteString("type", "luks2");
        json.WriteNumber("key_size", Luks2Options.VolumeKeySize);
        json.WriteStartObject("af");
        json.WriteString("type", "luks1");
        json.WriteNumber("stripes", AntiForensic.Stripes);
        json.WriteString("hash", hash);
        json.WriteEndObject();
        json.WriteStartObject("area");
        json.WriteString("type", "raw");
        json.WriteString("offset", Text(slot.Offset));
        json.WriteString("size", Text(Luks2Options.SlotSize));
        json.WriteString("encryption", Cipher);
        json.WriteNumber("key_size", Luks2Options.VolumeKeySize);
        json.WriteEndObject();
        json.WriteStartObject("kdf");
        json.WriteString("type", slot.Kdf.Name);
        if (slot.Kdf.Type == Luks2KdfType.Pbkdf2)
        {
            json.WriteString("hash", slot.Kdf.Hash);
            json.WriteNumber("iterations", slot.Kdf.Iterations);
        }
        else
        {
            json.WriteNumber("time", slot.Kdf.Iterations);
            json.WriteNumber("memory", slot.Kdf.MemoryKib);
            json.WriteNumber("cpus", slot.Kdf.Lanes);
        }

        json.WriteString("salt", Convert.ToBase64String(slot.Salt));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteTokens(Utf8JsonWriter json, IReadOnlyList<Luks2Slot> slots)
    {
        int number = 0;
        for (int i = 0; i < slots.Count; i++)
        {
            if (slots[i].Token is not { } token)
                continue;
            json.WriteStartObject(Text(number++));
            json.WriteString("type", token.Type);
            json.WriteStartArray("keyslots");
            json.WriteStringValue(Text(i));
            json.WriteEndArray();
            token.Write(json);
            json.WriteEndObject();
        }
    }

    private static void WriteSegment(Utf8JsonWriter json, Luks2Options options)
    {
        json.WriteStartObject("0");
        json.WriteString("type", "crypt");
        json.WriteString("offset", Text(options.DataOffset));
        json.WriteString("size", "dynamic");
        json.WriteString("iv_tweak", "0");
        json.WriteString("encryption", Cipher);
        json.WriteNumber("sector_size", options.SectorSize);
        json.WriteEndObject();
    }

    private static void WriteDigest(Utf8JsonWriter json, int slots, string hash, byte[] salt, byte[] digest)
    {
        json.WriteStartObject("0");
        json.WriteString("type", "pbkdf2");
        json.WriteStartArray("keyslots");
        for (int i = 0; i < slots; i++)
            json.WriteStringValue(Text(i));
        json.WriteEndArray();
        json.WriteStartArray("segments");
        json.WriteStringValue("0");
        json.WriteEndArray();
        json.WriteString("hash", hash);
        json.WriteNumber("iterations", Luks2Kdf.LeastIterations);
        json.WriteString("salt", Convert.ToBase64String(salt));
        json.WriteString("digest", Convert.ToBase64String(digest));
        json.WriteEndObject();
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
