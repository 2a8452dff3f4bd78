using System.Buffers.Binary;
using Diecast.Formats.Checksums;

namespace Diecast.Formats.FileSystems.Btrfs;

/// <summary>The blocks of a btrfs on one device, by their logical address.</summary>
internal sealed class BtrfsVolume
{
    private const ushort Crc32CChecksum = 0;
    private const int LeastNode = 4096;
    private const int LargestNode = 65536;

    private readonly ImageEditor _image;
    private readonly SortedList<ulong, Chunk> _chunks = [];

    /// <exception cref="InvalidImageException">It is no btrfs, or none that this can change.</exception>
    internal BtrfsVolume(ImageEditor image)
    {
        _image = image;
        byte[] superblock = image.Read(BtrfsLayout.Superblock.At, BtrfsLayout.Superblock.Size);
        if (!superblock.AsSpan(BtrfsLayout.Superblock.Magic).StartsWith(BtrfsLayout.Superblock.MagicBytes))
            throw Fault("there is no superblock");
        if (BinaryPrimitives.ReadUInt16LittleEndian(superblock.AsSpan(BtrfsLayout.Superblock.ChecksumType)) != Crc32CChecksum)
            throw Fault("its checksum is not crc32c, without which files cannot get their owners");
        uint nodeSize = BinaryPrimitives.ReadUInt32LittleEndian(superblock.AsSpan(BtrfsLayout.Superblock.NodeSize));
        if (nodeSize is < LeastNode or > LargestNode)
            throw Fault($"a tree's block of {nodeSize} bytes");
        NodeSize = (int)nodeSize;
        RootTree = Address(superblock.AsSpan(BtrfsLayout.Superblock.Root));
        ChunkTree = Address(superblock.AsSpan(BtrfsLayout.Superblock.ChunkRoot));
        ReadSystemChunks(superblock);
        foreach (byte[] leaf in Leaves(ChunkTree).ToArray())
        {
            foreach (BtrfsItem item in BtrfsItem.AllOf(leaf))
            {
                if (item.Type == BtrfsLayout.Key.ChunkItem)
                    Add(item.Offset, leaf.AsSpan(item.Start, item.Length));
            }
        }
    }

    internal int NodeSize { get; }

    /// <summary>Where the tree of trees starts.</summary>
    internal ulong RootTree { get; }

    internal ulong ChunkTree { get; }

