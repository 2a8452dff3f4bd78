using Diecast.Formats.Blobs;
using Diecast.Formats.Partitioning;

namespace Diecast.Tests.Repart;

/// <summary>An image that was made, partition by partition.</summary>
internal sealed class RepartImage : IDisposable
{
    private readonly HostFile _file;

    internal RepartImage(string path)
    {
        _file = HostFile.Open(path);
        Disk = Blob.FromFile(_file, 0, new FileInfo(path).Length);
        Table = PartitionTableReader.Read(Disk)!;
    }

    internal Blob Disk { get; }

    internal FoundTable Table { get; }

    internal FoundPartition Partition(int number) => Table.Partitions.Single(partition => partition.Number == number);

    internal Blob Content(int number) => Disk.Slice(Partition(number).Offset, Partition(number).Length);

    public void Dispose() => _file.Dispose();
}
