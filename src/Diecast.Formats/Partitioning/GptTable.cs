using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;

namespace Diecast.Formats.Partitioning;

/// <summary>A GUID partition table: protective MBR, header and entries at the start, and their copy at the end.</summary>
public sealed record GptTable : PartitionTable
{
    private const long DefaultFirstUsable = 1L << 20;
    private const int MaximumEntries = 4096;

    /// <summary>The disk's id. Default: all zero.</summary>
    public Guid DiskId { get; init; }

    /// <summary>
    /// Slots in the table, 4 to 4096. Default: 128, the least that UEFI demands; fewer make room for raw content of
    /// boards whose loader sits inside the standard table.
    /// </summary>
    public int EntryCount { get; init; } = 128;

    /// <summary>Where the first copy of the entries is, a multiple of the sector size. Default: after the header, sector 2.</summary>
    public long? EntriesOffset { get; init; }

    /// <summary>
    /// First byte that partitions may use, as the header records it for tools that add some later. Default: 1 MiB, or
    /// where the first partition or the end of the entries is when that fits better.
    /// </summary>
    public long? FirstUsableOffset { get; init; }

    /// <summary>Whether two partitions may have one id, as on a disk that is taken as it is found. Default: no.</summary>
    internal bool AllowsEqualIds { get; init; }

    /// <summary>The least disk that holds the table and a partition which ends at <paramref name="partitionsEnd"/>.</summary>
    /// <param name="partitionsEnd">End of the last partition in bytes; a multiple of the sector size.</param>
    /// <param name="sectorSize">Bytes in a sector.</param>
    public static long LengthFor(long partitionsEnd, int sectorSize = 512) =>
        partitionsEnd + EntriesBytes(128, sectorSize) + sectorSize;

    /// <summary>The first byte after the last one that partitions may use.</summary>
    public long UsableEnd => Length - SectorSize - EntriesBytes(EntryCount, SectorSize);

    private long EntriesStart => EntriesOffset ?? 2L * SectorSize;

    private protected override string Format => "gpt";

    private protected override int MaximumPartitions => EntryCount;

    private protected override void CheckOptions()
    {
        base.CheckOptions();
        if (EntryCount is < 4 or > MaximumEntries)
            throw Unrepresentable($"{EntryCount} entries; a table has 4 to {MaximumEntries}");
        if (EntriesStart % SectorSize != 0 || EntriesStart < 2L * SectorSize)
            throw Unrepresentable($"entries at {EntriesStart}; it must be a multiple of the sector size, from sector 2");
        if (FirstUsableOffset is { } first && (first % SectorSize != 0 || first < EntriesStart + EntriesBytes(EntryCount, SectorSize)))
            throw Unrepresentable($"first usable byte {first}; it must be a multiple of the sector size after the entries");
    }

    private protected override void AddTableRegions(List<DiskRegion> regions)
    {
        long entries = EntriesBytes(EntryCount, SectorSize);
        regions.Add(new DiskRegion("protective MBR", MbrLayout.TableOffset, MbrLayout.TableLength));
        regions.Add(new DiskRegion("GPT header", SectorSize, SectorSize));
        regions.Add(new DiskRegion("GPT entries", EntriesStart, entries));
        regions.Add(new DiskRegion("backup GPT entries", Math.Max(0, UsableEnd), entries));
        regions.Add(new DiskRegion("backup GPT header", Length - SectorSize, SectorSize));
    }

