namespace Diecast.Formats.Partitioning.Allocation;

/// <summary>A disk, what is on it and what is wanted.</summary>
public sealed record AllocationRequest
{
    /// <summary>Bytes of the disk.</summary>
    public required long DiskLength { get; init; }

    /// <summary>Bytes in a sector. Default: 512.</summary>
    public int SectorSize { get; init; } = 512;

    /// <summary>What offsets and sizes are rounded to, in bytes; at least a sector. Default: 4096.</summary>
    public long GrainSize { get; init; } = 4096;

    /// <summary>First byte that partitions may use, as the table says. Default: 1 MiB, as in a table that is made.</summary>
    public long FirstUsableOffset { get; init; } = 1L << 20;

    /// <summary>First byte after the last one that partitions may use. Default: where the second copy of a GPT of 128 entries starts.</summary>
    public long? UsableEnd { get; init; }

    /// <summary>The definitions, in order. Default: none.</summary>
    public IReadOnlyList<PartitionDefinition> Definitions { get; init; } = [];

    /// <summary>The partitions on the disk, in the order of the table. Default: none.</summary>
    public IReadOnlyList<ExistingPartition> Existing { get; init; } = [];
}

/// <summary>A partition with its place.</summary>
/// <param name="Definition">The index of its definition, or null for one that is on the disk and that no definition takes.</param>
/// <param name="Existing">The partition on the disk, or null for one that is to be made.</param>
/// <param name="Number">Its number in the table.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Padding">Free bytes behind it.</param>
public sealed record AllocatedPartition(int? Definition, ExistingPartition? Existing, int Number, long Offset, long Size, long Padding)
{
    /// <summary>Free bytes behind it on the disk as it was, in whole grains; null for one that is to be made.</summary>
    public long? ExistingPadding { get; init; }
}

/// <summary>The result of an allocation.</summary>
/// <param name="Partitions">All partitions, in the order of the disk.</param>
/// <param name="Dropped">The indices of the definitions that were given up for want of room, ascending.</param>
public sealed record AllocationResult(IReadOnlyList<AllocatedPartition> Partitions, IReadOnlyList<int> Dropped)
{
    /// <summary>The indices of the definitions that were merged into the one that they supplement, ascending.</summary>
    public IReadOnlyList<int> Merged { get; init; } = [];
}
