using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>An EROFS that has been laid out: every inode and every block has its place.</summary>
/// <remarks>
/// The order on disk is: superblock, the root's inode, attributes that inodes share, the other inodes with the ends of their
/// content, directories that do not fit behind their inodes, files; each in the order of the tree.
/// </remarks>
public sealed partial class ErofsPlan : PackedFileSystem
{
    private const int DataShare = 64;
    private const int InodeShare = 16;

    private readonly ErofsOptions _options;
    private readonly ErofsTree _tree;
    private readonly ErofsPack? _pack;
    private readonly int _blockSize;
    private readonly int[] _order;
    private long _sharedStart;
    private long _metaEnd;

    internal ErofsPlan(ErofsTree tree, ErofsOptions options, ErofsPack? pack)
    {
        _options = options;
        _tree = tree;
        _pack = pack;
        _blockSize = options.BlockSize;
        tree.Finish();
        pack?.LayFiles();
        tree.LayContent();
        PlaceInodes();
        BlockCount = PlaceContent();
        if (BlockCount > uint.MaxValue)
            throw ErofsOptions.Refused($"{BlockCount} blocks of {_blockSize} bytes; {uint.MaxValue} are possible");
        _order = OrderOfInodes();
    }

    /// <inheritdoc/>
    public override long Length => BlockCount * _blockSize;

    /// <inheritdoc/>
    public override string? Codec => _pack?.Codec;

    /// <summary>Bytes in a block.</summary>
    public int BlockSize => _blockSize;

    /// <summary>Blocks of the file system.</summary>
    public long BlockCount { get; }

    /// <summary>Inodes.</summary>
    public long InodeCount => _tree.Nodes.Length;

    private bool IsStable => _options.Placement == ErofsPlacement.Stable;

    /// <summary>Where the shared area begins, from the start of its block on.</summary>
    private long SharedOffset => _sharedStart % _blockSize;

    private void PlaceInodes()
    {
        long superblockEnd = ErofsFormat.SuperblockOffset + ErofsSuperblockLayout.Size + (_pack?.Settings.Length ?? 0);
        var placer = new ErofsPlacer(Units.RoundUp(superblockEnd, ErofsFormat.Slot), _blockSize);
        var regions = new ErofsRegions(InodeShare, ErofsFormat.Slot);
        Span<ErofsNode> nodes = _tree.Nodes;
        for (int i = 0; i < nodes.Length; i++)
        {
            if (IsStable)
            {
                int open = regions.Count;
                long end = regions.Close(i, Units.RoundUp(placer.End, ErofsFormat.Slot));
                // What belongs to one directory does not fill gaps in another.
                if (regions.Count < open || nodes[i].Directory > 0)
                    placer.MoveTo(end);
            }

            ref ErofsNode node = ref nodes[i];
            node.Position = placer.Place(_tree.HeadSize(node), node.TailSize);
            if (IsStable && node.Directory > 0)
                regions.Open(_tree.Directories[node.Directory - 1].End, node.Position);
            // The root's number has 16 bits, so it comes before what can be large.
            if (i == 0)
            {
                _sharedStart = Units.RoundUp(placer.End, ErofsXattrEntryLayout.Size);
                placer.MoveTo(_sharedStart + _tree.Xattrs.SharedSize);
            }
        }

        _metaEnd = placer.End;
        if (IsStable)
            _metaEnd = Math.Max(_metaEnd, regions.Close(nodes.Length, _metaEnd));
        _metaEnd = Units.RoundUp(_metaEnd, _blockSize);
    }

    /// <summary>Gives blocks to directories and then to files, and returns how many there are.</summary>
    private long PlaceContent()
    {
        long block = PlaceBlocks(_metaEnd / _blockSize, static node => node.Directory > 0);
        return PlaceBlocks(block, static node => node.Directory == 0);
    }

    private long PlaceBlocks(long block, Func<ErofsNode, bool> isWanted)
    {
        var regions = new ErofsRegions(DataShare, 1);
        Span<ErofsNode> nodes = _tree.Nodes;
        for (int i = 0; i < nodes.Length; i++)
        {
            if (IsStable)
                block = regions.Close(i, block);
            ref ErofsNode node = ref nodes[i];
            if (IsStable && node.Directory > 0)
                regions.Open(_tree.Directories[node.Directory - 1].End, block);
            if (node.Blocks == 0 || !isWanted(node))
                continue;
            if (node.SharedWith > 0)
            {
                node.StartBlock = nodes[node.SharedWith - 1].StartBlock;
                continue;
            }

            node.StartBlock = block;
            block += node.Blocks;
        }

        return IsStable ? regions.Close(nodes.Length, block) : block;
    }

    private int[] OrderOfInodes()
    {
        int[] order = new int[_tree.Nodes.Length];
        long[] positions = new long[order.Length];
        for (int i = 0; i < order.Length; i++)
            (order[i], positions[i]) = (i, _tree.Nodes[i].Position);
        Array.Sort(positions, order);
        return order;
    }
}
