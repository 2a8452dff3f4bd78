namespace Diecast.Planning;

/// <summary>What a partition asks of its place on the disk.</summary>
internal sealed record PartitionRequest
{
    /// <summary>For messages.</summary>
    internal required string Name { get; init; }

    /// <summary>Least bytes.</summary>
    internal required long Minimum { get; init; }

    /// <summary>Most bytes, or null.</summary>
    internal long? Maximum { get; init; }

    /// <summary>Share of the room that is left; 0 takes none.</summary>
    internal int Weight { get; init; }

    /// <summary>Least free bytes behind it.</summary>
    internal long Padding { get; init; }

    /// <summary>Share of the room that is left for the gap behind it; 0 takes none.</summary>
    internal int PaddingWeight { get; init; }

    /// <summary>First byte, where it is given.</summary>
    internal long? Offset { get; init; }

    /// <summary>Boundary of the first byte, where it is not given.</summary>
    internal required long Alignment { get; init; }
}

/// <summary>Where a partition stands.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct PartitionPlacement(long Offset, long Length);

/// <summary>What the table leaves of a disk.</summary>
/// <param name="Start">First byte that a partition may take.</param>
/// <param name="Tail">Bytes at the end that the table takes.</param>
/// <param name="SectorSize">Bytes in a sector.</param>
internal readonly record struct PartitionSpace(long Start, long Tail, int SectorSize)
{
    private const int StandardEntries = 128;
    private const int EntryBytes = 128;

    /// <summary>
    /// Before the first partition: the table, and the first MiB as everybody leaves it unless an offset is given. The
    /// backup of a GPT is its entries and one sector.
    /// </summary>
    internal static PartitionSpace Of(Image image, PartitionTableType table, int sectorSize)
    {
        if (table != PartitionTableType.Gpt)
            return table == PartitionTableType.Mbr ? new PartitionSpace(sectorSize, 0, sectorSize) : new PartitionSpace(0, 0, sectorSize);
        long bytes = (long)Math.Max(0, image.GptEntries ?? StandardEntries) * EntryBytes;
        long entries = (bytes + sectorSize - 1) / sectorSize * sectorSize;
        // Sizes that are absurd are refused by rules of their own.
        long start = Math.Clamp(image.GptEntriesOffset?.Bytes ?? 0, 2L * sectorSize, long.MaxValue / 2);
        return new PartitionSpace(start + entries, entries + sectorSize, sectorSize);
    }
}
