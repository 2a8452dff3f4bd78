using Diecast.Formats.Blobs;

namespace Diecast.Formats.Partitioning;

/// <summary>A partition table with its options: it turns placed partitions into a disk.</summary>
public abstract record PartitionTable
{
    /// <summary>Bytes at the start of sector 0 that hold boot code in every PC table.</summary>
    public const int BootCodeLength = 440;

    private protected PartitionTable()
    {
    }

    /// <summary>Bytes of the whole disk; a multiple of the sector size.</summary>
    public required long Length { get; init; }

    /// <summary>Bytes in a sector: 512, 1024, 2048 or 4096; disks have 512 or 4096. Default: 512.</summary>
    public int SectorSize { get; init; } = 512;

    /// <summary>Code for the first 440 bytes of sector 0. Default: none, zeros.</summary>
    public Blob BootCode { get; init; } = Blob.Empty;

    /// <summary>Bytes at fixed places outside partitions. Default: none.</summary>
    public IReadOnlyList<RawPlacement> RawContent { get; init; } = [];

    private protected abstract string Format { get; }

    /// <summary>Everything on the disk, in order, with its conflicts.</summary>
    /// <exception cref="UnrepresentableException">A partition or an option is outside what the table can hold.</exception>
    public DiskLayout Layout(IReadOnlyList<PlacedPartition> partitions)
    {
        CheckOptions();
        int?[] numbers = Number(partitions);
        var regions = new List<DiskRegion>();
        if (BootCode.Length > 0)
            regions.Add(new DiskRegion("boot code", 0, BootCode.Length));
        AddTableRegions(regions);
        for (int i = 0; i < partitions.Count; i++)
        {
            Check(partitions[i], numbers[i]!.Value);
            regions.Add(new DiskRegion(Describe(partitions[i], numbers[i]!.Value), partitions[i].Offset, partitions[i].Length));
        }

        foreach (RawPlacement raw in RawContent)
        {
            if (raw.Offset < 0)
                throw Unrepresentable($"raw content {raw.Name} is at {raw.Offset}, before the disk");
            regions.Add(new DiskRegion(raw.Name, raw.Offset, raw.Content.Length));
        }

        return DiskLayout.Of(regions, Length);
    }

    /// <summary>The disk: table, boot code, partitions and raw content at their places; all else is a hole.</summary>
    /// <exception cref="UnrepresentableException">A partition or an option is outside what the table can hold.</exception>
    /// <exception cref="RegionConflictException">Two of them overlap, or one reaches past the end.</exception>
    public Blob Compose(IReadOnlyList<PlacedPartition> partitions)
    {
        Layout(partitions).Verified();
        int?[] numbers = Number(partitions);
        var numbered = new PlacedPartition[partitions.Count];
        var disk = new BlobBuilder();
        for (int i = 0; i < partitions.Count; i++)
        {
            numbered[i] = partitions[i] with { Number = numbers[i] };
            disk.Add(partitions[i].Offset, partitions[i].Content);
        }

        foreach (RawPlacement raw in RawContent)
            disk.Add(raw.Offset, raw.Content);
        disk.Add(0, BootCode);
        AddTable(disk, numbered);
        return disk.ToBlob(Length);
    }

    private protected abstract int MaximumPartitions { get; }

    private protected abstract void AddTableRegions(List<DiskRegion> regions);

    private protected abstract void AddTable(BlobBuilder disk, IReadOnlyList<PlacedPartition> partitions);

    private protected virtual void CheckOptions()
    {
        if (SectorSize is not (512 or 1024 or 2048 or 4096))
            throw Unrepresentable($"a sector size of {SectorSize}; it must be 512, 1024, 2048 or 4096");
        if (Length <= 0 || Length % SectorSize != 0)
            throw Unrepresentable($"a disk of {Length} bytes; it must be a multiple of the sector size {SectorSize}");
        if (BootCode.Length > BootCodeLength)
            throw Unrepresentable($"boot code of {BootCode.Length} bytes; there is room for {BootCodeLength}");
    }

    private protected virtual void Check(PlacedPartition partition, int number)
    {
        string who = Describe(partition, number);
        if (partition.Offset < 0 || partition.Offset % SectorSize != 0)
            throw Unrepresentable($"{who} starts at {partition.Offset}; it must be a multiple of the sector size {SectorSize}");
        if (partition.Length <= 0 || partition.Length % SectorSize != 0)
            throw Unrepresentable($"{who} has {partition.Length} bytes; it must be a multiple of the sector size {SectorSize}");
        if (partition.Offset > long.MaxValue - partition.Length)
            throw Unrepresentable($"{who} ends past every disk");
        if (partition.Content.Length > partition.Length)
            throw Unrepresentable($"{who} has {partition.Length} bytes; its content has {partition.Content.Length}");
    }

    private protected UnrepresentableException Unrepresentable(FormattableString message) =>
        new(Format, null, FormattableString.Invariant(message));

    private static string Describe(PlacedPartition partition, int number) => partition.Name.Length > 0
        ? FormattableString.Invariant($"partition {number} \"{partition.Name}\"")
        : FormattableString.Invariant($"partition {number}");

    private int?[] Number(IReadOnlyList<PlacedPartition> partitions)
    {
        if (partitions.Count > MaximumPartitions)
            throw Unrepresentable($"{partitions.Count} partitions; the table holds {MaximumPartitions}");
        bool[] taken = new bool[MaximumPartitions + 1];
        int?[] numbers = new int?[partitions.Count];
        for (int i = 0; i < partitions.Count; i++)
        {
            if (partitions[i].Number is not { } number)
                continue;
            if (number < 1 || number > MaximumPartitions)
                throw Unrepresentable($"a partition number {number}; it must be 1 to {MaximumPartitions}");
            if (taken[number])
                throw Unrepresentable($"two partitions with the number {number}");
            taken[number] = true;
            numbers[i] = number;
        }

        int next = 1;
        for (int i = 0; i < partitions.Count; i++)
        {
            if (numbers[i] is not null)
                continue;
            while (taken[next])
                next++;
            taken[next] = true;
            numbers[i] = next;
        }

        return numbers;
    }
}
