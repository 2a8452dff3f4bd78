using System.Globalization;
using Diecast.Formats.Blobs;

namespace Diecast.Planning;

/// <summary>An image that is a disk: every output has the same bytes, each in its format.</summary>
internal sealed class DiskImagePlan(DiskPlan disk, Blob content) : ImagePlan
{
    private readonly OutputContent _content = new(content);

    internal DiskPlan Disk => disk;

    /// <summary>The unified kernel image that boots, or null without one.</summary>
    internal Blob? KernelImage { get; init; }

    /// <summary>The root hashes of what dm-verity protects, by their names.</summary>
    internal IReadOnlyDictionary<string, string> RootHashes { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    internal override long Length => disk.Length;

    internal override ValueList<PlannedPartition> Partitions => disk.Partitions.Select(Describe).ToValueList();

    internal override OutputContent Content(int format) => _content;

    internal override void Print(Action<FormattableString> line, PlanDetail detail)
    {
        line($"disk {disk.Table.ToString().ToLowerInvariant()} {disk.Length} bytes, sectors of {disk.SectorSize}, id {disk.Id}");
        foreach ((string name, string hash) in RootHashes)
            line($"roothash {name} {hash}");
        foreach (PlannedBlob blob in disk.Blobs)
            line($"blob {blob.Name} at {blob.Offset}, {blob.Content.Length} bytes, from {blob.Source}");
        foreach (PartitionPlan partition in disk.Partitions)
        {
            line($"partition {partition.Number} {partition.Type} \"{partition.Label}\" at {partition.Offset}, {partition.Length} bytes, id {partition.Id}, attributes 0x{partition.Attributes:x}");
            if (partition.FileSystem is null)
                continue;
            using var details = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
            if (detail == PlanDetail.Files)
                partition.FileSystem.Print(details);
            else
                partition.FileSystem.PrintSummary(details);
            foreach (string text in details.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
                line($"  {text}");
        }
    }

    private static PlannedPartition Describe(PartitionPlan partition) => new(
        partition.Number,
        partition.Type.Name,
        partition.Label,
        partition.Offset,
        partition.Length,
        partition.Declared.FileSystem?.Type,
        partition.FileSystemId,
        partition.Declared.MountPoint);
}
