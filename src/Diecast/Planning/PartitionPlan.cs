using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.Partitioning;

namespace Diecast.Planning;

/// <summary>One partition with every choice made.</summary>
internal sealed record PartitionPlan
{
    /// <summary>Number in the table, from 1.</summary>
    internal required int Number { get; init; }

    /// <summary>What the definition, completed by the image type, says of it.</summary>
    internal required Partition Declared { get; init; }

    internal required PartitionType Type { get; init; }

    internal required Guid Id { get; init; }

    internal required string Label { get; init; }

    internal required ulong Attributes { get; init; }

    /// <summary>First byte on the disk.</summary>
    internal required long Offset { get; init; }

    /// <summary>Bytes.</summary>
    internal required long Length { get; init; }

    /// <summary>The file system, laid out; null where there is none.</summary>
    internal FileSystemPlan? FileSystem { get; init; }

    /// <summary>The file system's UUID as fstab and findfs spell it; null where there is none.</summary>
    internal string? FileSystemId { get; init; }

    /// <summary>What stands in it.</summary>
    internal Blob Content { get; init; } = Blob.Empty;
}
