namespace Diecast.Formats.FileSystems.Fat;

/// <summary>What a FAT file system says of itself.</summary>
public sealed record FatInfo
{
    /// <summary>Which FAT, by the rules of Linux.</summary>
    public required FatType Type { get; init; }

    /// <summary>Bytes in a sector.</summary>
    public required int SectorSize { get; init; }

    /// <summary>Bytes in a cluster.</summary>
    public required int ClusterSize { get; init; }

    /// <summary>Clusters that exist.</summary>
    public required long ClusterCount { get; init; }

    /// <summary>Bytes of the file system by its boot sector.</summary>
    public required long Length { get; init; }

    /// <summary>Where the data area starts, in bytes.</summary>
    public required long DataOffset { get; init; }

    /// <summary>Number of file allocation tables.</summary>
    public required int Tables { get; init; }

    /// <summary>Entries of the fixed root directory; 0 for FAT32.</summary>
    public required int RootEntries { get; init; }

    /// <summary>The label of the root directory, else that of the boot sector; empty for none.</summary>
    public required string Label { get; init; }

    /// <summary>Volume id, the <c>XXXX-XXXX</c> of fstab; null where the boot sector has none.</summary>
    public required uint? VolumeId { get; init; }

    /// <summary>Who made it, as the boot sector tells, without spaces at the end.</summary>
    public required string Maker { get; init; }

    /// <summary>Sectors before the file system on its disk.</summary>
    public required uint HiddenSectors { get; init; }

    /// <summary>Sectors in a track.</summary>
    public required int SectorsPerTrack { get; init; }

    /// <summary>Heads.</summary>
    public required int Heads { get; init; }

    /// <summary>The BIOS' number of the disk.</summary>
    public required byte DriveNumber { get; init; }

    /// <summary>Clusters that FAT32's information sector tells to be free; null where it does not.</summary>
    public required long? FreeClusters { get; init; }

    /// <summary>Whether it was unmounted, by the table's second entry; a FAT12 does not tell and counts as clean.</summary>
    public required bool IsClean { get; init; }

    /// <summary>Whether the first boot sector is damaged and its copy was read.</summary>
    public required bool IsFromBackup { get; init; }
}
