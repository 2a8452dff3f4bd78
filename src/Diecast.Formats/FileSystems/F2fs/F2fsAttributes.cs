using System.Buffers.Binary;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.F2fs;

/// <summary>Extended attributes within an inode.</summary>
internal static class F2fsAttributes
{
    private const int Word = 4;

    private static readonly (string Prefix, byte Index)[] Namespaces =
        [("user.", F2fsLayout.Xattr.User), ("trusted.", F2fsLayout.Xattr.Trusted), ("security.", F2fsLayout.Xattr.Security)];

    private static readonly (string Name, byte Index)[] Acls =
        [("system.posix_acl_access", F2fsLayout.Xattr.Acl), ("system.posix_acl_default", F2fsLayout.Xattr.DefaultAcl)];

    /// <summary>An inode's attributes; empty where it has none.</summary>
    /// <exception cref="UnrepresentableException">They are too large for it, or none that it can have.</exception>
    internal static byte[] Encode(StagedInode staged)
    {
        if (staged.Inode.Xattrs.Count == 0)
            return [];
        byte[] bytes = new byte[F2fsLayout.Inode.InlineXattrSize];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, F2fsLayout.Xattr.MagicNumber);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Word), 1);
        int at = F2fsLayout.Xattr.HeadSize;
        foreach (Xattr attribute in staged.Inode.Xattrs)
        {
            (byte index, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value) = Stored(attribute, staged.Path);
            int size = F2fsLayout.Xattr.EntryHeadSize + name.Length + value.Length;
            // Four zeros end them.
            if (at + size + Word > bytes.Length)
                throw new UnrepresentableException(F2fsFinisher.Name, staged.Path, $"its attributes take more than the {bytes.Length} bytes that an inode has for them");
            Span<byte> entry = bytes.AsSpan(at);
            entry[0] = index;
            entry[1] = (byte)name.Length;
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], (ushort)value.Length);
            name.Span.CopyTo(entry[F2fsLayout.Xattr.EntryHeadSize..]);
            value.Span.CopyTo(entry[(F2fsLayout.Xattr.EntryHeadSize + name.Length)..]);
            at += (size + Word - 1) / Word * Word;
        }

        return bytes;
    }

    private static (byte Index, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Value) Stored(Xattr attribute, string path)
    {
        foreach ((string acl, byte index) in Acls)
        {
            if (attribute.Name == acl)
                return (index, default, Acl(attribute, path));
        }

        foreach ((string prefix, byte index) in Namespaces)
        {
            if (attribute.Name.Span.StartsWith(System.Text.Encoding.ASCII.GetBytes(prefix)))
                return (index, attribute.Name.Memory[prefix.Length..], attribute.Value);
        }

        throw new UnrepresentableException(F2fsFinisher.Name, path, $"the attribute {attribute.Name} cannot be given to it");
    }

    /// <summary>An ACL's own form: version 1, and an id only for users and groups by name (struct f2fs_acl_header).</summary>
    private static byte[] Acl(Xattr attribute, string path)
    {
        const int HeadSize = 4;
        const int EntrySize = 8;
        const int ShortEntrySize = 4;
        const ushort User = 2;
        const ushort Group = 8;
        ReadOnlySpan<byte> source = attribute.Value.Span;
        if (source.Length < HeadSize || (source.Length - HeadSize) % EntrySize != 0)
            throw new UnrepresentableException(F2fsFinisher.Name, path, $"{attribute.Name} is no ACL");
        using var acl = new MemoryStream();
        acl.Write([1, 0, 0, 0]);
        for (int at = HeadSize; at < source.Length; at += EntrySize)
        {
            ushort tag = BinaryPrimitives.ReadUInt16LittleEndian(source[at..]);
            acl.Write(source.Slice(at, tag is User or Group ? EntrySize : ShortEntrySize));
        }

        return acl.ToArray();
    }
}
