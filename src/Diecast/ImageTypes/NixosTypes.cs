namespace Diecast.ImageTypes;

/// <summary>
/// The partition tables of NixOS's make-disk-image, with its sectors, types and names (nixpkgs, nixos/lib/make-disk-image.nix). FAT
/// partitions are mounted where systems expect them: the EFI system partition not on /boot, unless there is another for that.
/// </summary>
internal static class NixosTypes
{
    private const string FatByte = "0x0c";
    private const string RootLabel = "nixos";
    private const string BootMountPoint = "/boot";
    private const string SeparateEspMountPoint = "/efi";
    private const int SectorOfNixos = 512;

    private static readonly ByteSize First = ByteSize.MiB(1);
    private static readonly ByteSize EspOffset = ByteSize.MiB(8);

    /// <summary>bootSize = "256M", rounded to the MiB behind it, is where the partition before the root ends.</summary>
    private static readonly ByteSize BootEnd = ByteSize.MiB(257);

    /// <summary>With a partition for kernels beside it, the EFI system partition ends here.</summary>
    private static readonly ByteSize SmallEspEnd = ByteSize.MiB(100);

    /// <summary>additionalSpace.</summary>
    private static readonly ByteSize RootFree = ByteSize.MiB(512);

    // The ids of deterministic = true. The source's disk id lacks a digit; this is what sgdisk makes of it.
    private static readonly Guid DiskId = new("97FD5997-F390-0B4A-A3F8-D106C1723AEA");
    private static readonly Guid FirstId = new("1C06F03B-704E-4657-B9CD-681A087A2FDC");
    private static readonly Guid SecondId = new("970C694F-AFD0-4B99-B750-CDB7A329AB6F");
    private static readonly Guid RootId = new("F222513B-DED1-49FA-B591-20CE86A2FE7F");

    /// <summary>In the order in which they are listed.</summary>
    internal static readonly ValueList<ImageType> All =
    [
        Make("nixos-legacy", "make-disk-image's legacy: MBR with an ext4 root at 1 MiB; boots by BIOS", PartitionTableType.Mbr, [BootFirmware.Bios],
            (_, image) => [Root(image, null, First)]),
        Make("nixos-legacy-boot", "make-disk-image's legacy+boot: MBR with a FAT on /boot and an ext4 root; boots by BIOS", PartitionTableType.Mbr, [BootFirmware.Bios],
            (_, image) => [Boot(image, FatByte, First, new ByteSize(BootEnd.Bytes - First.Bytes)) with { Label = null, Bootable = true }, Root(image, null, null)])
            with { TakesBootSize = true },
        Make("nixos-legacy-gpt", "make-disk-image's legacy+gpt: GPT with BIOS boot partition and ext4 root; boots by BIOS", PartitionTableType.Gpt, [BootFirmware.Bios],
            (_, image) => [BiosBoot(First, ByteSize.MiB(1)), Root(image, "primary", null)]),
        Make("nixos-efi", "make-disk-image's efi: GPT with ESP at 8 MiB and ext4 root; boots by UEFI", PartitionTableType.Gpt, [BootFirmware.Uefi],
            (system, image) => [Esp(image.BootSize ?? Upto(BootEnd), system), Root(image, "primary", null)])
            with { TakesBootSize = true },
        Make("nixos-efixbootldr", "make-disk-image's efixbootldr: GPT with ESP on /efi, extended boot partition and ext4 root; boots by UEFI", PartitionTableType.Gpt, [BootFirmware.Uefi],
            (_, image) =>
            [
                Esp(Upto(SmallEspEnd), null) with { MountPoint = SeparateEspMountPoint },
                Boot(image, "xbootldr", SmallEspEnd, new ByteSize(BootEnd.Bytes - SmallEspEnd.Bytes)),
                Root(image, "ROOT", null),
            ])
            with { TakesBootSize = true },
        Make("nixos-hybrid", "make-disk-image's hybrid: GPT with ESP at 8 MiB, BIOS boot partition before it and ext4 root; boots by BIOS and by UEFI", PartitionTableType.Gpt, [BootFirmware.Bios, BootFirmware.Uefi],
            (system, image) => [Esp(image.BootSize ?? Upto(BootEnd), system), GapBiosBoot(image), Root(image, "primary", AfterEsp(image))])
            with { TakesBootSize = true },
        Make("nixos-none", "make-disk-image's none: an ext4 root and no table; nothing boots it", PartitionTableType.None, [],
            (_, image) => [Root(image, null, null)])
            with { CompleteSystem = WithoutLoader },
    ];

