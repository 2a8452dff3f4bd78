namespace Diecast.ImageTypes;

/// <content>Orange Pi PC.</content>
public static partial class Boards
{
    /// <summary>Orange Pi PC and PC Plus, by Xunlong: Allwinner H3. QEMU has it, too.</summary>
    public static Board OrangePiPc => new()
    {
        Name = "orangepi-pc",
        Description = "Orange Pi PC and PC Plus: MBR, U-Boot at 8K, ext4 root",
        Platform = Platform.Armhf,
        Partitions = [BoardParts.Root(ByteSize.MiB(1))],

        // Of the two boards Debian has U-Boot for the Plus, which adds an eMMC and Wi-Fi to the same design.
        Blobs = [BoardParts.Sunxi("orangepi_pc_plus", ByteSize.MiB(1))],
        Machine = "orangepi-pc",
        Kernel = BoardParts.ArmKernel("console=ttyS0,115200"),
    };
}
