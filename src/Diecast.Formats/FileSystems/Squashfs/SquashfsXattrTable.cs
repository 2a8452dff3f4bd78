using System.Buffers.Binary;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>
/// The extended attributes: each set once, whatever the number of inodes that have it, and each value once, whatever the
/// number of sets.
/// </summary>
internal sealed class SquashfsXattrTable(IBlockCompressor? compressor)
{
    /// <summary>The length of a reference, which stands in place of longer values that are there already.</summary>
    private const int ReferenceSize = 8;

    private readonly SquashfsMetadata _values = new(compressor);
    private readonly SquashfsMetadata _ids = new(compressor);
    private readonly Dictionary<Xattrs, uint> _sets = [];

    /// <summary>Values as names, which know how to compare bytes.</summary>
    private readonly Dictionary<FileName, SquashfsReference> _places = [];

    /// <summary>Sets there are.</summary>
    internal uint Count { get; private set; }

    /// <summary>The number of a name's prefix, or -1 for one that squashfs has not.</summary>
    internal static int TypeOf(FileName name)
    {
        byte[][] prefixes = SquashfsLayout.XattrPrefixes;
        for (int i = 0; i < prefixes.Length; i++)
        {
            if (name.Span.StartsWith(prefixes[i]))
                return i;
        }

        return -1;
    }

    /// <summary>The number of a set; none when nothing of it can be held.</summary>
    internal uint Add(Xattrs xattrs)
    {
        if (xattrs.Count == 0)
            return SquashfsLayout.NoXattrs;
        if (_sets.TryGetValue(xattrs, out uint known))
            return known;
        SquashfsReference place = _values.Position;
        long before = _values.Length;
        uint count = 0;
        foreach (Xattr xattr in xattrs)
        {
            int type = TypeOf(xattr.Name);
            if (type < 0)
                continue;
            Write(xattr, type);
            count++;
        }

        uint id = SquashfsLayout.NoXattrs;
        if (count > 0)
        {
            Span<byte> entry = stackalloc byte[SquashfsLayout.XattrId.Size];
            SquashfsLayout.XattrId.Reference.Set(entry, place.Value);
            SquashfsLayout.XattrId.Count.Set(entry, count);
            SquashfsLayout.XattrId.Length.Set(entry, _values.Length - before);
            _ids.Write(entry);
            id = Count++;
        }

        _sets.Add(xattrs, id);
        return id;
    }

    /// <summary>Writes values, sets and where they are; returns the table's place.</summary>
    internal long Write(SquashfsImage image)
    {
        byte[] header = new byte[SquashfsLayout.XattrTable.Size];
        SquashfsLayout.XattrTable.Start.Set(header, image.Length);
        SquashfsLayout.XattrTable.Ids.Set(header, Count);
        image.Append(_values.Finish());
        long ids = image.Length;
        image.Append(_ids.Finish());
        long place = image.Length;
        image.Append(header);
        image.AppendPlaces(_ids.Blocks, ids);
        return place;
    }

    private void Write(Xattr xattr, int type)
    {
        ReadOnlySpan<byte> name = xattr.Name.Span[SquashfsLayout.XattrPrefixes[type].Length..];
        ReadOnlySpan<byte> value = xattr.Value.Span;
        var key = new FileName(xattr.Value.ToArray());
        bool isThere = _places.TryGetValue(key, out SquashfsReference there);
        Span<byte> entry = stackalloc byte[SquashfsLayout.XattrEntry.Size];
        SquashfsLayout.XattrEntry.Type.Set(entry, type | (isThere ? SquashfsLayout.ValueElsewhere : 0));
        SquashfsLayout.XattrEntry.NameLength.Set(entry, name.Length);
        _values.Write(entry);
        _values.Write(name);
        SquashfsReference place = _values.Position;
        Span<byte> number = stackalloc byte[ReferenceSize];
        BinaryPrimitives.WriteInt32LittleEndian(number, isThere ? ReferenceSize : value.Length);
        _values.Write(number[..sizeof(int)]);
        if (isThere)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(number, there.Value);
            _values.Write(number);
            return;
        }

        _values.Write(value);
        if (value.Length > ReferenceSize)
            _places.Add(key, place);
    }
}
