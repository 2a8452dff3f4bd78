using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Erofs;

/// <summary>Trees that several tests use, and what is compared of one.</summary>
internal static class ErofsTrees
{
    /// <summary>user::rw-, user:1000:r--, group::r--, mask::r--, other::--- as getxattr gives it.</summary>
    private static readonly byte[] Acl = Convert.FromHexString(
        "02000000" + "01000600ffffffff" + "02000400e8030000" + "04000400ffffffff" + "10000400ffffffff" + "20000000ffffffff");

    /// <summary>One of everything.</summary>
    internal static FileTree AllTypes()
    {
        var tree = new FileTree();
        tree.Root.ModifiedTime = new Timestamp(1_600_000_000, 5);
        tree.Set("/empty", new FileInode(Blob.Empty));
        tree.Set("/small", new FileInode(Blob.FromText("hello\n")) { ModifiedTime = ErofsImage.Options.Time });
        tree.Set("/text", new FileInode(Blob.FromMemory(ErofsImage.Prose(100_001, 1)), 0b111_101_101));
        tree.Set("/same", new FileInode(Blob.FromMemory(ErofsImage.Prose(100_001, 1)), 0b111_101_101));
        tree.Set("/noise", new FileInode(Blob.FromMemory(ErofsImage.Noise(9001))));
        tree.Set("/mixed", new FileInode(Blob.FromMemory((byte[])[.. ErofsImage.Noise(6000), .. ErofsImage.Prose(50_000, 2)])));
        tree.Set("/hole", new FileInode(Blob.Zeros(3_000_000)));
        tree.Set("/etc/link", new SymlinkInode("../small"));
        tree.Set("/etc/long", new SymlinkInode(new string('x', 400)));
        tree.Set("/dev/null", new SpecialInode(InodeType.CharacterDevice, 0b110_110_110, new DeviceNumber(1, 3)));
        tree.Set("/dev/big", new SpecialInode(InodeType.BlockDevice, 0b110_000_000, new DeviceNumber(259, 70000)));
        tree.Set("/dev/pipe", new SpecialInode(InodeType.Fifo, 0b110_000_000));
        tree.Set("/dev/socket", new SpecialInode(InodeType.Socket, 0b110_000_000));
        var hard = new FileInode(Blob.FromText("hard"), 0xfff) { Uid = 70000, Gid = 80000, ModifiedTime = new Timestamp(5_000_000_000, 123_456_789) };
        tree.Set("/hard1", hard);
        tree.Set("/etc/hard2", hard);
        tree.MakeDirectory("/a/b/c");
        for (int i = 0; i < 60; i++)
            tree.Set($"/many/{new string((char)('a' + (i % 26)), 1 + (i * 3))}{i}", new FileInode(Blob.FromText($"{i}")));
        Xattrs xattrs = Xattrs.Create(
        [
            new Xattr("user.short", Encoding.UTF8.GetBytes("value")),
            new Xattr("user.long", ErofsImage.Noise(500)),
            new Xattr("security.capability", Convert.FromHexString("0100000200200000000000000000000000000000")),
            new Xattr("system.posix_acl_access", Acl),
            new Xattr("trusted.empty", default),
        ]);
        tree.Set("/xattrs", new FileInode(Blob.FromText("attributes")) { Xattrs = xattrs });
        tree.Set("/xattrs2", new FileInode(Blob.Empty) { Xattrs = xattrs.Without("user.long").With("user.own", "mine"u8.ToArray()) });
        tree.MakeDirectory("/aclDirectory").Xattrs = Xattrs.Create([new Xattr("system.posix_acl_default", Acl)]);
        return tree;
    }

    /// <summary>Everything that a tree says, one line an entry.</summary>
    internal static string Manifest(FileTree tree)
    {
        var text = new StringBuilder();
        var numbers = new Dictionary<Inode, int>(ReferenceEqualityComparer.Instance);
        foreach (TreeEntry entry in tree.Walk().Prepend(new TreeEntry("/", "/", tree.Root)))
        {
            Inode inode = entry.Inode;
            numbers.TryAdd(inode, numbers.Count);
            string what = inode switch
            {
                FileInode file => $"{file.Content.Length} {Digest(file.Content)}",
                SymlinkInode link => link.Target.ToString(),
                SpecialInode special => $"{special.Device.Major}:{special.Device.Minor}",
                _ => "",
            };
            string xattrs = string.Join(' ', inode.Xattrs.Select(x => $"{x.Name}={Convert.ToHexStringLower(x.Value.Span)}"));
            text.Append(CultureInfo.InvariantCulture, $"{numbers[inode]} {entry.Path} {inode.FullMode:x4} {inode.Uid}:{inode.Gid} {inode.ModifiedTime.Seconds}.{inode.ModifiedTime.Nanoseconds} {what} {xattrs}\n");
        }

        return text.ToString();
    }

    private static string Digest(Blob content)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        BlobWriter.Digest(content, digest);
        return Convert.ToHexStringLower(digest.GetHashAndReset())[..16];
    }
}
