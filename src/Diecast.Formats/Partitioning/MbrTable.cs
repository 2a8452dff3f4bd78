using Diecast.Formats.Blobs;

namespace Diecast.Formats.Partitioning;

/// <summary>A master boot record with up to four primary partitions.</summary>
public sealed record MbrTable : PartitionTable
{
    /// <summary>The disk signature, which Linux shows as the label id. Default: 0, none.</summary>
    public uint DiskSignature { get; init; }

    private protected override string Format => "mbr";

    private protected override int MaximumPartitions => MbrLayout.Slots;

    private protected override void AddTableRegions(List<DiskRegion> regions) =>
        regions.Add(new DiskRegion("MBR", MbrLayout.TableOffset, MbrLayout.TableLength));

    private protected override void Check(PlacedPartition partition, int number)
    {
        base.Check(partition, number);
        if (partition.Type.MbrByte is not { } type)
            throw Unrepresentable($"partition {number}: type {partition.Type.Name} has no MBR byte");
        if (type == 0)
            throw Unrepresentable($"partition {number}: type 0x00 marks an empty slot");
        if (partition.Attributes != 0)
            throw Unrepresentable($"partition {number}: attributes 0x{partition.Attributes:x}; an MBR has none but the active flag");
        long last = (partition.Offset + partition.Length) / SectorSize - 1;
        if (last > uint.MaxValue)
            throw Unrepresentable($"partition {number} ends at sector {last}; an MBR reaches sector {uint.MaxValue}");
    }

    private protected override void AddTable(BlobBuilder disk, IReadOnlyList<PlacedPartition> partitions)
    {
        byte[] table = new byte[MbrLayout.TableLength];
        MbrLayout.Initialize(table, DiskSignature);
        foreach (PlacedPartition partition in partitions)
        {
            long start = partition.Offset / SectorSize;
            long count = partition.Length / SectorSize;
            MbrLayout.WriteEntry(
                table,
                partition.Number!.Value - 1,
                partition.Active ? MbrLayout.Active : (byte)0,
                MbrLayout.Chs.Of(start),
                partition.Type.MbrByte!.Value,
                MbrLayout.Chs.Of(start + count - 1),
                (uint)start,
                (uint)count);
        }

        disk.Add(MbrLayout.TableOffset, table);
    }
}
