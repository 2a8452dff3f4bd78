using System.Globalization;
using Diecast.ImageTypes;

namespace Diecast.Definitions.Rules;

/// <summary>
/// Rules of live systems on ISO 9660 volumes: what such a volume has no place for is refused; and of disks, that they are none.
/// </summary>
internal static class LiveRules
{
    /// <summary>ECMA-119, 8.4.7: the volume identifier has 32 bytes.</summary>
    private const int LongestVolumeId = 32;

    private const string Rule = "an ISO image has a live system's root and what boots it, and is as large as they are";

    private static readonly FileSystemType[] Roots = [FileSystemType.Squashfs, FileSystemType.Erofs, FileSystemType.Iso9660];

    /// <summary>What a partition of a disk has and the root of an ISO image has not.</summary>
    private static readonly (string Key, Func<Partition, bool> IsSet)[] DiskFields =
    [
        ("label", p => p.Label is not null),
        ("uuid", p => p.Uuid is not null),
        ("size", p => p.Size.Exact is not null),
        ("free", p => p.Free.Bytes != 0),
        ("minSize", p => p.MinSize is not null),
        ("maxSize", p => p.MaxSize is not null),
        ("offset", p => p.Offset is not null),
        ("attributes", p => p.Attributes is not null),
        ("bootable", p => p.Bootable),
        ("content", p => p.Content is not null),
        ("contents", p => p.Contents.Count > 0),
        ("directories", p => p.Directories.Count > 0),
        ("symlinks", p => p.Symlinks.Count > 0),
        ("storePaths", p => p.StorePaths.Count > 0),
    ];

    internal static void Check(Definition definition, Problems problems)
    {
        if (ImageCatalogue.KindOf(definition) == ImageKind.Iso)
        {
            CheckImage(definition.Image, problems);
            if (definition.System is { } system)
                CheckSystem(system, problems);
        }
        else
        {
            CheckDisk(definition.Image, problems);
        }
    }

    private static void CheckDisk(Image image, Problems problems)
    {
        for (int i = 0; i < image.Partitions.Count; i++)
        {
            if (image.Partitions[i].FileSystem is { Type: FileSystemType.Iso9660 })
            {
                problems.Add($"{At(i)}.fileSystem.type", "ISO 9660 in a partition of a disk", "iso9660",
                    "it is the root of the image types iso9660 and uncompressed-iso9660", "take squashfs or erofs, or one of these image types");
            }
        }
    }

    private static void CheckImage(Image image, Problems problems)
    {
        if (image.Size.Exact is { } size)
            problems.Add("image.size", "size of an ISO image", size.ToString(), Rule, "leave it out, or write auto");
        if (image.SizeMultiple is { } multiple)
            problems.Add("image.sizeMultiple", "size of an ISO image", multiple.ToString(), Rule, "remove it");
        if (image.Blobs.Count > 0)
            problems.Add("image.blobs", "blobs in an ISO image", null, Rule, "leave them out, or take another image type");
        if (image.GptEntries is not null || image.GptEntriesOffset is not null)
            problems.Add(image.GptEntries is null ? "image.gptEntriesOffset" : "image.gptEntries", "slots of the table of an ISO image", null, Rule, "leave them out");
        if (image.SectorSize != 512)
            problems.Add("image.sectorSize", "sectors of an ISO image", Text(image.SectorSize), "as a disk it has sectors of 512 bytes", "leave it out");
        if (image.PartitionTable == PartitionTableType.None)
            problems.Add("image.partitionTable", "ISO image without a table", "none", "as a disk it boots by a table", "take gpt or mbr");
        if (image.Label is { } label && (label.Length > LongestVolumeId || label.Any(c => c is < ' ' or > '~')))
            problems.Add("image.label", "not the name of a volume", label, "it has at most 32 characters of ASCII", "shorten it, or take letters, digits and _");
        if (image.Partitions.Count > 1)
            problems.Add(At(1), "second partition of an ISO image", null, Rule, "keep the root alone, or leave partitions out");
        if (image.Partitions is [var root, ..])
            CheckRoot(image, root, problems);
    }

    private static void CheckRoot(Image image, Partition root, Problems problems)
    {
        if (root.MountPoint != "/")
            problems.Add($"{At(0)}.mountPoint", "partition of an ISO image that is not its root", root.MountPoint, Rule, "write mountPoint: /, or leave partitions out");
        if (root.FileSystem is not { } fileSystem)
            problems.Add($"{At(0)}.fileSystem", "missing", null, "the root of an ISO image is one of squashfs, erofs and iso9660", "add fileSystem: squashfs");
        else if (!Roots.Contains(fileSystem.Type))
            problems.Add($"{At(0)}.fileSystem.type", "not a root for an ISO image", fileSystem.Type.ToString().ToLowerInvariant(), "it is one of squashfs, erofs and iso9660", "take squashfs");
        else if (image.Type == LiveTypes.Uncompressed && fileSystem.Compression is not (null or FileSystemCompression.None))
            problems.Add($"{At(0)}.fileSystem.compression", "compression of what is not compressed", fileSystem.Compression.ToString()!.ToLowerInvariant(), $"{LiveTypes.Uncompressed} has none", "remove it, or take type: iso9660");
        foreach ((string key, Func<Partition, bool> isSet) in DiskFields)
        {
            if (isSet(root))
                problems.Add($"{At(0)}.{key}", "field of a disk's partition", null, Rule, "remove it");
        }
    }

    private static void CheckSystem(OperatingSystem system, Problems problems)
    {
        const string Live = "a live system is started by Diecast's initial RAM disk and GRUB";
        if (system.Base is NixBase or GuixBase)
            problems.Add("image.type", "live system of a store", null, "the initial RAM disk of a NixOS or Guix system does not look for its root in a file of an ISO image", "take a type of a disk, as nixos-hybrid");
        else if (system.Kernel is null)
            problems.Add("system.kernel", "live system without a kernel", null, "an ISO image boots its system", "add kernel: with its package");
        if (system.Initrd.Kind != InitrdKind.Own)
            problems.Add("system.initrd.kind", "another initial RAM disk for a live system", "distribution", Live, "take initrd: own");
        if (system.Bootloader is { Kind: not (null or BootloaderKind.Grub) })
            problems.Add("system.bootloader.kind", "live system without a boot loader", null, Live, "take bootloader: grub");
    }

    private static string At(int index) => string.Create(CultureInfo.InvariantCulture, $"image.partitions[{index}]");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
