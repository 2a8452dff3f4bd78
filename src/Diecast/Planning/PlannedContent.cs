using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.Trees;

namespace Diecast.Planning;

/// <summary>A partition and what goes into it: a tree for a file system, or bytes as they are, or nothing.</summary>
/// <param name="Partition">The declared partition.</param>
/// <param name="Tree">Files for its file system, or null for none.</param>
/// <param name="Blob">Bytes for a partition without a file system of ours, or null for none.</param>
internal sealed record PlannedContent(Partition Partition, FileTree? Tree, Blob? Blob)
{
    /// <summary>Its file system, where that is laid out already and stays as it is.</summary>
    internal FileSystemPlan? Made { get; init; }

    /// <summary>What stands in the partition, where it has been written to its place already; null where it has not.</summary>
    internal Blob? Written { get; init; }

    /// <summary>The partition's UUID, where it follows from the content.</summary>
    internal Guid? Id { get; init; }

    /// <summary>Bytes that the partition has room for at least, whatever its content takes now.</summary>
    internal long Room { get; init; }
}
