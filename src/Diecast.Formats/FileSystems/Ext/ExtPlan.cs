using Diecast.Formats.Checksums;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>An ext2, ext3 or ext4 file system that has been laid out: every inode has its number and every block its place.</summary>
/// <remarks>
/// The order on disk is: superblock, descriptors and room for more of them; then the tables of the first 16 groups,
/// and of the next 16 at their beginning, and so on; in the blocks between, one after the other, the journal, the
/// resize inode's block, the orphan file, and the tree in the order of its walk.
/// </remarks>
public sealed partial class ExtPlan : FileSystemPlan
{
    private readonly ExtOptions _options;
    private readonly ExtTree _tree;
    private readonly ExtGeometry _geometry;
    private readonly ExtBlockMap _map;
    private readonly ExtFeatures _features;
    private readonly ExtList<ExtExtent> _extents = new();
    private readonly Guid _hashSeed;
    private readonly uint _checksumSeed;
    private readonly bool _checksums;
    private readonly bool _hasExtents;
    private readonly int _blockSize;
    private readonly int _orphanPlace;
    private long _resizeBlock;

    internal ExtPlan(FileTree tree, ExtOptions options)
    {
        _options = options;
        _blockSize = options.BlockSize;
        _features = options.Profile.Features;
        _checksums = _features.Has(ExtFeature.MetadataChecksum);
        _hasExtents = _features.Has(ExtFeature.Extent);
        _hashSeed = options.EffectiveHashSeed;
        Span<byte> uuid = stackalloc byte[16];
        options.Uuid.TryWriteBytes(uuid, bigEndian: true, out _);
        _checksumSeed = Crc32C.Append(Crc32C.Start, uuid);

        _tree = new ExtTree(tree, options, new ExtDirectoryHash(_hashSeed, options.HashCharacters), _checksumSeed);
        if (_features.Has(ExtFeature.OrphanFile))
            _orphanPlace = _tree.Nodes.AddDefaults(1);
        (_geometry, _map) = Place();
        if (_geometry.JournalBlocks == 0)
            _features = _features.Without(ExtFeature.HasJournal);
        if (!_geometry.HasResizeInode)
            _features = _features.Without(ExtFeature.ResizeInode);
        if (_orphanPlace > 0 && _geometry.OrphanBlocks == 0)
        {
            _features = _features.Without(ExtFeature.OrphanFile);
            _tree.Nodes.RemoveLast();
        }

        options.CheckMountOptions(_geometry.JournalBlocks > 0);
        CountQuotas();
        Length = options.Size ?? _geometry.Blocks * _blockSize;
    }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <summary>Bytes in a block.</summary>
    public int BlockSize => _blockSize;

    /// <summary>Blocks of the file system.</summary>
    public long BlockCount => _geometry.Blocks;

    /// <summary>Blocks that nothing uses.</summary>
    public long FreeBlockCount { get; private set; }

    /// <summary>Blocks that only root may use, whether they are free or not.</summary>
    public long ReservedBlockCount => _geometry.ReservedBlocks;

    /// <summary>Inodes, the reserved ones included.</summary>
    public long InodeCount => _geometry.Inodes;

    /// <summary>Inodes that nothing uses.</summary>
    public long FreeInodeCount => _geometry.Inodes - _tree.Nodes.Count;

    private static long NumberOf(int place) => place + 1L;

    /// <summary>
    /// Finds a size and gives every block its place. How many blocks the extent trees need depends on where the tables
    /// cut files, so a size that turns out too small is raised by what lacked, and everything placed again.
    /// </summary>
    private (ExtGeometry Geometry, ExtBlockMap Map) Place()
    {
        long content = _tree.Blocks;
        long inodes = _tree.Nodes.Count;
        while (true)
        {
            ExtGeometry geometry = _options.Size is { } size
                ? ExtSizing.Exact(_options, size, content, inodes)
                : ExtSizing.Smallest(_options, content, inodes);
            var map = new ExtBlockMap(geometry);
            _extents.Clear();
            PlaceSystemFiles(geometry, map);
            PlaceTree(map);
            if (map.Shortfall > 0)
            {
                if (_options.Size is not null)
                    throw ExtSizing.DoesNotFit(_options, content + map.Shortfall, geometry.Room, inodes, geometry.Inodes);
                content += map.Shortfall;
                continue;
            }

            FreeBlockCount = CountFree(geometry, map);
            return (geometry, map);
        }
    }

