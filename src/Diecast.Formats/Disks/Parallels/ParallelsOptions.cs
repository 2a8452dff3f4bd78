namespace Diecast.Formats.Disks;

/// <summary>How a Parallels image is written.</summary>
public sealed record ParallelsOptions
{
    /// <summary>The options of a plain image.</summary>
    public static ParallelsOptions Default { get; } = new();

    /// <summary>Bytes in a cluster, a multiple of 512 up to 1 GiB. Default: 1 MiB.</summary>
    public int ClusterSize { get; init; } = 1024 * 1024;
}

/// <summary>What the header of a Parallels image says.</summary>
public sealed record ParallelsInfo
{
    /// <summary>The disk's bytes.</summary>
    public required long VirtualSize { get; init; }

    /// <summary>Bytes in a cluster.</summary>
    public required long ClusterSize { get; init; }

    /// <summary>Clusters of the disk.</summary>
    public required long Clusters { get; init; }

    /// <summary>Whether it is of the older kind, whose disks end at 2 TiB.</summary>
    public required bool IsOld { get; init; }

    /// <summary>Whether it was not closed by the program that had it open.</summary>
    public required bool InUse { get; init; }

    /// <summary>Heads and cylinders that the machine sees, with 32 sectors in each track.</summary>
    public required DiskGeometry Geometry { get; init; }
}