    private protected override void Check(PlacedPartition partition, int number)
    {
        base.Check(partition, number);
        if (partition.Type.Guid is not { } type)
            throw Unrepresentable($"partition {number}: type {partition.Type.Name} has no GUID");
        if (type == Guid.Empty)
            throw Unrepresentable($"partition {number}: the type of all zeros marks an empty slot");
        if (partition.Name.Length > GptLayout.NameUnits)
            throw Unrepresentable($"partition {number}: the name \"{partition.Name}\" has {partition.Name.Length} UTF-16 units; there is room for {GptLayout.NameUnits}");
        if (partition.Name.Contains('\0', StringComparison.Ordinal) || !Utf16.IsWellFormed(partition.Name))
            throw Unrepresentable($"partition {number}: the name holds NUL or half of a surrogate pair");
        // Overlaps with the table itself are left to the layout's report, which names them with their size.
        if (FirstUsableOffset is { } first && partition.Offset < first)
            throw Unrepresentable($"partition {number} starts at {partition.Offset}, before the first usable byte {first}");
    }

    private protected override void AddTable(BlobBuilder disk, IReadOnlyList<PlacedPartition> partitions)
    {
        if (!AllowsEqualIds)
            RefuseEqualIds(partitions);
        byte[] entries = new byte[EntriesBytes(EntryCount, SectorSize)];
        foreach (PlacedPartition partition in partitions)
        {
            GptLayout.WriteEntry(
                entries.AsSpan((partition.Number!.Value - 1) * GptLayout.EntryLength, GptLayout.EntryLength),
                partition.Type.Guid!.Value,
                partition.Id,
                partition.Offset / SectorSize,
                (partition.Offset + partition.Length) / SectorSize - 1,
                partition.Attributes | (partition.Active ? GptAttributes.LegacyBoot : 0),
                partition.Name);
        }

        long lastLba = Length / SectorSize - 1;
        var primary = new GptLayout.Header(
            1,
            lastLba,
            FirstUsable(partitions) / SectorSize,
            UsableEnd / SectorSize - 1,
            DiskId,
            EntriesStart / SectorSize,
            EntryCount,
            Crc32.Compute(entries.AsSpan(0, EntryCount * GptLayout.EntryLength)));
        disk.Add(MbrLayout.TableOffset, ProtectiveMbr(lastLba));
        disk.Add(SectorSize, HeaderSector(primary));
        disk.Add(EntriesStart, entries);
        disk.Add(UsableEnd, entries);
        disk.Add(lastLba * SectorSize, HeaderSector(primary with { MyLba = lastLba, AlternateLba = 1, EntriesLba = UsableEnd / SectorSize }));
    }

    private byte[] HeaderSector(GptLayout.Header header)
    {
        byte[] sector = new byte[SectorSize];
        GptLayout.WriteHeader(sector, header);
        return sector;
    }

    private static byte[] ProtectiveMbr(long lastLba)
    {
        byte[] table = new byte[MbrLayout.TableLength];
        MbrLayout.Initialize(table, 0);
        // UEFI 2.10 table 5.4: start 0/0/2, end as far as CHS goes, size capped at 32 bits.
        MbrLayout.WriteEntry(
            table, 0, 0, new MbrLayout.Chs(0, 0, 2), MbrLayout.ProtectiveType, new MbrLayout.Chs(1023, 255, 63), 1, (uint)Math.Min(lastLba, uint.MaxValue));
        return table;
    }

    private long FirstUsable(IReadOnlyList<PlacedPartition> partitions)
    {
        if (FirstUsableOffset is { } given)
            return given;
        long first = Math.Min(DefaultFirstUsable, UsableEnd);
        foreach (PlacedPartition partition in partitions)
            first = Math.Min(first, partition.Offset);
        return Math.Max(first, EntriesStart + EntriesBytes(EntryCount, SectorSize));
    }

    private void RefuseEqualIds(IReadOnlyList<PlacedPartition> partitions)
    {
        var seen = new HashSet<Guid>();
        foreach (PlacedPartition partition in partitions)
        {
            if (partition.Id != Guid.Empty && !seen.Add(partition.Id))
                throw Unrepresentable($"two partitions with the id {partition.Id}");
        }
    }

    private static long EntriesBytes(int count, int sectorSize)
    {
        long bytes = (long)count * GptLayout.EntryLength;
        return (bytes + sectorSize - 1) / sectorSize * sectorSize;
    }
}