    private static long CountFree(ExtGeometry geometry, ExtBlockMap map)
    {
        long free = 0;
        for (int group = 0; group < geometry.Groups; group++)
            free += geometry.BlocksIn(group) - map.MarkUsed(group, default);
        return free;
    }

    private void PlaceSystemFiles(ExtGeometry geometry, ExtBlockMap map)
    {
        if (geometry.JournalBlocks > 0)
        {
            int place = ExtTree.PlaceOf(ExtFormat.JournalInode);
            _tree.SetSystemFile(place, geometry.JournalBlocks * _blockSize, _options.Time);
            if (map.JournalFirst > 0)
                PlaceJournal(ref _tree.Nodes[place], geometry.JournalBlocks, map.JournalFirst);
            else
                PlaceSystemFile(ref _tree.Nodes[place], geometry.JournalBlocks, map);
        }

        if (geometry.HasResizeInode)
            _resizeBlock = map.TakeOne();

        if (geometry.OrphanBlocks > 0)
        {
            _tree.SetSystemFile(_orphanPlace, geometry.OrphanBlocks * _blockSize, _options.Time);
            PlaceSystemFile(ref _tree.Nodes[_orphanPlace], geometry.OrphanBlocks, map);
        }
    }

    private void PlaceTree(ExtBlockMap map)
    {
        for (int i = 0; i < _tree.XattrBlocks.Count; i++)
            _tree.XattrBlocks[i].Physical = 0;
        for (int place = 0; place < _tree.Nodes.Count; place++)
        {
            ref ExtNode node = ref _tree.Nodes[place];
            if (node.RunCount > 0)
            {
                node.FirstExtent = _extents.Count;
                foreach (ExtRun run in _tree.Runs.Span.Slice(node.FirstRun, node.RunCount))
                    PlaceRun(run.Logical, run.Blocks, map);
                if ((node.Flags & ExtInodeFlags.Verity) != 0)
                    _extents.Sort(node.FirstExtent, static (a, b) => a.Logical.CompareTo(b.Logical));
                FinishMap(ref node, map);
            }

            if (node.XattrBlock > 0)
            {
                ref ExtXattrBlock block = ref _tree.XattrBlocks[node.XattrBlock - 1];
                if (block.Physical == 0)
                    block.Physical = map.TakeOne();
            }

            PlaceTranslator(place, map);
        }
    }

    private void PlaceRun(uint logical, long blocks, ExtBlockMap map)
    {
        while (blocks > 0)
        {
            int count = map.Take(Math.Min(blocks, ExtExtentTree.MaximumBlocks), out long physical);
            if (count == 0)
            {
                map.Lack(blocks);
                return;
            }

            _extents.Add(new ExtExtent(logical, count, physical));
            blocks -= count;
            logical = unchecked(logical + (uint)count);
        }
    }

    /// <summary>Gives the journal one run of blocks, and the block after it to its extent tree where it has one.</summary>
    private void PlaceJournal(ref ExtNode node, long blocks, long first)
    {
        node.FirstExtent = _extents.Count;
        for (long at = 0; at < blocks; at += ExtExtentTree.MaximumBlocks)
            _extents.Add(new ExtExtent((uint)at, (int)Math.Min(blocks - at, ExtExtentTree.MaximumBlocks), first + at));
        node.ExtentCount = _extents.Count - node.FirstExtent;
        node.MapCount = 0;
        if (node.ExtentCount > ExtExtentTree.RootEntries)
        {
            _extents.Add(new ExtExtent(0, 1, first + blocks));
            node.MapCount = 1;
        }
    }

    private void PlaceSystemFile(ref ExtNode node, long blocks, ExtBlockMap map)
    {
        node.FirstExtent = _extents.Count;
        PlaceRun(0, blocks, map);
        FinishMap(ref node, map);
    }
}
