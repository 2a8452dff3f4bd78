using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>Values of attributes in inodes of their own: the feature ea_inode.</summary>
public class ExtXattrInodeTests
{
    private static readonly ExtOptions Options = ExtImage.Options with { Profile = ExtProfile.Default.With("ea_inode") };

    [ToolTheory("e2fsck", "debugfs")]
    [InlineData(1024, "default")]
    [InlineData(4096, "default")]
    [InlineData(4096, "modern")]
    [InlineData(2048, "compat")]
    public void Large_values_are_clean_and_read_back(int blockSize, string profile)
    {
        FileTree tree = Tree();
        using var image = new ExtImage(tree, Options with { BlockSize = blockSize, Profile = ExtProfile.Find(profile)!.With("ea_inode") });
        image.IsClean().Holds(tree);
        TreeEquality.AssertSame(tree, ExtFileSystem.Read(image.Plan.ToBlob()));
    }

    [Fact]
    public void Without_the_feature_it_is_named()
    {
        var error = Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(Tree(), ExtImage.Options));
        Assert.Contains("ea_inode", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_over_64_KiB_is_refused()
    {
        var error = Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(WithValue(65537), Options));
        Assert.Equal("/f", error.Path);
        Assert.Contains("65536", error.Message, StringComparison.Ordinal);
    }

    /// <summary>In a block of 1 KiB: header 32, entry 16 and a name of one byte to 20, end 4; so 968 are left.</summary>
    [ToolTheory("e2fsck", "debugfs")]
    [InlineData(965, true)]
    [InlineData(968, true)]
    [InlineData(969, false)]
    public void A_value_that_just_fits_stays_in_the_block(int length, bool fits)
    {
        FileTree tree = WithValue(length);
        using var image = new ExtImage(tree, Options with { BlockSize = 1024 });
        image.IsClean().Holds(tree);
        Assert.Equal(fits ? 12 : 13, image.Plan.InodeCount - image.Plan.FreeInodeCount);
        if (!fits)
            Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(tree, ExtImage.Options with { BlockSize = 1024 }));
    }

    [ToolFact("e2fsck", "debugfs")]
    public void Equal_values_are_one_inode_whose_references_are_counted()
    {
        var tree = new FileTree();
        byte[] value = ExtImage.Bytes(9000);
        for (int i = 0; i < 5; i++)
            tree.Set($"/f{i}", new FileInode(Blob.Empty) { Xattrs = Xattrs.Create([new Xattr($"user.n{i}", value)]) });
        using var image = new ExtImage(tree, Options);
        image.IsClean().Holds(tree);
        Assert.Equal(11 + 6, image.Plan.InodeCount - image.Plan.FreeInodeCount);
        string stat = image.Debug("stat <13>");
        Assert.Contains("Flags: 0x280000", stat, StringComparison.Ordinal);
        Assert.Contains("Version: 0x00000000:00000005", stat, StringComparison.Ordinal);
    }

    [ToolFact("e2fsck", "debugfs")]
    public void A_block_that_two_thousand_share_holds_a_value_twice()
    {
        var tree = new FileTree();
        var xattrs = Xattrs.Create([
            new Xattr("user.large", ExtImage.Bytes(10_000)),
            new Xattr($"user.{new string('n', 100)}", ExtImage.Bytes(300)),
            new Xattr($"user.{new string('m', 100)}", ExtImage.Bytes(12_000, 3))]);
        for (int i = 0; i < 2000; i++)
            tree.Set($"/f{i}", new FileInode(Blob.Empty) { Xattrs = xattrs });
        using var image = new ExtImage(tree, Options);
        image.IsClean();
        TreeEquality.AssertSame(tree, ExtFileSystem.Read(image.Plan.ToBlob()));
    }

    [MountFact("e2fsck", "getfattr", "setfattr")]
    public void The_kernel_gives_and_shares_the_values()
    {
        FileTree tree = Tree();
        using var image = new ExtImage(tree, Options with { FreeBytes = 4 << 20 });
        using (var mount = new LoopMount(image.Path))
        {
            foreach (TreeEntry entry in tree.Walk())
            {
                foreach (Xattr xattr in entry.Inode.Xattrs)
                {
                    string values = mount.Run($"getfattr --absolute-names -h -e hex -n {xattr.Name} '.{entry.Path}'");
                    Assert.Contains(Convert.ToHexString(xattr.Value.Span), values.ToUpper(CultureInfo.InvariantCulture), StringComparison.Ordinal);
                }
            }

            mount.Run("""
                setfattr -x user.largest a
                v=$(head -c 5000 /dev/zero | tr '\0' v); setfattr -n user.more -v "$v" a; setfattr -n user.more -v "$v" b
                rm c
                """);
        }

        image.IsClean();
    }

    private static FileTree WithValue(int length)
    {
        var tree = new FileTree();
        tree.Set("/f", new FileInode(Blob.Empty) { Xattrs = Xattrs.Create([new Xattr("user.x", ExtImage.Bytes(length))]) });
        return tree;
    }

    private static FileTree Tree()
    {
        var tree = new FileTree();
        byte[] shared = ExtImage.Bytes(20_000, 5);
        tree.Root.Xattrs = Xattrs.Create([new Xattr("user.root", shared)]);
        tree.Set("/a", new FileInode(Blob.FromText("a"))
        {
            Xattrs = Xattrs.Create([new Xattr("user.largest", ExtImage.Bytes(65536)), new Xattr("user.shared", shared), new Xattr("user.small", "x"u8.ToArray())]),
        });
        tree.Set("/b", new FileInode(Blob.FromText("b"))
        {
            Xattrs = Xattrs.Create([.. Enumerable.Range(0, 12).Select(i => new Xattr($"user.{i}{new string('x', i * 10)}", ExtImage.Bytes(500 * i, i))), new Xattr("trusted.overlay.shared", shared)]),
        });
        tree.Set("/c", new FileInode(Blob.FromText("c")) { Xattrs = tree.Find("/b")!.Xattrs });
        tree.MakeDirectory("/d/e").Xattrs = Xattrs.Create([new Xattr("user.d", shared), new Xattr("system.posix_acl_default", ExtTrees.Acl)]);
        tree.Set("/link", new SymlinkInode("a") { Xattrs = Xattrs.Create([new Xattr("trusted.link", shared)]) });
        return tree;
    }
}
