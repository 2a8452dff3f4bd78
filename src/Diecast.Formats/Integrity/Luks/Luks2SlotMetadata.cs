namespace Diecast.Formats.Integrity;

/// <summary>A key slot of a header. What stands beside the type is only there for slots of the type <c>luks2</c>.</summary>
internal sealed record Luks2SlotMetadata
{
    private const int MostKeySize = 512;
    private const int MostStripes = 65536;
    private const int MostSaltBytes = 256;

    internal required int Number { get; init; }

    internal required string Type { get; init; }

    internal required int KeySize { get; init; }

    internal required int Priority { get; init; }

    internal Luks2Kdf? Kdf { get; init; }

    internal byte[] Salt { get; init; } = [];

    internal string SplitHash { get; init; } = "";

    internal int Stripes { get; init; }

    internal long AreaOffset { get; init; }

    internal long AreaSize { get; init; }

    internal string AreaEncryption { get; init; } = "";

    internal int AreaKeySize { get; init; }

    internal bool IsUsual => Type == "luks2";

    internal static Luks2SlotMetadata Parse(int number, Luks2Field field, long areaStart, long areaLength)
    {
        string type = field["type"].Text();
        int keySize = field["key_size"].Int();
        int priority = field.Find("priority")?.Int() ?? 1;
        var slot = new Luks2SlotMetadata { Number = number, Type = type, KeySize = keySize, Priority = priority };
        if (!slot.IsUsual)
            return slot;
        Luks2Field area = field["area"];
        Luks2Field split = field["af"];
        Luks2Field kdf = field["kdf"];
        slot = slot with
        {
            Kdf = ParseKdf(kdf),
            Salt = kdf["salt"].Base64(MostSaltBytes),
            SplitHash = split["hash"].Text(),
            Stripes = split["stripes"].Int(),
            AreaOffset = area["offset"].Long(),
            AreaSize = area["size"].Long(),
            AreaEncryption = area["encryption"].Text(),
            AreaKeySize = area["key_size"].Int(),
        };
        if (keySize is 0 or > MostKeySize || slot.Stripes is 0 or > MostStripes || AntiForensic.Length(keySize, slot.Stripes) > slot.AreaSize)
            throw Luks2Header.Invalid(FormattableString.Invariant($"key slot {number} has {slot.Stripes} stripes of {keySize} bytes in {slot.AreaSize}"));
        if (slot.AreaOffset < areaStart || slot.AreaSize > areaLength || slot.AreaOffset - areaStart > areaLength - slot.AreaSize)
            throw Luks2Header.Invalid(FormattableString.Invariant($"key slot {number} lies at {slot.AreaOffset} with {slot.AreaSize} bytes; the slots' area is {areaLength} bytes at {areaStart}"));
        return slot;
    }

    internal Luks2SlotInfo Describe() => new() { Number = Number, Type = Type, KeySize = KeySize, Priority = Priority, Kdf = Kdf };

    private static Luks2Kdf? ParseKdf(Luks2Field kdf) => kdf["type"].Text() switch
    {
        "pbkdf2" => Luks2Kdf.Read(Luks2KdfType.Pbkdf2, kdf["hash"].Text(), kdf["iterations"].Int(), 0, 0),
        "argon2i" => Luks2Kdf.Read(Luks2KdfType.Argon2i, "", kdf["time"].Int(), kdf["memory"].Int(), kdf["cpus"].Int()),
        "argon2id" => Luks2Kdf.Read(Luks2KdfType.Argon2id, "", kdf["time"].Int(), kdf["memory"].Int(), kdf["cpus"].Int()),
        _ => null,
    };
}
