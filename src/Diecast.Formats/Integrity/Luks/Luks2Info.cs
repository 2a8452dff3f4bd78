namespace Diecast.Formats.Integrity;

/// <summary>What the headers of a LUKS2 device say.</summary>
public sealed record Luks2Info
{
    /// <summary>UUID as it is written; empty for none.</summary>
    public required string Uuid { get; init; }

    /// <summary>Label; empty for none.</summary>
    public required string Label { get; init; }

    /// <summary>Second label; empty for none.</summary>
    public required string Subsystem { get; init; }

    /// <summary>How often the headers have been written.</summary>
    public required long Sequence { get; init; }

    /// <summary>Whether both headers are whole and the same; else one of them was read.</summary>
    public required bool IsClean { get; init; }

    /// <summary>The cipher of the data, as in <c>aes-xts-plain64</c>; of several kinds of data the first one's.</summary>
    public required string Encryption { get; init; }

    /// <summary>The kind of integrity protection, as in <c>hmac(sha256)</c>; null for none.</summary>
    public string? Integrity { get; init; }

    /// <summary>Bytes that are encrypted as a unit.</summary>
    public required int SectorSize { get; init; }

    /// <summary>Where the encrypted data begins.</summary>
    public required long DataOffset { get; init; }

    /// <summary>Bytes of encrypted data; null for all up to the device's end.</summary>
    public long? DataLength { get; init; }

    /// <summary>The key slots, by their numbers.</summary>
    public required IReadOnlyList<Luks2SlotInfo> Slots { get; init; }

    /// <summary>Flags for those who open the device, as in <c>allow-discards</c>.</summary>
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>What a reader must know, as in <c>online-reencrypt</c>.</summary>
    public required IReadOnlyList<string> Requirements { get; init; }

    /// <summary>The kinds of the tokens, as in <c>systemd-tpm2</c>, by their numbers.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }
}

/// <summary>A key slot of a LUKS2 device.</summary>
public sealed record Luks2SlotInfo
{
    /// <summary>Its number.</summary>
    public required int Number { get; init; }

    /// <summary>Its kind: <c>luks2</c>, or <c>reencrypt</c> while the device is being encrypted anew.</summary>
    public required string Type { get; init; }

    /// <summary>Bytes of the volume key in it.</summary>
    public required int KeySize { get; init; }

    /// <summary>How its key is derived; null where it has none, or by something that is not known.</summary>
    public Luks2Kdf? Kdf { get; init; }

    /// <summary>Whether it is tried before the others (2), in its turn (1), or only when it is asked for (0).</summary>
    public required int Priority { get; init; }
}
