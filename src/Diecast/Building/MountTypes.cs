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
        _ => "ext4",
    };
}
