using System.Buffers.Binary;
using System.Globalization;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Inspection;

/// <summary>
/// What is known by its mark alone (util-linux, libblkid/src/superblocks; each place is that of the format's own superblock).
/// </summary>
internal static class ContentMarks
{
    private static readonly Known[] All =
    [
        new("xfs", 0, "XFSB"u8.ToArray()) { IdAt = 32, LabelAt = (108, 12), Length = Xfs },
        new("btrfs", 65536 + 64, "_BHRfS_M"u8.ToArray()) { IdAt = 65536 + 32, LabelAt = (65536 + 299, 256), Length = content => UInt64(content, 65536 + 112, big: false) },
        new("f2fs", 1024, [0x10, 0x20, 0xF5, 0xF2]) { IdAt = 1024 + 108, WideLabelAt = (1024 + 124, 1024), Length = F2fs },
        new("crypto_LUKS", 0, [(byte)'L', (byte)'U', (byte)'K', (byte)'S', 0xBA, 0xBE]) { Version = Luks, TextIdAt = (168, 40), LabelOfVersion = ("2", 24, 48) },
        new("LVM2_member", 536, "LVM2 001"u8.ToArray()),
        new("linux_raid_member", 4096, [0xFC, 0x4E, 0x2B, 0xA9]) { IdAt = 4096 + 16, LabelAt = (4096 + 32, 32) },
        new("DM_verity_hash", 0, "verity\0\0"u8.ToArray()) { IdAt = 16 },
        new("BitLocker", 3, "-FVE-FS-"u8.ToArray()),
        new("ntfs", 3, "NTFS    "u8.ToArray()),
        new("exfat", 3, "EXFAT   "u8.ToArray()),
        new("iso9660", 32769, "CD001"u8.ToArray()) { LabelAt = (32808, 32) },
    ];

    internal static FoundContent? Find(Blob content)
    {
        foreach (Known known in All)
        {
            if (!Mark.Is(content, known.Offset, known.Bytes))
                continue;
            string? version = known.Version?.Invoke(content);
            (long Offset, int Length)? label = known.LabelAt;
            if (known.LabelOfVersion is { } of && of.Version == version)
                label = (of.Offset, of.Length);
            return new FoundContent
            {
                Type = known.Type,
                Version = version,
                Label = label is { } place ? Mark.Text(content, place.Offset, place.Length)
                    : known.WideLabelAt is { } wide ? Mark.WideText(content, wide.Offset, wide.Length) : null,
                Id = known.IdAt is { } id ? Mark.Uuid(content, id) : known.TextIdAt is { } text ? Mark.Text(content, text.Offset, text.Length) : null,
                Length = known.Length?.Invoke(content),
            };
        }

        return null;
    }

    private static long? Xfs(Blob content)
    {
        if (UInt64(content, 8, big: true) is not { } blocks || content.Length < 8)
            return null;
        uint size = BinaryPrimitives.ReadUInt32BigEndian(content.Slice(4, sizeof(uint)).ToArray());
        return size is 0 or > 65536 || blocks > long.MaxValue / size ? null : blocks * size;
    }

    private static long? F2fs(Blob content)
    {
        const int BlocksAt = 1024 + 36;
        const int BlockSizeLogAt = 1024 + 16;
        if (UInt64(content, BlocksAt, big: false) is not { } blocks)
            return null;
        uint log = BinaryPrimitives.ReadUInt32LittleEndian(content.Slice(BlockSizeLogAt, sizeof(uint)).ToArray());
        return log > 16 || blocks > long.MaxValue >> (int)log ? null : blocks << (int)log;
    }

    private static string? Luks(Blob content) =>
        content.Length < 8 ? null : BinaryPrimitives.ReadUInt16BigEndian(content.Slice(6, sizeof(ushort)).ToArray()).ToString(CultureInfo.InvariantCulture);

    private static long? UInt64(Blob content, long offset, bool big)
    {
        if (offset > content.Length - sizeof(ulong))
            return null;
        byte[] bytes = content.Slice(offset, sizeof(ulong)).ToArray();
        ulong value = big ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return value > long.MaxValue ? null : (long)value;
    }

    /// <summary>A mark and what stands at fixed places beside it.</summary>
    private sealed record Known(string Type, long Offset, byte[] Bytes)
    {
        internal long? IdAt { get; init; }

        internal (long Offset, int Length)? TextIdAt { get; init; }

        internal (long Offset, int Length)? LabelAt { get; init; }

        /// <summary>A label in UTF-16, little-endian.</summary>
        internal (long Offset, int Length)? WideLabelAt { get; init; }

        internal (string Version, long Offset, int Length)? LabelOfVersion { get; init; }

        internal Func<Blob, string?>? Version { get; init; }

        internal Func<Blob, long?>? Length { get; init; }
    }
}
