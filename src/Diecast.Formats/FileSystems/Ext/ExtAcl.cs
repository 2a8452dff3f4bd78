using System.Buffers.Binary;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>
/// POSIX ACLs: the value of system.posix_acl_* as getxattr gives it (version 2, eight bytes an entry) to the form on
/// disk (version 1, where only named users and groups carry an id).
/// </summary>
internal static class ExtAcl
{
    private const uint XattrVersion = 2;
    private const uint DiskVersion = 1;
    private const int HeaderSize = 4;
    private const int XattrEntrySize = 8;
    private const int ShortEntrySize = 4;
    private const int LongEntrySize = 8;

    /// <summary>The form on disk, or null when the value is no ACL.</summary>
    internal static byte[]? ToDisk(ReadOnlySpan<byte> value)
    {
        if (value.Length < HeaderSize || (value.Length - HeaderSize) % XattrEntrySize != 0
            || BinaryPrimitives.ReadUInt32LittleEndian(value) != XattrVersion)
            return null;
        byte[] disk = new byte[value.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(disk, DiskVersion);
        int length = HeaderSize;
        for (ReadOnlySpan<byte> rest = value[HeaderSize..]; rest.Length > 0; rest = rest[XattrEntrySize..])
        {
            int size = SizeOnDisk(rest);
            if (size == 0)
                return null;
            rest[..size].CopyTo(disk.AsSpan(length));
            length += size;
        }

        return disk[..length];
    }

    /// <summary>The form that getxattr gives, or null when the value is no ACL.</summary>
    internal static byte[]? FromDisk(ReadOnlySpan<byte> disk)
    {
        if (disk.Length < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(disk) != DiskVersion)
            return null;
        byte[] value = new byte[HeaderSize + (disk.Length / ShortEntrySize * XattrEntrySize)];
        BinaryPrimitives.WriteUInt32LittleEndian(value, XattrVersion);
        int length = HeaderSize;
        for (ReadOnlySpan<byte> rest = disk[HeaderSize..]; rest.Length > 0;)
        {
            if (rest.Length < ShortEntrySize)
                return null;
            int size = SizeOnDisk(rest);
            if (size == 0 || size > rest.Length)
                return null;
            Span<byte> entry = value.AsSpan(length, XattrEntrySize);
            entry.Fill(0xff);
            rest[..size].CopyTo(entry);
            length += XattrEntrySize;
            rest = rest[size..];
        }

        return value[..length];
    }

    private static int SizeOnDisk(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt16LittleEndian(entry) switch
    {
        // The owner, the owning group, the mask and the others.
        0x01 or 0x04 or 0x10 or 0x20 => ShortEntrySize,
        // A named user, a named group.
        0x02 or 0x08 => LongEntrySize,
        _ => 0,
    };
}
