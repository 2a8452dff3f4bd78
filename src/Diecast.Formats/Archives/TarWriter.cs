using System.Globalization;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Archives;

/// <summary>Writes tar archives in pax format: equal trees give equal bytes.</summary>
/// <remarks>
/// The root comes first as <c>./</c>, then every entry in the order of a walk. What fits in a ustar header stands only
/// there; the rest is in an extended header whose records are always in the order path, linkpath, size, uid, gid, mtime,
/// attributes. The first name of a hard-linked file has the content, later ones refer to it. Owners have no names.
/// Holes are stored as zeros. Sockets cannot be stored.
/// </remarks>
public static class TarWriter
{
    private const string Format = "tar";
    private const long MaximumOctal7 = 0x1fffff;
    private const long MaximumOctal11 = 0x1_ffff_ffff;
    private const int EndBlocks = 2;
    private static readonly byte[] Padding = new byte[TarLayout.BlockSize];

    /// <summary>The archive of a tree; file contents are referred to.</summary>
    /// <exception cref="UnrepresentableException">The tree holds what the format cannot.</exception>
    public static Blob Write(FileTree tree)
    {
        var archive = new BlobBuilder();
        var first = new Dictionary<Inode, byte[]>(ReferenceEqualityComparer.Instance);
        Append(archive, "./"u8.ToArray(), tree.Root, null);
        foreach (ArchiveEntry entry in ArchiveEntry.List(tree))
        {
            byte[] path = entry.Inode is DirectoryInode
                ? [.. "./"u8, .. entry.Path, (byte)'/']
                : [.. "./"u8, .. entry.Path];
            if (entry.Inode is not DirectoryInode && !first.TryAdd(entry.Inode, path))
                Append(archive, path, entry.Inode, first[entry.Inode]);
            else
                Append(archive, path, entry.Inode, null);
        }

        return archive.ToBlob(archive.End + (EndBlocks * TarLayout.BlockSize));
    }

    private static void Append(BlobBuilder archive, byte[] path, Inode inode, byte[]? linkTarget)
    {
        string display = Encoding.UTF8.GetString(path);
        byte[] target = linkTarget ?? (inode as SymlinkInode)?.Target.Span.ToArray() ?? [];
        Blob content = linkTarget is null && inode is FileInode file ? file.Content : Blob.Empty;
        var records = new MemoryStream();
        (byte[] prefix, byte[] name) = Split(path);
        if (name.Length == 0)
            Record(records, "path", path);
        if (target.Length > TarLayout.LinkName.GetOffsetAndLength(TarLayout.BlockSize).Length)
            Record(records, "linkpath", target);
        Number(records, "size", content.Length, MaximumOctal11);
        Number(records, "uid", inode.Uid, MaximumOctal7);
        Number(records, "gid", inode.Gid, MaximumOctal7);
        Timestamp time = inode.ModifiedTime;
        if (time.Nanoseconds != 0 || time.Seconds is < 0 or > MaximumOctal11)
            Record(records, "mtime", Encoding.ASCII.GetBytes(Text(time)));
        // An inode's attributes go with its first name; the others are the same inode.
        if (linkTarget is null)
        {
            foreach (Xattr xattr in inode.Xattrs)
                Record(records, "SCHILY.xattr." + Key(xattr.Name, display), xattr.Value.Span);
        }

        if (records.Length > 0)
        {
            byte[] bytes = records.ToArray();
            byte[] extended = Header(TarLayout.PaxLocal, "././@PaxHeader"u8, [], [], bytes.Length);
            TarEntryHeader.Seal(extended);
            archive.Append(Blob.FromMemory(extended));
            archive.Append(Blob.FromMemory(bytes));
            Pad(archive);
        }

        byte[] header = Header(
            linkTarget is null ? TypeOf(inode, display) : TarLayout.HardLink,
            name.Length == 0 ? path.AsSpan(0, NameLength) : name, prefix,
            target.AsSpan(0, Math.Min(target.Length, NameLength)), Math.Min(content.Length, MaximumOctal11));
        TarEntryHeader.Octal(header, TarLayout.Mode, inode.Mode);
        TarEntryHeader.Octal(header, TarLayout.Uid, Math.Min(inode.Uid, MaximumOctal7));
        TarEntryHeader.Octal(header, TarLayout.Gid, Math.Min(inode.Gid, MaximumOctal7));
        TarEntryHeader.Octal(header, TarLayout.ModifiedTime, Math.Clamp(time.Seconds, 0, MaximumOctal11));
        if (inode is SpecialInode { Type: InodeType.CharacterDevice or InodeType.BlockDevice } special)
        {
            if (special.Device.Major > MaximumOctal7 || special.Device.Minor > MaximumOctal7)
                throw new UnrepresentableException(Format, display, $"the device number {special.Device.Major}:{special.Device.Minor} is larger than {MaximumOctal7}");
            TarEntryHeader.Octal(header, TarLayout.DeviceMajor, special.Device.Major);
            TarEntryHeader.Octal(header, TarLayout.DeviceMinor, special.Device.Minor);
        }

        TarEntryHeader.Seal(header);
        archive.Append(Blob.FromMemory(header));
        archive.Append(content);
        Pad(archive);
    }

