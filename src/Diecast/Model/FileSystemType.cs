namespace Diecast;

/// <summary>File-system types that can be written.</summary>
public enum FileSystemType
{
    /// <summary>ext2: block maps and no journal, for small boot partitions, old systems and GNU/Hurd.</summary>
    Ext2,

    /// <summary>ext3: ext2 with a journal.</summary>
    Ext3,

    /// <summary>ext4.</summary>
    Ext4,

    /// <summary>FAT12, FAT16 or FAT32, by size.</summary>
    Vfat,

    /// <summary>squashfs 4.0: compressed, and only read.</summary>
    Squashfs,

    /// <summary>EROFS: only read, compressed or not.</summary>
    Erofs,

    /// <summary>A swap area, which the system uses from its start.</summary>
    Swap,

    /// <summary>ISO 9660: the root of an ISO image, without extended attributes; a partition of a disk cannot have it.</summary>
    Iso9660,

    /// <summary>btrfs, by mkfs.btrfs.</summary>
    Btrfs,

    /// <summary>XFS, by mkfs.xfs.</summary>
    Xfs,

    /// <summary>F2FS, by mkfs.f2fs and sload.f2fs.</summary>
    F2fs,
}
