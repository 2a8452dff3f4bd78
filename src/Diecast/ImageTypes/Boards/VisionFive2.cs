namespace Diecast.ImageTypes;

/// <content>VisionFive 2.</content>
public static partial class Boards
{
    /// <summary>
    /// Variables that StarFive's U-Boot, in the board's flash memory, takes in before it looks for a system: the places to look
    /// at with the card first, how to look at the card (by bootstd, or as U-Boot did before it), and the device tree of today's boards.
    /// Without them it tries eMMC alone and asks for a device tree that Linux never had (its include/configs/starfive-visionfive2.h).
    /// </summary>
    private const string VisionFive2Variables = """
        # Made with the image by Diecast; read by the U-Boot of the board's flash memory.
        boot_targets=mmc1 nvme0 mmc0 dhcp
        bootcmd_mmc1=bootflow scan -b mmc1; setenv devnum 1; run mmc_boot
        fdtfile=starfive/jh7110-starfive-visionfive-2-v1.3b.dtb

        """;

    /// <summary>VisionFive 2, by StarFive: JH7110.</summary>
    public static Board VisionFive2 => new()
    {
        Name = "visionfive2-raw",
        Description = "VisionFive 2: GPT with SPL and U-Boot in partitions of their types, ext4 root",
        Platform = Platform.Riscv64,
        PartitionTable = PartitionTableType.Gpt,
        Partitions = BoardParts.LoaderPartitions("2e54b353-1271-4842-806f-e436d6af6985", "bc13c2ff-59e6-4262-a352-b275fd6f7172"),
        Blobs = BoardParts.LoaderBlobs("u-boot-starfive", "starfive_visionfive2", "u-boot-spl.bin.normal.out", "u-boot.itb"),
        Kernel = BoardParts.Riscv64Kernel("console=ttyS0,115200"),
        Files = [new SystemFile { Target = "/boot/uEnv.txt", Text = VisionFive2Variables }],
    };
}
