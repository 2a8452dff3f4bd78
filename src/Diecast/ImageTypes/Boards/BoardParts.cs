namespace Diecast.ImageTypes;

/// <summary>What boards have in common.</summary>
internal static class BoardParts
{
    /// <summary>Debian's U-Boot, one directory a board.</summary>
    private const string UBoot = "/usr/lib/u-boot";

    /// <summary>Where the ROM of Allwinner's chips looks for the first stage (linux-sunxi.org/Bootable_SD_card).</summary>
    private static readonly ByteSize SunxiOffset = ByteSize.KiB(8);

    /// <summary>Where Rockchip's ROM and SPL look for theirs, sectors 64 and 16384 (opensource.rock-chips.com/wiki_Boot_option).</summary>
    private static readonly ByteSize RockchipLoader = ByteSize.KiB(32);
    private static readonly ByteSize RockchipUBoot = ByteSize.MiB(8);

    /// <summary>Behind Rockchip's U-Boot, with as much room for it as it stands from the start.</summary>
    private static readonly ByteSize RockchipRoot = ByteSize.MiB(16);

    /// <summary>The sector behind a GPT's 128 slots.</summary>
    private static readonly ByteSize FirstOfGpt = new(34 * 512);

    internal static Kernel Arm64Kernel(params ReadOnlySpan<string> arguments) =>
        new() { Package = "linux-image-arm64", Arguments = ValueList.Create(arguments) };

    internal static Kernel ArmKernel(params ReadOnlySpan<string> arguments) =>
        new() { Package = "linux-image-armmp", Arguments = ValueList.Create(arguments) };

    internal static Kernel Riscv64Kernel(params ReadOnlySpan<string> arguments) =>
        new() { Package = "linux-image-riscv64", Arguments = ValueList.Create(arguments) };

    /// <summary>The root as U-Boot reads it: active, and ext4 without checksums of metadata and 64-bit block numbers.</summary>
    internal static Partition Root(ByteSize? offset) => new()
    {
        Offset = offset,
        Free = GenericTypes.RootFree,
        Bootable = true,
        FileSystem = new PartitionFileSystem { Type = FileSystemType.Ext4, Label = "root", Profile = "compat" },
        MountPoint = "/",
        MountOptions = "errors=remount-ro",
    };

    /// <summary>U-Boot for Allwinner's chips, both stages in one file, up to where the root begins.</summary>
    internal static ImageBlob Sunxi(string directory, ByteSize end) =>
        UBootFile("u-boot-sunxi", directory, "u-boot-sunxi-with-spl.bin", SunxiOffset, end);

    /// <summary>U-Boot for Rockchip's chips; without a directory of Debian's its files are the definition's to name.</summary>
    internal static ValueList<ImageBlob> Rockchip(string? directory) =>
    [
        UBootFile("u-boot-rockchip", directory, "idbloader.img", RockchipLoader, RockchipUBoot),
        UBootFile("u-boot-rockchip", directory, "u-boot.itb", RockchipUBoot, RockchipRoot),
    ];

    /// <summary>The root of a board with Rockchip's chip.</summary>
    internal static Partition RockchipRootPartition => Root(RockchipRoot);

    /// <summary>
    /// Partitions for a ROM that finds its loaders by the type of a GPT's partitions: SPL of 1 MiB, U-Boot of 4 MiB, root. The
    /// loaders are blobs within the first two.
    /// </summary>
    internal static ValueList<Partition> LoaderPartitions(string splType, string ubootType) =>
    [
        new Partition { Type = splType, Label = "spl", Offset = FirstOfGpt, Size = new ImageSize(ByteSize.MiB(1)), Weight = 0 },
        new Partition { Type = ubootType, Label = "uboot", Offset = UBootPartition, Size = new ImageSize(ByteSize.MiB(4)), Weight = 0 },
        Root(null) with { Type = "root", Label = "root" },
    ];

    /// <summary>SPL and U-Boot in those partitions.</summary>
    internal static ValueList<ImageBlob> LoaderBlobs(string package, string directory, string spl, string uboot) =>
    [
        UBootFile(package, directory, spl, FirstOfGpt, UBootPartition),
        UBootFile(package, directory, uboot, UBootPartition, new ByteSize(UBootPartition.Bytes + ByteSize.MiB(4).Bytes)),
    ];

    /// <summary>Partitions for UEFI: its system partition and the root.</summary>
    internal static ValueList<Partition> UefiPartitions =>
    [
        GenericTypes.Esp("esp", ByteSize.MiB(64)),
        Root(null) with { Type = "root", Label = "root", Bootable = false },
    ];

    /// <summary>A file of U-Boot at an offset, as large as the room up to an end.</summary>
    internal static ImageBlob UBootFile(string package, string? directory, string file, ByteSize offset, ByteSize end, string? name = null) => new()
    {
        Name = name ?? file,
        Tree = directory is null ? null : $"{UBoot}/{directory}/{file}",
        Package = directory is null ? null : package,
        Offset = offset,
        MaxSize = new ByteSize(end.Bytes - offset.Bytes),
    };

    private static ByteSize UBootPartition => new(FirstOfGpt.Bytes + ByteSize.MiB(1).Bytes);
}
