using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.FileSystems.Swap;

namespace Diecast.Formats.Inspection;

/// <summary>Asks the readers of file systems.</summary>
internal static class FileSystemProbe
{
    private const int SectorSize = 512;
    private const int ExtMagicAt = 1024 + 56;
    private const int ErofsMagicAt = 1024;
    private const int IsoMagicAt = 32769;

    internal static FoundContent? Find(Blob content)
    {
        if (Mark.Is(content, ExtMagicAt, [0x53, 0xEF]))
            return Try("ext4", () => Ext(ExtFileSystem.ReadInfo(content)));
        if (Mark.Is(content, 0, "hsqs"u8))
            return Try("squashfs", () => Squashfs(SquashfsFileSystem.ReadInfo(content)));
        if (Mark.Is(content, ErofsMagicAt, [0xE2, 0xE1, 0xF5, 0xE0]))
            return Try("erofs", () => Erofs(ErofsFileSystem.ReadInfo(content)));
        if (SwapArea.IsSwap(content))
            return Try("swap", () => Swap(SwapArea.ReadInfo(content)));
        // Before FAT: an image that is a disk too has a boot sector.
        if (Mark.Is(content, IsoMagicAt, "CD001"u8) && Try(null, () => Iso(IsoFileSystem.ReadInfo(content))) is { } iso)
            return iso;
        // A boot sector begins with a jump over what NTFS and exFAT have another name in.
        return Mark.Is(content, SectorSize - 2, [0x55, 0xAA])
            && (Mark.Is(content, 0, [0xEB]) || Mark.Is(content, 0, [0xE9]))
            && !Mark.Is(content, 3, "NTFS    "u8) && !Mark.Is(content, 3, "EXFAT   "u8) && !Mark.Is(content, 3, "-FVE-FS-"u8)
            ? Try(null, () => Fat(FatFileSystem.ReadInfo(content)))
            : null;
    }

    private static FoundContent Ext(ExtInfo info) => new()
    {
        Type = info.Type,
        Label = Mark.Text(info.Label),
        Id = info.Uuid == Guid.Empty ? null : info.Uuid.ToString(),
        Length = info.Length,
        IsClean = info.IsClean && !info.HasErrors,
    };

    private static FoundContent Erofs(ErofsInfo info) => new()
    {
        Type = "erofs",
        Version = info.Algorithms.Count == 0 ? null : string.Join(", ", info.Algorithms),
        Label = Mark.Text(info.Label),
        Id = info.Uuid == Guid.Empty ? null : info.Uuid.ToString(),
        Length = info.BlockCount * info.BlockSize,
    };

    private static FoundContent Fat(FatInfo info) => new()
    {
        Type = "vfat",
        Version = string.Create(CultureInfo.InvariantCulture, $"FAT{(int)info.Type}"),
        Label = Mark.Text(info.Label),
        Id = info.VolumeId is { } id ? string.Create(CultureInfo.InvariantCulture, $"{id >> 16:X4}-{id & 0xffff:X4}") : null,
        Length = info.Length,
        IsClean = info.IsClean,
    };

    private static FoundContent Swap(SwapInfo info) => new()
    {
        Type = "swap",
        Version = "1",
        Label = Mark.Text(info.Label),
        Id = info.Uuid == Guid.Empty ? null : info.Uuid.ToString(),
        Length = info.Length,
    };

    private static FoundContent Iso(IsoInfo info) => new()
    {
        Type = "iso9660",
        Version = info switch { { HasRockRidge: true } => "Rock Ridge", { HasJoliet: true } => "Joliet", _ => null },
        Label = Mark.Text(info.VolumeId),
        Id = info.Uuid,
        Length = info.BlockCount * info.BlockSize,
    };

    private static FoundContent Squashfs(SquashfsInfo info) => new()
    {
        Type = "squashfs",
        Version = $"4.0, {info.Compression.ToString().ToLowerInvariant()}",
        Length = info.Length,
    };

    /// <summary>A mark without the rest is a damaged one; where the mark alone says little it is nothing.</summary>
    private static FoundContent? Try(string? type, Func<FoundContent> read)
    {
        try
        {
            return read();
        }
        catch (InvalidImageException)
        {
            return type is null ? null : new FoundContent { Type = type, IsClean = false };
        }
    }
}