    /// <summary>Every block of a tree, each before those below it.</summary>
    internal IEnumerable<byte[]> Blocks(ulong root)
    {
        var pending = new Stack<(ulong Address, int Level)>([(root, BtrfsLayout.MaximumLevel)]);
        while (pending.TryPop(out (ulong Address, int Level) next))
        {
            byte[] block = Read(next.Address);
            int level = block[BtrfsLayout.Node.Level];
            if (level >= next.Level)
                throw Fault($"the block at {next.Address} is on level {level} and stands below {next.Level}");
            yield return block;
            if (level == 0)
                continue;
            uint count = BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(BtrfsLayout.Node.Count));
            if (count > (NodeSize - BtrfsLayout.Node.HeadSize) / BtrfsLayout.Node.PointerSize)
                throw Fault($"{count} pointers in the block at {next.Address}");
            for (int i = (int)count - 1; i >= 0; i--)
            {
                int at = BtrfsLayout.Node.HeadSize + (i * BtrfsLayout.Node.PointerSize) + BtrfsLayout.KeySize;
                pending.Push((Address(block.AsSpan(at)), level));
            }
        }
    }

    /// <summary>The leaves of a tree in the order of their keys.</summary>
    internal IEnumerable<byte[]> Leaves(ulong root) => Blocks(root).Where(block => block[BtrfsLayout.Node.Level] == 0);

    /// <summary>Writes a block to every place that it has, with its checksum.</summary>
    internal void Write(byte[] block)
    {
        block.AsSpan(0, BtrfsLayout.ChecksumSize).Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(block, ~Crc32C.Append(Crc32C.Start, block.AsSpan(BtrfsLayout.ChecksumSize)));
        (Chunk chunk, long within) = Find(Address(block.AsSpan(BtrfsLayout.Node.Address)));
        foreach (long copy in chunk.Copies)
            _image.Write(copy + within, block);
    }

    /// <summary>
    /// Clears what no tree leads to where trees are, and what is in no chunk: the blocks of mkfs.btrfs's own
    /// beginnings, and older versions of blocks, which have ids and times of the run.
    /// </summary>
    /// <param name="used">Addresses of the trees' blocks.</param>
    internal void ClearUnused(IReadOnlySet<ulong> used)
    {
        foreach (Chunk chunk in _chunks.Values.Where(c => (c.Type & BtrfsLayout.Chunk.Kinds) is BtrfsLayout.Chunk.System or BtrfsLayout.Chunk.Metadata))
        {
            foreach (long copy in chunk.Copies)
            {
                for (ulong at = 0; at <= chunk.Length - (ulong)NodeSize; at += (ulong)NodeSize)
                {
                    if (!used.Contains(chunk.Start + at))
                        Clear(copy + (long)at, NodeSize);
                }
            }
        }

        long end = BtrfsLayout.ReservedBytes;
        IEnumerable<(long Start, long Length)> mapped = _chunks.Values.SelectMany(chunk => chunk.Copies.Select(copy => (copy, (long)chunk.Length)));
        foreach ((long start, long length) in mapped.Append((_image.Length, 0)).OrderBy(range => range.Item1))
        {
            for (; end < start; end += Math.Min(NodeSize, start - end))
                Clear(end, (int)Math.Min(NodeSize, start - end));
            end = Math.Max(end, start + length);
        }
    }

    private void Clear(long offset, int count)
    {
        // A copy of the superblock is where no address leads to.
        bool hasSuperblock = BtrfsLayout.Superblock.Copies.ContainsAnyInRange(offset - BtrfsLayout.Superblock.Size + 1, offset + count - 1);
        if (hasSuperblock || offset > _image.Length - count || !_image.Read(offset, count).AsSpan().ContainsAnyExcept((byte)0))
            return;
        _image.Write(offset, new byte[count]);
    }

    internal static InvalidImageException Fault(string message) => new(BtrfsFinisher.Name, message);

    private static ulong Address(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    private byte[] Read(ulong address)
    {
        (Chunk chunk, long within) = Find(address);
        byte[] block = _image.Read(chunk.Copies[0] + within, NodeSize);
        return Address(block.AsSpan(BtrfsLayout.Node.Address)) == address ? block : throw Fault($"the block at {address} has another address");
    }

    private (Chunk Chunk, long Within) Find(ulong address)
    {
        foreach (Chunk chunk in _chunks.Values)
        {
            if (address >= chunk.Start && address - chunk.Start <= chunk.Length - (ulong)NodeSize)
                return (chunk, (long)(address - chunk.Start));
        }

        throw Fault($"no chunk has the address {address}");
    }

    /// <summary>The chunks that hold the tree of chunks are told by the superblock.</summary>
    private void ReadSystemChunks(byte[] superblock)
    {
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(superblock.AsSpan(BtrfsLayout.Superblock.ChunkArraySize));
        if (size > BtrfsLayout.Superblock.ChunkArrayCapacity)
            throw Fault($"{size} bytes of chunks in the superblock");
        ReadOnlySpan<byte> rest = superblock.AsSpan(BtrfsLayout.Superblock.ChunkArray, (int)size);
        while (rest.Length > BtrfsLayout.KeySize)
        {
            ulong start = Address(rest[BtrfsLayout.KeyOffset..]);
            rest = rest[BtrfsLayout.KeySize..];
            rest = rest[Add(start, rest)..];
        }
    }

    /// <returns>Bytes that the chunk's description takes.</returns>
    private int Add(ulong start, ReadOnlySpan<byte> item)
    {
        if (item.Length < BtrfsLayout.Chunk.Stripes)
            throw Fault("a chunk's description is cut");
        ulong length = Address(item[BtrfsLayout.Chunk.Length..]);
        int stripes = BinaryPrimitives.ReadUInt16LittleEndian(item[BtrfsLayout.Chunk.StripeCount..]);
        int size = BtrfsLayout.Chunk.Stripes + (stripes * BtrfsLayout.Chunk.StripeSize);
        if (stripes == 0 || size > item.Length || length < (ulong)NodeSize)
            throw Fault($"a chunk of {stripes} stripes and {length} bytes");
        ulong type = Address(item[BtrfsLayout.Chunk.Type..]);
        if ((type & BtrfsLayout.Chunk.Striped) != 0)
            throw Fault("a chunk is striped; one device has single and dup");
        long[] copies = new long[stripes];
        for (int i = 0; i < stripes; i++)
            copies[i] = checked((long)Address(item[(BtrfsLayout.Chunk.Stripes + (i * BtrfsLayout.Chunk.StripeSize) + BtrfsLayout.Chunk.StripeOffset)..]));
        _chunks[start] = new Chunk(start, length, type, copies);
        return size;
    }

    private sealed record Chunk(ulong Start, ulong Length, ulong Type, long[] Copies);
}

/// <summary>An item of a leaf: its key, and where its data is in the leaf.</summary>
internal readonly record struct BtrfsItem(ulong Id, byte Type, ulong Offset, int Start, int Length)
{
    /// <exception cref="InvalidImageException">Data is not within the leaf.</exception>
    internal static List<BtrfsItem> AllOf(byte[] leaf)
    {
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(leaf.AsSpan(BtrfsLayout.Node.Count));
        int head = BtrfsLayout.Node.HeadSize;
        if (count > (leaf.Length - head) / BtrfsLayout.Node.ItemSize)
            throw BtrfsVolume.Fault($"{count} items in a leaf");
        var items = new List<BtrfsItem>((int)count);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> item = leaf.AsSpan(head + (i * BtrfsLayout.Node.ItemSize), BtrfsLayout.Node.ItemSize);
            uint start = BinaryPrimitives.ReadUInt32LittleEndian(item[BtrfsLayout.KeySize..]);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(item[(BtrfsLayout.KeySize + 4)..]);
            if (start > leaf.Length - head || length > leaf.Length - head - start)
                throw BtrfsVolume.Fault($"an item of {length} bytes at {start}");
            items.Add(new BtrfsItem(
                BinaryPrimitives.ReadUInt64LittleEndian(item), item[BtrfsLayout.KeyType],
                BinaryPrimitives.ReadUInt64LittleEndian(item[BtrfsLayout.KeyOffset..]), head + (int)start, (int)length));
        }

        return items;
    }
}
