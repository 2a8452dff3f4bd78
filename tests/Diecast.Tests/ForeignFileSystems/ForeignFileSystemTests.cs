using System.Security.Cryptography;
using Diecast.ForeignFileSystems;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;
using Diecast.Store;

namespace Diecast.Tests.ForeignFileSystems;

/// <summary>File systems by their own mkfs, from a tree that an ordinary user could not stage.</summary>
public sealed class ForeignFileSystemTests : IDisposable
{
    private static readonly HostDirectoryOptions All = new() { Owner = HostOwner.Keep, Xattrs = HostXattrs.All };

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [MountFact("mkfs.btrfs", "btrfs")]
    public void The_kernel_shows_a_btrfs_as_the_tree_is()
    {
        FileTree tree = ForeignTrees.Everything();
        string image = Make(FileSystemType.Btrfs, tree);
        Tool.Check("btrfs", "check", "--readonly", image);
        AssertMounted("btrfs", image, tree);
        Assert.Contains("01234567-89ab-cdef-0123-456789abcdef", Tool.Check("btrfs", "filesystem", "show", image), StringComparison.Ordinal);
        Assert.Equal("the label\n", Tool.Check("btrfs", "filesystem", "label", image));
    }

    [MountFact("mkfs.xfs", "xfs_repair")]
    public void The_kernel_shows_an_XFS_as_the_tree_is()
    {
        FileTree tree = ForeignTrees.Everything();
        string image = Make(FileSystemType.Xfs, tree);
        Tool.Check("xfs_repair", "-n", image);
        AssertMounted("xfs", image, tree);
    }

    [ToolFact("mkfs.f2fs", "sload.f2fs", "fsck.f2fs")]
    public void Fsck_finds_nothing_in_an_F2FS()
    {
        FileTree tree = ForeignTrees.Everything();
        string image = Make(FileSystemType.F2fs, tree);
        string said = Tool.Check("fsck.f2fs", "--dry-run", image);
        Assert.DoesNotContain("[Fail]", said, StringComparison.Ordinal);
        Assert.DoesNotContain("ASSERT", said, StringComparison.Ordinal);
    }

    /// <summary>Where mkfs.btrfs takes the inodes' numbers from the host, as before 6.12, nothing can be done.</summary>
    [ToolTheory("mkfs.xfs", "mkfs.f2fs", "sload.f2fs")]
    [InlineData(FileSystemType.Xfs)]
    [InlineData(FileSystemType.F2fs)]
    public void Two_runs_in_other_places_make_the_same_bytes(FileSystemType type)
    {
        FileTree tree = ForeignTrees.Everything();
        string one = Make(type, tree, name: "one", cache: "cache");
        string other = Make(type, tree, name: "other", cache: "another/place/for/the/cache");
        Tool.Check("cmp", one, other);
    }

    [ToolTheory("mkfs.btrfs", "mkfs.xfs", "mkfs.f2fs", "sload.f2fs")]
    [InlineData(FileSystemType.Btrfs, 600)]
    [InlineData(FileSystemType.Xfs, 400)]
    [InlineData(FileSystemType.F2fs, 200)]
    public void A_size_is_kept(FileSystemType type, int mebibytes)
    {
        string image = Make(type, ForeignTrees.Everything(names: 20), size: (long)mebibytes << 20);
        Assert.Equal((long)mebibytes << 20, new FileInfo(image).Length);
    }

    [ToolTheory("mkfs.btrfs", "mkfs.xfs", "mkfs.f2fs", "sload.f2fs")]
    [InlineData(FileSystemType.Btrfs, 120)]
    [InlineData(FileSystemType.Xfs, 310)]
    [InlineData(FileSystemType.F2fs, 80)]
    public void A_tree_that_does_not_fit_is_told(FileSystemType type, int mebibytes)
    {
        var tree = new FileTree();
        byte[] noise = new byte[1 << 20];
        new Random(1).NextBytes(noise);
        tree.Set("/much", new FileInode(Blob.Concat([.. Enumerable.Repeat(Blob.FromMemory(noise), 300)])));
        Assert.Throws<DoesNotFitException>(() => Make(type, tree, size: (long)mebibytes << 20));
    }

