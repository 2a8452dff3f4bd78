namespace Diecast.ImageTypes;

/// <content>QEMU's machine of 64-bit ARM.</content>
public static partial class Boards
{
    /// <summary>QEMU's machine virt of 64-bit ARM, and any other of that processor with UEFI.</summary>
    public static Board QemuArm64 => new()
    {
        Name = "qemu-arm64",
        Description = "64-bit ARM with UEFI, as QEMU's virt: GPT, ESP with GRUB, ext4 root",
        Platform = Platform.Arm64,
        PartitionTable = PartitionTableType.Gpt,
        Partitions = BoardParts.UefiPartitions,
        Bootloader = BootloaderKind.Grub,
        Machine = "arm64",
        Kernel = BoardParts.Arm64Kernel("console=ttyAMA0"),
    };
}
