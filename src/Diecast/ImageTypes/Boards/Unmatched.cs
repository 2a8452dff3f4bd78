namespace Diecast.ImageTypes;

/// <content>HiFive Unmatched.</content>
public static partial class Boards
{
    /// <summary>HiFive Unmatched, by SiFive: FU740.</summary>
    public static Board Unmatched => new()
    {
        Name = "unmatched-raw",
        Description = "HiFive Unmatched: GPT with SPL and U-Boot in partitions of their types, ext4 root",
        Platform = Platform.Riscv64,
        PartitionTable = PartitionTableType.Gpt,
        Partitions = BoardParts.LoaderPartitions("5b193300-fc78-40cd-8002-e86c45580b47", "2e54b353-1271-4842-806f-e436d6af6985"),
        Blobs = BoardParts.LoaderBlobs("u-boot-sifive", "sifive_unmatched", "u-boot-spl.bin", "u-boot.itb"),
        Kernel = BoardParts.Riscv64Kernel("console=ttySIF0,115200"),
    };
}
