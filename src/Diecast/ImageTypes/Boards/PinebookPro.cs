namespace Diecast.ImageTypes;

/// <content>Pinebook Pro.</content>
public static partial class Boards
{
    /// <summary>Pinebook Pro, by PINE64: Rockchip RK3399.</summary>
    public static Board PinebookPro => new()
    {
        Name = "pinebook-pro-raw",
        Description = "Pinebook Pro: MBR, U-Boot at 32K and 8M, ext4 root",
        Platform = Platform.Arm64,
        Partitions = [BoardParts.RockchipRootPartition],
        Blobs = BoardParts.Rockchip("pinebook-pro-rk3399"),
        Kernel = BoardParts.Arm64Kernel("console=tty0", "console=ttyS2,1500000"),
    };
}
