using System.Runtime.InteropServices;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Native;

/// <summary>Calls that describe an inode of the host. Paths end with NUL.</summary>
internal static class HostInode
{
    private const int MaximumXattrBytes = 64 * 1024;

    internal static unsafe FileStatus Stat(int directory, ReadOnlySpan<byte> name, HostEntry entry)
    {
        FileStatus status;
        fixed (byte* p = name)
        {
            if (Libc.Stat(directory, p, Libc.SymlinkNoFollow | Libc.NoAutomount, Libc.StatBasic, &status) != 0)
                throw FileDescriptor.Error("examine", entry.ToString(), Marshal.GetLastPInvokeError());
        }

        return status;
    }

    internal static unsafe byte[] ReadLink(int directory, ReadOnlySpan<byte> name, HostEntry entry)
    {
        Span<byte> target = stackalloc byte[4096];
        fixed (byte* p = name)
        fixed (byte* t = target)
        {
            nint length = Libc.ReadLinkAt(directory, p, t, (nuint)target.Length);
            return length >= 0
                ? target[..(int)length].ToArray()
                : throw FileDescriptor.Error("read the link", entry.ToString(), Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>
    /// Whether an entry has attributes, in one call that starts from its directory; null where the kernel cannot say
    /// that in one call, or the answer is not plain, and the longer way by the path will tell.
    /// </summary>
    internal static unsafe bool? HasXattrs(int directory, ReadOnlySpan<byte> name)
    {
        fixed (byte* p = name)
        {
            nint length = Libc.SystemCall(Libc.ListXattrsAtNumber, directory, p, Libc.SymlinkNoFollow, null, 0);
            return length < 0 ? null : length > 0;
        }
    }

    /// <summary>The attributes whose names pass the filter; null where the file system has none at all.</summary>
    internal static unsafe List<Xattr>? ReadXattrs(ReadOnlySpan<byte> path, Predicate<FileName> wanted, HostEntry entry)
    {
        byte* names = stackalloc byte[1024];
        nint length;
        fixed (byte* p = path)
        {
            length = Libc.ListXattrs(p, names, 1024);
            int error = length < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (error == Libc.EOPNOTSUPP)
                return null;
            if (error == 0)
                return length == 0 ? [] : ReadValues(p, new ReadOnlySpan<byte>(names, (int)length), wanted, entry);
            if (error != Libc.ERANGE)
                throw FileDescriptor.Error("list the attributes of", entry.ToString(), error);
            byte[] many = new byte[MaximumXattrBytes];
            fixed (byte* m = many)
                length = Libc.ListXattrs(p, m, (nuint)many.Length);
            return length >= 0
                ? ReadValues(p, many.AsSpan(0, (int)length), wanted, entry)
                : throw FileDescriptor.Error("list the attributes of", entry.ToString(), Marshal.GetLastPInvokeError());
        }
    }

    private static unsafe List<Xattr> ReadValues(byte* path, ReadOnlySpan<byte> names, Predicate<FileName> wanted, HostEntry entry)
    {
        var xattrs = new List<Xattr>();
        byte[]? buffer = null;
        while (names.Length > 0)
        {
            int end = names.IndexOf((byte)0);
            var name = new FileName(names[..end].ToArray());
            ReadOnlySpan<byte> terminated = names[..(end + 1)];
            names = names[(end + 1)..];
            if (!wanted(name))
                continue;
            buffer ??= new byte[MaximumXattrBytes];
            nint length;
            fixed (byte* n = terminated)
            fixed (byte* b = buffer)
                length = Libc.GetXattr(path, n, b, (nuint)buffer.Length);
            if (length >= 0)
            {
                xattrs.Add(new Xattr(name, buffer.AsSpan(0, (int)length).ToArray()));
                continue;
            }

            // Gone since it was listed.
            int error = Marshal.GetLastPInvokeError();
            if (error != Libc.ENODATA)
                throw FileDescriptor.Error($"read the attribute {name} of", entry.ToString(), error);
        }

        return xattrs;
    }

    /// <summary>Where a file has data, by the file system's own account.</summary>
    internal static List<BlobRange> DataRanges<T>(int descriptor, long size, T name)
        where T : notnull
    {
        var ranges = new List<BlobRange>();
        long position = 0;
        while (position < size)
        {
            long data = Libc.Seek(descriptor, position, Libc.SeekData);
            if (data < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error == Libc.ENXIO)
                    break;
                if (error == Libc.EINVAL)
                    return [new BlobRange(0, size)];
                throw FileDescriptor.Error("find the holes of", $"{name}", error);
            }

            if (data >= size)
                break;
            long hole = Libc.Seek(descriptor, data, Libc.SeekHole);
            if (hole < 0)
                throw FileDescriptor.Error("find the holes of", $"{name}", Marshal.GetLastPInvokeError());
            hole = Math.Min(hole, size);
            ranges.Add(new BlobRange(data, hole - data));
            position = hole;
        }

        return ranges;
    }
}
