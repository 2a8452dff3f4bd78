using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>What to do with symbolic links, devices, pipes and sockets, which FAT cannot hold.</summary>
public enum FatUnsupportedFiles
{
    /// <summary>Refuse the tree and name the first one.</summary>
    Refuse,

    /// <summary>Leave them out.</summary>
    Skip,
}

/// <summary>Which files get the attribute read-only.</summary>
public enum FatReadOnlyFiles
{
    /// <summary>None, as with mcopy.</summary>
    None,

    /// <summary>Those whose mode lets nobody write, as with chmod on a FAT that Linux has mounted.</summary>
    ByMode,
}

/// <summary>How a FAT file system is laid out.</summary>
public sealed record FatOptions
{
    /// <summary>Which FAT. Default: FAT32 from 512 MiB on, below it FAT12 or FAT16, whichever has more clusters (mkfs.fat's rule).</summary>
    public FatType? Type { get; init; }

    /// <summary>
    /// Bytes in a cluster, a power of two from the sector size to 64 KiB. Default: for FAT32 512 up to 260 MiB, 4 KiB to
    /// 8 GiB, 8 KiB to 16 GiB, 16 KiB to 32 GiB, then 32 KiB; for FAT12 and FAT16 the least from 2 KiB on that
    /// gives a legal number of clusters.
    /// </summary>
    public int? ClusterSize { get; init; }

    /// <summary>Bytes in a sector: 512, 1024, 2048 or 4096. It must be the disk's. Default: 512.</summary>
    public int SectorSize { get; init; } = 512;

    /// <summary>Volume label, at most 11 characters of the code page; it is stored in upper case. Default: none.</summary>
    public string Label { get; init; } = "";

    /// <summary>
    /// The character set of the label and of short names. A short name has <c>_</c> for what is not in it; long
    /// names hold everything. Default: 437.
    /// </summary>
    public FatCodePage CodePage { get; init; }

    /// <summary>Volume id, the <c>XXXX-XXXX</c> of fstab. Default: 0.</summary>
    public uint VolumeId { get; init; }

    /// <summary>Sectors before the file system on its disk, that is where its partition starts. Default: 0.</summary>
    public uint HiddenSectors { get; init; }

    /// <summary>Sectors in a track, for BIOSes. Default: 32 below 512 MiB, else 63.</summary>
    public int? SectorsPerTrack { get; init; }

    /// <summary>Heads, for BIOSes. Default: 64 below 512 MiB, else 255.</summary>
    public int? Heads { get; init; }

    /// <summary>The BIOS' number of the disk: 0x80 is the first hard disk, 0 the first floppy. Default: 0x80.</summary>
    public byte DriveNumber { get; init; } = 0x80;

    /// <summary>
    /// Boundary in bytes on which the data area starts, a power of two from the sector size to 16 MiB; it counts from the
    /// file system's start. Default: 4 KiB or the cluster size, whichever is larger.
    /// </summary>
    public int? DataAlignment { get; init; }

    /// <summary>Exact size in bytes, a multiple of the sector size. Default: what the content needs.</summary>
    public long? Size { get; init; }

    /// <summary>Bytes to leave free when no size is given, in whole clusters. Default: none.</summary>
    public long FreeBytes { get; init; }

    /// <summary>Least size in bytes when no size is given. Default: none.</summary>
    public long MinimumSize { get; init; }

    /// <summary>
    /// Latest time; later ones are set to it. It is also the volume label's. Default: none. FAT knows 1980 to 2107 in
    /// steps of two seconds and no time zone: times are UTC, rounded down, and limited to that range.
    /// </summary>
    public Timestamp? LatestTime { get; init; }

    /// <summary>What happens to links, devices, pipes and sockets. Default: they are refused.</summary>
    public FatUnsupportedFiles UnsupportedFiles { get; init; }

    /// <summary>
    /// Which files get the attribute read-only. Default: none, because a loader or kernel that came from a store of
    /// read-only files must still be one that can be replaced.
    /// </summary>
    public FatReadOnlyFiles ReadOnlyFiles { get; init; }

    /// <summary>
    /// Attributes by path, applied in order, after those that inodes have in the extended attribute
    /// <c>user.DOSATTRIB</c>, as Samba keeps them. Default: none; files have archive, directories nothing.
    /// </summary>
    public IReadOnlyList<FatAttributeRule> Attributes { get; init; } = [];
}