    [ToolTheory("mkfs.btrfs", "mkfs.xfs", "mkfs.f2fs", "sload.f2fs")]
    [InlineData(FileSystemType.Btrfs, "/link", "a symbolic link has an attribute, which only root can give it")]
    [InlineData(FileSystemType.Xfs, "/socket", "mkfs.xfs makes no sockets")]
    [InlineData(FileSystemType.Xfs, "/ ", "no stand-in")]
    [InlineData(FileSystemType.F2fs, "/acl", "system.posix_acl_access is no ACL")]
    [InlineData(FileSystemType.Btrfs, "/device", "the device 5000:1")]
    public void What_cannot_be_is_refused_by_its_path(FileSystemType type, string path, string message)
    {
        var tree = new FileTree();
        Inode inode = path switch
        {
            "/link" => new SymlinkInode("x") { Xattrs = Xattrs.None.With("security.selinux", "x"u8.ToArray()) },
            "/socket" => new SpecialInode(InodeType.Socket, 0),
            "/acl" => new FileInode(Blob.Empty) { Xattrs = Xattrs.None.With("system.posix_acl_access", "x"u8.ToArray()) },
            "/device" => new SpecialInode(InodeType.BlockDevice, 0, new DeviceNumber(5000, 1)),
            _ => new FileInode(Blob.Empty),
        };
        tree.Root.Set(path[1..], inode);
        UnrepresentableException refused = Assert.Throws<UnrepresentableException>(() => Make(type, tree));
        Assert.Equal(path, refused.Path);
        Assert.Contains(message, refused.Problem, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_directory["cache/foreign"]));
    }

    [MountFact("mkfs.xfs", "xfs_repair", "getfacl")]
    public void An_XFS_has_ACLs_and_many_hard_links()
    {
        var tree = new FileTree();
        tree.Set("/file", new FileInode(Blob.Empty)
        {
            // Owner rwx, user 5 r--, group r-x, mask r-x, others none.
            Xattrs = Xattrs.None.With("system.posix_acl_access", Convert.FromHexString(
                "0200000001000700FFFFFFFF020004000500000004000500FFFFFFFF10000500FFFFFFFF20000000FFFFFFFF")),
            Mode = 0b111_101_000,
        });
        for (int directory = 0; directory < 40; directory++)
        {
            var inode = ForeignTrees.File(directory);
            for (int name = 0; name < 30; name++)
                tree.Set($"/{directory}/{name} of many", inode);
        }

        string image = Make(FileSystemType.Xfs, tree);
        Tool.Check("xfs_repair", "-n", image);
        AssertMounted("xfs", image, tree);
        using var mount = new LoopMount(image, "ro,norecovery", "xfs");
        Assert.Contains("user:5:r--", Tool.Check("getfacl", "-n", mount.Path + "/file").Replace("user:bin", "user:5", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static void AssertMounted(string type, string image, FileTree tree)
    {
        using var mount = new LoopMount(image, type == "xfs" ? "ro,norecovery" : "ro", type);
        Assert.Equal(ForeignTrees.Manifest(tree), ForeignTrees.Manifest(HostDirectoryReader.Read(mount.Path, All)));
    }

    private string Make(FileSystemType type, FileTree tree, Func<PartitionFileSystem, PartitionFileSystem>? change = null, long? size = null, string name = "image", string cache = "cache")
    {
        var declared = new PartitionFileSystem { Type = type, Label = "the label" };
        using ForeignPlan plan = ForeignMaker.Make(
            CacheStore.Open(_directory[cache]),
            new ForeignRequest
            {
                Declared = change?.Invoke(declared) ?? declared,
                Tree = tree,
                Uuid = new Guid("01234567-89ab-cdef-0123-456789abcdef"),
                Derive = role => new Guid(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(role)).AsSpan(0, 16)),
                Time = new Timestamp(1_750_000_000),
                Size = size,
            },
            default);
        string image = _directory[name];
        using (FileStream file = File.Create(image))
        using (Stream content = plan.ToBlob().OpenRead())
            content.CopyTo(file);
        return image;
    }
}
