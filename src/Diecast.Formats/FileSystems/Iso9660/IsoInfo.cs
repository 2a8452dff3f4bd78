namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>What an image's volume descriptors and boot catalogue say.</summary>
public sealed record IsoInfo
{
    /// <summary>The volume's name.</summary>
    public required string VolumeId { get; init; }

    /// <summary>The system that it is for.</summary>
    public required string SystemId { get; init; }

    /// <summary>The set of volumes that it is of.</summary>
    public required string VolumeSetId { get; init; }

    /// <summary>Who publishes.</summary>
    public required string PublisherId { get; init; }

    /// <summary>Who made it.</summary>
    public required string PreparerId { get; init; }

    /// <summary>What is recorded, or with what.</summary>
    public required string ApplicationId { get; init; }

    /// <summary>When it was made, or null where that is not said.</summary>
    public Timestamp? CreationTime { get; init; }

    /// <summary>When it was last changed, or null where that is not said.</summary>
    public Timestamp? ModificationTime { get; init; }

    /// <summary>The UUID that GRUB and blkid make of the digits of the last change; null where they are zero.</summary>
    public string? Uuid { get; init; }

    /// <summary>Bytes in a block.</summary>
    public required int BlockSize { get; init; }

    /// <summary>Blocks of the volume.</summary>
    public required long BlockCount { get; init; }

    /// <summary>Whether there is Rock Ridge.</summary>
    public required bool HasRockRidge { get; init; }

    /// <summary>Whether there is Joliet.</summary>
    public required bool HasJoliet { get; init; }

    /// <summary>The boot catalogue's images, the default first; empty where there is no catalogue.</summary>
    public required IReadOnlyList<IsoBootImage> BootImages { get; init; }
}

/// <summary>An entry of a boot catalogue.</summary>
/// <param name="Platform">For which machines.</param>
/// <param name="IsBootable">Whether it is marked as one to boot.</param>
/// <param name="Media">What it is loaded as.</param>
/// <param name="LoadSegment">Where it is loaded to; 0 stands for 0x7c0.</param>
/// <param name="LoadSectors">Sectors of 512 bytes that are loaded.</param>
/// <param name="Sector">Where the image is, in sectors of 2048 bytes.</param>
public readonly record struct IsoBootImage(
    IsoBootPlatform Platform, bool IsBootable, IsoBootMedia Media, int LoadSegment, int LoadSectors, long Sector);
