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
            int size = BinaryPrimitives.ReadUInt16LittleEndian(rest) switch
            {
                // The owner, the owning group, the mask and the others.
                0x01 or 0x04 or 0x10 or 0x20 => ShortEntrySize,
                // A named user, a named group.
                0x02 or 0x08 => LongEntrySize,
                _ => 0,
            };
            if (size == 0)
                return null;
            rest[..size].CopyTo(disk.AsSpan(length));
            length += size;
        }

        return disk[..length];
    }
}
