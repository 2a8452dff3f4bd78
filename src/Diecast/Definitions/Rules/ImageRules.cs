using System.Globalization;
using Diecast.ImageTypes;

namespace Diecast.Definitions.Rules;

/// <summary>Rules of an image and of each of its partitions, beside where they lie.</summary>
internal static class ImageRules
{
    private const int MostMbrPartitions = 4;
    internal static void Check(Definition definition, Problems problems)
    {
        (Image image, OperatingSystem? system) = (definition.Image, definition.System);
        PartitionTableType table = image.PartitionTable ?? PartitionTableType.Gpt;
        CheckTable(image, table, problems);
        for (int i = 0; i < image.Partitions.Count; i++)
        {
            string path = At(i);
            CheckTableFields(image.Partitions[i], image.PartitionTable is null && system is not null ? null : table, path, problems);
            CheckFileSystem(image.Partitions[i], system, path, problems);
            if (image.Partitions[i].FileSystem is not null)
                FileSystemRules.Check(image.Partitions[i], image.SectorSize is 512 or 4096 ? image.SectorSize : 512, $"{path}.fileSystem", problems);
        }

        CheckTwice(image, "uuid", p => p.Uuid?.ToString("D"), problems);
        CheckTwice(image, "fileSystem.uuid", p => p.FileSystem?.Uuid?.ToString("D"), problems);
        CheckTwice(image, "mountPoint", p => p.MountPoint, problems);
        if (system is not null && image.Partitions.Count > 0 && ImageCatalogue.KindOf(definition) == ImageKind.Disk)
            CheckBoot(image, system, table, problems);
    }

    private static void CheckTable(Image image, PartitionTableType table, Problems problems)
    {
        if (table == PartitionTableType.Mbr && image.Partitions.Count > MostMbrPartitions)
        {
            problems.Add(At(MostMbrPartitions), "too many partitions for an MBR", Text(image.Partitions.Count), "an MBR has four primary partitions",
                "take partitionTable: gpt, or fewer partitions");
        }

        if (table == PartitionTableType.Mbr && image.Partitions.Count(p => p.Bootable) > 1)
        {
            int second = Enumerable.Range(0, image.Partitions.Count).Where(i => image.Partitions[i].Bootable).ElementAt(1);
            problems.Add($"{At(second)}.bootable", "second active partition", null, "an MBR has one active partition", "keep one bootable");
        }

        if (table == PartitionTableType.None && image.Partitions.Count > 1)
        {
            problems.Add(At(1), "second partition without a table", null, "without a table the image is its only partition",
                "take partitionTable: gpt, or keep one partition");
        }
    }

    /// <summary>What a table of the kind has no place for is refused, so that nothing declared is left out. Null when the type picks the table.</summary>
    private static void CheckTableFields(Partition partition, PartitionTableType? table, string path, Problems problems)
    {
        bool isByte = partition.Type.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (table == PartitionTableType.Gpt && isByte)
            problems.Add($"{path}.type", "MBR type in a GPT", partition.Type, "a GPT type is a name or a GUID", "take a name as in linux-generic, or partitionTable: mbr");
        if (table == PartitionTableType.Mbr && Guid.TryParseExact(partition.Type, "D", out _))
            problems.Add($"{path}.type", "GUID in an MBR", partition.Type, "an MBR type is a name or a byte as in 0x83", "take one of them, or partitionTable: gpt");
        if (table is not (PartitionTableType.Mbr or PartitionTableType.None))
            return;
        string rule = table == PartitionTableType.Mbr ? "an MBR entry has no such field" : "without a table there is no entry";
        if (partition.Label is not null)
            problems.Add($"{path}.label", "no place for a partition name", partition.Label, rule, "set fileSystem: {label: …}, or take partitionTable: gpt");
        if (partition.Uuid is { } uuid)
            problems.Add($"{path}.uuid", "no place for a partition UUID", uuid.ToString("D"), rule, "set fileSystem: {uuid: …}, or take partitionTable: gpt");
        if (partition.Attributes is not null)
            problems.Add($"{path}.attributes", "no place for attributes", null, rule, "remove them, or take partitionTable: gpt");
        if (table == PartitionTableType.None && partition.Bootable)
            problems.Add($"{path}.bootable", "no place for the active flag", null, rule, "remove it");
    }

    private static void CheckFileSystem(Partition partition, OperatingSystem? system, string path, Problems problems)
    {
        if (partition is { FileSystem: not null, Content: RawContent })
        {
            problems.Add($"{path}.fileSystem", "file system over raw content", null, "raw content is the whole partition",
                "remove fileSystem, or give the content as a directory or tar");
        }

        if (partition is { FileSystem: null, Content: DirectoryContent or TarContent })
            problems.Add($"{path}.content", "files without a file system", null, "files are put into a file system", "add fileSystem: ext4");
        if (partition.MountPoint is { } mountPoint)
        {
            if (system is null)
                problems.Add($"{path}.mountPoint", "mount point without a system", mountPoint, "a system mounts it", "remove it, or add system:");
            else if (partition is { FileSystem: null, Content: null })
                problems.Add($"{path}.mountPoint", "mount point without a file system", mountPoint, "a file system is mounted", "add fileSystem: ext4");
        }
    }

    private static void CheckBoot(Image image, OperatingSystem system, PartitionTableType table, Problems problems)
    {
        // A NixOS system may have its root in memory; its own fstab says so, which is read when the image is made.
        if (system.Base is not NixBase && !image.Partitions.Any(p => p.MountPoint == "/"))
        {
            problems.Add("image.partitions", "no root partition", null, "the system's files go into the partition that is mounted at /",
                "add mountPoint: / to one, or leave partitions out to have the image type's");
        }

        if (!StoreSystemRules.MayHaveKernel(system) || system.Bootloader is not { Kind: BootloaderKind.Grub })
            return;
        if (table == PartitionTableType.None)
        {
            problems.Add("image.partitionTable", "no place for a boot loader", "none", "GRUB lies before or in a partition of a table",
                "take partitionTable: gpt, or bootloader: none");
        }
        else if (table == PartitionTableType.Gpt && !image.Partitions.Any(p => BootTypes.Contains(p.Type.ToLowerInvariant())))
        {
            problems.Add("image.partitions", "no place for a boot loader", null, "in a GPT, GRUB needs a partition of type bios-boot (BIOS) or esp (UEFI)",
                "add one of them, or bootloader: none");
        }
    }

    /// <summary>Names and GUIDs of the EFI system and BIOS boot partitions (UEFI 2.10, 5.3.3; GRUB manual, 3.4).</summary>
    private static readonly string[] BootTypes =
        ["esp", "bios-boot", "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "21686148-6449-6e6f-744e-656564454649"];

    private static void CheckTwice(Image image, string key, Func<Partition, string?> value, Problems problems)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < image.Partitions.Count; i++)
        {
            if (value(image.Partitions[i]) is { Length: > 0 } text && !first.TryAdd(text, i))
                problems.Add($"{At(i)}.{key}", $"{key} given twice", text, $"{At(first[text])} has it already", "change one");
        }
    }

    private static string At(int index) => string.Create(CultureInfo.InvariantCulture, $"image.partitions[{index}]");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
