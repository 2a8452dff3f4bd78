<<<<<<< HEAD
using System.Buffers.Text;
=======
using System.Globalization;
using System.Text;
>>>>>>> archives
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Archives;

<<<<<<< HEAD
/// <summary>
/// Writes cpio archives of the format "newc", which the kernel unpacks as its initial RAM disk
/// (driver-api/early-userspace/buffer-format.rst).
/// </summary>
/// <remarks>
/// Names are in byte order, inode numbers count from 1 in that order, and devices of the archive are zero, so that the
/// bytes depend on the tree alone. The content of hard links comes with the last of them, as GNU cpio expects. Extended
/// attributes and fractions of seconds have no place in the format and are not stored.
/// </remarks>
public sealed class CpioWriter
{
    private const string Format = "cpio";
    private const int FieldLength = 8;
    private const int HeaderLength = 110;
    private const int Alignment = 4;

    private readonly BlobBuilder _archive = new();
    private readonly Dictionary<Inode, Link> _links = new(ReferenceEqualityComparer.Instance);
    private uint _inodes;

    private CpioWriter()
    {
    }

    /// <summary>The archive of a tree, without an entry for its root.</summary>
    /// <exception cref="UnrepresentableException">A file has 4 GiB or more, or a time is not from 1970 to 2106.</exception>
    public static Blob ToBlob(FileTree tree)
    {
        var writer = new CpioWriter();
        foreach ((byte[] _, Inode inode) in Walk(tree))
            writer.Count(inode);
        foreach ((byte[] path, Inode inode) in Walk(tree))
            writer.Add(path, inode);
        writer.Append(new Header { Links = 1 }, Trailer, Blob.Empty);
        return writer._archive.ToBlob();
    }

    /// <summary>The name that ends an archive.</summary>
    private static ReadOnlySpan<byte> Trailer => "TRAILER!!!"u8;

    private void Count(Inode inode)
    {
        if (inode is DirectoryInode)
            return;
        if (!_links.TryGetValue(inode, out Link? link))
            _links.Add(inode, link = new Link());
        link.Names++;
        link.Left++;
    }

    private void Add(byte[] path, Inode inode)
    {
        Blob content = inode switch
        {
            FileInode file => file.Content,
            SymlinkInode symlink => Blob.FromMemory(symlink.Target.Memory),
            _ => Blob.Empty,
        };
        string name = System.Text.Encoding.UTF8.GetString(path);
        if (path.AsSpan().SequenceEqual(Trailer))
            throw new UnrepresentableException(Format, name, "the name would end the archive");
        if (content.Length > uint.MaxValue)
            throw new UnrepresentableException(Format, name, $"a file of {content.Length} bytes does not fit; the limit is {uint.MaxValue}");
        if (inode.ModifiedTime.Seconds is < 0 or > uint.MaxValue)
            throw new UnrepresentableException(Format, name, $"the time {inode.ModifiedTime.Seconds} is not from 0 to {uint.MaxValue} seconds since 1970");
        _links.TryGetValue(inode, out Link? link);
        uint number = link is null ? ++_inodes : link.Number == 0 ? link.Number = ++_inodes : link.Number;
        bool last = link is null || --link.Left == 0;
        DeviceNumber device = inode is SpecialInode special ? special.Device : default;
        var header = new Header(
            number, (uint)inode.FullMode, inode.Uid, inode.Gid, link?.Names ?? 2, (uint)inode.ModifiedTime.Seconds, device.Major, device.Minor);
        Append(header, path, last ? content : Blob.Empty);
    }

    private void Append(Header header, ReadOnlySpan<byte> name, Blob content)
    {
        // The name's NUL is counted; header and name together end on a boundary.
        byte[] bytes = new byte[Align(HeaderLength + name.Length + 1)];
        "070701"u8.CopyTo(bytes);
        ReadOnlySpan<uint> fields =
        [
            header.Number, header.Mode, header.Uid, header.Gid, header.Links, header.Time, (uint)content.Length,
            0, 0, header.Major, header.Minor, (uint)name.Length + 1, 0,
        ];
        for (int i = 0; i < fields.Length; i++)
            Utf8Formatter.TryFormat(fields[i], bytes.AsSpan(6 + (i * FieldLength)), out _, new System.Buffers.StandardFormat('x', FieldLength));
        name.CopyTo(bytes.AsSpan(HeaderLength));
        _archive.Append(Blob.FromMemory(bytes));
        _archive.Append(content);
        int padding = (int)(Align(content.Length) - content.Length);
        if (padding > 0)
            _archive.Append(Blob.FromMemory(new byte[padding]));
    }

    private static long Align(long length) => (length + Alignment - 1) / Alignment * Alignment;

