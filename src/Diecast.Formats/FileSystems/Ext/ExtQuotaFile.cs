using System.Buffers.Binary;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>
/// A file of usage and limits in the format vfsv1 (quotaio_tree.h, quotaio_v2.h of e2fsprogs): blocks of 1 KiB; a
/// header, a radix tree over the four bytes of an id, and leaves of up to 14 entries.
/// </summary>
/// <remarks>
/// Its size follows from the ids alone; what they use is known when every block has its place. Ids are in ascending
/// order in the leaves, so the blocks of one level of the tree are for ascending prefixes.
/// </remarks>
internal sealed class ExtQuotaFile
{
    private const int Size = 1024;
    private const int RootBlock = 1;
    private const int Levels = 4;
    private const int LeafHeaderSize = 16;
    private const int EntrySize = 72;
    private const int EntriesPerLeaf = (Size - LeafHeaderSize) / EntrySize;
    private const uint Version = 1;
    private const uint Grace = 7 * 24 * 60 * 60;

    private readonly uint[] _ids;
    private readonly long[] _bytes;
    private readonly long[] _inodes;

    /// <summary>For each level, where in the ids each of its blocks begins.</summary>
    private readonly int[][] _starts = new int[Levels][];

    /// <summary>The first block of each level, and of the leaves.</summary>
    private readonly int[] _first = new int[Levels + 1];

    /// <param name="type">One of the types.</param>
    /// <param name="ids">The ids in use, ascending.</param>
    internal ExtQuotaFile(ExtQuotaTypes type, uint[] ids)
    {
        Type = type;
        _ids = ids;
        _bytes = new long[ids.Length];
        _inodes = new long[ids.Length];
        int next = RootBlock;
        for (int level = 0; level < Levels; level++)
        {
            _first[level] = next;
            _starts[level] = [.. Enumerable.Range(0, ids.Length).Where(i => i == 0 || Prefix(ids[i], level) != Prefix(ids[i - 1], level))];
            next += _starts[level].Length;
        }

        _first[Levels] = next;
        Blocks = next + (int)Units.Divide(ids.Length, EntriesPerLeaf);
        Content = ExtPieces.Blocks(Blocks, Size, (index, block) => Fill((int)index, block));
    }

    internal ExtQuotaTypes Type { get; }

    internal Blob Content { get; }

    private int Blocks { get; }

    internal void Add(uint id, long bytes, long inodes)
    {
        int at = Array.BinarySearch(_ids, id);
        _bytes[at] += bytes;
        _inodes[at] += inodes;
    }

    /// <summary>Begins to count anew.</summary>
    internal void Clear()
    {
        Array.Clear(_bytes);
        Array.Clear(_inodes);
    }

    /// <summary>The bytes of an id above a level of the tree.</summary>
    private static uint Prefix(uint id, int level) => level == 0 ? 0 : id >> (32 - (8 * level));

    private void Fill(int index, Span<byte> block)
    {
        if (index < RootBlock)
        {
            FillHeader(block);
        }
        else if (index >= _first[Levels])
        {
            FillLeaf(index - _first[Levels], block);
        }
        else
        {
            int level = Levels - 1;
            while (index < _first[level])
                level--;
            FillNode(level, index - _first[level], block);
        }
    }

    private void FillHeader(Span<byte> block)
    {
        uint magic = Type switch
        {
            ExtQuotaTypes.User => 0xd9c01f11,
            ExtQuotaTypes.Group => 0xd9c01927,
            _ => 0xd9c03f14,
        };
        int leaf = Blocks - 1;
        int unfilled = _ids.Length % EntriesPerLeaf == 0 ? 0 : leaf;
        ReadOnlySpan<uint> words = [magic, Version, Grace, Grace, 0, (uint)Blocks, 0, (uint)unfilled];
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(block[(i * sizeof(uint))..], words[i]);
    }

    /// <summary>A block of the tree: for each value of the next byte of an id, the block below.</summary>
    private void FillNode(int level, int index, Span<byte> block)
    {
        int from = _starts[level][index];
        int end = index + 1 < _starts[level].Length ? _starts[level][index + 1] : _ids.Length;
        int shift = 32 - (8 * (level + 1));
        int child = level + 1 < Levels ? Array.BinarySearch(_starts[level + 1], from) : 0;
        for (int i = from; i < end; i++)
        {
            int below;
            if (level + 1 == Levels)
                below = _first[Levels] + (i / EntriesPerLeaf);
            else if (child < _starts[level + 1].Length && _starts[level + 1][child] == i)
                below = _first[level + 1] + child++;
            else
                continue;
            int slot = (int)((_ids[i] >> shift) & byte.MaxValue);
            BinaryPrimitives.WriteInt32LittleEndian(block[(slot * sizeof(uint))..], below);
        }
    }

    private void FillLeaf(int index, Span<byte> block)
    {
        const int inodes = 24;
        const int bytes = 48;
        int from = index * EntriesPerLeaf;
        int count = Math.Min(EntriesPerLeaf, _ids.Length - from);
        BinaryPrimitives.WriteUInt16LittleEndian(block[8..], (ushort)count);
        for (int i = 0; i < count; i++)
        {
            Span<byte> entry = block.Slice(LeafHeaderSize + (i * EntrySize), EntrySize);
            BinaryPrimitives.WriteUInt32LittleEndian(entry, _ids[from + i]);
            BinaryPrimitives.WriteInt64LittleEndian(entry[inodes..], _inodes[from + i]);
            BinaryPrimitives.WriteInt64LittleEndian(entry[bytes..], _bytes[from + i]);
        }
    }
}
