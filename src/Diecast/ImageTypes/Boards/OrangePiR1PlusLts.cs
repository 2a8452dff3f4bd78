namespace Diecast.ImageTypes;

/// <content>Orange Pi R1 Plus LTS.</content>
public static partial class Boards
{
    /// <summary>Orange Pi R1 Plus LTS, by Xunlong: Rockchip RK3328. Debian has no U-Boot for it; the definition names its files.</summary>
    public static Board OrangePiR1PlusLts => new()
    {
        Name = "orangepi-r1-plus-lts-rk3328-raw",
        Description = "Orange Pi R1 Plus LTS: MBR, U-Boot of yours at 32K and 8M, ext4 root",
        Platform = Platform.Arm64,
        Partitions = [BoardParts.RockchipRootPartition],
        Blobs = BoardParts.Rockchip(null),
        Kernel = BoardParts.Arm64Kernel("console=ttyS2,1500000"),
    };
}
