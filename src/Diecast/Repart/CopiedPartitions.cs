using Diecast.Formats.Partitioning;
using Diecast.Repart.Definitions;
using Diecast.Repart.Sources;

namespace Diecast.Repart;

/// <summary>Partitions of an image as definitions (<c>--copy-from=</c>): the same types, ids, names, attributes, sizes and gaps.</summary>
internal static class CopiedPartitions
{
    internal static IEnumerable<PartitionSettings> Read(RepartSource source, string path, RepartOptions options)
    {
        IReadOnlyList<FoundPartition> found = source.Table.Partitions;
        foreach (FoundPartition partition in found.Where(partition => !options.Filter.Excludes(partition.Type)))
        {
            long? padding = Gap(partition, found);
            yield return new PartitionSettings
            {
                Path = path,
                Type = partition.Type,
                Id = partition.Id is { } id ? Guid.Parse(id) : Guid.Empty,
                Label = partition.Label.Length > 0 ? partition.Label : null,
                SizeMin = partition.Length,
                SizeMax = partition.Length,
                PaddingMin = padding,
                PaddingMax = padding,
                Flags = partition.Attributes,
                CopiedBlocks = source.Content(partition),
            };
        }
    }

    /// <summary>The room between a partition and the next; what is behind the last one is not kept.</summary>
    private static long? Gap(FoundPartition partition, IReadOnlyList<FoundPartition> all)
    {
        long end = partition.Offset + partition.Length;
        return all.Where(other => other.Offset >= end).Select(other => (long?)(other.Offset - end)).Min();
    }
}
