using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>Extended attributes of inodes: those in the inode, those in a block, and values that are inodes (attributes.rst).</summary>
internal sealed class ExtReaderXattrs(ExtReaderVolume volume, ExtReader reader)
{
    private const uint Magic = 0xea020000;
    private const int HeaderInInode = 4;

    /// <summary>XATTR_SIZE_MAX: no kernel gives or takes more.</summary>
    private const uint MaximumValue = 65536;

    private const int CachedBlocks = 256;

    private const int AccessAcl = 2;
    private const int DefaultAcl = 3;
    private const int SystemIndex = 7;

    private readonly Dictionary<long, Xattrs> _blocks = [];
    private readonly Dictionary<uint, byte[]> _values = [];

    /// <summary>What an inode has.</summary>
    /// <param name="Xattrs">The attributes as listxattr shows them.</param>
    /// <param name="InlineData">The value of system.data, which is content and no attribute.</param>
    internal readonly record struct Found(Xattrs Xattrs, ReadOnlyMemory<byte>? InlineData);

    /// <summary>The attributes of an inode.</summary>
    internal Found Read(uint number, ReadOnlySpan<byte> inode)
    {
        Xattrs inBlock = Xattrs.None;
        ulong block = ExtInodeLayout.FileAclLo.Get(inode);
        if (volume.Superblock.Features.Has(ExtFeature.SixtyFourBit))
            block |= ExtInodeLayout.FileAclHigh.Get(inode) << 32;
        if (block != 0)
            inBlock = InBlock(number, (long)block);
        if (inode.Length == ExtFormat.OldInodeSize)
            return new Found(inBlock, null);
        int start = ExtFormat.OldInodeSize + (int)ExtInodeLayout.ExtraIsize.Get(inode);
        if (inode.Length - start < HeaderInInode + sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(inode[start..]) != Magic)
            return new Found(inBlock, null);
        var items = new List<Xattr>(inBlock);
        ReadOnlyMemory<byte>? inlineData = null;
        ReadEntries(number, inode[(start + HeaderInInode)..].ToArray(), 0, items, ref inlineData);
        return new Found(Xattrs.Create(items), inlineData);
    }

    private Xattrs InBlock(uint number, long block)
    {
        if (_blocks.TryGetValue(block, out Xattrs? known))
            return known;
        if (!volume.Superblock.HoldsBlock(block))
            throw Invalid(number, $"they are in block {block} of {volume.Superblock.Blocks}");
        byte[] bytes = volume.Block(block, $"the attributes of inode {number}").ToArray();
        if (ExtXattrHeaderLayout.Magic.Get(bytes) != Magic || ExtXattrHeaderLayout.Blocks.Get(bytes) != 1)
            throw Invalid(number, $"block {block} holds none");
        var items = new List<Xattr>();
        ReadOnlyMemory<byte>? inlineData = null;
        ReadEntries(number, bytes, ExtXattrHeaderLayout.Size, items, ref inlineData);
        if (_blocks.Count == CachedBlocks)
            _blocks.Clear();
        var xattrs = Xattrs.Create(items);
        _blocks.Add(block, xattrs);
        return xattrs;
    }

    /// <summary>Entries up to four zero bytes; offsets of values count from the start of the area.</summary>
    private void ReadEntries(uint number, byte[] area, int at, List<Xattr> items, ref ReadOnlyMemory<byte>? inlineData)
    {
        while (area.Length - at >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(area.AsSpan(at)) != 0)
        {
            if (area.Length - at < ExtXattrEntryLayout.Size)
                throw Invalid(number, "they end within an entry");
            ReadOnlySpan<byte> entry = area.AsSpan(at);
            int nameLength = (int)ExtXattrEntryLayout.NameLen.Get(entry);
            if (entry.Length - ExtXattrEntryLayout.Size < nameLength)
                throw Invalid(number, $"a name of {nameLength} bytes goes past their end");
            ReadOnlySpan<byte> name = entry.Slice(ExtXattrEntryLayout.Size, nameLength);
            int index = (int)ExtXattrEntryLayout.NameIndex.Get(entry);
            ReadOnlyMemory<byte> value = Value(number, area, entry);
            if (index == SystemIndex && name.SequenceEqual("data"u8))
                inlineData = value;
            else if (Decode(number, index, name, value) is { } xattr)
                items.Add(xattr);
            at += (ExtXattrEntryLayout.Size + nameLength + 3) & ~3;
        }
    }

    private ReadOnlyMemory<byte> Value(uint number, byte[] area, ReadOnlySpan<byte> entry)
    {
        uint size = (uint)ExtXattrEntryLayout.ValueSize.Get(entry);
        if (size > MaximumValue)
            throw Invalid(number, $"a value of {size} bytes");
        if (size == 0)
            return default;
        uint inode = (uint)ExtXattrEntryLayout.ValueInum.Get(entry);
        if (inode != 0)
            return InInode(number, inode, size);
        int offset = (int)ExtXattrEntryLayout.ValueOffs.Get(entry);
        return offset + size <= area.Length
            ? area.AsMemory(offset, (int)size)
            : throw Invalid(number, $"a value of {size} bytes at {offset} goes past their end");
    }

    private byte[] InInode(uint number, uint valueInode, uint size)
    {
        if (_values.TryGetValue(valueInode, out byte[]? known) && known.Length == size)
            return known;
        if (!volume.Superblock.Features.Has(ExtFeature.XattrInodes))
            throw Invalid(number, $"a value is in inode {valueInode}, without the feature {ExtFeature.XattrInodes.Name}");
        ReadOnlySpan<byte> inode = volume.Inode(valueInode);
        uint flags = (uint)ExtInodeLayout.Flags.Get(inode);
        if ((flags & ExtFormat.InodeHoldsXattr) == 0 || reader.SizeOf(valueInode, inode) != size)
            throw Invalid(number, $"inode {valueInode} does not hold a value of {size} bytes");
        Blob content = reader.ReadContent(valueInode, flags, ExtInodeLayout.Block.Of(inode), size);
        return _values[valueInode] = content.ToArray();
    }

    private static Xattr? Decode(uint number, int index, ReadOnlySpan<byte> name, ReadOnlyMemory<byte> value)
    {
        if (index is AccessAcl or DefaultAcl)
        {
            FileName whole = index == AccessAcl ? "system.posix_acl_access" : "system.posix_acl_default";
            return new Xattr(whole, ExtAcl.FromDisk(value.Span) ?? throw Invalid(number, $"{whole} is not an ACL"));
        }

        ReadOnlySpan<byte> prefix = index switch
        {
            1 => "user."u8,
            4 => "trusted."u8,
            6 => "security."u8,
            SystemIndex => "system."u8,
            8 => "system.richacl"u8,
            10 => "gnu."u8,
            // Of Lustre, of encryption, of verity: the kernel shows them to no one.
            5 or 9 or 11 => default,
            _ => throw Invalid(number, $"a name of the namespace {index}"),
        };
        if (prefix.IsEmpty)
            return null;
        if (name.Contains((byte)0) || (name.IsEmpty && prefix[^1] == '.'))
            throw Invalid(number, "a name is empty or holds NUL");
        return new Xattr(new FileName([.. prefix, .. name]), value);
    }

    private static InvalidImageException Invalid(uint inode, string what) =>
        ExtReaderVolume.Invalid($"the extended attributes of inode {inode}: {what}");
}
