using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Archives;

/// <summary>One line of a POSIX.1e ACL.</summary>
/// <param name="Tag">Whom it is for.</param>
/// <param name="Permissions">Read 4, write 2, execute 1.</param>
/// <param name="Id">The user or group; <see cref="PosixAcl.NoId"/> for the others.</param>
internal readonly record struct PosixAclEntry(PosixAclTag Tag, int Permissions, uint Id);

/// <summary>Tags as in the kernel's xattr form (include/uapi/linux/posix_acl.h).</summary>
internal enum PosixAclTag
{
    None = 0,
    Owner = 0x01,
    User = 0x02,
    OwningGroup = 0x04,
    Group = 0x08,
    Mask = 0x10,
    Other = 0x20,
}

/// <summary>The kernel's form of ACLs in extended attributes (include/uapi/linux/posix_acl_xattr.h).</summary>
internal static class PosixAcl
{
    internal const uint NoId = uint.MaxValue;
    internal const int HeaderSize = 4;
    internal const int EntrySize = 8;
    private const uint Version = 2;

    internal static FileName AccessName { get; } = "system.posix_acl_access";

    internal static FileName DefaultName { get; } = "system.posix_acl_default";

    internal static byte[] Encode(IEnumerable<PosixAclEntry> entries)
    {
        PosixAclEntry[] sorted = [.. entries.OrderBy(e => e.Tag).ThenBy(e => e.Id)];
        byte[] bytes = new byte[HeaderSize + (sorted.Length * EntrySize)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Version);
        for (int i = 0; i < sorted.Length; i++)
        {
            Span<byte> entry = bytes.AsSpan(HeaderSize + (i * EntrySize), EntrySize);
            BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)sorted[i].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], (ushort)sorted[i].Permissions);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], sorted[i].Id);
        }

        return bytes;
    }
}

/// <summary>
/// Turns the text ACLs of archives into the kernel's form once the tree is complete: names without a number are
/// looked up in the tree's own passwd and group.
/// </summary>
internal sealed class PosixAclResolver
{
    private readonly List<(Inode Inode, byte[] Text, bool IsDefault, long Offset)> _pending = [];

    internal void Add(Inode inode, byte[] text, bool isDefault, long offset) => _pending.Add((inode, text, isDefault, offset));

    internal void Resolve(FileTree tree)
    {
        Dictionary<string, uint>? users = null;
        Dictionary<string, uint>? groups = null;
        foreach ((Inode inode, byte[] text, bool isDefault, long offset) in _pending)
        {
            var entries = new List<PosixAclEntry>();
            foreach (string line in Encoding.UTF8.GetString(text).Split(['\n', ','], StringSplitOptions.TrimEntries))
            {
                string entry = line.Split('#')[0].Trim();
                if (entry.Length > 0)
                    entries.Add(Parse(entry, offset, FindId));
            }

            if (entries.Select(e => (e.Tag, e.Id)).Distinct().Count() != entries.Count)
                throw Invalid(offset, "an ACL names someone twice");
            if (!isDefault && entries.Count > 0 && inode is not SymlinkInode)
                inode.Mode = ModeOf(entries, inode.Mode);
            // An access ACL of only owner, group and others says what the mode says; the kernel stores none.
            bool minimal = entries.TrueForAll(e => e.Tag is PosixAclTag.Owner or PosixAclTag.OwningGroup or PosixAclTag.Other);
            if (entries.Count > 0 && (isDefault || !minimal))
                inode.Xattrs = inode.Xattrs.With(isDefault ? PosixAcl.DefaultName : PosixAcl.AccessName, PosixAcl.Encode(entries));
        }

        uint? FindId(PosixAclTag tag, string name)
        {
            Dictionary<string, uint> ids = tag == PosixAclTag.User
                ? users ??= ReadIds(tree, "/etc/passwd")
                : groups ??= ReadIds(tree, "/etc/group");
            return ids.TryGetValue(name, out uint id) ? id : null;
        }
    }

    /// <summary>Setting an access ACL sets the permissions; the mask, where there is one, stands for the group's.</summary>
    private static int ModeOf(List<PosixAclEntry> entries, int mode)
    {
        bool hasMask = entries.Exists(e => e.Tag == PosixAclTag.Mask);
        foreach (PosixAclEntry entry in entries)
        {
            int shift = entry.Tag switch
            {
                PosixAclTag.Owner => 6,
                PosixAclTag.Mask => 3,
                PosixAclTag.OwningGroup when !hasMask => 3,
                PosixAclTag.Other => 0,
                _ => -1,
            };
            if (shift >= 0)
                mode = (mode & ~(7 << shift)) | (entry.Permissions << shift);
        }

        return mode;
    }

    private static Dictionary<string, uint> ReadIds(FileTree tree, string path)
    {
        var ids = new Dictionary<string, uint>(StringComparer.Ordinal);
        if (tree.ResolveFile(path) is not { Content.Length: < 16 * 1024 * 1024 })
            return ids;
        foreach (string line in (tree.ReadText(path) ?? "").Split('\n'))
        {
            string[] fields = line.Split(':');
            if (fields.Length > 2 && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint id))
                ids.TryAdd(fields[0], id);
        }

        return ids;
    }

    /// <summary><c>tag:name:rwx</c>, or star's <c>tag:name:rwx:id</c>; libarchive puts "default:" before default entries.</summary>
    private static PosixAclEntry Parse(string entry, long offset, Func<PosixAclTag, string, uint?> findId)
    {
        string[] fields = entry.Split(':');
        if (fields[0] is "default" or "d")
            fields = fields[1..];
        if (fields.Length < 2)
            throw Invalid(offset, $"'{entry}' is no line of an ACL");
        string name = fields.Length == 2 ? "" : fields[1].Trim();
        string permissions = fields.Length == 2 ? fields[1] : fields[2];
        PosixAclTag tag = (fields[0].Trim(), name.Length > 0) switch
        {
            ("user" or "u", false) => PosixAclTag.Owner,
            ("user" or "u", true) => PosixAclTag.User,
            ("group" or "g", false) => PosixAclTag.OwningGroup,
            ("group" or "g", true) => PosixAclTag.Group,
            ("mask" or "m", false) => PosixAclTag.Mask,
            ("other" or "o", false) => PosixAclTag.Other,
            _ => throw Invalid(offset, $"'{entry}' is no line of an ACL"),
        };
        uint id = PosixAcl.NoId;
        if (name.Length > 0)
        {
            string number = fields.Length > 3 ? fields[3] : name;
            if (!uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out id))
            {
                id = findId(tag, name)
                    ?? throw Invalid(offset, $"an ACL names '{name}' without its number, and the archive's own passwd and group do not know it");
            }
        }

        return new PosixAclEntry(tag, Permissions(permissions, entry, offset), id);
    }

    private static int Permissions(string text, string entry, long offset)
    {
        int permissions = 0;
        foreach (char c in text.Trim())
        {
            permissions |= c switch
            {
                'r' => 4,
                'w' => 2,
                'x' => 1,
                '-' => 0,
                _ => throw Invalid(offset, $"'{entry}' is no line of an ACL"),
            };
        }

        return permissions;
    }

    private static InvalidImageException Invalid(long offset, string what) => new("tar", $"at offset {offset}: {what}");
}
