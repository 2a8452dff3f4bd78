namespace Diecast.Formats.Disks;

/// <summary>What the header of a VDI says.</summary>
public sealed record VdiInfo
{
    /// <summary>The disk's bytes.</summary>
    public required long VirtualSize { get; init; }

    /// <summary>Whether the file has room for all of the disk.</summary>
    public required DiskAllocation Allocation { get; init; }

    /// <summary>Bytes in a block.</summary>
    public required long BlockSize { get; init; }

    /// <summary>Blocks of the disk.</summary>
    public required long Blocks { get; init; }

    /// <summary>Blocks in the file.</summary>
    public required long AllocatedBlocks { get; init; }

    /// <summary>The image's id.</summary>
    public required Guid ImageId { get; init; }

    /// <summary>The id of its last change.</summary>
    public required Guid ModificationId { get; init; }

    /// <summary>The geometry that the machine sees, zeros when it is left to the machine.</summary>
    public required DiskGeometry Geometry { get; init; }

    /// <summary>The text that the file begins with, by which it tells its maker.</summary>
    public required string Creator { get; init; }

    /// <summary>The comment.</summary>
    public required string Comment { get; init; }
}
