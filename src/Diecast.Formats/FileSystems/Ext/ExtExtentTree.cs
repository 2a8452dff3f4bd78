using System.Buffers.Binary;
using System.Diagnostics;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>
/// The tree of extents of one inode: the root in the inode, the leaves below it, index blocks between where the root
/// cannot point at all leaves (inodes.rst, "Extent Tree"). It is filled from left to right, so it is as flat as can be.
/// </summary>
internal static class ExtExtentTree
{
    /// <summary>ee_len of an extent that is written; more would mean one that is not.</summary>
    internal const int MaximumBlocks = 32768;

    internal const int RootEntries = (ExtFormat.BlockPointers * sizeof(uint) - HeaderSize) / EntrySize;

    private const ushort Magic = 0xf30a;
    private const int HeaderSize = 12;
    private const int EntrySize = 12;

    internal static int EntriesPerBlock(int blockSize) => (blockSize - HeaderSize) / EntrySize;

    /// <summary>Blocks that a tree of so many extents needs beside the inode.</summary>
    internal static long Blocks(long extents, int blockSize)
    {
        long blocks = 0;
        for (long level = extents; level > RootEntries; blocks += level)
            level = Units.Divide(level, EntriesPerBlock(blockSize));
        return blocks;
    }

    /// <summary>Fills i_block.</summary>
    /// <param name="root">The field.</param>
    /// <param name="extents">The extents and after them the tree's blocks: the leaves, then level above level.</param>
    /// <param name="count">How many of them are extents.</param>
    /// <param name="blockSize">Bytes of a block.</param>
    internal static void WriteRoot(Span<byte> root, ReadOnlySpan<ExtExtent> extents, int count, int blockSize)
    {
        (int first, int length, int depth) = Top(count, blockSize);
        WriteHeader(root, length, RootEntries, depth);
        WriteEntries(root[HeaderSize..], extents.Slice(first, length), depth);
    }

    /// <summary>Fills one of the tree's blocks, all but its checksum, which goes to the offset that is returned.</summary>
    /// <param name="block">The block, zero.</param>
    /// <param name="extents">The extents and after them the tree's blocks.</param>
    /// <param name="count">How many of them are extents.</param>
    /// <param name="index">Which of the tree's blocks.</param>
    internal static int WriteBlock(Span<byte> block, ReadOnlySpan<ExtExtent> extents, int count, int index)
    {
        int perBlock = EntriesPerBlock(block.Length);
        int first = 0;
        int length = count;
        int depth = 0;
        while (true)
        {
            int blocks = (int)Units.Divide(length, perBlock);
            if (index < blocks)
            {
                int from = index * perBlock;
                int entries = Math.Min(perBlock, length - from);
                WriteHeader(block, entries, perBlock, depth);
                WriteEntries(block[HeaderSize..], extents.Slice(first + from, entries), depth);
                return HeaderSize + perBlock * EntrySize;
            }

            index -= blocks;
            first += length;
            length = blocks;
            depth++;
            if (length <= RootEntries)
                throw new UnreachableException($"an extent tree of {count} extents has no block {index} more");
        }
    }

    /// <summary>The level that the root points at: its place in the list, its length, and the depth of the tree.</summary>
    private static (int First, int Length, int Depth) Top(int count, int blockSize)
    {
        int first = 0;
        int length = count;
        int depth = 0;
        while (length > RootEntries)
        {
            first += length;
            length = (int)Units.Divide(length, EntriesPerBlock(blockSize));
            depth++;
        }

        return (first, length, depth);
    }

    private static void WriteHeader(Span<byte> node, int entries, int limit, int depth)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(node, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(node[2..], (ushort)entries);
        BinaryPrimitives.WriteUInt16LittleEndian(node[4..], (ushort)limit);
        BinaryPrimitives.WriteUInt16LittleEndian(node[6..], (ushort)depth);
    }

    private static void WriteEntries(Span<byte> target, ReadOnlySpan<ExtExtent> entries, int depth)
    {
        foreach (ExtExtent entry in entries)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(target, entry.Logical);
            if (depth == 0)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(target[4..], (ushort)entry.Blocks);
                BinaryPrimitives.WriteUInt16LittleEndian(target[6..], (ushort)(entry.Physical >> 32));
                BinaryPrimitives.WriteUInt32LittleEndian(target[8..], (uint)(entry.Physical & uint.MaxValue));
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(target[4..], (uint)(entry.Physical & uint.MaxValue));
                BinaryPrimitives.WriteUInt16LittleEndian(target[8..], (ushort)(entry.Physical >> 32));
            }

            target = target[EntrySize..];
        }
    }
}
