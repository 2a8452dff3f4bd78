using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;
using Diecast.Planning;

namespace Diecast.Tests.Planning;

public sealed class TreeSplitterTests
{
    [Fact]
    public void Each_mount_point_gets_what_is_below_it_and_leaves_an_empty_directory()
    {
        var tree = new FileTree();
        tree.Set("/boot/efi/EFI/BOOT/BOOTX64.EFI", new FileInode(Blob.FromText("efi")));
        tree.Set("/boot/vmlinuz", new FileInode(Blob.FromText("kernel")));
        tree.Set("/etc/passwd", new FileInode(Blob.FromText("root")));

        Dictionary<string, FileTree> trees = TreeSplitter.Split(tree, ["/", "/boot", "/boot/efi"]);

        Assert.NotNull(trees["/boot/efi"].Find("/EFI/BOOT/BOOTX64.EFI"));
        Assert.NotNull(trees["/boot"].Find("/vmlinuz"));
        Assert.Equal(0, Assert.IsType<DirectoryInode>(trees["/boot"].Find("/efi")).Count);
        Assert.Equal(0, Assert.IsType<DirectoryInode>(trees["/"].Find("/boot")).Count);
        Assert.NotNull(trees["/"].Find("/etc/passwd"));
    }

    [Fact]
    public void The_directory_that_is_left_keeps_its_mode_and_owner()
    {
        var tree = new FileTree();
        DirectoryInode home = tree.MakeDirectory("/home", 0b111_000_000);
        home.Gid = 50;
        home.ModifiedTime = new Timestamp(7);

        FileTree split = TreeSplitter.Split(tree, ["/home"])["/home"];

        foreach (Inode inode in new[] { tree.Find("/home")!, split.Root })
        {
            Assert.Equal(0b111_000_000, inode.Mode);
            Assert.Equal(50u, inode.Gid);
            Assert.Equal(new Timestamp(7), inode.ModifiedTime);
        }
    }

    [Fact]
    public void A_mount_point_that_is_not_there_is_made()
    {
        var tree = new FileTree();

        Dictionary<string, FileTree> trees = TreeSplitter.Split(tree, ["/srv/data"]);

        Assert.Equal(0, trees["/srv/data"].Root.Count);
        Assert.IsType<DirectoryInode>(tree.Find("/srv/data"));
    }
}
