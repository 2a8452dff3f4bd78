using System.Globalization;
using Diecast.Building;
using Diecast.ImageTypes;
using Diecast.Planning;

namespace Diecast.Definitions.Rules;

/// <summary>What boots reads its kernel from a file system: one that it does not know, or not with these options, starts nothing.</summary>
internal static class BootReaderRules
{
    private const string Apart = "give /boot a partition of its own with ext4 or vfat";

    /// <summary>Features without which a reader is lost, and that GRUB does not have (grub-core/fs/ext2.c, EXT2_DRIVER_SUPPORTED_INCOMPAT).</summary>
    private static readonly string[] UnreadFeatures = ["inline_data", "ea_inode", "casefold"];

    /// <summary>Suites whose GRUB is older than 2.14, the first with erofs.</summary>
    private static readonly string[] WithoutErofs = ["buster", "bullseye", "bookworm", "trixie"];

    /// <param name="definition">The definition.</param>
    /// <param name="image">Its image, completed by its type.</param>
    /// <param name="system">Its system, completed by its type, or null.</param>
    /// <param name="problems">Where faults go.</param>
    internal static void Check(Definition definition, Image image, OperatingSystem? system, Problems problems)
    {
        if (system is null || ImageCatalogue.KindOf(definition) != ImageKind.Disk)
            return;
        CheckSource(definition, image, problems);
        var places = new BootPlaces(definition with { Image = image });
        if (system.Kernel is null || places.Boot is not { } holder || (image.Platform ?? ImageCatalogue.Of(definition)?.Platform).IsHurd())
            return;
        PartitionFileSystem fileSystem = image.Partitions[holder].FileSystem!;
        string path = PathOf(definition.Image, holder);
        switch (system.Bootloader?.Kind)
        {
            case null or BootloaderKind.Grub when places.Esp is not null || places.HasBiosPlace:
                CheckGrub(fileSystem, path, system.Base, problems);
                break;
            case BootloaderKind.Extlinux when fileSystem.Type != FileSystemType.Vfat && !FileSystemOptions.IsExt(fileSystem.Type):
                problems.Add(path, "not a file system that U-Boot reads", MountTypes.NameOf(fileSystem.Type), "it reads the kernel from ext2, ext3, ext4 or vfat", $"take ext4, or {Apart}");
                break;
        }
    }

    private static void CheckGrub(PartitionFileSystem fileSystem, string path, SystemBase source, Problems problems)
    {
        const string Rule = "GRUB reads the kernel from it";
        switch (fileSystem.Type)
        {
            case FileSystemType.Squashfs when fileSystem.Compression is not (FileSystemCompression.None or FileSystemCompression.Gzip or FileSystemCompression.Lzo or FileSystemCompression.Xz):
                problems.Add(
                    fileSystem.Compression is null ? path : $"{path}.compression", "squashfs compressed as GRUB does not read it",
                    (fileSystem.Compression ?? FileSystemCompression.Zstd).ToString().ToLowerInvariant(), $"{Rule}, and knows gzip and xz", $"take {{ type: squashfs, compression: xz }}, or {Apart}");
                break;
            case FileSystemType.Erofs when source is DebianBase { Suite: { } suite } && WithoutErofs.Contains(suite):
                problems.Add(path, "not a file system that GRUB reads", "erofs", $"{Rule}, and that of {suite} is older than 2.14, the first with erofs", $"take squashfs with compression: xz, or {Apart}");
                break;
            default:
                for (int i = 0; i < fileSystem.Features.Count; i++)
                {
                    if (UnreadFeatures.Contains(fileSystem.Features[i]))
                    {
                        problems.Add(string.Create(CultureInfo.InvariantCulture, $"{path}.features[{i}]"), "feature that GRUB does not know", fileSystem.Features[i], Rule,
                            $"remove it, or {Apart}");
                    }
                }

                break;
        }
    }

    /// <summary>Without a table there is no partition whose id could stand for the file system's.</summary>
    private static void CheckSource(Definition definition, Image image, Problems problems)
    {
        if (image.PartitionTable != PartitionTableType.None)
            return;
        for (int i = 0; i < image.Partitions.Count; i++)
        {
            if (image.Partitions[i] is { MountPoint: not null, FileSystem.Type: var type } && !FileSystemOptions.HasUuid(type))
            {
                problems.Add(PathOf(definition.Image, i), "nothing to mount it by", MountTypes.NameOf(type), "it has no UUID, and without a table there is no other id", "take erofs or ext4, or a type with a partition table");
            }
        }
    }

    private static string PathOf(Image declared, int index) => declared.Partitions.Count > 0
        ? string.Create(CultureInfo.InvariantCulture, $"image.partitions[{index}].fileSystem")
        : declared.RootFileSystem is null ? "image.type" : "image.rootFileSystem";
}
