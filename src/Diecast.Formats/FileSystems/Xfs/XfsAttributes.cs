using System.Buffers.Binary;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Xfs;

/// <summary>Extended attributes within an inode, in the short form (struct xfs_attr_sf_hdr).</summary>
internal static class XfsAttributes
{
    private const int HeadSize = 4;
    private const byte Trusted = 2;
    private const byte Secure = 4;
    private const int AclHead = 4;
    private const int AclEntry = 8;
    private const int DiskAclEntry = 12;

    private static readonly (string Prefix, byte Flag)[] Namespaces = [("user.", 0), ("trusted.", Trusted), ("security.", Secure)];

    private static readonly (string Name, string Stored)[] Acls =
        [("system.posix_acl_access", "SGI_ACL_FILE"), ("system.posix_acl_default", "SGI_ACL_DEFAULT")];

    /// <summary>Puts attributes into an inode that has none.</summary>
    /// <exception cref="UnrepresentableException">They do not fit, or XFS has no such attribute.</exception>
    internal static void Set(StagedInode staged, byte[] inode)
    {
        if (staged.Inode.Xattrs.Count == 0)
            return;
        if (inode[XfsLayout.Inode.ForkOffset] != 0)
            throw XfsVolume.Fault($"{staged.Path} already has attributes");
        byte[] form = Encode(staged);
        int room = inode.Length - XfsLayout.Inode.HeadSize;
        int content = inode[XfsLayout.Inode.Format] switch
        {
            XfsLayout.ForkFormat.Device => sizeof(uint),
            XfsLayout.ForkFormat.Local => checked((int)XfsVolume.UInt64(inode, XfsLayout.Inode.Size)),
            XfsLayout.ForkFormat.Extents => checked((int)XfsExtents.CountOf(inode) * XfsLayout.ExtentTree.RecordSize),
            // A tree's root says where its pointers are by the room that it has.
            _ => room,
        };
        // A device's attributes follow it; others leave the content as much room to grow as they can.
        int start = inode[XfsLayout.Inode.Format] == XfsLayout.ForkFormat.Device ? sizeof(ulong) : (room - form.Length) & ~7;
        if (start < content || start < sizeof(ulong) || start + form.Length > room)
        {
            throw new UnrepresentableException(XfsFinisher.Name, staged.Path,
                $"its attributes take {form.Length} bytes and the inode has room for {Math.Max(0, room - ((content + 7) & ~7))}; larger inodes have more (mkfsOptions: -i size=1024)");
        }

        inode[XfsLayout.Inode.ForkOffset] = (byte)(start / 8);
        inode[XfsLayout.Inode.AttributeFormat] = XfsLayout.ForkFormat.Local;
        Span<byte> fork = inode.AsSpan(XfsLayout.Inode.HeadSize + start);
        fork.Clear();
        form.CopyTo(fork);
    }

    private static byte[] Encode(StagedInode staged)
    {
        using var form = new MemoryStream();
        form.Write(new byte[HeadSize]);
        foreach (Xattr attribute in staged.Inode.Xattrs)
        {
            (byte flag, byte[] name, ReadOnlyMemory<byte> value) = Stored(attribute, staged.Path);
            if (name.Length is 0 or > byte.MaxValue || value.Length > byte.MaxValue)
            {
                throw new UnrepresentableException(XfsFinisher.Name, staged.Path,
                    $"the attribute {attribute.Name} has {value.Length} bytes; here an attribute has at most {byte.MaxValue}");
            }

            form.Write([(byte)name.Length, (byte)value.Length, flag]);
            form.Write(name);
            form.Write(value.Span);
        }

        byte[] bytes = form.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)bytes.Length));
        bytes[2] = checked((byte)staged.Inode.Xattrs.Count);
        return bytes;
    }

    private static (byte Flag, byte[] Name, ReadOnlyMemory<byte> Value) Stored(Xattr attribute, string path)
    {
        foreach ((string name, string stored) in Acls)
        {
            if (attribute.Name == name)
                return (Trusted, System.Text.Encoding.ASCII.GetBytes(stored), Acl(attribute, path));
        }

        foreach ((string prefix, byte flag) in Namespaces)
        {
            if (attribute.Name.Span.StartsWith(System.Text.Encoding.ASCII.GetBytes(prefix)))
                return (flag, attribute.Name.Span[prefix.Length..].ToArray(), attribute.Value);
        }

        throw new UnrepresentableException(XfsFinisher.Name, path, $"XFS has no attribute {attribute.Name}");
    }

    /// <summary>XFS has ACLs in a form of its own (struct xfs_acl): a count, then of each entry tag, id and permissions.</summary>
    private static byte[] Acl(Xattr attribute, string path)
    {
        ReadOnlySpan<byte> source = attribute.Value.Span;
        if (source.Length < AclHead || (source.Length - AclHead) % AclEntry != 0)
            throw new UnrepresentableException(XfsFinisher.Name, path, $"{attribute.Name} is no ACL");
        int count = (source.Length - AclHead) / AclEntry;
        byte[] acl = new byte[sizeof(uint) + (count * DiskAclEntry)];
        BinaryPrimitives.WriteInt32BigEndian(acl, count);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = source[(AclHead + (i * AclEntry))..];
            Span<byte> stored = acl.AsSpan(sizeof(uint) + (i * DiskAclEntry));
            BinaryPrimitives.WriteUInt32BigEndian(stored, BinaryPrimitives.ReadUInt16LittleEndian(entry));
            BinaryPrimitives.WriteUInt32BigEndian(stored[4..], BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]));
            BinaryPrimitives.WriteUInt16BigEndian(stored[8..], BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]));
        }

        return acl;
    }
}
