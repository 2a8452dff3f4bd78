using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Squashfs;

/// <summary>Trees that several tests use.</summary>
internal static class SquashfsTrees
{
    /// <summary>One of everything.</summary>
    internal static FileTree AllTypes()
    {
        var tree = new FileTree();
        tree.Root.ModifiedTime = new Timestamp(1_600_000_000);
        tree.Set("/empty", new FileInode(Blob.Empty));
        tree.Set("/small", new FileInode(Blob.FromText("hello\n")));
        tree.Set("/large", new FileInode(Blob.FromMemory(Bytes(300_001)), 0b111_101_101));
        tree.Set("/text", new FileInode(Blob.FromText(string.Concat(Enumerable.Range(0, 90_000).Select(i => $"{i}\n")))));
        tree.Set("/equal", new FileInode(Blob.FromMemory(Bytes(300_001))));
        tree.Set("/sparse", new FileInode(Sparse(10_000_000, (0, 100), (4_000_000, 5000), (9_999_999, 1))));
        tree.Set("/hole", new FileInode(Blob.Zeros(1_000_000)));
        tree.Set("/etc/link", new SymlinkInode("../small"));
        tree.Set("/etc/longest", new SymlinkInode(new string('x', 4095)));
        tree.Set("/dev/null", new SpecialInode(InodeType.CharacterDevice, 0b110_110_110, new DeviceNumber(1, 3)));
        tree.Set("/dev/big", new SpecialInode(InodeType.BlockDevice, 0b110_000_000, new DeviceNumber(4095, 1048575)));
        tree.Set("/dev/pipe", new SpecialInode(InodeType.Fifo, 0b110_000_000));
        tree.Set("/dev/socket", new SpecialInode(InodeType.Socket, 0b110_000_000));
        var hard = new FileInode(Blob.FromText("hard"), 0xfff) { Uid = 70000, Gid = 80000, ModifiedTime = new Timestamp(uint.MaxValue) };
        tree.Set("/hard1", hard);
        tree.Set("/etc/hard2", hard);
        tree.MakeDirectory("/a/b/c/d/e/f");
        Xattrs xattrs = Xattrs.Create(
        [
            new Xattr("user.short", "value"u8.ToArray()),
            new Xattr("user.long", Bytes(500)),
            new Xattr("security.capability", Convert.FromHexString("0100000200200000000000000000000000000000")),
            new Xattr("trusted.empty", default),
        ]);
        tree.Set("/xattrs", new FileInode(Blob.FromText("attributes")) { Xattrs = xattrs });
        tree.Set("/xattrs2", new FileInode(Blob.Empty) { Xattrs = xattrs });
        tree.MakeDirectory("/attributed").Xattrs = Xattrs.Create([new Xattr("user.long", Bytes(500)), new Xattr("trusted.same", Bytes(500))]);
        tree.Set("/dev/attributed", new SpecialInode(InodeType.Fifo, 0b110_000_000) { Xattrs = Xattrs.Create([new Xattr("trusted.x", "1"u8.ToArray())]) });
        tree.Set("/dev/tty", new SpecialInode(InodeType.CharacterDevice, 0b110_110_110, new DeviceNumber(5, 0)) { Xattrs = Xattrs.Create([new Xattr("trusted.x", "1"u8.ToArray())]) });
        tree.Set("/attributedLink", new SymlinkInode("xattrs") { Xattrs = Xattrs.Create([new Xattr("trusted.x", "2"u8.ToArray())]) });
        return tree;
    }

    internal static Blob Sparse(long length, params (long Offset, int Length)[] ranges)
    {
        var builder = new BlobBuilder();
        foreach ((long offset, int count) in ranges)
            builder.Add(offset, Bytes(count, (int)(offset % 1000)));
        return builder.ToBlob(length);
    }

    internal static byte[] Bytes(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
