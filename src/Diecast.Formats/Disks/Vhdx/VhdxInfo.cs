namespace Diecast.Formats.Disks;

/// <summary>What the headers and the metadata of a VHDX say.</summary>
public sealed record VhdxInfo
{
    /// <summary>The disk's bytes.</summary>
    public required long VirtualSize { get; init; }

    /// <summary>Whether the file is to keep room for all of the disk.</summary>
    public required DiskAllocation Allocation { get; init; }

    /// <summary>Bytes in a block.</summary>
    public required long BlockSize { get; init; }

    /// <summary>Bytes in a sector of the virtual disk.</summary>
    public required int LogicalSectorSize { get; init; }

    /// <summary>Bytes in a sector of the medium that the disk claims to have.</summary>
    public required int PhysicalSectorSize { get; init; }

    /// <summary>The virtual disk's id.</summary>
    public required Guid DiskId { get; init; }

    /// <summary>The id of the file's last opening for writing.</summary>
    public required Guid FileWriteId { get; init; }

    /// <summary>The id of the content's last change.</summary>
    public required Guid DataWriteId { get; init; }

    /// <summary>The program that made it.</summary>
    public required string Creator { get; init; }

    /// <summary>Entries of the log that had not reached their places and were replayed for reading.</summary>
    public required int ReplayedLogEntries { get; init; }
}
