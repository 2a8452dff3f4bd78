using Diecast.Formats.Blobs;

namespace Diecast.Formats.Integrity;

/// <summary>Makes trees: the lowest level from the data, each other from the one below.</summary>
internal sealed class DmVerityBuilder
{
    private readonly DmVerityOptions _options;
    private readonly ContentSpool? _spool;
    private readonly long _memoryBytes;
    private readonly int? _workers;
    private readonly SaltedHash _hash;
    private readonly BlockDigests _nodes;

    /// <summary>Prepares for a device.</summary>
    /// <param name="options">Checked parameters.</param>
    /// <param name="spool">Where what exceeds the memory goes, or null.</param>
    /// <param name="workers">Threads; null for one a core.</param>
    /// <param name="memoryBytes">Bytes of a level that stay in memory where there is a spool.</param>
    internal DmVerityBuilder(DmVerityOptions options, ContentSpool? spool, int? workers = null, long memoryBytes = DmVerity.MemoryBytes)
    {
        _options = options;
        _spool = spool;
        _workers = workers;
        _memoryBytes = memoryBytes;
        _hash = options.CreateHash();
        Leaves = new BlockDigests(_hash, options.DataBlockSize, workers);
        _nodes = new BlockDigests(_hash, options.HashBlockSize, workers);
    }

    /// <summary>What hashes blocks of data.</summary>
    internal BlockDigests Leaves { get; }

    internal DmVerityTree Build(Blob data, CancellationToken cancellation)
    {
        DmVerityShape shape = _options.ShapeOf(_options.BlocksOf(data.Length));
        DigestStore store = CreateStore();
        byte[] last = [];
        Leaves.Compute(data, (_, digests) => Add(store, digests, ref last), cancellation);
        return Finish(shape, store, last, cancellation);
    }

    /// <summary>Writes the data into a file, and makes the tree of what is in hand for that.</summary>
    internal WrittenDevice Write(Blob data, HostFile target, long offset, IProgress<long>? progress, CancellationToken cancellation)
    {
        DmVerityShape shape = _options.ShapeOf(_options.BlocksOf(data.Length));
        DigestStore store = CreateStore();
        byte[] last = [];
        using var writer = new DeviceWriter(data, target, offset, Leaves);
        Leaves.Compute(
            shape.DataBlocks,
            DeviceWriter.JobSize,
            writer.Run,
            (first, digests) =>
            {
                progress?.Report((first * _options.DataBlockSize) + (digests.Length / (long)_hash.Size * _options.DataBlockSize));
                return Add(store, digests, ref last);
            },
            cancellation);
        return new WrittenDevice(Finish(shape, store, last, cancellation), writer.Written);
    }

    /// <summary>A store for the lowest level.</summary>
    internal DigestStore CreateStore() => new(_options.ShapeOf(1), _spool, _memoryBytes);

    /// <summary>Makes the levels above the lowest.</summary>
    /// <param name="shape">The tree's shape.</param>
    /// <param name="lowest">The lowest level.</param>
    /// <param name="digest">The digest of the last block of data.</param>
    /// <param name="cancellation">Ends the work.</param>
    internal DmVerityTree Finish(DmVerityShape shape, DigestStore lowest, byte[] digest, CancellationToken cancellation)
    {
        var area = new BlobBuilder();
        if (_options.Superblock)
            area.Add(0, DmVeritySuperblockLayout.Make(_options, shape.DataBlocks));
        long start = _options.TreeOffset - _options.HashOffset;
        byte[] root = digest;
        DigestStore store = lowest;
        for (int level = 0; level < shape.Levels; level++)
        {
            Blob blocks = store.Finish();
            area.Add(start + (shape.Start(level) * shape.BlockSize), blocks);
            DigestStore above = CreateStore();
            _nodes.Compute(blocks, (_, digests) => Add(above, digests, ref root), cancellation);
            store = above;
        }

        return new DmVerityTree(root, area.ToBlob(start + shape.Length));
    }

    private bool Add(DigestStore store, ReadOnlySpan<byte> digests, ref byte[] last)
    {
        store.Add(digests);
        last = digests[^_hash.Size..].ToArray();
        return true;
    }
}
