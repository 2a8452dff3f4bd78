using System.Buffers.Binary;
using System.Numerics;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>
/// An inode's extended attributes as they are stored: what fits goes into the inode, the rest into one block, and
/// with the feature ea_inode the values that are too large for that into inodes of their own (attributes.rst).
/// </summary>
internal sealed partial class ExtXattrs
{
    /// <summary>XATTR_SIZE_MAX: no kernel gives or takes a larger value.</summary>
    private const int MaximumValue = 65536;

    private const uint Magic = 0xea020000;
    private const int Alignment = 4;
    private const int Terminator = 4;
    private const int InodeHeaderSize = 4;

    private static readonly (byte Index, byte[] Prefix)[] Namespaces =
    [
        (1, "user."u8.ToArray()),
        (4, "trusted."u8.ToArray()),
        (6, "security."u8.ToArray()),
        (10, "gnu."u8.ToArray()),
    ];

    private readonly Entry[] _inInode;
    private readonly Entry[] _inBlock;
    private bool _isBound;

    private ExtXattrs(Entry[] inInode, Entry[] inBlock, string placement)
    {
        _inInode = inInode;
        _inBlock = inBlock;
        Placement = placement;
    }

    internal bool NeedsBlock => _inBlock.Length > 0;

    /// <summary>Whether a value of an attribute in the inode is an inode of its own.</summary>
    internal bool LeadsToInodes => Array.Exists(_inInode, e => e.IsOutside);

    /// <summary>Which attributes are in the block: the same ones of equal attributes share it.</summary>
    internal string Placement { get; }

    /// <summary>Blocks of values in inodes of their own; they count as blocks of every inode that has the attribute.</summary>
    internal long ValueBlocks { get; private set; }

    /// <summary>Values in inodes of their own.</summary>
    internal int ValueCount { get; private set; }

    /// <summary>Bytes that inline data takes of the room for attributes.</summary>
    internal static int InlineSize(int valueSize) => Align(ExtXattrEntryLayout.Size + InlineName.Length) + Align(valueSize);

    /// <summary>Bytes that the area of attributes in an inode takes beside its attributes.</summary>
    internal const int AreaOverhead = InodeHeaderSize + Terminator;

    /// <summary>Decides what goes where; in the order of the block's entries, first what fits the inode.</summary>
    /// <remarks>
    /// Where block and inode do not hold everything, the largest values leave them one after the other, as far as
    /// that is allowed and until the rest fits.
    /// </remarks>
    /// <param name="xattrs">The attributes.</param>
    /// <param name="inodeRoom">Bytes of the inode after its fields.</param>
    /// <param name="blockSize">Bytes of a block.</param>
    /// <param name="allowsInodes">Whether values may be inodes.</param>
    /// <param name="error">What cannot be stored, or null.</param>
    internal static ExtXattrs? Create(Xattrs xattrs, int inodeRoom, int blockSize, bool allowsInodes, out string? error)
    {
        error = null;
        var entries = new Entry[xattrs.Count];
        for (int i = 0; i < entries.Length; i++)
        {
            if (!TryEncode(xattrs[i], out entries[i], out error))
                return null;
        }

        Array.Sort(entries);
        char[] placement = new char[entries.Length];
        while (true)
        {
            int lacking = Place(entries, placement, inodeRoom, blockSize);
            if (lacking <= 0)
                break;
            int largest = allowsInodes ? Largest(entries, placement) : -1;
            if (largest < 0)
            {
                error = $"its extended attributes are {lacking} bytes more than the inode and one block of {blockSize} bytes hold"
                    + (allowsInodes ? "" : "; with the feature ea_inode large values have inodes of their own");
                return null;
            }

            entries[largest] = entries[largest] with { IsOutside = true };
        }

        return new ExtXattrs(
            [.. entries.Where((_, i) => placement[i] == 'i')],
            [.. entries.Where((_, i) => placement[i] == 'b')],
            new string(placement));
    }

    /// <summary>Gives the values that need it their inodes; called once, when the attributes are first used.</summary>
    internal void Bind(int blockSize, Func<ReadOnlyMemory<byte>, ExtXattrValue> valueOf)
    {
        if (_isBound)
            return;
        _isBound = true;
        foreach (Entry[] entries in (ReadOnlySpan<Entry[]>)[_inInode, _inBlock])
        {
            for (int i = 0; i < entries.Length; i++)
            {
                if (!entries[i].IsOutside)
                    continue;
                entries[i] = entries[i] with { Outside = valueOf(entries[i].Value) };
                ValueBlocks += Units.Divide(entries[i].Value.Length, blockSize);
                ValueCount++;
            }
        }
    }

