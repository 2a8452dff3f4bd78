namespace Diecast.Building;

/// <summary>File systems as mount(8) and fstab(5) name them.</summary>
internal static class MountTypes
{
    internal static string NameOf(FileSystemType type) => type switch
    {
        FileSystemType.Vfat => "vfat",
        FileSystemType.Squashfs => "squashfs",
        FileSystemType.Erofs => "erofs",
        FileSystemType.Swap => "swap",
        FileSystemType.Iso9660 => "iso9660",
        FileSystemType.Ext2 => "ext2",
        FileSystemType.Ext3 => "ext3",
        FileSystemType.Btrfs => "btrfs",
        FileSystemType.Xfs => "xfs",
        FileSystemType.F2fs => "f2fs",
        _ => "ext4",
    };

    /// <summary>GRUB's modules that read a file system, beside those that it always has: ext2 and fat.</summary>
    internal static IReadOnlyList<string> GrubModules(FileSystemType type) => type switch
    {
        FileSystemType.Btrfs => ["btrfs"],
        FileSystemType.Xfs => ["xfs"],
        FileSystemType.F2fs => ["f2fs"],
        FileSystemType.Squashfs => ["squash4"],
        FileSystemType.Erofs => ["erofs"],
        _ => [],
    };
}
