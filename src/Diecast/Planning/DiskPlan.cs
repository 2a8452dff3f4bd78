namespace Diecast.Planning;

/// <summary>A disk with every partition in its place.</summary>
/// <param name="Table">Kind of table.</param>
/// <param name="Id">Disk GUID; its first 32 bits are the MBR's disk signature.</param>
/// <param name="Length">Bytes.</param>
/// <param name="SectorSize">Bytes in a sector.</param>
/// <param name="Partitions">The partitions in the order of the table.</param>
/// <param name="Blobs">What stands outside file systems, in the order of the definition.</param>
internal sealed record DiskPlan(
    PartitionTableType Table, Guid Id, long Length, int SectorSize, ValueList<PartitionPlan> Partitions, ValueList<PlannedBlob> Blobs);
