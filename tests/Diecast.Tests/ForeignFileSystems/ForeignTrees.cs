using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Tests.ForeignFileSystems;

/// <summary>Trees with much that an ordinary user cannot make, and what is in a tree as text.</summary>
internal static class ForeignTrees
{
    /// <summary>Every kind of inode but sockets, which not every mkfs makes.</summary>
    internal static FileTree Everything(bool hasAttributes = true, int names = 700)
    {
        var tree = new FileTree();
        tree.Root.Uid = 7;
        tree.Root.Mode = 0b111_101_001;
        Put("/empty", File(0));
        Put("/small", File(5), mode: 0b100_111_101_101, uid: 4_000_000_000, gid: 100_000);
        Put("/page", File(4096), uid: 1000, gid: 1000);
        Put("/large", File(3_000_001), time: new Timestamp(1_234_567_890, 987_654_321));
        Put("/holes", new FileInode(Blob.Concat(File(70_000).Content, Blob.Zeros(1 << 20), File(4097).Content)));
        Put("/sub/deep/er/leaf", File(77));
        Put("/sub/link", new SymlinkInode("../small"), uid: 12);
        Put("/sub/long", new SymlinkInode("/" + new string('t', 200)));
        Put("/sub/blank", new SymlinkInode("a target of words"));
        Put("/sub/:etc:colon", File(9));
        Put("/sub/two words", File(10));
        Put("/sub/tab\there and there", File(11));
        Put("/sub/ümlaut", File(12));
        Put("/dev/console", new SpecialInode(InodeType.CharacterDevice, 0b110_000_000, new DeviceNumber(5, 1)), gid: 5);
        Put("/dev/sda", new SpecialInode(InodeType.BlockDevice, 0b110_110_000, new DeviceNumber(8, 0)), gid: 6);
        Put("/dev/wide", new SpecialInode(InodeType.BlockDevice, 0b110_110_000, new DeviceNumber(259, 70_000)));
        Put("/dev/pipe", new SpecialInode(InodeType.Fifo, 0b110_100_100));
        tree.MakeDirectory("/tmp", 0b001_111_111_111).ModifiedTime = new Timestamp(99);
        for (int i = 0; i < names; i++)
            Put($"/many/{new string('n', i % 40)}{i}", File(i % 300), uid: (uint)i);
        Put("/many/a colon and : words", File(3));
        var linked = File(5000);
        Put("/linked", linked, uid: 3, gid: 4);
        foreach (string path in (string[])["/sub/linked", "/many/linked", "/many/linked again"])
            tree.Set(path, linked);
        tree.Set("/sub/pipe", tree.Find("/dev/pipe")!);
        if (hasAttributes)
        {
            tree.Find("/small")!.Xattrs = Xattrs.Create([
                new Xattr("security.capability", Convert.FromHexString("0100000200200000000000000000000000000000")),
                new Xattr("user.comment", "spoken"u8.ToArray())]);
            tree.Find("/sub/deep")!.Xattrs = Xattrs.None.With("trusted.overlay.opaque", "y"u8.ToArray());
            tree.Find("/many")!.Xattrs = Xattrs.None.With("user.x", "1"u8.ToArray());
        }

        return tree;

        void Put(string path, Inode inode, int? mode = null, uint uid = 0, uint gid = 0, Timestamp? time = null)
        {
            inode.Uid = uid;
            inode.Gid = gid;
            inode.Mode = mode ?? inode.Mode;
            inode.ModifiedTime = time ?? new Timestamp(1_700_000_000 + path.Length, path.Length);
            tree.Set(path, inode);
        }
    }

    internal static FileInode File(int length)
    {
        byte[] bytes = new byte[length];
        uint state = (uint)length + 1;
        for (int i = 0; i < length; i++)
        {
            state = unchecked((state * 1_664_525) + 1_013_904_223);
            // A third of it does not compress.
            bytes[i] = (byte)(i % 3 == 0 ? state >> 24 : 'a');
        }

        return new FileInode(Blob.FromMemory(bytes));
    }

    /// <summary>A line for each name: what its inode is, and the first of its names.</summary>
    internal static string Manifest(FileTree tree, bool hasAttributes = true)
    {
        var text = new StringBuilder();
        var first = new Dictionary<Inode, string>(ReferenceEqualityComparer.Instance);
        Line("/", tree.Root);
        foreach (TreeEntry entry in tree.Walk())
            Line(entry.Path, entry.Inode);
        return text.ToString();

        void Line(string path, Inode inode)
        {
            string same = first.TryGetValue(inode, out string? other) ? $" is {other}" : "";
            first.TryAdd(inode, path);
            string rest = inode switch
            {
                FileInode file => $"{file.Content.Length} {Convert.ToHexString(SHA256.HashData(file.Content.OpenRead()))[..16]}",
                SymlinkInode link => link.Target.ToString(),
                SpecialInode special => $"{special.Device.Major}:{special.Device.Minor}",
                _ => "",
            };
            // XFS shows root its own form of ACLs, too.
            IEnumerable<Xattr> shown = inode.Xattrs.Where(x => !x.Name.ToString().StartsWith("trusted.SGI_ACL", StringComparison.Ordinal));
            string attributes = hasAttributes ? string.Concat(shown.Select(x => $" {x.Name}={Convert.ToHexString(x.Value.Span)}")) : "";
            text.Append(CultureInfo.InvariantCulture,
                $"{path} {Convert.ToString(inode.FullMode, 8)} {inode.Uid}:{inode.Gid} {inode.ModifiedTime.Seconds}.{inode.ModifiedTime.Nanoseconds} {rest}{attributes}{same}\n");
        }
    }
}
