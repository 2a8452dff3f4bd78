namespace Diecast.ImageTypes;

/// <content>VisionFive 2.</content>
public static partial class Boards
{
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
    };
}
