using System.Buffers.Binary;
using System.Numerics;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>
/// An inode's extended attributes as they are stored: what fits goes into the inode, the rest into one block
/// (attributes.rst).
/// </summary>
internal sealed class ExtXattrs
{
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

    private ExtXattrs(Entry[] inInode, Entry[] inBlock)
    {
        _inInode = inInode;
        _inBlock = inBlock;
    }

    internal bool NeedsBlock => _inBlock.Length > 0;

    /// <summary>Decides what goes where; in the order of the block's entries, first what fits the inode.</summary>
    /// <param name="xattrs">The attributes.</param>
    /// <param name="inodeRoom">Bytes of the inode after its fields.</param>
    /// <param name="blockSize">Bytes of a block.</param>
    /// <param name="error">What cannot be stored, or null.</param>
    internal static ExtXattrs? Create(Xattrs xattrs, int inodeRoom, int blockSize, out string? error)
    {
        error = null;
        var entries = new Entry[xattrs.Count];
        for (int i = 0; i < entries.Length; i++)
        {
            if (!TryEncode(xattrs[i], out entries[i], out error))
                return null;
        }

        Array.Sort(entries);
        var inInode = new List<Entry>();
        var inBlock = new List<Entry>();
        int room = inodeRoom - InodeHeaderSize - Terminator;
        int blockRoom = blockSize - ExtXattrHeaderLayout.Size - Terminator;
        foreach (Entry entry in entries)
        {
            if (entry.Size <= room)
            {
                inInode.Add(entry);
                room -= entry.Size;
            }
            else
            {
                inBlock.Add(entry);
                blockRoom -= entry.Size;
            }
        }

        if (blockRoom < 0)
        {
            error = $"its extended attributes are {-blockRoom} bytes more than the inode and one block of {blockSize} bytes hold";
            return null;
        }

        return new ExtXattrs([.. inInode], [.. inBlock]);
    }

    /// <summary>Fills the inode's end.</summary>
    internal void WriteInode(Span<byte> room)
    {
        if (_inInode.Length == 0)
            return;
        BinaryPrimitives.WriteUInt32LittleEndian(room, Magic);
        // Offsets count from the first entry here; hashes stay zero, as the kernel leaves them.
        Write(_inInode, room[InodeHeaderSize..], 0, withHash: false);
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

    private static void Write(Entry[] entries, Span<byte> area, int position, bool withHash)
    {
        int end = area.Length;
        foreach (Entry entry in entries)
        {
            Span<byte> target = area[position..];
            ExtXattrEntryLayout.NameLen.Set(target, (long)entry.Name.Length);
            ExtXattrEntryLayout.NameIndex.Set(target, (ulong)entry.Index);
            if (entry.Value.Length > 0)
            {
                end -= Align(entry.Value.Length);
                ExtXattrEntryLayout.ValueOffs.Set(target, end);
                entry.Value.Span.CopyTo(area[end..]);
            }

            ExtXattrEntryLayout.ValueSize.Set(target, (long)entry.Value.Length);
            if (withHash)
                ExtXattrEntryLayout.Hash.Set(target, (ulong)entry.Hash());
            entry.Name.Span.CopyTo(target[ExtXattrEntryLayout.Size..]);
            position += Align(ExtXattrEntryLayout.Size + entry.Name.Length);
        }
    }

    private static bool TryEncode(Xattr xattr, out Entry entry, out string? error)
    {
        entry = default;
        error = null;
        ReadOnlySpan<byte> name = xattr.Name.Span;
        int acl = name.SequenceEqual("system.posix_acl_access"u8) ? 2
            : name.SequenceEqual("system.posix_acl_default"u8) ? 3
            : 0;
        if (acl != 0)
        {
            if (ExtAcl.ToDisk(xattr.Value.Span) is not { } value)
            {
                error = $"the value of {xattr.Name} is not a POSIX ACL";
                return false;
            }

            entry = new Entry((byte)acl, default, value);
            return true;
        }

        foreach ((byte index, byte[] prefix) in Namespaces)
        {
            if (!name.StartsWith(prefix))
                continue;
            ReadOnlyMemory<byte> rest = xattr.Name.Memory[prefix.Length..];
            if (rest.Length is 0 or > byte.MaxValue)
                break;
            entry = new Entry(index, rest, xattr.Value);
            return true;
        }

        error = $"the extended attribute {xattr.Name} has a name that ext4 cannot store";
        return false;
    }

    private static int Align(int length) => (length + Alignment - 1) & ~(Alignment - 1);

    private readonly record struct Entry(byte Index, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Value) : IComparable<Entry>
    {
        internal int Size => Align(ExtXattrEntryLayout.Size + Name.Length) + Align(Value.Length);

        /// <summary>The order that the kernel's search in a block relies on: namespace, length of name, name.</summary>
        public int CompareTo(Entry other)
        {
            int order = Index.CompareTo(other.Index);
            if (order == 0)
                order = Name.Length.CompareTo(other.Name.Length);
            return order != 0 ? order : Name.Span.SequenceCompareTo(other.Name.Span);
        }

        /// <summary>ext4_xattr_hash_entry, with unsigned characters as the kernel has them since 6.2.</summary>
        internal uint Hash()
        {
            uint hash = 0;
            foreach (byte b in Name.Span)
                hash = BitOperations.RotateLeft(hash, 5) ^ b;
            ReadOnlySpan<byte> value = Value.Span;
            while (value.Length >= sizeof(uint))
            {
                hash = BitOperations.RotateLeft(hash, 16) ^ BinaryPrimitives.ReadUInt32LittleEndian(value);
                value = value[sizeof(uint)..];
            }

            if (value.Length > 0)
            {
                Span<byte> last = stackalloc byte[sizeof(uint)];
                last.Clear();
                value.CopyTo(last);
                hash = BitOperations.RotateLeft(hash, 16) ^ BinaryPrimitives.ReadUInt32LittleEndian(last);
            }

            return hash;
        }
    }
}