    /// <summary>One more inode holds what is in the inode.</summary>
    internal void ReferFromInode() => Refer(_inInode);

    /// <summary>One more block holds what is in the block.</summary>
    internal void ReferFromBlock() => Refer(_inBlock);

    /// <summary>Fills the inode's end.</summary>
    /// <param name="xattrs">The attributes; null for none.</param>
    /// <param name="room">The bytes after the fields.</param>
    /// <param name="hasInlineData">Whether the inode's data is within it.</param>
    /// <param name="inlineData">What of that did not fit i_block.</param>
    internal static void WriteInode(ExtXattrs? xattrs, Span<byte> room, bool hasInlineData, ReadOnlyMemory<byte> inlineData)
    {
        Entry[] entries = xattrs?._inInode ?? [];
        if (hasInlineData)
            entries = [new Entry(SystemIndex, InlineName, inlineData), .. entries];
        if (entries.Length == 0)
            return;
        BinaryPrimitives.WriteUInt32LittleEndian(room, Magic);
        // Offsets count from the first entry here; hashes stay zero, as the kernel leaves them.
        Write(entries, room[InodeHeaderSize..], 0, withHash: false);
    }

    /// <summary>Fills a block, all but its checksum.</summary>
    internal void WriteBlock(Span<byte> block, int references)
    {
        ExtXattrHeaderLayout.Magic.Set(block, Magic);
        ExtXattrHeaderLayout.Refcount.Set(block, references);
        ExtXattrHeaderLayout.Blocks.Set(block, 1L);
        uint hash = 0;
        foreach (Entry entry in _inBlock)
            hash = BitOperations.RotateLeft(hash, 16) ^ entry.Hash();
        ExtXattrHeaderLayout.Hash.Set(block, (ulong)hash);
        Write(_inBlock, block, ExtXattrHeaderLayout.Size, withHash: true);
    }

    /// <summary>Marks each entry as in the inode or in the block, and returns the bytes that the block lacks.</summary>
    private static int Place(Entry[] entries, char[] placement, int inodeRoom, int blockSize)
    {
        int room = inodeRoom - AreaOverhead;
        long blockRoom = blockSize - ExtXattrHeaderLayout.Size - Terminator;
        for (int i = 0; i < entries.Length; i++)
        {
            bool fits = entries[i].Size <= room;
            placement[i] = fits ? 'i' : 'b';
            if (fits)
                room -= entries[i].Size;
            else
                blockRoom -= entries[i].Size;
        }

        return (int)Math.Min(-blockRoom, int.MaxValue);
    }

    /// <summary>The largest value in the block, the first of several; -1 where none is left.</summary>
    private static int Largest(Entry[] entries, char[] placement)
    {
        int largest = -1;
        for (int i = 0; i < entries.Length; i++)
        {
            if (placement[i] == 'b' && !entries[i].IsOutside && entries[i].Value.Length > (largest < 0 ? 0 : entries[largest].Value.Length))
                largest = i;
        }

        return largest;
    }

    private static void Refer(Entry[] entries)
    {
        foreach (Entry entry in entries)
        {
            if (entry.Outside is { } value)
                value.References++;
        }
    }

    private static void Write(Entry[] entries, Span<byte> area, int position, bool withHash)
    {
        int end = area.Length;
        foreach (Entry entry in entries)
        {
            Span<byte> target = area[position..];
            ExtXattrEntryLayout.NameLen.Set(target, (long)entry.Name.Length);
            ExtXattrEntryLayout.NameIndex.Set(target, (ulong)entry.Index);
            if (entry.Outside is { } value)
            {
                ExtXattrEntryLayout.ValueInum.Set(target, value.Place + 1L);
            }
            else if (entry.Value.Length > 0)
            {
                end -= Align(entry.Value.Length);
                ExtXattrEntryLayout.ValueOffs.Set(target, end);
                entry.Value.Span.CopyTo(area[end..]);
            }

            ExtXattrEntryLayout.ValueSize.Set(target, (long)entry.Value.Length);
            if (withHash || entry.Outside is not null)
                ExtXattrEntryLayout.Hash.Set(target, (ulong)entry.Hash());
            entry.Name.Span.CopyTo(target[ExtXattrEntryLayout.Size..]);
            position += Align(ExtXattrEntryLayout.Size + entry.Name.Length);
        }
    }

    private static int Align(int length) => (length + Alignment - 1) & ~(Alignment - 1);
}
