using System.Globalization;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.Inspection;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Trees;

namespace Diecast.Building;

/// <summary>Says where two images of one format differ first: the place on the disk, the partition, the file.</summary>
internal static class ContentDifference
{
    private const int Step = 1 << 20;

    /// <summary>The first difference in words; null where the images cannot be looked at or have none.</summary>
    internal static string? Find(string format, HostFile? before, HostFile? after, CancellationToken cancellation)
    {
        using (before)
        using (after)
        {
            if (before is null || after is null)
                return null;
            Blob one = Bytes(before);
            Blob two = Bytes(after);
            try
            {
                if (DiskFormats.Find(format)?.Read is { } read)
                {
                    Blob disk = read(one, new ImageReadContext());
                    Blob other = read(two, new ImageReadContext());
                    return FirstDifference(disk, other, cancellation) is { } at
                        ? Explain(disk, other, at)
                        : At("the disks in them are the same, and the files differ from", FirstDifference(one, two, cancellation));
                }
            }
            catch (InvalidImageException)
            {
                // One that no reader takes is still a row of bytes.
            }

            return At("they differ from", FirstDifference(one, two, cancellation));
        }
    }

    /// <summary>The first byte in which two differ, the end of the shorter one among them; null where they are the same.</summary>
    internal static long? FirstDifference(Blob one, Blob two, CancellationToken cancellation = default)
    {
        long common = Math.Min(one.Length, two.Length);
        byte[] left = new byte[Step];
        byte[] right = new byte[Step];
        for (long at = 0; at < common; at += Step)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = (int)Math.Min(Step, common - at);
            one.Read(at, left.AsSpan(0, count));
            two.Read(at, right.AsSpan(0, count));
            int same = left.AsSpan(0, count).CommonPrefixLength(right.AsSpan(0, count));
            if (same < count)
                return at + same;
        }

        return one.Length == two.Length ? null : common;
    }

    private static string? At(string what, long? offset) => offset is { } at ? string.Create(CultureInfo.InvariantCulture, $"{what} byte {at} on") : null;

    private static Blob Bytes(HostFile file) => Blob.FromFile(file, 0, file.MeasureLength());

    private static string Explain(Blob one, Blob two, long at)
    {
        string start = string.Create(CultureInfo.InvariantCulture, $"the disks differ from byte {at} on");
        DiskContents contents = DiskContents.Read(one);
        DiskContents others = DiskContents.Read(two);
        if (contents.Table is null || others.Table is null)
            return start + FileOf(contents.Whole, one, others.Whole, two);
        for (int i = 0; i < contents.Table.Partitions.Count; i++)
        {
            FoundPartition partition = contents.Table.Partitions[i];
            if (at < partition.Offset || at - partition.Offset >= partition.Length)
                continue;
            string place = string.Create(CultureInfo.InvariantCulture, $"{start}, byte {at - partition.Offset} of partition {partition.Number}{Name(partition)}");
            FoundPartition? same = others.Table.Partitions.FirstOrDefault(other => other.Offset == partition.Offset && other.Length == partition.Length);
            return same is null
                ? place
                : place + FileOf(contents.Partitions[i], Part(one, partition), others.Partitions[others.Table.Partitions.ToList().IndexOf(same)], Part(two, same));
        }

        return start + ", outside of all partitions" + FirstPartition(one, contents, two, others);
    }

    /// <summary>The first partition of both whose content differs: the table before it differs where its size does.</summary>
    private static string FirstPartition(Blob one, DiskContents contents, Blob two, DiskContents others)
    {
        int common = Math.Min(contents.Partitions.Count, others.Partitions.Count);
        for (int i = 0; i < common; i++)
        {
            FoundPartition partition = contents.Table!.Partitions[i];
            Blob content = Part(one, partition);
            Blob other = Part(two, others.Table!.Partitions[i]);
            if (FirstDifference(content, other) is { } at)
                return string.Create(CultureInfo.InvariantCulture, $", and byte {at} of partition {partition.Number}{Name(partition)}") + FileOf(contents.Partitions[i], content, others.Partitions[i], other);
        }

        return "";
    }

    private static string Name(FoundPartition partition) => partition.Label.Length > 0 ? $" ({partition.Label})" : "";

    private static Blob Part(Blob disk, FoundPartition partition)
    {
        long offset = Math.Min(partition.Offset, disk.Length);
        return disk.Slice(offset, Math.Min(partition.Length, disk.Length - offset));
    }

    private static string FileOf(FoundContent? before, Blob one, FoundContent? after, Blob two)
    {
        if (before is null || before.Type != after?.Type)
            return "";
        try
        {
            return ReadTree(before.Type, one) is { } tree && ReadTree(before.Type, two) is { } other
                ? TreeDifference.First(tree, other) is { } difference ? $": {difference}" : ": the files in it are the same, and stand elsewhere or have other ids"
                : "";
        }
        catch (InvalidImageException)
        {
            return "";
        }
    }

    private static FileTree? ReadTree(string type, Blob content) => type switch
    {
        "ext2" or "ext3" or "ext4" => ExtFileSystem.Read(content),
        "vfat" => FatFileSystem.Read(content),
        "squashfs" => SquashfsFileSystem.Read(content),
        "erofs" => ErofsFileSystem.Read(content),
        "iso9660" => IsoFileSystem.Read(content),
        _ => null,
    };
}
