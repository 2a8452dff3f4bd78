using System.Buffers.Binary;

namespace Diecast.Formats.Disks;

/// <summary>The refcounts of an image that is written front to back: one for each cluster of the file, in their order.</summary>
internal sealed class Qcow2RefcountWriter(int cluster, int bits)
{
    private readonly int _perBlock = cluster / (bits / 8);
    private byte[] _block = new byte[cluster];
    private long _count;

    /// <summary>The highest refcount there can be.</summary>
    internal long Maximum => bits >= 32 ? uint.MaxValue : (1L << bits) - 1;

    /// <summary>Blocks that are full and wait to be written.</summary>
    internal Queue<byte[]> Finished { get; } = new();

    /// <summary>Where the blocks were written.</summary>
    internal List<long> Places { get; } = [];

    /// <summary>Notes the refcount of the file's next cluster.</summary>
    internal void Add(long refcount)
    {
        Put((int)(_count % _perBlock), refcount);
        _count++;
        if (_count % _perBlock != 0)
            return;
        Finished.Enqueue(_block);
        _block = new byte[cluster];
    }

    /// <summary>
    /// The blocks that are still to be written, when only they and their table follow: those and their own clusters are
    /// counted already.
    /// </summary>
    /// <param name="clusters">Clusters of the file so far.</param>
    internal IEnumerable<byte[]> Complete(long clusters)
    {
        Qcow2Sizes.Refcounts refcounts = Qcow2Sizes.CountRefcounts(clusters - Places.Count, cluster, bits);
        long total = clusters - Places.Count + refcounts.Blocks + refcounts.TableClusters;
        while (_count < total)
            Add(1);
        var last = new List<byte[]>(Finished);
        if (last.Count + Places.Count < refcounts.Blocks)
            last.Add(_block);
        Finished.Clear();
        // What is written from here on is counted in them.
        _block = new byte[cluster];
        _count = 0;
        return last;
    }

    private void Put(int index, long refcount)
    {
        switch (bits)
        {
            case 16:
                BinaryPrimitives.WriteUInt16BigEndian(_block.AsSpan(index * 2), (ushort)refcount);
                break;
            case 32:
                BinaryPrimitives.WriteUInt32BigEndian(_block.AsSpan(index * 4), (uint)refcount);
                break;
            default:
                BinaryPrimitives.WriteInt64BigEndian(_block.AsSpan(index * 8), refcount);
                break;
        }
    }
}
