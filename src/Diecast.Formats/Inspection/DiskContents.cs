using Diecast.Formats.Blobs;
using Diecast.Formats.Partitioning;

namespace Diecast.Formats.Inspection;

/// <summary>What is on a disk: a partition table and what its partitions hold, or one file system.</summary>
public sealed record DiskContents
{
    /// <summary>The table; null when there is none.</summary>
    public FoundTable? Table { get; init; }

    /// <summary>What the table's partitions hold, in their order, null for what is not known; empty without a table.</summary>
    public IReadOnlyList<FoundContent?> Partitions { get; init; } = [];

    /// <summary>
    /// What a disk without a table holds, or the ISO 9660 volume that a disk with one is too; null when that is not known.
    /// </summary>
    public FoundContent? Whole { get; init; }

    /// <summary>Looks at a disk.</summary>
    /// <param name="disk">The disk; a few sectors of it and of each partition are read.</param>
    /// <exception cref="IOException">The disk cannot be read.</exception>
    /// <exception cref="InvalidImageException">The image that the disk is in is damaged there.</exception>
    public static DiskContents Read(Blob disk)
    {
        FoundTable? table = PartitionTableReader.Read(disk);
        if (table is null)
            return new DiskContents { Whole = FoundContent.Find(disk) };
        var contents = new List<FoundContent?>();
        foreach (FoundPartition partition in table.Partitions)
        {
            long start = Math.Min(partition.Offset, disk.Length);
            contents.Add(FoundContent.Find(disk.Slice(start, Math.Min(partition.Length, disk.Length - start))));
        }

        return new DiskContents { Table = table, Partitions = contents, Whole = FoundContent.Find(disk) is { Type: "iso9660" } volume ? volume : null };
    }
}

/// <summary>What a partition or a disk holds.</summary>
public sealed record FoundContent
{
    /// <summary>
    /// The kind, by the name that Linux's blkid has for it, as in <c>ext4</c>, <c>vfat</c> or <c>crypto_LUKS</c>; and
    /// <c>verity_signature</c>, for which that has none.
    /// </summary>
    public required string Type { get; init; }

    /// <summary>Its label; null when it has none.</summary>
    public string? Label { get; init; }

    /// <summary>Its id as Linux shows it; null when it has none.</summary>
    public string? Id { get; init; }

    /// <summary>Bytes that it takes, by its own account; null when it does not say.</summary>
    public long? Length { get; init; }

    /// <summary>Which of several kinds of the type it is, as in <c>FAT32</c> or <c>2</c>; null when there is one.</summary>
    public string? Version { get; init; }

    /// <summary>Whether it was left as it should be; null when it does not say.</summary>
    public bool? IsClean { get; init; }

    /// <summary>What else it says of itself, in the order in which it is shown: the parameters of what protects other data.</summary>
    public IReadOnlyList<ContentFact> Facts { get; init; } = [];

    /// <summary>What something is by its marks; null when it has none that is known.</summary>
    public static FoundContent? Find(Blob content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return FileSystemProbe.Find(content) ?? ProtectionProbe.Find(content) ?? ContentMarks.Find(content);
    }
}
