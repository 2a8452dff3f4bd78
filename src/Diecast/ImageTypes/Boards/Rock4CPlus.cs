namespace Diecast.ImageTypes;

/// <content>ROCK 4C+.</content>
public static partial class Boards
{
    /// <summary>ROCK 4C+, by Radxa: Rockchip RK3399-T. Debian has no U-Boot for it; the definition names its files.</summary>
    public static Board Rock4CPlus => new()
    {
        Name = "rock-4c-plus-raw",
        Description = "ROCK 4C+: MBR, U-Boot of yours at 32K and 8M, ext4 root",
        Platform = Platform.Arm64,
        Partitions = [BoardParts.RockchipRootPartition],
        Blobs = BoardParts.Rockchip(null),
        Kernel = BoardParts.Arm64Kernel("console=ttyS2,1500000"),
    };
}
