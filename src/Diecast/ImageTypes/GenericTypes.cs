namespace Diecast.ImageTypes;

/// <summary>Types that are tied to no board and no cloud.</summary>
internal static class GenericTypes
{
    internal const string EspMountPoint = "/boot/efi";

    /// <summary>Where NixOS mounts its EFI system partition, unless it is told otherwise.</summary>
    internal const string NixosEspMountPoint = "/boot";

    /// <summary>The root's first byte in the types that have nothing before it but GRUB's core image.</summary>
    internal static readonly ByteSize DefaultRootOffset = ByteSize.MiB(1);

    /// <summary>Room beyond the content of a system's root, unless the definition says otherwise.</summary>
    internal static readonly ByteSize RootFree = ByteSize.GiB(1);

    /// <summary>The EFI system partition of Guix's types: 1 to 41 MiB, which makes it a FAT16.</summary>
    private static readonly ByteSize SmallEsp = ByteSize.MiB(40);

    /// <summary>What NixOS's manual makes.</summary>
    internal static readonly ByteSize NixosEsp = ByteSize.MiB(512);

    internal static readonly ImageType Disk = new(
        "disk", "GPT disk with BIOS boot partition, ESP and ext4 root; boots by BIOS and by UEFI",
        (system, image) => Fill(system, image, PartitionTableType.Gpt, [BiosBoot, Esp("esp", ByteSize.MiB(64), system), Root("root", image.Label)]));

    internal static readonly ImageType Data = new(
        "data", "disk with the declared partitions and nothing else; GPT unless another table is asked for",
        (_, image) => image with { PartitionTable = image.PartitionTable ?? PartitionTableType.Gpt })
    { NeedsSystem = false };

    internal static readonly DiskFormat CompressedQcow2 = new() { Name = "qcow2", Options = [new FormatOption("compression_type", "zstd")] };

    /// <summary>Those of Guix's, with the places of its partitions. In the order in which they are listed.</summary>
    internal static readonly ValueList<ImageType> All =
    [
        Disk,
        Data,
        Mbr("mbr-raw", "MBR disk with an ext4 root at 1 MiB; boots by BIOS", image => [MbrRoot(image, DefaultRootOffset)]),
        Hybrid("mbr-hybrid-raw", "MBR disk with ESP and ext4 root; boots by BIOS and by UEFI"),
        Efi("efi-raw", "GPT disk with ESP and ext4 root; boots by UEFI", BootFirmware.Uefi),
        Efi("efi32-raw", "GPT disk with ESP and ext4 root; boots by UEFI of 32 bits", BootFirmware.Uefi32),
        Mbr("raw-with-offset", "MBR disk with an ext4 root at image.rootOffset; boots by BIOS", image => [MbrRoot(image, image.RootOffset ?? DefaultRootOffset)]) with { TakesRootOffset = true },
        Hybrid("qcow2", "mbr-hybrid-raw as a compressed qcow2") with { Format = [CompressedQcow2] },
        Efi("qcow2-gpt", "efi-raw as a compressed qcow2", BootFirmware.Uefi) with { Format = [CompressedQcow2] },
    ];

    private static Partition BiosBoot => new() { Type = "bios-boot", Label = "bios", Size = new ImageSize(ByteSize.MiB(1)), Weight = 0 };

    private static ImageType Mbr(string name, string description, Func<Image, ValueList<Partition>> partitions) =>
        Make(name, description, PartitionTableType.Mbr, [BootFirmware.Bios], (_, image) => partitions(image));

    private static ImageType Hybrid(string name, string description) => Make(
        name, description, PartitionTableType.Mbr, [BootFirmware.Bios, BootFirmware.Uefi], (system, image) => [Esp(null, SmallEsp, system), MbrRoot(image, null)]);

    private static ImageType Efi(string name, string description, BootFirmware firmware) =>
        Make(name, description, PartitionTableType.Gpt, [firmware], (system, image) => [Esp("esp", SmallEsp, system), Root("root", image.Label)]);

    private static ImageType Make(
        string name, string description, PartitionTableType table, ValueList<BootFirmware> firmware, Func<OperatingSystem?, Image, ValueList<Partition>> partitions) =>
        new(name, description, (system, image) => Fill(system, image, table, partitions(system, image)) with
        {
            Firmware = image.Firmware.Count > 0 ? image.Firmware : firmware,
        })
        { PartitionTable = table, BringsFormat = true };

    private static Image Fill(OperatingSystem? system, Image image, PartitionTableType table, ValueList<Partition> partitions) => image with
    {
        PartitionTable = image.PartitionTable ?? table,
        Partitions = image.Partitions.Count > 0 || system is null ? image.Partitions : partitions,
    };

    /// <summary>The EFI system partition.</summary>
    /// <param name="label">Name in the table, or null where it has none.</param>
    /// <param name="size">Bytes.</param>
    internal static Partition Esp(string? label, ByteSize size) => new()
    {
        Type = "esp",
        Label = label,
        Size = new ImageSize(size),
        FileSystem = new PartitionFileSystem { Type = FileSystemType.Vfat, Label = "ESP" },
        MountPoint = EspMountPoint,
        MountOptions = "umask=0077",
    };

    /// <summary>
    /// The EFI system partition of a system. That of NixOS is mounted at /boot, where it puts its menu and its kernels, with room for some
    /// generations.
    /// </summary>
    private static Partition Esp(string? label, ByteSize size, OperatingSystem? system) =>
        system?.Base is NixBase ? Esp(label, NixosEsp) with { MountPoint = NixosEspMountPoint } : Esp(label, size);

    private static Partition Root(string? name, string? label) => new()
    {
        Type = "root",
        Label = name,
        Free = RootFree,
        FileSystem = new PartitionFileSystem { Type = FileSystemType.Ext4, Label = label ?? "root" },
        MountPoint = "/",
        MountOptions = "errors=remount-ro",
    };

    /// <summary>Active, without which some BIOSes boot no MBR; an entry of an MBR has no name.</summary>
    internal static Partition MbrRoot(Image image, ByteSize? offset) =>
        Root(null, image.Label) with { Type = "linux-generic", Bootable = true, Offset = offset };
}