    private static ImageType Make(
        string name, string description, PartitionTableType table, ValueList<BootFirmware> firmware, Func<OperatingSystem?, Image, ValueList<Partition>> partitions) =>
        new(name, description, (system, image) => Complete(system, image, table, firmware, partitions))
        {
            PartitionTable = table,
            BringsFormat = true,
            TakesFixedIds = true,
        };

    private static Image Complete(
        OperatingSystem? system, Image image, PartitionTableType table, ValueList<BootFirmware> firmware, Func<OperatingSystem?, Image, ValueList<Partition>> partitions)
    {
        bool isOwn = image.Partitions.Count > 0 || system is null;
        image = image with
        {
            PartitionTable = image.PartitionTable ?? table,
            Partitions = isOwn ? image.Partitions : partitions(system, image),
            Firmware = image.Firmware.Count > 0 ? image.Firmware : firmware,
        };
        return image.FixedIds && !isOwn ? WithFixedIds(image, table) : image;
    }

    /// <summary>
    /// The ids that are given there. A table of legacy+gpt has none for its root: the script gives it to a third partition that
    /// there is not. An MBR's signature is left to chance there, and follows from the seed here.
    /// </summary>
    private static Image WithFixedIds(Image image, PartitionTableType table)
    {
        int last = image.Partitions.Count - 1;
        bool isOfRoot = image.Partitions[0].Type == "esp";
        return image with
        {
            DiskId = image.DiskId ?? (table == PartitionTableType.Gpt ? DiskId : null),
            Partitions = image.Partitions.Select((partition, index) => partition with
            {
                Uuid = table != PartitionTableType.Gpt ? null : index == last && isOfRoot ? RootId : index == 0 ? FirstId : SecondId,
                FileSystem = index == last ? partition.FileSystem! with { Uuid = RootId } : partition.FileSystem,
            }).ToValueList(),
        };
    }

    private static OperatingSystem WithoutLoader(OperatingSystem system)
    {
        BootloaderConfiguration loader = system.Bootloader ?? new BootloaderConfiguration();
        return system with { Bootloader = loader with { Kind = loader.Kind ?? BootloaderKind.None } };
    }

    private static ByteSize Upto(ByteSize end) => new(end.Bytes - EspOffset.Bytes);

    /// <summary>A system of NixOS mounts it at /boot, as there; others have kernels where hard links are.</summary>
    private static Partition Esp(ByteSize size, OperatingSystem? system) => GenericTypes.Esp("ESP", size) with
    {
        Offset = EspOffset,
        Weight = 0,
        MountPoint = system?.Base is NixBase ? GenericTypes.NixosEspMountPoint : GenericTypes.EspMountPoint,
    };

    private static Partition Boot(Image image, string type, ByteSize offset, ByteSize size) => new()
    {
        Type = type,
        Label = "BOOT",
        Offset = offset,
        Size = new ImageSize(image.BootSize ?? size),
        Weight = 0,
        FileSystem = new PartitionFileSystem { Type = FileSystemType.Vfat, Label = "BOOT" },
        MountPoint = BootMountPoint,
        MountOptions = "umask=0077",
    };

    private static Partition BiosBoot(ByteSize offset, ByteSize size) =>
        new() { Type = "bios-boot", Label = "no-fs", Offset = offset, Size = new ImageSize(size), Weight = 0 };

    /// <summary>From the first sector behind the table's entries up to and with the one at 1 MiB, as parted is told there.</summary>
    private static Partition GapBiosBoot(Image image)
    {
        const int Entries = 128 * 128;
        long start = (2L * image.SectorSize) + Entries;
        long end = First.Bytes + (image.SectorSize == SectorOfNixos ? SectorOfNixos : 0);
        return BiosBoot(new ByteSize(start), new ByteSize(end - start));
    }

    /// <summary>The root stands behind the EFI system partition, not behind the one that comes before it in the table.</summary>
    private static ByteSize AfterEsp(Image image)
    {
        long end = EspOffset.Bytes + (image.BootSize ?? Upto(BootEnd)).Bytes;
        return new ByteSize((end + First.Bytes - 1) / First.Bytes * First.Bytes);
    }

    private static Partition Root(Image image, string? name, ByteSize? offset) => new()
    {
        Type = "linux-generic",
        Label = name,
        Offset = offset,
        Free = RootFree,
        FileSystem = new PartitionFileSystem { Type = FileSystemType.Ext4, Label = image.Label ?? RootLabel },
        MountPoint = "/",
        MountOptions = "errors=remount-ro",
    };
}
