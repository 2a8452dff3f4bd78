
namespace Diecast.Formats.Disks;

/// <summary>What the footer of a VHD says.</summary>
public sealed record VhdInfo
{
    /// <summary>The disk's bytes, by the rule of its maker.</summary>
    public required long VirtualSize { get; init; }

    /// <summary>The footer's current size in bytes.</summary>
    public required long CurrentSize { get; init; }

    /// <summary>The footer's original size in bytes.</summary>
    public required long OriginalSize { get; init; }

    /// <summary>Whether the file has room for all of the disk.</summary>
    public required DiskAllocation Allocation { get; init; }

    /// <summary>Bytes in a block of a dynamic disk; 0 for a fixed one.</summary>
    public required long BlockSize { get; init; }

    /// <summary>The geometry in the footer.</summary>
    public required DiskGeometry Geometry { get; init; }

    /// <summary>The program that made it, as in <c>win</c> or <c>qem2</c>.</summary>
    public required string CreatorApplication { get; init; }

    /// <summary>The major version of that program.</summary>
    public required int CreatorMajorVersion { get; init; }

    /// <summary>The minor version of that program.</summary>
    public required int CreatorMinorVersion { get; init; }

    /// <summary>The system that it ran on, as in <c>Wi2k</c>.</summary>
    public required string CreatorHost { get; init; }

    /// <summary>When it was made.</summary>
    public required Timestamp Time { get; init; }

    /// <summary>The disk's id.</summary>
    public required Guid UniqueId { get; init; }
}
