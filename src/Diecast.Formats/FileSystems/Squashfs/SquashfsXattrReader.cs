using System.Buffers.Binary;
using System.Collections.Concurrent;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>Reads the sets of extended attributes, each once.</summary>
internal sealed class SquashfsXattrReader
{
    private readonly SquashfsVolume _volume;
    private readonly SquashfsBudget _budget;
    private readonly SquashfsTable? _table;
    private readonly long _values;
    private readonly uint _count;
    private readonly ConcurrentDictionary<uint, Xattrs> _sets = [];

    internal SquashfsXattrReader(SquashfsVolume volume, SquashfsBudget budget)
    {
        _volume = volume;
        _budget = budget;
        long place = volume.Superblock.Place(SquashfsLayout.Superblock.XattrTable);
        if (place < 0)
            return;
        Span<byte> header = stackalloc byte[SquashfsLayout.XattrTable.Size];
        volume.Read(place, header, "the table of attributes");
        _values = SquashfsLayout.XattrTable.Start.GetPlace(header);
        _count = SquashfsLayout.XattrTable.Ids.Get32(header);
        _table = new SquashfsTable(volume, place + header.Length, SquashfsLayout.XattrId.Size, "the table of attributes");
        if (_values < 0 || _values > volume.Superblock.BytesUsed)
            throw SquashfsSuperblock.Invalid($"the attributes at {_values} are past the end, {volume.Superblock.BytesUsed}");
    }

    /// <summary>A set by its number. As for the kernel, without a table nothing has attributes.</summary>
    internal Xattrs Find(uint id)
    {
        if (id == SquashfsLayout.NoXattrs || _table is null)
            return Xattrs.None;
        if (id >= _count)
            throw SquashfsSuperblock.Invalid($"there is no set of attributes {id}; there are {_count}");
        return _sets.GetOrAdd(id, Read);
    }

    private Xattrs Read(uint id)
    {
        Span<byte> entry = stackalloc byte[SquashfsLayout.XattrId.Size];
        _table!.Find(id).Read(entry);
        uint count = SquashfsLayout.XattrId.Count.Get32(entry);
        SquashfsCursor cursor = At(SquashfsLayout.XattrId.Reference.Get(entry));
        List<Xattr> xattrs = [];
        for (uint i = 0; i < count; i++)
            xattrs.Add(ReadOne(ref cursor));
        return Xattrs.Create(xattrs);
    }

    private Xattr ReadOne(ref SquashfsCursor cursor)
    {
        Span<byte> header = stackalloc byte[SquashfsLayout.XattrEntry.Size];
        cursor.Read(header);
        int type = (int)SquashfsLayout.XattrEntry.Type.Get(header);
        int prefix = type & ~SquashfsLayout.ValueElsewhere;
        if (prefix >= SquashfsLayout.XattrPrefixes.Length)
            throw SquashfsSuperblock.Invalid($"an attribute has the type {type}");
        int length = (int)SquashfsLayout.XattrEntry.NameLength.Get(header);
        byte[] start = SquashfsLayout.XattrPrefixes[prefix];
        _budget.Charge(start.Length + length);
        byte[] name = new byte[start.Length + length];
        start.CopyTo(name, 0);
        cursor.Read(name.AsSpan(start.Length));
        if (length == 0 || name.AsSpan().Contains((byte)0))
            throw SquashfsSuperblock.Invalid($"an attribute has a name of {length} bytes that cannot be one");
        if ((type & SquashfsLayout.ValueElsewhere) == 0)
            return new Xattr(new FileName(name), ReadValue(ref cursor));
        uint size = cursor.ReadUInt32();
        if (size != sizeof(ulong))
            throw SquashfsSuperblock.Invalid($"the reference to an attribute's value has {size} bytes");
        SquashfsCursor elsewhere = At(cursor.ReadUInt64());
        return new Xattr(new FileName(name), ReadValue(ref elsewhere));
    }

    private byte[] ReadValue(ref SquashfsCursor cursor)
    {
        uint size = cursor.ReadUInt32();
        if (size > SquashfsLayout.LargestXattr)
            throw SquashfsSuperblock.Invalid($"an attribute has {size} bytes; Linux reads {SquashfsLayout.LargestXattr}");
        _budget.Charge(size);
        byte[] value = new byte[size];
        cursor.Read(value);
        return value;
    }

    private SquashfsCursor At(ulong reference)
    {
        ulong block = reference >> 16;
        return new SquashfsCursor(_volume, _values + (long)block, (int)(reference & 0xffff));
    }
}
