using System.Globalization;
using System.Text;
using Diecast.Building;
using Diecast.ImageTypes;
using Diecast.Planning;

namespace Diecast.Definitions.Rules;

/// <summary>Rules of an image's fields that its type has a place for or not: table, label, firmware, volatile root, shared store.</summary>
internal static class ImageFieldRules
{
    /// <summary>The label's place in the superblock of ext.</summary>
    private const int LongestRootLabel = 16;

    /// <summary>Where systemd, or the kernel, mounts file systems when the system starts.</summary>
    private static readonly string[] Hidden = ["/dev", "/proc", "/run", "/sys", "/tmp"];

    internal static void Check(Definition definition, Problems problems)
    {
        if (ImageCatalogue.Of(definition) is not { } type)
            return;
        Image image = definition.Image;
        if (type.PartitionTable is { } table && image.PartitionTable is { } given && given != table)
        {
            problems.Add("image.partitionTable", $"not the table of {type.Name}", Text(given), $"{type.Name} has {Text(table)}",
                $"remove it, or take the type {(given == PartitionTableType.Gpt ? "efi-raw or disk" : "mbr-raw or mbr-hybrid-raw")}");
        }

        if (image.RootOffset is { } offset)
            CheckOffset(type, image, offset, problems);
        if (type.Kind == ImageKind.Disk)
            CheckLabel(definition, problems);
        CheckFirmware(definition, type, problems);
        CheckRoot(definition, type, problems);
        CheckNixosKeys(definition, type, problems);
        if (image.VolatileRoot is { } isVolatile)
            CheckVolatile(definition, type, isVolatile, problems);
        if (image.SharedStore is { } store)
            CheckStore(definition, store, problems);
    }

    private static void CheckOffset(ImageType type, Image image, ByteSize offset, Problems problems)
    {
        if (!type.TakesRootOffset)
        {
            problems.Add("image.rootOffset", $"no place for an offset in {type.Name}", offset.ToString(), "raw-with-offset has its root at it",
                "take type: raw-with-offset, or partitions of your own with offset:");
        }
        else if (image.Partitions.Count > 0)
        {
            problems.Add("image.rootOffset", "offset beside partitions of your own", offset.ToString(), "it is that of the root which the image type makes",
                "give the offset to a partition");
        }
        else if (offset.Bytes % image.SectorSize != 0 || offset.Bytes < ByteSize.MiB(1).Bytes)
        {
            problems.Add("image.rootOffset", "not a place for the root", offset.ToString(), "it is a multiple of the sector, and GRUB's core image takes the first MiB",
                "take 1M or more");
        }
    }

    /// <summary>What is said of a root that the image type makes needs one.</summary>
    private static void CheckRoot(Definition definition, ImageType type, Problems problems)
    {
        Image image = definition.Image;
        if (!RootSettings.AreGiven(image))
            return;
        bool hasRoot = type.Kind == ImageKind.Disk && image.Partitions.Count == 0 && RootSettings.HasRoot(type.Complete(definition.System, image with { Name = image.Name ?? definition.Name }));
        (string Key, string Value)[] given = [("rootFileSystem", image.RootFileSystem is { } fileSystem ? MountTypes.NameOf(fileSystem.Type) : ""), ("free", image.Free?.ToString() ?? "")];
        foreach ((string key, string value) in given.Where(one => one.Value.Length > 0 && !hasRoot))
        {
            problems.Add($"image.{key}", "no root of the image type's", value, "it is that of the root which the image type makes",
                image.Partitions.Count > 0 ? "give it to a partition" : "remove it");
        }

        if (hasRoot && image.RootFileSystem is { } root)
        {
            if (root.Type is FileSystemType.Swap or FileSystemType.Vfat or FileSystemType.Iso9660)
                problems.Add("image.rootFileSystem", "not a file system for a root", MountTypes.NameOf(root.Type), "a root has owners, modes and links", "take ext4, xfs, btrfs, f2fs, squashfs or erofs");
            FileSystemRules.Check(new Partition { MountPoint = "/", FileSystem = root }, image.SectorSize, "image.rootFileSystem", problems);
        }
    }

    private static void CheckNixosKeys(Definition definition, ImageType type, Problems problems)
    {
        Image image = definition.Image;
        if (image.BootSize is { } size && (!type.TakesBootSize || image.Partitions.Count > 0))
        {
            problems.Add("image.bootSize", type.TakesBootSize ? "size beside partitions of your own" : $"no boot partition of a size of its own in {type.Name}", size.ToString(),
                "it is that of the boot partition which the image type makes", "give the size to a partition, or remove it");
        }
        else if (image.BootSize is { } other && (other.Bytes < ByteSize.MiB(1).Bytes || other.Bytes % image.SectorSize != 0))
        {
            problems.Add("image.bootSize", "not a size for a boot partition", other.ToString(), "it is 1M or more, and whole sectors", "take 64M or more");
        }

        if (image.FixedIds && (!type.TakesFixedIds || image.Partitions.Count > 0))
        {
            problems.Add("image.fixedIds", $"no fixed ids for {(type.TakesFixedIds ? "partitions of your own" : type.Name)}", "true",
                "they are those of the tables of NixOS's make-disk-image", "give diskId, and uuid to partitions and file systems");
        }
    }

