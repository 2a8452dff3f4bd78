using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>Data within inodes: the feature inline_data.</summary>
public class ExtInlineTests
{
    private static readonly ExtOptions Options = ExtImage.Options with { Profile = ExtProfile.Default.With("inline_data") };

    [ToolTheory("e2fsck", "debugfs")]
    [InlineData(256, 4096, "default")]
    [InlineData(512, 1024, "modern")]
    [InlineData(1024, 1024, "compat")]
    [InlineData(1024, 4096, "default")]
    public void All_sizes_are_clean_and_read_back(int inodeSize, int blockSize, string profile)
    {
        FileTree tree = Tree(inodeSize);
        using var image = new ExtImage(
            tree, Options with { InodeSize = inodeSize, BlockSize = blockSize, Profile = ExtProfile.Find(profile)!.With("inline_data", "ea_inode") });
        image.IsClean().Holds(tree);
        TreeEquality.AssertSame(tree, ExtFileSystem.Read(image.Plan.ToBlob()));
    }

    /// <summary>60 bytes of i_block, and of the 96 after the fields all but header 4, entry 20 and end 4.</summary>
    [ToolTheory("e2fsck", "debugfs")]
    [InlineData(0, true)]
    [InlineData(60, true)]
    [InlineData(61, true)]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void A_file_is_inline_as_long_as_it_fits(int length, bool isInline)
    {
        var tree = new FileTree();
        tree.Set("/f", new FileInode(Blob.FromMemory(ExtImage.Bytes(length))));
        using var image = new ExtImage(tree, Options);
        image.IsClean().Holds(tree);
        string stat = image.Debug("stat /f");
        Assert.Contains(isInline ? "Flags: 0x10000000" : "Flags: 0x80000", stat, StringComparison.Ordinal);
        Assert.Contains($"Blockcount: {(isInline ? 0 : 8)}", stat, StringComparison.Ordinal);
    }

    /// <summary>Four names of 4 bytes and one of 8 fill the 56 bytes; 68 more are five of 12 bytes and one of 8.</summary>
    [ToolTheory("e2fsck", "debugfs")]
    [InlineData(4, true)]
    [InlineData(5, true)]
    [InlineData(9, true)]
    [InlineData(10, false)]
    public void A_directory_is_inline_as_long_as_it_fits(int names, bool isInline)
    {
        FileTree tree = ExtTrees.Names(names, name: i => $"n{i:d3}");
        using var image = new ExtImage(tree, Options);
        image.IsClean().Holds(tree);
        Assert.Contains(isInline ? "Flags: 0x10000000" : "Flags: 0x80000", image.Debug("stat /d"), StringComparison.Ordinal);
    }

    [Fact]
    public void Data_does_not_drive_attributes_into_a_block()
    {
        var tree = new FileTree();
        tree.Set("/f", new FileInode(Blob.FromText("data")) { Xattrs = Xattrs.Create([new Xattr("user.x", ExtImage.Bytes(60))]) });
        long with = ExtFileSystem.Plan(tree, Options).BlockCount;
        long without = ExtFileSystem.Plan(tree, ExtImage.Options).BlockCount;
        Assert.Equal(without, with);
    }

    [ToolFact("e2fsck")]
    public void Files_within_inodes_need_no_blocks()
    {
        var tree = new FileTree();
        for (int i = 0; i < 1000; i++)
            tree.Set($"/f{i}", new FileInode(Blob.FromText($"content {i}")));
        using var image = new ExtImage(tree, Options);
        image.IsClean();
        Assert.Equal(1000, ExtFileSystem.Plan(tree, ExtImage.Options).BlockCount - image.Plan.BlockCount);
    }

    [MountFact("e2fsck")]
    public void A_root_with_few_names_has_a_block_and_can_be_mounted()
    {
        var tree = new FileTree();
        tree.Set("/f", new FileInode(Blob.FromText("f")));
        using var image = new ExtImage(tree, Options with { LostAndFound = false });
        image.IsClean();
        using var mount = new LoopMount(image.Path, "ro");
        Assert.Equal("f", File.ReadAllText(mount.Path + "/f"));
    }

    [Fact]
    public void Inodes_of_128_bytes_are_refused() =>
        Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(
            new FileTree(), ExtImage.Options with { InodeSize = 128, Profile = ExtProfile.Default.With("^extra_isize", "inline_data") }));

    [MountFact("e2fsck", "setfattr")]
    public void The_kernel_reads_them_and_makes_them_grow()
    {
        FileTree tree = Tree(256);
        using var image = new ExtImage(tree, Options with { FreeBytes = 8 << 20 });
        using (var mount = new LoopMount(image.Path))
        {
            foreach (TreeEntry entry in tree.Walk())
            {
                if (entry.Inode is FileInode file)
                    Assert.Equal(file.Content.ToArray(), File.ReadAllBytes(mount.Path + entry.Path));
                else if (entry.Inode is SymlinkInode link)
                    Assert.Equal(link.Target.ToString(), new FileInfo(mount.Path + entry.Path).LinkTarget);
                else if (entry.Inode is DirectoryInode directory)
                    Assert.Equal(directory.Entries.ToArray().Select(e => e.Name.ToString()), Directory.GetFileSystemEntries(mount.Path + entry.Path).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal));
            }

            mount.Run("""
                for f in sizes/*; do printf more >> $f; done
                head -c 10000 /dev/zero >> sizes/20
                for d in names*; do for i in 1 2 3 4 5 6 7 8; do touch $d/new$i; done; done
                for i in $(seq 300); do mkdir names3/sub$i; done
                setfattr -n user.added -v some-value-of-thirty-characters sizes/40
                rm names5/n001; mv names6/n002 names7/moved; rmdir below/a/b/c
                printf x > fresh; mkdir fresh.d
                """);
        }

        image.IsClean();
    }

    private static FileTree Tree(int inodeSize)
    {
        var tree = new FileTree();
        for (int length = 0; length <= inodeSize; length += length % 20 == 0 ? 4 : 16)
            tree.Set($"/sizes/{length}", new FileInode(Blob.FromMemory(ExtImage.Bytes(length, length))));
        for (int i = 0; i < inodeSize / 10; i++)
        {
            for (int n = 0; n < i; n++)
                tree.Set($"/names{i}/n{n:d3}", new FileInode(Blob.Empty));
        }

        tree.Set("/hole", new FileInode(Blob.Zeros(50)));
        tree.Set("/mixed/a name that is too long for the first area of them", ExtImage.TextFile("1"));
        tree.Set("/mixed/short", ExtImage.TextFile("2"));
        tree.MakeDirectory("/below/a/b/c");
        foreach (int length in (int[])[1, 59, 60, 61, 100, 128, 129, 500])
            tree.Set($"/link{length}", new SymlinkInode(new string('t', length)));
        foreach (int length in (int[])[1, 20, 40, 41, 44, 60, 90, 200])
        {
            var xattrs = Xattrs.Create([new Xattr("user.x", ExtImage.Bytes(length)), new Xattr("user.yy", "y"u8.ToArray())]);
            tree.Set($"/xattr{length}", new FileInode(Blob.FromMemory(ExtImage.Bytes(length))) { Xattrs = xattrs });
            tree.MakeDirectory($"/dir{length}/x").Xattrs = xattrs;
        }

        return tree;
    }
}
