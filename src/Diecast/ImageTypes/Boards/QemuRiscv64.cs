namespace Diecast.ImageTypes;

/// <content>QEMU's machine of 64-bit RISC-V.</content>
public static partial class Boards
{
    /// <summary>QEMU's machine virt of 64-bit RISC-V, and any other of that processor with U-Boot or UEFI.</summary>
    public static Board QemuRiscv64 => new()
    {
        Name = "qemu-riscv64",
        Description = "64-bit RISC-V with U-Boot or UEFI, as QEMU's virt: GPT, ESP with GRUB, ext4 root",
        Platform = Platform.Riscv64,
        PartitionTable = PartitionTableType.Gpt,
        Partitions = BoardParts.UefiPartitions,
        Bootloader = BootloaderKind.Grub,
        Machine = "riscv64",
        Kernel = BoardParts.Riscv64Kernel("console=ttyS0"),
    };
}
