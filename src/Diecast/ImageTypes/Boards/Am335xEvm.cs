namespace Diecast.ImageTypes;

/// <content>TI AM335x evaluation module, BeagleBone.</content>
public static partial class Boards
{
    /// <summary>AM335x evaluation module, by Texas Instruments, and the BeagleBones: one U-Boot tells them apart.</summary>
    public static Board Am335xEvm => new()
    {
        Name = "am335x-evm-raw",
        Description = "AM335x evaluation module and BeagleBones: MBR, MLO twice and U-Boot from 128K on, ext4 root",
        Platform = Platform.Armhf,
        Partitions = [BoardParts.Root(ByteSize.MiB(4))],

        // The ROM looks at 0, 128, 256 and 384 KiB (AM335x reference manual, 26.1.8.5.5); the second MLO is for when the first is
        // damaged. Its U-Boot is at sector 0x300.
        Blobs =
        [
            BoardParts.UBootFile("u-boot-omap", "am335x_evm", "MLO", ByteSize.KiB(128), ByteSize.KiB(256)),
            BoardParts.UBootFile("u-boot-omap", "am335x_evm", "MLO", ByteSize.KiB(256), ByteSize.KiB(384), "MLO-copy"),
            BoardParts.UBootFile("u-boot-omap", "am335x_evm", "u-boot.img", ByteSize.KiB(384), ByteSize.MiB(4)),
        ],
        Kernel = BoardParts.ArmKernel("console=ttyS0,115200"),
    };
}
