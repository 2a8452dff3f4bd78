using System.Buffers.Binary;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>Blocks of a file that follow one another, in the file and in the image.</summary>
internal readonly record struct ExtReaderRun(long Logical, long Blocks, long Physical)
{
    internal long End => Logical + Blocks;
}

/// <summary>
/// Where the blocks of an inode are: its extent tree, or its block pointers (inodes.rst, "The Contents of
/// inode.i_block"). Runs come in ascending order; what is not in one is a hole, and so are unwritten extents.
/// </summary>
internal sealed class ExtReaderMap
{
    private const ushort ExtentMagic = 0xf30a;
    private const int HeaderSize = 12;
    private const int EntrySize = 12;
    private const int MaximumDepth = 5;

    private readonly ExtReaderVolume _volume;
    private readonly uint _inode;
    private readonly List<ExtReaderRun> _runs = [];
    private long _next;

    private ExtReaderMap(ExtReaderVolume volume, uint inode)
    {
        _volume = volume;
        _inode = inode;
    }

    /// <summary>Reads the map of an inode.</summary>
    internal static List<ExtReaderRun> Read(ExtReaderVolume volume, uint inode, uint flags, ReadOnlySpan<byte> pointers)
    {
        var map = new ExtReaderMap(volume, inode);
        if ((flags & ExtFormat.InodeExtents) != 0)
            map.ReadExtents(pointers, -1, uint.MaxValue + 1L);
        else
            map.ReadPointers(pointers);
        return map._runs;
    }

    /// <summary>The content that runs of blocks make, in slices of the image.</summary>
    internal static Blob ToBlob(ExtReaderVolume volume, List<ExtReaderRun> runs, long size)
    {
        var builder = new BlobBuilder();
        foreach (ExtReaderRun run in runs)
        {
            long offset = run.Logical * volume.BlockSize;
            if (offset >= size)
                break;
            long length = Math.Min(run.Blocks * volume.BlockSize, size - offset);
            builder.Add(offset, volume.Image.Slice(run.Physical * volume.BlockSize, length));
        }

        return builder.ToBlob(size);
    }

    /// <summary>One node and all below it; depth falls by one with each level, so there is no way round in circles.</summary>
    /// <param name="node">The node.</param>
    /// <param name="depth">What it must be; -1 for the root, which says so itself.</param>
    /// <param name="end">The first logical block that does not belong to the node.</param>
    private void ReadExtents(ReadOnlySpan<byte> node, int depth, long end)
    {
        int entries = BinaryPrimitives.ReadUInt16LittleEndian(node[2..]);
        int found = BinaryPrimitives.ReadUInt16LittleEndian(node[6..]);
        if (BinaryPrimitives.ReadUInt16LittleEndian(node) != ExtentMagic)
            throw Invalid("there is no extent tree where one should be");
        if (depth < 0 ? found > MaximumDepth : found != depth)
            throw Invalid($"its extent tree has a node of depth {found}");
        if (entries > (node.Length - HeaderSize) / EntrySize)
            throw Invalid($"a node of its extent tree has {entries} entries");
        for (int i = 0; i < entries; i++)
        {
            ReadOnlySpan<byte> entry = node.Slice(HeaderSize + (i * EntrySize), EntrySize);
            uint logical = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            long limit = i + 1 < entries ? BinaryPrimitives.ReadUInt32LittleEndian(node[(HeaderSize + ((i + 1) * EntrySize))..]) : end;
            if (logical < _next || limit <= logical || limit > end)
                throw Invalid($"its extents are not in order at block {logical}");
            if (found == 0)
                ReadExtent(entry, logical, limit);
            else
                Descend(entry, found - 1, limit);
        }
    }

    private void ReadExtent(ReadOnlySpan<byte> entry, uint logical, long limit)
    {
        int blocks = BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]);
        bool isWritten = blocks <= ExtExtentTree.MaximumBlocks;
        if (!isWritten)
            blocks -= ExtExtentTree.MaximumBlocks;
        long physical = ((long)BinaryPrimitives.ReadUInt16LittleEndian(entry[6..]) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]);
        if (blocks == 0 || logical + (long)blocks > limit)
            throw Invalid($"its extent at block {logical} has {blocks} blocks");
        Add(logical, blocks, physical, isWritten);
    }

    private void Descend(ReadOnlySpan<byte> entry, int depth, long limit)
    {
        long physical = ((long)BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
        Check(physical, 1);
        ReadExtents(_volume.Block(physical, $"the extent tree of inode {_inode}"), depth, limit);
    }

    private void ReadPointers(ReadOnlySpan<byte> pointers)
    {
        for (int i = 0; i < ExtFormat.BlockPointers; i++)
        {
            uint pointer = BinaryPrimitives.ReadUInt32LittleEndian(pointers[(i * sizeof(uint))..]);
            Follow(pointer, Math.Max(0, i - ExtFormat.DirectPointers + 1));
        }
    }

    private void Follow(uint pointer, int level)
    {
        long perBlock = _volume.BlockSize / sizeof(uint);
        if (pointer == 0)
        {
            long skipped = 1;
            for (int i = 0; i < level; i++)
                skipped *= perBlock;
            _next += skipped;
            return;
        }

        if (level == 0)
        {
            Add(_next, 1, pointer, isWritten: true);
            return;
        }

        Check(pointer, 1);
        ReadOnlySpan<byte> block = _volume.Block(pointer, $"a block of pointers of inode {_inode}");
        for (int i = 0; i < block.Length; i += sizeof(uint))
            Follow(BinaryPrimitives.ReadUInt32LittleEndian(block[i..]), level - 1);
    }

    private void Add(long logical, long blocks, long physical, bool isWritten)
    {
        Check(physical, blocks);
        _next = logical + blocks;
        if (!isWritten)
            return;
        if (_runs.Count > 0 && _runs[^1] is var last && last.End == logical && last.Physical + last.Blocks == physical)
            _runs[^1] = last with { Blocks = last.Blocks + blocks };
        else
            _runs.Add(new ExtReaderRun(logical, blocks, physical));
    }

    private void Check(long physical, long blocks)
    {
        if (!_volume.Superblock.HoldsBlock(physical) || blocks > _volume.Superblock.Blocks - physical)
            throw Invalid($"it has {blocks} blocks at {physical}, of {_volume.Superblock.Blocks}");
        _volume.Charge(blocks, _inode);
    }

    private InvalidImageException Invalid(string what) => ExtReaderVolume.Invalid($"inode {_inode}: {what}");
}
