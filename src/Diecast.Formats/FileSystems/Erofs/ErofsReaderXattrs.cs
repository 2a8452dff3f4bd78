using System.Buffers.Binary;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>Extended attributes of inodes: their own, behind them, and those that they share.</summary>
internal sealed class ErofsReaderXattrs(ErofsVolume volume, ErofsReader reader)
{
    private const int CachedEntries = 1024;

    private readonly Dictionary<uint, Xattr> _shared = [];
    private (string Base, byte[] Infix)[]? _prefixes;

    internal Xattrs Read(in ErofsNodeHeader header)
    {
        if (header.XattrSize == 0)
            return Xattrs.None;
        volume.Charge(header.XattrSize, header.Nid);
        byte[] area = new byte[header.XattrSize];
        volume.Read(header.Position + header.Size, area, $"the attributes of inode {header.Nid}");
        int shared = (int)ErofsXattrHeaderLayout.SharedCount.Get(area);
        int at = ErofsXattrHeaderLayout.Size + (shared * sizeof(uint));
        if (at > area.Length)
            throw Invalid(header.Nid, $"{shared} shared ones do not fit {area.Length} bytes");
        var items = new List<Xattr>();
        for (int i = 0; i < shared; i++)
            items.Add(Shared(header.Nid, BinaryPrimitives.ReadUInt32LittleEndian(area.AsSpan(ErofsXattrHeaderLayout.Size + (i * sizeof(uint))))));
        while (at < area.Length)
        {
            ReadOnlySpan<byte> rest = area.AsSpan(at);
            int size = SizeOf(rest);
            if (size > rest.Length)
                throw Invalid(header.Nid, $"the one at byte {at} of {area.Length} goes past their end");
            items.Add(Entry(header.Nid, rest[..size]));
            at += (int)Units.RoundUp(size, ErofsXattrEntryLayout.Size);
        }

        var xattrs = Xattrs.Create(items);
        return xattrs.Count == items.Count ? xattrs : throw Invalid(header.Nid, "a name is there twice");
    }

    private static int SizeOf(ReadOnlySpan<byte> entry) =>
        ErofsXattrEntryLayout.Size + (int)ErofsXattrEntryLayout.NameLength.Get(entry) + (int)ErofsXattrEntryLayout.ValueSize.Get(entry);

    private Xattr Shared(ulong nid, uint id)
    {
        if (_shared.TryGetValue(id, out Xattr known))
            return known;
        long position = volume.Superblock.XattrStart + ((long)id * ErofsXattrEntryLayout.Size);
        Span<byte> start = stackalloc byte[ErofsXattrEntryLayout.Size];
        volume.Read(position, start, $"a shared attribute of inode {nid}");
        byte[] entry = new byte[SizeOf(start)];
        volume.Read(position, entry, $"a shared attribute of inode {nid}");
        Xattr xattr = Entry(nid, entry);
        if (_shared.Count == CachedEntries)
            _shared.Clear();
        _shared.Add(id, xattr);
        return xattr;
    }

    private Xattr Entry(ulong nid, ReadOnlySpan<byte> entry)
    {
        int length = (int)ErofsXattrEntryLayout.NameLength.Get(entry);
        int index = (int)ErofsXattrEntryLayout.NameIndex.Get(entry);
        ReadOnlySpan<byte> suffix = entry.Slice(ErofsXattrEntryLayout.Size, length);
        ReadOnlySpan<byte> infix = default;
        string? prefix;
        if ((index & ErofsFormat.XattrLongPrefix) == 0)
        {
            prefix = ErofsXattrNames.PrefixOf(index);
        }
        else
        {
            _prefixes ??= ReadPrefixes();
            int place = index & ~ErofsFormat.XattrLongPrefix;
            if (place >= _prefixes.Length)
                throw Invalid(nid, $"a name has the prefix {place} of {_prefixes.Length}");
            (prefix, byte[] bytes) = _prefixes[place];
            infix = bytes;
        }

        if (prefix is null)
            throw Invalid(nid, $"a name is in the namespace {index}, which is not known");
        byte[] name = [.. Encoding.ASCII.GetBytes(prefix), .. infix, .. suffix];
        if (name.Contains((byte)0) || (suffix.IsEmpty && infix.IsEmpty && prefix.EndsWith('.')))
            throw Invalid(nid, "a name is empty or holds NUL");
        return new Xattr(new FileName(name), entry[(ErofsXattrEntryLayout.Size + length)..].ToArray());
    }

    /// <summary>
    /// Prefixes beyond the few that have numbers: each a length and so many bytes, the number of the namespace and what follows
    /// it, in the packed inode unless there is none (erofs_xattr_prefixes_init).
    /// </summary>
    private (string Base, byte[] Infix)[] ReadPrefixes()
    {
        ErofsSuperblock superblock = volume.Superblock;
        if (!superblock.Features.Has(ErofsFormat.IncompatXattrPrefixes))
            return [];
        bool isPacked = !superblock.Features.HasCompat(ErofsFormat.CompatPlainXattrPrefixes)
            && superblock.Features.Has(ErofsFormat.IncompatFragments) && superblock.PackedNid != 0;
        Blob source = isPacked ? reader.Packed : volume.Image;
        var prefixes = new (string, byte[])[superblock.XattrPrefixCount];
        long at = superblock.XattrPrefixStart;
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        for (int i = 0; i < prefixes.Length; i++)
        {
            at = Units.RoundUp(at, sizeof(uint));
            if (at > source.Length - sizeof(ushort))
                throw ErofsFormat.Invalid($"attribute prefix {i} would be at byte {at} of {source.Length}");
            source.Read(at, length);
            int size = BinaryPrimitives.ReadUInt16LittleEndian(length);
            at += sizeof(ushort);
            if (size is 0 or > ErofsFormat.MaximumName + 1 || at > source.Length - size)
                throw ErofsFormat.Invalid($"attribute prefix {i} has {size} bytes");
            byte[] bytes = new byte[size];
            source.Read(at, bytes);
            at += size;
            string prefix = ErofsXattrNames.PrefixOf(bytes[0])
                ?? throw ErofsFormat.Invalid($"attribute prefix {i} is in the namespace {bytes[0]}, which is not known");
            prefixes[i] = (prefix, bytes[1..]);
        }

        return prefixes;
    }

    private static InvalidImageException Invalid(ulong nid, string what) => ErofsFormat.Invalid($"the attributes of inode {nid}: {what}");
}
