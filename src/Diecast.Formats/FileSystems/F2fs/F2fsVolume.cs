using System.Buffers.Binary;

namespace Diecast.Formats.FileSystems.F2fs;

/// <summary>Where the nodes of an F2FS are.</summary>
internal sealed class F2fsVolume
{
    private readonly ImageEditor _image;
    private readonly SortedDictionary<uint, (uint Inode, uint Block)> _nodes = [];
    private readonly int _segmentBlocksLog;

    /// <exception cref="InvalidImageException">It is no F2FS, or none that this can change.</exception>
    internal F2fsVolume(ImageEditor image)
    {
        _image = image;
        Superblock = image.Read(F2fsLayout.Superblock.At, F2fsLayout.Superblock.Size);
        if (UInt32(Superblock, F2fsLayout.Superblock.Magic) != F2fsLayout.Superblock.MagicNumber)
            throw Fault("there is no superblock");
        if (UInt32(Superblock, F2fsLayout.Superblock.BlockSizeLog) != 12)
            throw Fault("its blocks are not of 4096 bytes");
        if ((UInt32(Superblock, F2fsLayout.Superblock.Features) & F2fsLayout.Superblock.Checked) != 0)
            throw Fault("with the features inode_checksum and sb_checksum files cannot get their owners");
        _segmentBlocksLog = (int)UInt32(Superblock, F2fsLayout.Superblock.SegmentBlocksLog);
        Root = UInt32(Superblock, F2fsLayout.Superblock.Root);
        if (_segmentBlocksLog is < 1 or > 20)
            throw Fault("its segments have an impossible size");
        ReadNodes();
    }

    internal byte[] Superblock { get; }

    internal uint Root { get; }

    /// <summary>The nodes that are inodes, with their blocks.</summary>
    internal IEnumerable<(uint Inode, uint Block)> Inodes => _nodes.Where(node => node.Key == node.Value.Inode).Select(node => (node.Key, node.Value.Block));

    internal static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    internal static InvalidImageException Fault(string message) => new(F2fsFinisher.Name, message);

    internal byte[] Read(uint block) => _image.Read((long)block * F2fsLayout.BlockSize, F2fsLayout.BlockSize);

    internal void Write(uint block, byte[] bytes) => _image.Write((long)block * F2fsLayout.BlockSize, bytes);

    /// <summary>Writes both superblocks.</summary>
    internal void WriteSuperblocks()
    {
        for (int i = 0; i < 2; i++)
            _image.Write((i * F2fsLayout.BlockSize) + F2fsLayout.Superblock.At, Superblock);
    }

    /// <summary>A node by its number.</summary>
    internal byte[] ReadNode(uint node)
    {
        if (!_nodes.TryGetValue(node, out (uint Inode, uint Block) place))
            throw Fault($"there is no node {node}");
        byte[] bytes = Read(place.Block);
        return UInt32(bytes, F2fsLayout.Footer.Node) == node ? bytes : throw Fault($"the block of node {node} is another's");
    }

    /// <summary>The table of nodes is there twice; a bitmap in the checkpoint says which block counts, a journal what is newer.</summary>
    private void ReadNodes()
    {
        (uint start, byte[] checkpoint) = Checkpoint();
        uint flags = UInt32(checkpoint, F2fsLayout.Checkpoint.Flags);
        ReadOnlySpan<byte> bitmap = checkpoint.AsSpan(F2fsLayout.Checkpoint.Bitmaps);
        if ((flags & F2fsLayout.Checkpoint.LargeNatBitmap) != 0)
            bitmap = bitmap[sizeof(uint)..];
        else if (UInt32(Superblock, F2fsLayout.Superblock.Payload) == 0)
            bitmap = bitmap[(int)UInt32(checkpoint, F2fsLayout.Checkpoint.SitBitmapSize)..];
        int inSegment = 1 << _segmentBlocksLog;
        long blocks = (long)(UInt32(Superblock, F2fsLayout.Superblock.NatSegments) >> 1) << _segmentBlocksLog;
        uint nat = UInt32(Superblock, F2fsLayout.Superblock.Nat);
        for (uint block = 0; block < blocks; block++)
        {
            if (block / 8 >= bitmap.Length)
                throw Fault("the bitmap of the table of nodes is too small");
            bool isSecond = (bitmap[(int)(block / 8)] & (0x80 >> (int)(block % 8))) != 0;
            uint place = nat + (block >> _segmentBlocksLog << (_segmentBlocksLog + 1)) + (block & (uint)(inSegment - 1)) + (isSecond ? (uint)inSegment : 0);
            byte[] entries = Read(place);
            for (uint i = 0; i < F2fsLayout.Nat.EntriesInBlock; i++)
                Add((block * F2fsLayout.Nat.EntriesInBlock) + i, entries.AsSpan((int)i * F2fsLayout.Nat.EntrySize));
        }

        ReadJournal(start, checkpoint, flags);
    }

    private void ReadJournal(uint start, byte[] checkpoint, uint flags)
    {
        ReadOnlySpan<byte> journal;
        if ((flags & F2fsLayout.Checkpoint.CompactSummaries) != 0)
        {
            journal = Read(start + UInt32(checkpoint, F2fsLayout.Checkpoint.Summaries));
        }
        else
        {
            // The first of the summaries before the checkpoint's last block.
            int logs = (flags & F2fsLayout.Checkpoint.Unmounted) != 0 ? F2fsLayout.Checkpoint.AllLogs : F2fsLayout.Checkpoint.DataLogs;
            journal = Read(start + UInt32(checkpoint, F2fsLayout.Checkpoint.Blocks) - (uint)logs - 1).AsSpan(F2fsLayout.Checkpoint.SummaryEntries);
        }

        int count = BinaryPrimitives.ReadUInt16LittleEndian(journal);
        if (count > F2fsLayout.Nat.LongestJournal)
            throw Fault($"a journal of {count} nodes");
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = journal[(sizeof(ushort) + (i * F2fsLayout.Nat.JournalEntrySize))..];
            Add(UInt32(entry, 0), entry[sizeof(uint)..]);
        }
    }

    private void Add(uint node, ReadOnlySpan<byte> entry)
    {
        (uint inode, uint block) = (UInt32(entry, F2fsLayout.Nat.Inode), UInt32(entry, F2fsLayout.Nat.Block));
        // The two nodes of the system have no block.
        if (block is F2fsLayout.NoBlock or F2fsLayout.NewBlock || node < Root)
            _nodes.Remove(node);
        else
            _nodes[node] = (inode, block);
    }

    /// <summary>Of the two checkpoints the newer one that is whole, which begins and ends with one version.</summary>
    private (uint Start, byte[] Checkpoint) Checkpoint()
    {
        uint first = UInt32(Superblock, F2fsLayout.Superblock.Checkpoint);
        (uint Start, byte[] Bytes, ulong Version)? best = null;
        foreach (uint start in (ReadOnlySpan<uint>)[first, first + (1u << _segmentBlocksLog)])
        {
            byte[] bytes = Read(start);
            ulong version = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            uint blocks = UInt32(bytes, F2fsLayout.Checkpoint.Blocks);
            if (version == 0 || blocks < 2 || blocks > 1u << _segmentBlocksLog || BinaryPrimitives.ReadUInt64LittleEndian(Read(start + blocks - 1)) != version)
                continue;
            if (best is null || version > best.Value.Version)
                best = (start, bytes, version);
        }

        return best is { } found ? (found.Start, found.Bytes) : throw Fault("there is no checkpoint");
    }
}