    private static int NameLength => TarLayout.Name.GetOffsetAndLength(TarLayout.BlockSize).Length;

    private static byte TypeOf(Inode inode, string display) => inode.Type switch
    {
        InodeType.File => TarLayout.File,
        InodeType.Directory => TarLayout.Directory,
        InodeType.Symlink => TarLayout.Symlink,
        InodeType.CharacterDevice => TarLayout.CharacterDevice,
        InodeType.BlockDevice => TarLayout.BlockDevice,
        InodeType.Fifo => TarLayout.Fifo,
        _ => throw new UnrepresentableException(Format, display, $"a {inode.Type} cannot be stored"),
    };

    /// <summary>Cuts a path into ustar's two fields at a slash; two empty ones where that cannot be.</summary>
    private static (byte[] Prefix, byte[] Name) Split(byte[] path)
    {
        if (path.Length <= NameLength)
            return ([], path);
        int prefixLength = TarLayout.Prefix.GetOffsetAndLength(TarLayout.BlockSize).Length;
        // The name of a directory ends with a slash, which is none to cut at.
        for (int slash = Math.Max(path.Length - NameLength - 1, 1); slash < path.Length - 1 && slash <= prefixLength; slash++)
        {
            if (path[slash] == '/')
                return (path[..slash], path[(slash + 1)..]);
        }

        return ([], []);
    }

    private static byte[] Header(byte type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> link, long size)
    {
        byte[] header = new byte[TarLayout.BlockSize];
        name.CopyTo(header.AsSpan(TarLayout.Name));
        prefix.CopyTo(header.AsSpan(TarLayout.Prefix));
        link.CopyTo(header.AsSpan(TarLayout.LinkName));
        header[TarLayout.TypeFlag] = type;
        TarLayout.UstarMagicAndVersion.CopyTo(header.AsSpan(TarLayout.Magic));
        TarEntryHeader.Octal(header, TarLayout.Mode, 0);
        TarEntryHeader.Octal(header, TarLayout.Uid, 0);
        TarEntryHeader.Octal(header, TarLayout.Gid, 0);
        TarEntryHeader.Octal(header, TarLayout.Size, size);
        TarEntryHeader.Octal(header, TarLayout.ModifiedTime, 0);
        TarEntryHeader.Octal(header, TarLayout.DeviceMajor, 0);
        TarEntryHeader.Octal(header, TarLayout.DeviceMinor, 0);
        return header;
    }

    private static void Number(MemoryStream records, string key, long value, long largest)
    {
        if (value > largest)
            Record(records, key, Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
    }

    private static void Record(MemoryStream records, string key, ReadOnlySpan<byte> value)
    {
        byte[] body = [.. " "u8, .. Encoding.UTF8.GetBytes(key), (byte)'=', .. value, (byte)'\n'];
        // The length counts its own digits.
        int length = body.Length;
        while (length != body.Length + Digits(length))
            length = body.Length + Digits(length);
        records.Write(Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)));
        records.Write(body);
    }

    private static int Digits(int value) => value.ToString(CultureInfo.InvariantCulture).Length;

    private static string Key(FileName name, string display)
    {
        string text = name.ToString();
        if (!Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(name.Span))
            throw new UnrepresentableException(Format, display, $"the attribute name {text} is not UTF-8");
        return text.Replace("%", "%25", StringComparison.Ordinal).Replace("=", "%3D", StringComparison.Ordinal);
    }

    private static string Text(Timestamp time)
    {
        if (time.Nanoseconds == 0)
            return time.Seconds.ToString(CultureInfo.InvariantCulture);
        // Before 1970 the fraction counts away from zero.
        (string sign, long seconds, int nanoseconds) = time.Seconds < 0
            ? ("-", -(time.Seconds + 1), 1_000_000_000 - time.Nanoseconds)
            : ("", time.Seconds, time.Nanoseconds);
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{seconds}.{nanoseconds:d9}").TrimEnd('0');
    }

    private static void Pad(BlobBuilder archive)
    {
        int padding = (int)TarLayout.Padding(archive.End);
        if (padding > 0)
            archive.Append(Blob.FromMemory(Padding.AsMemory(0, padding)));
    }
}
