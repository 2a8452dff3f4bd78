using Diecast.Formats.Blobs;

namespace Diecast.Formats.Partitioning;

/// <summary>Finds the partition table of a disk.</summary>
/// <remarks>Nothing that a table says is trusted: what cannot be is a fault of the table, and what cannot be read is left out.</remarks>
public static class PartitionTableReader
{
    internal static readonly int[] SectorSizes = [512, 4096];

    /// <summary>The table of a disk, a GPT before an MBR; null when there is none.</summary>
    /// <param name="disk">The disk; its first and last sectors are read, and where a table leads.</param>
    /// <exception cref="IOException">The disk cannot be read.</exception>
    /// <exception cref="InvalidImageException">The image that the disk is in is damaged there.</exception>
    public static FoundTable? Read(Blob disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        foreach (int sectorSize in SectorSizes)
        {
            if (GptReader.Read(disk, sectorSize) is { } table)
                return table;
        }

        return MbrReader.Read(disk);
    }

    /// <summary>What is wrong with where partitions are.</summary>
    internal static void CheckPlaces(IReadOnlyList<FoundPartition> partitions, long length, List<string> faults)
    {
        foreach (FoundPartition partition in partitions)
        {
            if (partition.Offset > length - partition.Length)
                faults.Add(FormattableString.Invariant($"partition {partition.Number} ends at {partition.Offset + partition.Length}, past the disk's end {length}"));
        }
    }
}