    /// <summary>Entries with their exact paths, each directory before what it holds, names in byte order.</summary>
    private static IEnumerable<(byte[] Path, Inode Inode)> Walk(FileTree tree)
    {
        var stack = new Stack<(byte[] Parent, DirectoryEntry[] Entries, int Next)>();
        stack.Push(([], tree.Root.Entries.ToArray(), 0));
        while (stack.TryPop(out (byte[] Parent, DirectoryEntry[] Entries, int Next) at))
        {
            if (at.Next == at.Entries.Length)
                continue;
            stack.Push(at with { Next = at.Next + 1 });
            DirectoryEntry entry = at.Entries[at.Next];
            byte[] path = [.. at.Parent, .. entry.Name.Span];
            yield return (path, entry.Inode);
            if (entry.Inode is DirectoryInode directory)
                stack.Push(([.. path, (byte)'/'], directory.Entries.ToArray(), 0));
        }
    }

    private readonly record struct Header(uint Number, uint Mode, uint Uid, uint Gid, uint Links, uint Time, uint Major, uint Minor);

    /// <summary>An inode that has names: how many, how many are still to come, and its number once it has one.</summary>
    private sealed class Link
    {
        internal uint Names { get; set; }

        internal uint Left { get; set; }

        internal uint Number { get; set; }
    }
=======
/// <summary>How a cpio archive is written.</summary>
public sealed record CpioOptions
{
    /// <summary>What times the entries have. Default: zero, so that equal trees give equal archives.</summary>
    public CpioTimes Times { get; init; } = CpioTimes.Zero;
}

/// <summary>What times the entries of a cpio archive have.</summary>
public enum CpioTimes
{
    /// <summary>All are 1970-01-01.</summary>
    Zero,

    /// <summary>Those of the tree, in whole seconds.</summary>
    Keep,
}

/// <summary>Writes cpio archives in the format of initial RAM disks, "newc" (Linux, driver-api/early-userspace/buffer-format.rst).</summary>
/// <remarks>
/// Entries are in the order of a walk, each directory before what is in it; inode numbers count from 1; the content of a
/// hard-linked file stands with its last name, as the kernel's unpacker wants it. There are no attributes, files are
/// under 4 GiB, and times are whole seconds from 1970 to 2106.
/// </remarks>
public static class CpioWriter
{
    private const string Format = "cpio";
    private const string Trailer = "TRAILER!!!";
    private const int Alignment = 4;

    /// <summary>The archive of a tree. The root itself is not in it.</summary>
    /// <exception cref="UnrepresentableException">The tree holds what the format cannot.</exception>
    public static Blob Write(FileTree tree, CpioOptions? options = null)
    {
        options ??= new CpioOptions();
        List<ArchiveEntry> entries = ArchiveEntry.List(tree);
        var links = new Dictionary<Inode, int>(ReferenceEqualityComparer.Instance);
        foreach (ArchiveEntry entry in entries)
            links[entry.Inode] = links.GetValueOrDefault(entry.Inode) + 1;
        var numbers = new Dictionary<Inode, int>(ReferenceEqualityComparer.Instance);
        var seen = new Dictionary<Inode, int>(ReferenceEqualityComparer.Instance);
        var archive = new BlobBuilder();
        foreach (ArchiveEntry entry in entries)
        {
            Inode inode = entry.Inode;
            numbers.TryAdd(inode, numbers.Count + 1);
            int names = seen[inode] = seen.GetValueOrDefault(inode) + 1;
            if (inode.Xattrs.Count > 0)
                throw new UnrepresentableException(Format, entry.Display, "extended attributes cannot be stored");
            Blob content = inode switch
            {
                FileInode file when names == links[inode] => file.Content,
                SymlinkInode link => Blob.FromMemory(link.Target.Memory),
                _ => Blob.Empty,
            };
            DeviceNumber device = (inode as SpecialInode)?.Device ?? default;
            long time = options.Times == CpioTimes.Zero ? 0 : inode.ModifiedTime.Seconds;
            Append(archive, entry.Path, entry.Display, content,
            [
                numbers[inode], inode.FullMode, inode.Uid, inode.Gid, inode is DirectoryInode ? 2 : links[inode], time,
                content.Length, 0, 0, device.Major, device.Minor,
            ]);
        }

        Append(archive, Encoding.ASCII.GetBytes(Trailer), Trailer, Blob.Empty, [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        return archive.ToBlob(Align(archive.End));
    }

    /// <summary>
    /// Magic, then fields of eight hexadecimal digits: inode, mode, uid, gid, links, time, size, device, device of a
    /// special file, length of the name with its NUL, checksum.
    /// </summary>
    private static void Append(BlobBuilder archive, byte[] path, string display, Blob content, ReadOnlySpan<long> fields)
    {
        var header = new StringBuilder("070701");
        foreach (long field in fields)
        {
            if (field is < 0 or > uint.MaxValue)
                throw new UnrepresentableException(Format, display, $"{field} does not fit in 32 bits (size, time or number)");
            header.Append(((uint)field).ToString("x8", CultureInfo.InvariantCulture));
        }

        header.Append((path.Length + 1).ToString("x8", CultureInfo.InvariantCulture)).Append("00000000");
        archive.Add(Align(archive.End), (byte[])[.. Encoding.ASCII.GetBytes(header.ToString()), .. path, 0]);
        archive.Add(Align(archive.End), content);
    }

    private static long Align(long offset) => offset + (-offset & (Alignment - 1));
>>>>>>> archives
}
