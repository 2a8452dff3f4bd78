namespace Diecast.ImageTypes;

/// <content>ROCK64.</content>
public static partial class Boards
{
    /// <summary>ROCK64, by PINE64: Rockchip RK3328.</summary>
    public static Board Rock64 => new()
    {
        Name = "rock64-raw",
        Description = "ROCK64: MBR, U-Boot at 32K and 8M, ext4 root",
        Platform = Platform.Arm64,
        Partitions = [BoardParts.RockchipRootPartition],
        Blobs = BoardParts.Rockchip("rock64-rk3328"),
        Kernel = BoardParts.Arm64Kernel("console=ttyS2,1500000"),
    };
}
