using Diecast.Formats.Blobs;
using Diecast.Formats.Native;
using Diecast.Formats.Partitioning;

namespace Diecast.Repart.Sources;

/// <summary>An image that partitions are taken from.</summary>
internal sealed class RepartSource : IDisposable
{
    private readonly HostFile _file;
    private readonly Blob _disk;

    private RepartSource(HostFile file, Blob disk, FoundTable table)
    {
        _file = file;
        _disk = disk;
        Table = table;
    }

    internal FoundTable Table { get; }

    internal long Length => _disk.Length;

    /// <exception cref="BuildException">It has no GPT.</exception>
    internal static RepartSource Open(string path)
    {
        HostFile file = HostFile.Open(path);
        try
        {
            Blob disk = WithHoles(file, file.MeasureLength());
            return new RepartSource(file, disk, RepartDisk.FindGpt(disk, null) ?? throw new BuildException($"{path} has no GPT, from which partitions could be taken"));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A partition's bytes.</summary>
    internal Blob Content(FoundPartition partition) => partition.Offset <= _disk.Length - partition.Length
        ? _disk.Slice(partition.Offset, partition.Length)
        : throw new BuildException($"{_file.DisplayPath}: partition {partition.Number} ends past the end of the image");

    /// <summary>A file's bytes, with its holes as holes.</summary>
    internal static Blob WithHoles(HostFile file, long length)
    {
        using HostFile.Lease lease = file.Borrow();
        Blob whole = Blob.FromFile(file, 0, length);
        var builder = new BlobBuilder();
        foreach (BlobRange range in HostInode.DataRanges(lease.Descriptor, length, file.DisplayPath))
            builder.Add(range.Offset, whole.Slice(range.Offset, range.Length));
        return builder.ToBlob(length);
    }

    public void Dispose() => _file.Dispose();
}
