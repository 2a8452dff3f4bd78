using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>e2fsck has nothing to say.</summary>
public class ExtCheckTests
{
    private const long Mebi = 1024 * 1024;
    private const long Gibi = 1024 * Mebi;

    public static TheoryData<string> Profiles => ["default", "modern", "compat", "ext2", "ext3"];

    [ToolTheory("e2fsck")]
    [MemberData(nameof(Profiles))]
    public void An_empty_tree_is_clean(string profile)
    {
        using var image = new ExtImage(new FileTree(), ExtImage.Options with { Profile = ExtProfile.Find(profile)! });
        image.IsClean();
    }

    [ToolTheory("e2fsck")]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(4096)]
    [InlineData(8192)]
    [InlineData(16384)]
    [InlineData(65536)]
    public void A_tree_of_all_types_is_clean(int blockSize)
    {
        foreach (ExtProfile profile in new[] { ExtProfile.Default, ExtProfile.Modern, ExtProfile.Compat, ExtProfile.Ext2, ExtProfile.Ext3 })
        {
            using var image = new ExtImage(ExtTrees.AllTypes(), ExtImage.Options with { Profile = profile, BlockSize = blockSize, FreeBytes = 10 * Mebi });
            image.IsClean();
        }
    }

    [ToolTheory("e2fsck")]
    [InlineData(8 * Mebi)]
    [InlineData(64 * Mebi)]
    [InlineData(129 * Mebi)]
    [InlineData(1 * Gibi)]
    [InlineData(5 * Gibi)]
    [InlineData(64 * Gibi)]
    public void Any_size_is_clean(long size)
    {
        foreach (int blockSize in new[] { 1024, 4096 })
        {
            if (size / blockSize > 4 * Mebi)
                continue;
            using var image = new ExtImage(ExtTrees.AllTypes(), ExtImage.Options with { Size = size, BlockSize = blockSize });
            image.IsClean();
            Assert.Equal(size, new FileInfo(image.Path).Length);
        }
    }

    [ToolTheory("e2fsck", "debugfs")]
    [InlineData("^64bit,^metadata_csum,uninit_bg")]
    [InlineData("^metadata_csum,uninit_bg")]
    [InlineData("^flex_bg")]
    [InlineData("^resize_inode")]
    [InlineData("^has_journal")]
    [InlineData("^64bit")]
    [InlineData("^flex_bg,^metadata_csum,uninit_bg")]
    [InlineData("sparse_super2")]
    [InlineData("sparse_super2,^resize_inode,^flex_bg")]
    [InlineData("^sparse_super,^resize_inode")]
    [InlineData("^sparse_super,^resize_inode,^flex_bg")]
    [InlineData("meta_bg,^resize_inode")]
    [InlineData("meta_bg,^resize_inode,sparse_super2")]
    [InlineData("meta_bg,^resize_inode,^flex_bg,^sparse_super")]
    [InlineData("^64bit,^extent")]
    [InlineData("^filetype,^huge_file,^dir_nlink")]
    [InlineData("^large_file,^resize_inode")]
    public void A_changed_profile_is_clean(string changes)
    {
        FileTree tree = ExtTrees.AllTypes();
        foreach (long size in new[] { 20 * Mebi, 700 * Mebi, 3 * Gibi })
        {
            using var image = new ExtImage(tree, ExtImage.Options with { Profile = ExtProfile.Default.With(changes.Split(',')), Size = size });
            image.IsClean().Holds(tree);
        }
    }

    [ToolFact("e2fsck", "debugfs")]
    public void Inodes_of_128_bytes_are_clean()
    {
        FileTree tree = ExtTrees.AllTypes();
        ((FileInode)tree.Find("/hard1")!).ModifiedTime = new Timestamp(int.MaxValue);
        using var image = new ExtImage(tree, ExtImage.Options with { Profile = ExtProfile.Default.With("^extra_isize"), InodeSize = 128 });
        image.IsClean();
    }

    [ToolFact("e2fsck", "debugfs")]
    public void Attribute_names_beyond_ASCII_are_clean()
    {
        var tree = new FileTree();
        tree.Set("/f", new FileInode(Blob.Empty)
        {
            Xattrs = Xattrs.Create([new Xattr("user.é", ExtImage.Bytes(200)), new Xattr("user.名前", ExtImage.Bytes(90)), new Xattr("user.zß", default)]),
        });
        using var image = new ExtImage(tree);
        image.IsClean().Holds(tree);
    }

    [ToolTheory("e2fsck", "mke2fs")]
    [InlineData("default,^has_journal", 400)]
    [InlineData("default,^has_journal", 4000)]
    [InlineData("compat,^has_journal,uninit_bg", 4000)]
    [InlineData("ext2", 400)]
    public void Of_a_backup_superblock_e2fsck_says_what_it_says_of_mke2fs(string profile, long size)
    {
        string[] names = profile.Split(',');
        ExtOptions options = ExtImage.Options with { Profile = ExtProfile.Find(names[0])!.With(names[1..]), Size = size * Mebi };
        using var image = new ExtImage(new FileTree(), options);
        using var directory = new TempDirectory();
        using (var file = new FileStream(directory["image"], FileMode.CreateNew))
            file.SetLength(size * Mebi);
        Tool.Check(
            "mke2fs", "-q", "-F", "-b", "4096", "-I", "256", "-i", "16384", "-U", $"{options.Uuid}", "-E", "lazy_itable_init=1",
            "-O", $"none,{string.Join(',', options.Profile.FeatureNames)}", directory["image"]);
        Assert.Equal(Complaints(directory["image"]), Complaints(image.Path));

        static string Complaints(string path) =>
            Tool.Run("e2fsck", "-fn", "-b", "32768", "-B", "4096", path).Output.Replace(path, "image", StringComparison.Ordinal);
    }

    [ToolFact("e2fsck")]
    public void It_can_be_rebuilt_from_a_backup_superblock()
    {
        using var image = new ExtImage(ExtTrees.AllTypes(), ExtImage.Options with { Size = 200 * Mebi });
        using (FileStream stream = File.OpenWrite(image.Path))
            stream.Write(new byte[2 * 4096]);
        (int exitCode, string output) = Tool.Run("e2fsck", "-fy", "-b", "32768", "-B", "4096", image.Path);
        Assert.True(exitCode is 0 or 1, output);
        image.IsClean().Holds(ExtTrees.AllTypes());
    }
}
