namespace Diecast.ImageTypes;

/// <content>PINE A64-LTS.</content>
public static partial class Boards
{
    /// <summary>PINE A64-LTS, by PINE64: Allwinner A64.</summary>
    public static Board Pine64 => new()
    {
        Name = "pine64-raw",
        Description = "PINE A64-LTS: MBR, U-Boot at 8K, ext4 root",
        Platform = Platform.Arm64,
        Partitions = [BoardParts.Root(ByteSize.MiB(1))],
        Blobs = [BoardParts.Sunxi("pine64-lts", ByteSize.MiB(1))],
        Kernel = BoardParts.Arm64Kernel("console=ttyS0,115200"),
    };
}
