namespace Diecast.ImageTypes;

/// <content>Novena.</content>
public static partial class Boards
{
    /// <summary>Novena, by Kosagi: NXP i.MX 6Quad.</summary>
    public static Board Novena => new()
    {
        Name = "novena-raw",
        Description = "Novena: MBR, U-Boot at 1K and 69K, ext4 root",
        Platform = Platform.Armhf,
        Partitions = [BoardParts.Root(ByteSize.MiB(1))],

        // The ROM looks at 1 KiB (i.MX 6Dual/6Quad reference manual, 8.5.3), this SPL at sector 138.
        Blobs =
        [
            BoardParts.UBootFile("u-boot-imx", "novena", "SPL", ByteSize.KiB(1), ByteSize.KiB(69)),
            BoardParts.UBootFile("u-boot-imx", "novena", "u-boot.img", ByteSize.KiB(69), ByteSize.MiB(1)),
        ],
        Kernel = BoardParts.ArmKernel("console=ttymxc1,115200"),
    };
}
