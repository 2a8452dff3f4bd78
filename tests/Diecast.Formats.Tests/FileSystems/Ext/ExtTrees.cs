using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>Trees that several tests use.</summary>
internal static class ExtTrees
{
    /// <summary>One of everything.</summary>
    internal static FileTree AllTypes()
    {
        var tree = new FileTree();
        tree.Root.ModifiedTime = new Timestamp(1_600_000_000, 5);
        tree.Set("/empty", new FileInode(Blob.Empty));
        tree.Set("/small", ExtImage.TextFile("hello\n"));
        tree.Set("/large", new FileInode(Blob.FromMemory(ExtImage.Bytes(300_001)), 0b111_101_101));
        tree.Set("/sparse", new FileInode(Sparse(10_000_000, (0, 100), (4_000_000, 5000), (9_999_999, 1))));
        tree.Set("/hole", new FileInode(Blob.Zeros(1_000_000)));
        tree.Set("/etc/link", new SymlinkInode("../small"));
        tree.Set("/etc/fast", new SymlinkInode(new string('f', 59)));
        tree.Set("/etc/slow", new SymlinkInode(new string('s', 60)));
        tree.Set("/etc/slowest", new SymlinkInode(new string('x', 1023)));
        tree.Set("/dev/null", new SpecialInode(InodeType.CharacterDevice, 0b110_110_110, new DeviceNumber(1, 3)));
        tree.Set("/dev/big", new SpecialInode(InodeType.BlockDevice, 0b110_000_000, new DeviceNumber(259, 70000)));
        tree.Set("/dev/pipe", new SpecialInode(InodeType.Fifo, 0b110_000_000));
        tree.Set("/dev/socket", new SpecialInode(InodeType.Socket, 0b110_000_000));
        var hard = new FileInode(Blob.FromText("hard"), 0xfff) { Uid = 70000, Gid = 80000, ModifiedTime = new Timestamp(5_000_000_000, 123_456_789) };
        tree.Set("/hard1", hard);
        tree.Set("/etc/hard2", hard);
        tree.MakeDirectory("/a/b/c/d/e/f");
        var attributed = ExtImage.TextFile("attributes");
        attributed.Xattrs = Xattrs.Create(
        [
            new Xattr("user.short", Encoding.UTF8.GetBytes("value")),
            new Xattr("user.long", ExtImage.Bytes(500)),
            new Xattr("security.capability", Convert.FromHexString("0100000200200000000000000000000000000000")),
            new Xattr("system.posix_acl_access", Acl),
            new Xattr("trusted.empty", default),
        ]);
        tree.Set("/xattrs", attributed);
        tree.Set("/xattrs2", new FileInode(Blob.Empty) { Xattrs = attributed.Xattrs });
        tree.MakeDirectory("/aclDirectory").Xattrs = Xattrs.Create([new Xattr("system.posix_acl_default", Acl)]);
        return tree;
    }

    /// <summary>user::rw-, user:1000:r--, group::r--, mask::r--, other::--- as getxattr gives it.</summary>
    internal static byte[] Acl => Convert.FromHexString(
        "02000000" + "01000600ffffffff" + "02000400e8030000" + "04000400ffffffff" + "10000400ffffffff" + "20000000ffffffff");

    internal static Blob Sparse(long length, params (long Offset, int Length)[] ranges)
    {
        var builder = new BlobBuilder();
        foreach ((long offset, int count) in ranges)
            builder.Add(offset, ExtImage.Bytes(count, (int)(offset % 1000)));
        return builder.ToBlob(length);
    }

    /// <summary>So many names in one directory.</summary>
    internal static FileTree Names(int count, string path = "/d", Func<int, string>? name = null)
    {
        var tree = new FileTree();
        DirectoryInode directory = tree.MakeDirectory(path);
        for (int i = 0; i < count; i++)
            directory.Set(name?.Invoke(i) ?? $"name-{i:d6}", new FileInode(Blob.Empty));
        return tree;
    }
}
