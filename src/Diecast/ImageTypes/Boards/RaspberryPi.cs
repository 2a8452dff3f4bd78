namespace Diecast.ImageTypes;

/// <content>Raspberry Pi.</content>
public static partial class Boards
{
    /// <summary>Raspberry Pi 3, 4 and 400, Zero 2 W and their compute modules.</summary>
    public static Board RaspberryPi => new()
    {
        Name = "raspberry-pi",
        Description = "Raspberry Pi 3, 4 and Zero 2 W: MBR, FAT with firmware, config.txt and kernel, ext4 root",
        Platform = Platform.Arm64,
        Partitions =
        [
            new Partition
            {
                // FAT32, addressed by LBA, which the ROM of every model takes.
                Type = "0x0c",
                Size = new ImageSize(ByteSize.MiB(512)),
                Bootable = true,
                FileSystem = new PartitionFileSystem { Type = FileSystemType.Vfat, Label = "FIRMWARE", FatType = 32 },
                MountPoint = "/boot/firmware",
            },
            BoardParts.Root(null) with { Bootable = false },
        ],
        Kernel = BoardParts.Arm64Kernel("console=tty0", "console=ttyS1,115200"),
        Bootloader = BootloaderKind.RaspberryPi,
        Components = ["non-free-firmware"],
    };
}
