using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>
/// Follows chains of clusters. No cluster is followed twice, in one chain or in two, so that all chains together take
/// no longer than the table is, and no directory is in itself.
/// </summary>
internal sealed class FatChains(FatVolume volume)
{
    private const int PageBits = 1 << 15;

    private readonly FatTableReader _table = new(volume);
    private readonly ulong[]?[] _followed = new ulong[(volume.LastCluster / PageBits) + 1][];
    private readonly List<uint> _starts = [];
    private readonly List<uint> _clusters = [];

    /// <summary>Checks the number of a chain's first cluster.</summary>
    internal void CheckFirst(uint cluster, FatPlace place)
    {
        if (cluster < 2 || cluster > volume.LastCluster)
            throw place.Invalid($"it starts at cluster {cluster}; the clusters are 2 to {volume.LastCluster}");
    }

    /// <summary>Takes a cluster; returns the next one, or 0 at the end of the chain.</summary>
    internal uint Follow(uint cluster, FatPlace place)
    {
        ulong[] page = _followed[cluster / PageBits] ??= new ulong[PageBits / 64];
        ref ulong bits = ref page[cluster % PageBits / 64];
        ulong bit = 1UL << (int)(cluster % 64);
        if ((bits & bit) != 0)
            throw place.Invalid($"cluster {cluster} is in more than one chain, or twice in one");
        bits |= bit;
        return _table.Next(cluster, place);
    }

    /// <summary>A file's content: a reference to the image for each run of neighbouring clusters.</summary>
    /// <remarks>The chain may be longer than the file, as space that was reserved, and that part is not followed.</remarks>
    internal Blob Content(uint first, long size, FatPlace place)
    {
        if (size == 0)
            return Blob.Empty;
        CheckFirst(first, place);
        _starts.Clear();
        _clusters.Clear();
        uint count = (uint)((size + volume.ClusterSize - 1) / volume.ClusterSize);
        uint cluster = first;
        uint expected = 0;
        for (uint i = 0; i < count; i++)
        {
            if (cluster == 0)
                throw place.Invalid($"its {size} bytes need {count} clusters of {volume.ClusterSize}; its chain has {i}");
            if (cluster != expected)
            {
                _starts.Add(i);
                _clusters.Add(cluster);
            }

            // The file's last cluster may be cut off after the file's last byte.
            long end = volume.ClusterOffset(cluster) + Math.Min(volume.ClusterSize, size - ((long)i * volume.ClusterSize));
            if (end > volume.Image.Length)
                throw place.Invalid($"cluster {cluster} ends at {end}, the image at {volume.Image.Length}");
            expected = cluster + 1;
            cluster = Follow(cluster, place);
        }

        return _starts.Count == 1
            ? volume.Image.Slice(volume.ClusterOffset(first), size)
            : new FatChainBlob(volume, [.. _starts], [.. _clusters], size);
    }
}
