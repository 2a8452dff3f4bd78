using System.Globalization;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Archives;

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
}
