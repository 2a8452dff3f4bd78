using System.Buffers.Binary;
using System.Diagnostics;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

public sealed partial class ExtPlan
{
    private const byte DirectoryTailType = 0xde;
    private const int IndexInfoOffset = ExtDirectoryLayout.DotEntriesSize;
    private const int IndexInfoLength = 8;

    private int NodeLimit => ExtDirectoryLayout.IndexLimit(_blockSize, ExtDirectoryLayout.NodeIndexOffset, _checksums);

    private Blob DirectoryBlob(int directory) => ExtPieces.Blocks(
        _tree.Directories[directory].Blocks, _blockSize, (index, block) => FillDirectory(directory, (int)index, block));

    private void FillDirectory(int directory, int index, Span<byte> block)
    {
        ref ExtDirectory record = ref _tree.Directories[directory];
        if (record.Layout is not { IsIndexed: true } layout)
        {
            int leaves = record.Layout?.LeafCount ?? 1;
            (int first, int end) = index >= leaves ? (0, 0)
                : record.Layout is { } linear ? linear.Leaf(index, record.Count)
                : (0, record.Count);
            FillLeaf(record, first, end, withDots: index == 0, block);
            return;
        }

        int[] levels = ExtDirectoryLayout.IndexLevels(layout.LeafCount, _blockSize, _checksums, _tree.MaximumIndexLevels)
            ?? throw new UnreachableException("ext4: the index was planned and cannot be made");
        int firstLeaf = 1 + levels.Sum();
        if (index >= firstLeaf)
        {
            (int first, int end) = layout.Leaf(index - firstLeaf, record.Count);
            FillLeaf(record, first, end, withDots: false, block);
        }
        else
        {
            FillIndex(record, layout, levels, index, block);
        }
    }

    /// <summary>Entries, the last of which reaches to the end, and a tail for the checksum.</summary>
    private void FillLeaf(in ExtDirectory directory, int first, int end, bool withDots, Span<byte> block)
    {
        var source = (DirectoryInode)_tree.Nodes[directory.Node].Source!;
        ReadOnlySpan<DirectoryEntry> entries = source.Entries;
        if (entries.Length != directory.Count)
            throw new UnreachableException(
                $"ext4: a directory was planned with {directory.Count} entries and has {entries.Length}");
        int room = _tree.DirectoryRoom;
        int position = 0;
        int last = 0;
        if (withDots)
        {
            WriteEntry(block, NumberOf(directory.Node), InodeType.Directory, "."u8);
            last = ExtDirectoryLayout.EntrySize(1);
            WriteEntry(block[last..], NumberOf(directory.Parent), InodeType.Directory, ".."u8);
            position = ExtDirectoryLayout.DotEntriesSize;
        }

        for (int i = first; i < end; i++)
        {
            int at = directory.Layout?.EntryAt(i) ?? i;
            ReadOnlySpan<byte> name = entries[at].Name.Span;
            last = position;
            position += ExtDirectoryLayout.EntrySize(name.Length);
            if (position > room)
                throw new UnreachableException(
                    $"ext4: a directory's block was planned for {room} bytes and {position} were used");
            int child = _tree.Children[directory.FirstChild + at];
            WriteEntry(block[last..], NumberOf(child), entries[at].Inode.Type, name);
        }

        WriteEntryLength(block[last..], room - last);
        if (!_checksums)
            return;
        Span<byte> tail = block[room..];
        BinaryPrimitives.WriteUInt16LittleEndian(tail[4..], ExtDirectoryLayout.TailSize);
        tail[7] = DirectoryTailType;
        BinaryPrimitives.WriteUInt32LittleEndian(tail[8..], Crc32C.Append(ChecksumSeedOf(directory.Node), block[..room]));
    }

