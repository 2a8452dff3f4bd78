using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.Partitioning;

namespace Diecast.Planning;

/// <summary>Puts blobs on the disk: within a partition that has no content, or outside of all; never over anything else.</summary>
internal static class BlobPlacer
{
    private const long MebiByte = 1 << 20;
    private const int GptEntryBytes = 128;
    private const int LeastGptEntries = 4;
    private const string Prefix = "blob ";
    private const string EndOfDisk = "end of the disk";

    /// <summary>
    /// Gives blobs that lie within an empty partition to it, and returns the others. What begins in a partition and ends
    /// behind it is among the others, and conflicts.
    /// </summary>
    internal static IReadOnlyList<RawPlacement> Place(IEnumerable<PlannedBlob> blobs, PlacedPartition[] partitions, Predicate<int> isEmpty)
    {
        var outside = new List<RawPlacement>();
        var inside = new Dictionary<int, List<PlannedBlob>>();
        foreach (PlannedBlob blob in blobs)
        {
            int holder = Array.FindIndex(partitions, partition =>
                partition.Offset <= blob.Offset && blob.End <= partition.Offset + partition.Length);
            if (holder < 0 || !isEmpty(holder))
                outside.Add(new RawPlacement(RegionName(blob), blob.Offset, blob.Content));
            else if (inside.TryGetValue(holder, out List<PlannedBlob>? others))
                others.Add(blob);
            else
                inside.Add(holder, [blob]);
        }

        for (int i = 0; i < partitions.Length; i++)
        {
            if (inside.TryGetValue(i, out List<PlannedBlob>? held))
                partitions[i] = partitions[i] with { Content = Fill(partitions[i], held) };
        }

        return outside;
    }

    /// <summary>Fails where a blob overlaps the table, a partition, another blob or the disk's end.</summary>
    /// <exception cref="BuildException">It does; every pair is named with the number of bytes, and the first with what to do.</exception>
    internal static void Verify(DiskLayout layout)
    {
        RegionConflict[] conflicts = [.. layout.Conflicts.Where(conflict => IsBlob(conflict.First) || IsBlob(conflict.Second))];
        if (conflicts.Length > 0)
            throw new BuildException(string.Join('\n', conflicts.Select(conflict => conflict.ToString())), Advice(conflicts[0]));
    }

    private static Blob Fill(PlacedPartition partition, List<PlannedBlob> blobs)
    {
        Verify(DiskLayout.Of(blobs.Select(blob => new DiskRegion(RegionName(blob), blob.Offset, blob.Content.Length)), partition.Offset + partition.Length));
        var content = new BlobBuilder();
        foreach (PlannedBlob blob in blobs)
            content.Add(blob.Offset - partition.Offset, blob.Content);
        return content.ToBlob(partition.Length);
    }

    private static string Advice(RegionConflict conflict)
    {
        (DiskRegion blob, DiskRegion other) = IsBlob(conflict.First) ? (conflict.First, conflict.Second) : (conflict.Second, conflict.First);
        if (IsBlob(other))
            return $"move one of them (offset), or take a smaller {NameOf(conflict.First)}: {conflict.Bytes} bytes less are enough";
        if (other.Name == "GPT entries")
        {
            long slots = (blob.Offset - other.Offset) / GptEntryBytes;
            string fewer = slots >= LeastGptEntries ? string.Create(CultureInfo.InvariantCulture, $", or gptEntries: {slots} or fewer") : "";
            return $"take partitionTable: mbr{fewer}, or put the slots behind the blob with gptEntriesOffset: {new ByteSize(RoundUp(blob.End))}";
        }

        if (other.Name.StartsWith("partition ", StringComparison.Ordinal))
        {
            return other.Offset >= blob.Offset
                ? $"let the partition begin behind the blob, with offset: {new ByteSize(RoundUp(blob.End))}"
                : $"let the partition end at {blob.Offset}, or begin behind the blob, at {new ByteSize(RoundUp(blob.End))}";
        }

        return other.Name.StartsWith("backup ", StringComparison.Ordinal) || other.Name == EndOfDisk
            ? "enlarge image.size, or move the blob towards the start"
            : string.Create(CultureInfo.InvariantCulture, $"move the blob: the table's part ends at {other.End}");
    }

    private static bool IsBlob(DiskRegion region) => region.Name.StartsWith(Prefix, StringComparison.Ordinal);

    private static string RegionName(PlannedBlob blob) => Prefix + blob.Name;

    private static string NameOf(DiskRegion region) => region.Name[Prefix.Length..];

    private static long RoundUp(long value) => (value + MebiByte - 1) / MebiByte * MebiByte;
}
