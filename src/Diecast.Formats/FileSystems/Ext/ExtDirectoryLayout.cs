using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>How the entries of a directory of several blocks spread over its leaves, and the index over those.</summary>
/// <remarks>
/// An index is built in bulk: names are sorted by hash and fill leaves to four fifths, as <c>e2fsck -D</c> leaves them,
/// so that a new name seldom splits one. Blocks are the root of the index, then its nodes, then the leaves.
/// </remarks>
internal sealed class ExtDirectoryLayout
{
    /// <summary>Offset of the names' bytes in an entry.</summary>
    internal const int EntryHeaderSize = 8;

    /// <summary>Bytes of the two entries <c>.</c> and <c>..</c>.</summary>
    internal const int DotEntriesSize = 24;

    /// <summary>The entry without a name that carries a leaf's checksum.</summary>
    internal const int TailSize = 12;

    internal const int IndexEntrySize = 8;

    /// <summary>Where the entries of an index begin: in the root after both dot entries and its own header.</summary>
    internal const int RootIndexOffset = 32;
    internal const int NodeIndexOffset = 8;

    /// <summary>After the entries of an index: four bytes reserved, four of checksum.</summary>
    internal const int IndexTailSize = 8;

    private readonly int[]? _order;
    private readonly int[] _leafStarts;
    private readonly uint[] _leafHashes;

    private ExtDirectoryLayout(int[]? order, int[] leafStarts, uint[] leafHashes)
    {
        _order = order;
        _leafStarts = leafStarts;
        _leafHashes = leafHashes;
    }

    internal bool IsIndexed => _order is not null;

    internal int LeafCount => _leafStarts.Length;

    /// <summary>The first hash of a leaf; its lowest bit is set where the leaf before ends with the same hash.</summary>
    internal uint LeafHash(int leaf) => _leafHashes[leaf];

    /// <summary>The entries of a leaf, as places in <see cref="EntryAt"/>'s order.</summary>
    internal (int First, int End) Leaf(int leaf, int count) =>
        (_leafStarts[leaf], leaf + 1 < _leafStarts.Length ? _leafStarts[leaf + 1] : count);

    /// <summary>The entry, in the directory's own order, that comes at a place.</summary>
    internal int EntryAt(int place) => _order is null ? place : _order[place];

    internal static int EntrySize(int nameLength) => (EntryHeaderSize + nameLength + 3) & ~3;

    internal static int IndexLimit(int blockSize, int offset, bool checksums) =>
        (blockSize - offset - (checksums ? IndexTailSize : 0)) / IndexEntrySize;

    /// <summary>Whether all entries fit one block.</summary>
    internal static bool FitsOneBlock(ReadOnlySpan<DirectoryEntry> entries, int room)
    {
        long size = DotEntriesSize;
        foreach (DirectoryEntry entry in entries)
            size += EntrySize(entry.Name.Length);
        return size <= room;
    }

    /// <summary>Fills block after block in the order of names.</summary>
    internal static ExtDirectoryLayout Linear(ReadOnlySpan<DirectoryEntry> entries, int room)
    {
        var starts = new List<int> { 0 };
        int left = room - DotEntriesSize;
        for (int i = 0; i < entries.Length; i++)
        {
            int size = EntrySize(entries[i].Name.Length);
            if (size > left)
            {
                starts.Add(i);
                left = room;
            }

            left -= size;
        }

        return new ExtDirectoryLayout(null, [.. starts], []);
    }

    /// <summary>Sorts by hash and fills leaves.</summary>
    internal static ExtDirectoryLayout Indexed(ReadOnlySpan<DirectoryEntry> entries, int room, in ExtDirectoryHash hash, bool ignoresCase = false)
    {
        ulong[] keys = new ulong[entries.Length];
        int[] order = new int[entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            ReadOnlySpan<byte> name = entries[i].Name.Span;
            keys[i] = hash.Of(ignoresCase ? ExtCasefold.KeyOf(name) : name);
            order[i] = i;
        }

        Array.Sort(keys, order);
        SortTies(keys, order);

        var starts = new List<int>();
        var hashes = new List<uint>();
        int slack = room / 5;
        int left = 0;
        for (int i = 0; i < order.Length; i++)
        {
            int size = EntrySize(entries[order[i]].Name.Length);
            if (size > left - slack)
            {
                uint first = (uint)(keys[i] >> 32);
                bool continues = i > 0 && (uint)(keys[i - 1] >> 32) == first;
                starts.Add(i);
                hashes.Add(continues ? first | 1 : first);
                left = room;
            }

            left -= size;
        }

        return new ExtDirectoryLayout(order, [.. starts], [.. hashes]);
    }

    /// <summary>The sort is not stable; equal hashes go in the order of names.</summary>
    private static void SortTies(ulong[] keys, int[] order)
    {
        for (int i = 1; i < keys.Length; i++)
        {
            if (keys[i] != keys[i - 1])
                continue;
            int first = i - 1;
            while (i < keys.Length && keys[i] == keys[first])
                i++;
            order.AsSpan(first, i - first).Sort();
        }
    }

    /// <summary>
    /// The nodes of each level of the index between root and leaves, from the root down; null when the root cannot
    /// reach so many leaves with the levels allowed.
    /// </summary>
    internal static int[]? IndexLevels(int leaves, int blockSize, bool checksums, int maximumLevels)
    {
        int rootLimit = IndexLimit(blockSize, RootIndexOffset, checksums);
        int nodeLimit = IndexLimit(blockSize, NodeIndexOffset, checksums);
        var levels = new List<int>();
        for (int below = leaves; below > rootLimit; levels.Insert(0, below))
            below = (int)Units.Divide(below, nodeLimit);
        return levels.Count <= maximumLevels ? [.. levels] : null;
    }
}