    private void WriteEntry(Span<byte> entry, long number, InodeType type, ReadOnlySpan<byte> name)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)number);
        WriteEntryLength(entry, ExtDirectoryLayout.EntrySize(name.Length));
        entry[6] = (byte)name.Length;
        name.CopyTo(entry[ExtDirectoryLayout.EntryHeaderSize..]);
        // Without filetype it is the upper byte of the name's length.
        entry[7] = !_features.Has(ExtFeature.FileType) ? (byte)0 : EntryTypes.Of(type);
    }

    /// <summary>In blocks of 64 KiB the length of all does not fit its field (ext4_rec_len_to_disk).</summary>
    private static void WriteEntryLength(Span<byte> entry, int length) =>
        BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], (ushort)Math.Min(length, ushort.MaxValue));

    /// <summary>
    /// The index's root, which looks like a block with the dot entries only, or a node of it, which looks like an
    /// empty block (directory.rst, struct dx_root and dx_node).
    /// </summary>
    private void FillIndex(in ExtDirectory directory, ExtDirectoryLayout layout, int[] levels, int index, Span<byte> block)
    {
        int entriesOffset;
        if (index == 0)
        {
            WriteEntry(block, NumberOf(directory.Node), InodeType.Directory, "."u8);
            int second = ExtDirectoryLayout.EntrySize(1);
            WriteEntry(block[second..], NumberOf(directory.Parent), InodeType.Directory, ".."u8);
            WriteEntryLength(block[second..], _blockSize - second);
            block[IndexInfoOffset + 4] = ExtDirectoryHash.HalfMd4;
            block[IndexInfoOffset + 5] = IndexInfoLength;
            block[IndexInfoOffset + 6] = (byte)levels.Length;
            entriesOffset = ExtDirectoryLayout.RootIndexOffset;
        }
        else
        {
            WriteEntryLength(block, _blockSize);
            entriesOffset = ExtDirectoryLayout.NodeIndexOffset;
        }

        int limit = ExtDirectoryLayout.IndexLimit(_blockSize, entriesOffset, _checksums);
        IndexSpan below = IndexSpan.Of(levels, layout.LeafCount, index, NodeLimit);
        Span<byte> target = block[entriesOffset..];
        for (int i = 0; i < below.Count; i++)
        {
            Span<byte> entry = target[(i * ExtDirectoryLayout.IndexEntrySize)..];
            // The first entry holds everything below the second's hash; limit and count stand where its hash would.
            if (i > 0)
                BinaryPrimitives.WriteUInt32LittleEndian(entry, layout.LeafHash((below.First + i) * below.LeavesEach));
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], (uint)(below.Block + i));
        }

        BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)limit);
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], (ushort)below.Count);
        if (!_checksums)
            return;
        // The checksum covers the entries in use, then the tail with itself as zero.
        int used = entriesOffset + (below.Count * ExtDirectoryLayout.IndexEntrySize);
        Span<byte> tail = target[(limit * ExtDirectoryLayout.IndexEntrySize)..];
        uint checksum = Crc32C.Append(ChecksumSeedOf(directory.Node), block[..used]);
        checksum = Crc32C.Append(checksum, 0ul);
        BinaryPrimitives.WriteUInt32LittleEndian(tail[sizeof(uint)..], checksum);
    }

    /// <summary>What a block of an index points at.</summary>
    /// <param name="Block">The first block.</param>
    /// <param name="First">Which of its level that is.</param>
    /// <param name="Count">How many.</param>
    /// <param name="LeavesEach">Leaves below each of them.</param>
    private readonly record struct IndexSpan(int Block, int First, int Count, int LeavesEach)
    {
        internal static IndexSpan Of(int[] levels, int leaves, int index, int nodeLimit)
        {
            // Level 0 is the root, alone in block 0; the leaves come after the last level of nodes.
            int level = 0;
            int start = 0;
            int width = 1;
            while (index >= start + width)
            {
                start += width;
                width = levels[level++];
            }

            int below = level < levels.Length ? levels[level] : leaves;
            int first = (index - start) * nodeLimit;
            int leavesEach = 1;
            for (int i = level; i < levels.Length; i++)
                leavesEach *= nodeLimit;
            int count = Math.Min(level == 0 ? below : nodeLimit, below - first);
            return new IndexSpan(start + width + first, first, count, leavesEach);
        }
    }
}
