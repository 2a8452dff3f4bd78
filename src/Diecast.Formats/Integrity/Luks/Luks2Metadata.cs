using System.Text.Json;

namespace Diecast.Formats.Integrity;

/// <summary>The JSON of a header, checked (LUKS2 On-Disk Format Specification, 3).</summary>
internal sealed class Luks2Metadata
{
    /// <summary>Of cryptsetup: json-c reads no deeper.</summary>
    private const int MostDepth = 32;

    /// <summary>Segments, digests and tokens that are looked at; cryptsetup makes up to 32 tokens and a handful of the others.</summary>
    private const int MostObjects = 64;

    internal required IReadOnlyList<Luks2SlotMetadata> Slots { get; init; }

    internal required IReadOnlyList<Luks2Segment> Segments { get; init; }

    internal required IReadOnlyList<Luks2Digest> Digests { get; init; }

    internal required IReadOnlyList<string> Tokens { get; init; }

    internal required IReadOnlyList<string> Flags { get; init; }

    internal required IReadOnlyList<string> Requirements { get; init; }

    internal static Luks2Metadata Parse(byte[] header)
    {
        ReadOnlyMemory<byte> area = header.AsMemory(Luks2Layout.BinarySize);
        int end = area.Span.IndexOf((byte)0);
        if (end < 0)
            throw Luks2Header.Invalid("the JSON has no end");
        try
        {
            using var document = JsonDocument.Parse(area[..end], new JsonDocumentOptions { MaxDepth = MostDepth });
            return Parse(document.RootElement, header.Length);
        }
        catch (JsonException exception)
        {
            throw Luks2Header.Invalid("the JSON cannot be read", exception);
        }
    }

    private static Luks2Metadata Parse(JsonElement root, int headerSize)
    {
        Luks2Field all = Luks2Field.Root(root);
        Luks2Field config = all["config"];
        long area = config["keyslots_size"].Long();
        if (config["json_size"].Long() != headerSize - Luks2Layout.BinarySize)
            throw Luks2Header.Invalid("the size of the JSON is another than that of the header");
        if (area > Luks2Layout.MostKeySlotsSize)
            throw Luks2Header.Invalid(FormattableString.Invariant($"{area} bytes for key slots"));
        var slots = all["keyslots"].Numbered(Luks2Layout.MostKeySlots).Select(slot => Luks2SlotMetadata.Parse(slot.Number, slot.Field, 2L * headerSize, area)).ToList();
        var segments = all["segments"].Numbered(MostObjects).Select(segment => Luks2Segment.Parse(segment.Number, segment.Field)).ToList();
        if (segments.Count == 0)
            throw Luks2Header.Invalid("there is no segment");
        return new Luks2Metadata
        {
            Slots = slots,
            Segments = segments,
            Digests = [.. all["digests"].Numbered(MostObjects).Select(digest => Luks2Digest.Parse(digest.Field))],
            Tokens = [.. all["tokens"].Numbered(MostObjects).Select(token => token.Field["type"].Text())],
            Flags = config.Find("flags")?.Texts(MostObjects) ?? [],
            Requirements = config.Find("requirements")?.Find("mandatory")?.Texts(MostObjects) ?? [],
        };
    }
}

/// <summary>A segment: a part of the device.</summary>
internal sealed record Luks2Segment(int Number, string Type, long Offset, long? Length, string Encryption, string? Integrity, int SectorSize, ulong FirstSector)
{
    internal static Luks2Segment Parse(int number, Luks2Field field)
    {
        string type = field["type"].Text();
        string size = field["size"].Text();
        bool isCrypt = type == "crypt";
        int sectorSize = isCrypt ? field["sector_size"].Int() : Luks2Layout.SectorSize;
        if (!Luks2Layout.IsSectorSize(sectorSize))
            throw Luks2Header.Invalid(FormattableString.Invariant($"segment {number} has sectors of {sectorSize} bytes"));
        return new Luks2Segment(
            number,
            type,
            field["offset"].Long(),
            size == "dynamic" ? null : field["size"].Long(),
            isCrypt ? field["encryption"].Text() : "",
            field.Find("integrity")?["type"].Text(),
            sectorSize,
            isCrypt ? (ulong)field["iv_tweak"].Long() : 0);
    }
}

/// <summary>A digest, by which a volume key is known.</summary>
internal sealed record Luks2Digest(string Type, string Hash, int Iterations, byte[] Salt, byte[] Value, IReadOnlyList<string> Slots, IReadOnlyList<string> Segments)
{
    private const int MostBytes = 256;
    private const int MostNames = 64;

    internal static Luks2Digest Parse(Luks2Field field) => new(
        field["type"].Text(),
        field["hash"].Text(),
        field["iterations"].Int(),
        field["salt"].Base64(MostBytes),
        field["digest"].Base64(MostBytes),
        field["keyslots"].Texts(MostNames),
        field["segments"].Texts(MostNames));
}