    private static void CheckLabel(Definition definition, Problems problems)
    {
        if (definition.Image.Label is not { } label)
            return;
        if (definition.Image.Partitions.Count > 0 || definition.System is null)
        {
            problems.Add("image.label", "label with partitions of your own", label, "it is that of the root which the image type makes",
                "give the label to a partition's fileSystem");
        }
        else if (definition.Image.RootFileSystem is { Type: FileSystemType.Squashfs })
        {
            problems.Add("image.label", "label of a file system that has none", label, "a squashfs has no label", "remove it, or take another rootFileSystem");
        }
        else if (definition.Image.RootFileSystem is { Label: { } second })
        {
            problems.Add("image.label", "second label of the root", label, $"image.rootFileSystem.label is {second}", "remove one of them");
        }
        else
        {
            FileSystemType type = definition.Image.RootFileSystem?.Type ?? FileSystemType.Ext4;
            int longest = LongestLabel(type);
            int bytes = Encoding.UTF8.GetByteCount(label);
            if (bytes > longest)
            {
                problems.Add("image.label", $"label too long for {(FileSystemOptions.IsExt(type) ? "ext" : MountTypes.NameOf(type))}", label,
                    string.Create(CultureInfo.InvariantCulture, $"it has {bytes} bytes of UTF-8; its label has at most {longest}"), "shorten it");
            }
        }
    }

    /// <summary>The label's place in the superblock.</summary>
    private static int LongestLabel(FileSystemType type) => type switch
    {
        FileSystemType.Xfs => ForeignRules.LongestXfsLabel,
        FileSystemType.Btrfs => ForeignRules.LongestBtrfsLabel,
        FileSystemType.F2fs => ForeignRules.LongestF2fsLabel,
        FileSystemType.Erofs => FileSystemRules.LongestErofsLabel,
        _ => LongestRootLabel,
    };

    /// <summary>Firmware that is asked for must find the boot loader somewhere.</summary>
    private static void CheckFirmware(Definition definition, ImageType type, Problems problems)
    {
        ValueList<BootFirmware> wanted = definition.Image.Firmware;
        if (wanted.Count == 0 || problems.HasAt("image.firmware"))
            return;
        if (definition.System is not { } system || !StoreSystemRules.MayHaveKernel(system))
        {
            problems.Add("image.firmware", "firmware without a kernel", null, "a boot loader loads the kernel that the system declares", "remove it");
            return;
        }

        if (type.Kind != ImageKind.Disk)
            return;
        var places = new BootPlaces(definition with { Image = type.Complete(definition.System, definition.Image) });
        for (int i = 0; i < wanted.Count; i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"image.firmware[{i}]");
            if (wanted[i] == BootFirmware.Bios && !places.HasBiosPlace)
                problems.Add(path, "no place for a boot loader", "bios", "with a GPT, a BIOS needs a partition of type bios-boot", "add one, take partitionTable: mbr, or type: disk");
            else if (wanted[i] != BootFirmware.Bios && places.Esp is null)
                problems.Add(path, "no place for a boot loader", Text(wanted[i]), "UEFI needs a partition of type esp with a file system and a mountPoint", "add one, or take type: efi-raw");
        }
    }

    private static void CheckVolatile(Definition definition, ImageType type, bool isVolatile, Problems problems)
    {
        if (type.Kind == ImageKind.Iso && !isVolatile)
            problems.Add("image.volatileRoot", "root of an ISO image that is to keep changes", "false", "its root is only read", "remove it, or take another image type");
        else if (isVolatile)
            CheckInitrd(definition, "image.volatileRoot", "volatile root", problems);
    }

    private static void CheckStore(Definition definition, string store, Problems problems)
    {
        CheckInitrd(definition, "image.sharedStore", "shared store", problems);
        if (store is "/" or "/boot" or "/usr" or "/etc" || store.StartsWith("/boot/", StringComparison.Ordinal))
            problems.Add("image.sharedStore", "directory that the system starts from", store, "what boots, and /etc, is in the image", "name a directory of its own, as in /gnu/store");
        else if (Hidden.Any(hidden => store == hidden || store.StartsWith(hidden + "/", StringComparison.Ordinal)))
            problems.Add("image.sharedStore", "directory that the system hides", store, $"a file system of its own is mounted at {string.Join(", ", Hidden)}, over what the initial RAM disk mounts", "name another directory, as in /srv/store");
        else if (store.Any(c => char.IsWhiteSpace(c) || c is '"' or '\'' or '\\' or ','))
            problems.Add("image.sharedStore", "character that the kernel's command line cannot carry", store, "it has no spaces, quotes, commas and backslashes", "name another directory");
        int mounted = Enumerable.Range(0, definition.Image.Partitions.Count).FirstOrDefault(i => definition.Image.Partitions[i].MountPoint == store, -1);
        if (mounted >= 0)
        {
            problems.Add("image.sharedStore", "directory that a partition is mounted at", store,
                string.Create(CultureInfo.InvariantCulture, $"image.partitions[{mounted}] is mounted there"), "remove one of them");
        }
    }

    private static void CheckInitrd(Definition definition, string path, string what, Problems problems)
    {
        if (definition.System?.Kernel is null)
            problems.Add(path, $"{what} without a kernel", null, "the initial RAM disk of the system's kernel makes it", "add kernel: to the system, or remove it");
        else if (definition.System.Initrd.Kind != InitrdKind.Own)
            problems.Add(path, $"{what} with another initial RAM disk", null, "Diecast's own makes it", "take initrd: own, or remove it");
    }

    private static string Text<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
