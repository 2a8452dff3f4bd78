using System.Text;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Integrity;

/// <summary>How a LUKS2 device is made.</summary>
public sealed record Luks2Options
{
    /// <summary>Bytes of the volume key: two keys of AES-256, as XTS has them.</summary>
    public const int VolumeKeySize = 64;

    /// <summary>Where systemd and cryptsetup have the data begin.</summary>
    public const long UsualDataOffset = 16 << 20;

    /// <summary>
    /// The key slots: from 1 to 32, numbered in their order from 0. Each opens the device on its own.
    /// </summary>
    public required IReadOnlyList<Luks2Slot> Slots { get; init; }

    /// <summary>
    /// The key that the data is encrypted with, 64 bytes. With a given one the device is the same each time: the salts and
    /// the split keys are made from it and from the slot's number, and so is the UUID. It must come from a secret: whoever
    /// knows it, or can derive it, as from a seed that is published with an image, reads all data without a passphrase.
    /// Default: none, a random one, so that no two devices are alike.
    /// </summary>
    public ReadOnlyMemory<byte> VolumeKey { get; init; }

    /// <summary>Bytes that are encrypted as a unit: 512, 1024, 2048 or 4096. Default: 4096.</summary>
    public int SectorSize { get; init; } = 4096;

    /// <summary>
    /// Where the encrypted data begins: a multiple of 4096 bytes with room for both headers and the slots, 252 KiB each.
    /// Default: 16 MiB.
    /// </summary>
    public long DataOffset { get; init; } = UsualDataOffset;

    /// <summary>
    /// Bytes of one of the two headers, its JSON included: a power of two from 16384 to 4194304. Default: 16384.
    /// </summary>
    public int HeaderSize { get; init; } = Luks2Layout.LeastHeaderSize;

    /// <summary>
    /// Bytes for key slots, behind the headers: a multiple of 4096 up to 128 MiB. Default: null, all before the data.
    /// </summary>
    public long? KeySlotsSize { get; init; }

    /// <summary>
    /// Bytes of the whole device, a multiple of the sector; what is behind the data is zero, as if never written, and reads as
    /// noise. systemd-repart leaves 16 MiB of a partition so. Default: null, to the data's end.
    /// </summary>
    public long? Length { get; init; }

    /// <summary>UUID. Default: null, one made from the volume key.</summary>
    public Guid? Uuid { get; init; }

    /// <summary>Label, up to 47 bytes of UTF-8. Default: none.</summary>
    public string Label { get; init; } = "";

    /// <summary>Second label, up to 47 bytes of UTF-8. Default: none.</summary>
    public string Subsystem { get; init; } = "";

    /// <summary>Whether those who open the device pass discards on, which shows where it is empty. Default: no.</summary>
    public bool AllowDiscards { get; init; }

    /// <summary>Bytes of a slot: the key's stripes in whole areas.</summary>
    internal static long SlotSize { get; } =
        Units.RoundUp(AntiForensic.Length(VolumeKeySize, AntiForensic.Stripes), Luks2Layout.AreaAlignment);

    /// <summary>Where slots begin.</summary>
    internal long SlotsOffset => 2L * HeaderSize;

    internal long EffectiveKeySlotsSize => KeySlotsSize
        ?? Math.Min(Luks2Layout.MostKeySlotsSize, (DataOffset - SlotsOffset) / Luks2Layout.AreaAlignment * Luks2Layout.AreaAlignment);

    /// <summary>Refuses what cannot be.</summary>
    /// <exception cref="UnrepresentableException">An option is out of range, or the data does not fit it.</exception>
    internal void Check(Blob data)
    {
        if (Fault() is { } fault)
            throw new UnrepresentableException(Luks2Layout.Format, null, fault);
        if (data.Length == 0 || data.Length % SectorSize != 0)
        {
            throw new UnrepresentableException(
                Luks2Layout.Format, null, FormattableString.Invariant($"data of {data.Length} bytes; they are a multiple of the sector, {SectorSize} bytes, and not none"));
        }

        if (Length is { } length && (length % SectorSize != 0 || length - DataOffset < data.Length))
        {
            throw new DoesNotFitException(
                Luks2Layout.Format,
                DataOffset + data.Length,
                length,
                FormattableString.Invariant($"a device of {length} bytes; it is a multiple of {SectorSize}, and has room for {data.Length} bytes of data behind {DataOffset}"));
        }
    }

    private string? Fault()
    {
        if (!Luks2Layout.IsHeaderSize((ulong)Math.Max(0, HeaderSize)))
            return FormattableString.Invariant($"headers of {HeaderSize} bytes; powers of two from {Luks2Layout.LeastHeaderSize} to {Luks2Layout.MostHeaderSize} are possible");
        if (!Luks2Layout.IsSectorSize(SectorSize))
            return FormattableString.Invariant($"sectors of {SectorSize} bytes; 512, 1024, 2048 and 4096 are possible");
        if (DataOffset % Luks2Layout.AreaAlignment != 0 || DataOffset < SlotsOffset)
            return FormattableString.Invariant($"data at {DataOffset}; it begins at a multiple of {Luks2Layout.AreaAlignment}, behind the headers, which end at {SlotsOffset}");
        long area = EffectiveKeySlotsSize;
        if (area % Luks2Layout.AreaAlignment != 0 || area is < 0 or > Luks2Layout.MostKeySlotsSize || area > DataOffset - SlotsOffset)
            return FormattableString.Invariant($"{area} bytes for key slots; multiples of {Luks2Layout.AreaAlignment} up to {Math.Min(Luks2Layout.MostKeySlotsSize, DataOffset - SlotsOffset)} are possible");
        if (Slots.Count is 0 or > Luks2Layout.MostKeySlots)
            return FormattableString.Invariant($"{Slots.Count} key slots; 1 to {Luks2Layout.MostKeySlots} are possible");
        if (Slots.Count * SlotSize > area)
            return FormattableString.Invariant($"{Slots.Count} key slots of {SlotSize} bytes; there is room for {area} bytes of them");
        if (VolumeKey.Length is not (0 or VolumeKeySize))
            return FormattableString.Invariant($"a volume key of {VolumeKey.Length} bytes; it has {VolumeKeySize}");
        if (LabelFault(Label) is { } label)
            return $"the label {label}";
        if (LabelFault(Subsystem) is { } subsystem)
            return $"the subsystem {subsystem}";
        return SlotFault();
    }

    private string? SlotFault()
    {
        for (int i = 0; i < Slots.Count; i++)
        {
            if (Slots[i].Key.Length > Luks2Slot.MostKeyBytes)
                return FormattableString.Invariant($"key slot {i}: a key of {Slots[i].Key.Length} bytes; up to {Luks2Slot.MostKeyBytes} are possible");
            if (Slots[i].Kdf.Fault() is { } fault)
                return FormattableString.Invariant($"key slot {i}: {fault}");
        }

        return null;
    }

    private static string? LabelFault(string text) =>
        Encoding.UTF8.GetByteCount(text) >= Luks2Layout.LabelSize || text.Contains('\0', StringComparison.Ordinal) || !Utf16.IsWellFormed(text)
            ? $"'{text}'; it has up to {Luks2Layout.LabelSize - 1} bytes of UTF-8 without NUL"
            : null;
}
