namespace Diecast.ImageTypes;

/// <summary>Types that are tied to no board and no cloud.</summary>
internal static class GenericTypes
{
    internal const string EspMountPoint = "/boot/efi";

    /// <summary>Room beyond the content of a system's root, unless the definition says otherwise.</summary>
    internal static readonly ByteSize RootFree = ByteSize.GiB(1);

    /// <summary>The EFI system partition.</summary>
    internal static Partition EspPartition => new()
    {
        Type = "esp",
        Label = "esp",
        Size = new ImageSize(ByteSize.MiB(64)),
        FileSystem = new PartitionFileSystem { Type = FileSystemType.Vfat, Label = "ESP" },
        MountPoint = EspMountPoint,
        MountOptions = "umask=0077",
    };

    internal static readonly ImageType Disk = new(
        "disk", "GPT disk with BIOS boot partition, ESP and ext4 root; boots by BIOS and by UEFI", CompleteDisk);

    internal static readonly ImageType Data = new(
        "data", "disk with the declared partitions and nothing else; GPT unless another table is asked for", CompleteData)
    { NeedsSystem = false };

    private static Image CompleteDisk(OperatingSystem? system, Image image) => image with
    {
        PartitionTable = image.PartitionTable ?? PartitionTableType.Gpt,
        Partitions = image.Partitions.Count > 0 || system is null ? image.Partitions :
        [
            new Partition { Type = "bios-boot", Label = "bios", Size = new ImageSize(ByteSize.MiB(1)), Weight = 0 },
            EspPartition,
            new Partition
            {
                Type = "root",
                Label = "root",
                Free = RootFree,
                FileSystem = new PartitionFileSystem { Type = FileSystemType.Ext4, Label = image.Label ?? "root" },
                MountPoint = "/",
                MountOptions = "errors=remount-ro",
            },
        ],
    };

    private static Image CompleteData(OperatingSystem? system, Image image) => image with
    {
        PartitionTable = image.PartitionTable ?? PartitionTableType.Gpt,
    };
}
