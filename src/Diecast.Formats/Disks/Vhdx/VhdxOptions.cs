namespace Diecast.Formats.Disks;

/// <summary>How a VHDX is written.</summary>
public sealed record VhdxOptions
{
    /// <summary>The options of a plain image: dynamic, sectors of 512 on 4096, block size by the disk's.</summary>
    public static VhdxOptions Default { get; } = new();

    /// <summary>Whether blocks that are all hole are left out. Default: they are.</summary>
    public DiskAllocation Allocation { get; init; }

    /// <summary>
    /// Bytes in a block, a power of two from 1 to 256 MiB, or 0 for QEMU's choice: 8 MiB up to a disk of 1 GiB, 16 MiB up
    /// to 100 GiB, 32 MiB up to 32 TiB, 64 MiB beyond. Default: 0.
    /// </summary>
    public int BlockSize { get; init; }

    /// <summary>Bytes in a sector of the virtual disk: 512 or 4096. Default: 512.</summary>
    public int LogicalSectorSize { get; init; } = 512;

    /// <summary>Bytes in a sector of the medium that the disk claims to have: 512 or 4096. Default: 4096.</summary>
    public int PhysicalSectorSize { get; init; } = 4096;

    /// <summary>The virtual disk's id (page 83 of its SCSI inquiry). Default: zeros.</summary>
    public Guid DiskId { get; init; }

    /// <summary>The id that a writer changes when it opens the file. Default: zeros.</summary>
    public Guid FileWriteId { get; init; }

    /// <summary>The id that a writer changes when it changes the disk's content. Default: zeros.</summary>
    public Guid DataWriteId { get; init; }
}
