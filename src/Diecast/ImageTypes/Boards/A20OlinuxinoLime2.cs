namespace Diecast.ImageTypes;

/// <content>A20-OLinuXino-LIME2.</content>
public static partial class Boards
{
    /// <summary>A20-OLinuXino-LIME2, by Olimex: Allwinner A20.</summary>
    public static Board A20OlinuxinoLime2 => new()
    {
        Name = "a20-olinuxino-lime2-raw",
        Description = "A20-OLinuXino-LIME2: MBR, U-Boot at 8K, ext4 root",
        Platform = Platform.Armhf,
        Partitions = [BoardParts.Root(ByteSize.MiB(4))],
        Blobs = [BoardParts.Sunxi("A20-OLinuXino-Lime2", ByteSize.MiB(4))],
        Kernel = BoardParts.ArmKernel("console=ttyS0,115200"),
    };
}
