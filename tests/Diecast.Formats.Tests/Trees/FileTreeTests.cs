using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Trees;

public sealed class FileTreeTests
{
    [Fact]
    public void Missing_parents_are_made_and_inherit_the_time()
    {
        var tree = new FileTree();
        tree.Root.ModifiedTime = new Timestamp(77);
        tree.Set("/a/b//./c", new FileInode(Blob.FromText("x")));
        Assert.Equal("x", tree.ReadText("a/b/c"));
        Assert.Equal(new Timestamp(77), tree.Find("/a/b")!.ModifiedTime);
        Assert.Equal(0b111_101_101, tree.Find("/a")!.Mode);
        Assert.Throws<InvalidOperationException>(() => tree.Set("/a/b/c/d", new DirectoryInode()));
        Assert.Throws<InvalidOperationException>(() => tree.MakeDirectory("/a/b/c"));
        Assert.Same(tree.Find("a/b"), tree.MakeDirectory("/a/b", 0));
    }

    [Fact]
    public void Paths_cannot_leave_the_tree()
    {
        var tree = new FileTree();
        Assert.Throws<ArgumentException>(() => tree.Find("/../etc"));
        Assert.Throws<ArgumentException>(() => tree.Set("a/../../b", new DirectoryInode()));
        Assert.Throws<ArgumentException>(() => tree.Set("a\0b", new DirectoryInode()));
        Assert.Throws<ArgumentException>(() => tree.Set("/", new DirectoryInode()));
        Assert.Throws<ArgumentException>(() => tree.Remove("/."));
    }

    [Fact]
    public void Links_are_followed_inside_the_tree_only()
    {
        var tree = new FileTree();
        tree.Set("/usr/lib/os-release", new FileInode(Blob.FromText("ID=x")));
        tree.Set("/etc/os-release", new SymlinkInode("../usr/lib/os-release"));
        tree.Set("/lib", new SymlinkInode("usr/lib"));
        tree.Set("/abs", new SymlinkInode("/../../lib/os-release"));
        tree.Set("/loop", new SymlinkInode("loop"));
        Assert.Equal("ID=x", tree.ReadText("/etc/os-release"));
        Assert.Equal("/usr/lib/os-release", tree.RealPath("/abs"));
        Assert.Equal("/", tree.RealPath("/usr/.."));
        Assert.Null(tree.Resolve("/loop"));
        Assert.Null(tree.Resolve("/nothing/here"));
        Assert.IsType<SymlinkInode>(tree.Find("/lib"));
        Assert.Null(tree.Find("/lib/os-release"));
    }

    [Fact]
    public void A_file_is_no_step_on_a_path()
    {
        var tree = new FileTree();
        tree.Set("/file", new FileInode(Blob.Empty));
        tree.Set("/other", new FileInode(Blob.Empty));
        Assert.Null(tree.Resolve("/file/other"));
        Assert.Null(tree.Resolve("/file/../other"));
        Assert.Null(tree.Resolve("/file/."));
    }

    [Fact]
    public void A_walk_lists_parents_first_in_byte_order()
    {
        var tree = new FileTree();
        foreach (string path in new[] { "/b/z", "/b/a/x", "/a", "/b.c", "/B" })
            tree.Set(path, new FileInode(Blob.Empty));
        Assert.Equal(["/B", "/a", "/b", "/b/a", "/b/a/x", "/b/z", "/b.c"], tree.Walk().Select(e => e.Path));
        Assert.NotNull(tree.Remove("/b"));
        Assert.Null(tree.Remove("/b/a"));
        Assert.Equal(["/B", "/a", "/b.c"], tree.Walk().Select(e => e.Path));
    }

    [Fact]
    public void A_hard_link_is_one_inode_with_two_names()
    {
        var tree = new FileTree();
        var inode = new FileInode(Blob.FromText("x"));
        tree.Set("/a", inode);
        tree.Set("/b", inode);
        inode.Content = Blob.FromText("y");
        Assert.Equal("y", tree.ReadText("/b"));
    }

    [Fact]
    public void A_time_is_clamped_and_never_raised()
    {
        var limit = new Timestamp(100, 5);
        Assert.Equal(limit, new Timestamp(100, 6).ClampTo(limit));
        Assert.Equal(new Timestamp(100, 4), new Timestamp(100, 4).ClampTo(limit));
        Assert.Equal(new Timestamp(-1), new Timestamp(-1).ClampTo(limit));
    }
}
