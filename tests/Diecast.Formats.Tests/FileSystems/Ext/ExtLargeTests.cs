using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>File systems at the end of what block numbers and groups hold.</summary>
public class ExtLargeTests
{
    private const long Gibi = 1L << 30;
    private const long Tebi = 1L << 40;

    /// <summary>In blocks of 2 KiB they are 8 TiB; most file systems of a host hold a file of that length, with holes.</summary>
    [ToolTheory("e2fsck", "dumpe2fs")]
    [InlineData("default", 9 * Tebi)]
    [InlineData("default,^resize_inode,meta_bg", 9 * Tebi)]
    public void Past_2_to_the_32_blocks_is_clean(string profile, long size)
    {
        string[] names = profile.Split(',');
        FileTree tree = ExtTrees.AllTypes();
        using var image = new ExtImage(tree, ExtImage.Options with
        {
            Profile = ExtProfile.Find(names[0])!.With(names[1..]),
            BlockSize = 2048,
            Size = size,
            BytesPerInode = 1 << 20,
        });
        Assert.Equal(size / 2048, image.Plan.BlockCount);
        Assert.True(image.Plan.BlockCount > uint.MaxValue);
        (int exitCode, string output) = Tool.Run("e2fsck", "-fn", image.Path);
        Assert.True(exitCode == 0 && !output.Contains('?', StringComparison.Ordinal), output);
        Assert.DoesNotContain("resize_inode", image.Header()["Filesystem features"], StringComparison.Ordinal);
        TreeEquality.AssertSame(tree, image.Read());
    }

    [Fact]
    public void The_plan_of_100_TB_takes_little_time_and_memory()
    {
        ExtFileSystem.Plan(new FileTree(), ExtImage.Options);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ExtPlan plan = ExtFileSystem.Plan(new FileTree(), ExtImage.Options with { Size = 100 * Tebi, BytesPerInode = 1 << 20, Profile = ExtProfile.Default.With("^resize_inode") });
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 400_000_000);
        Assert.Equal(100 * Tebi / 4096, plan.BlockCount);
    }

    [Fact]
    public void Sizes_past_the_block_numbers_are_refused()
    {
        Assert.Throws<UnrepresentableException>(() => Plan(ExtProfile.Compat, 16 * Tebi));
        Assert.Throws<UnrepresentableException>(() => Plan(ExtProfile.Ext2, 16 * Tebi));
        Assert.Throws<UnrepresentableException>(() => Plan(ExtProfile.Default, (2048 * Tebi) + 4096));
        Assert.Contains("meta_bg", Assert.Throws<UnrepresentableException>(() => Plan(ExtProfile.Default, 256 * Tebi)).Message, StringComparison.Ordinal);
        Assert.Equal(uint.MaxValue, Plan(ExtProfile.Ext2, (16 * Tebi) - 4096).BlockCount);

        static ExtPlan Plan(ExtProfile profile, long size) =>
            ExtFileSystem.Plan(new FileTree(), ExtImage.Options with { Profile = profile, Size = size, BytesPerInode = 1 << 24 });
    }

    [MountTheory("mke2fs", "e2fsck", "debugfs")]
    [InlineData("default", 64 * Gibi)]
    [InlineData("ext3", 64 * Gibi)]
    [InlineData("ext2", 1 * Gibi)]
    [InlineData("compat,^extent", 1 * Gibi)]
    [InlineData("default,^resize_inode,meta_bg", 40 * Gibi)]
    [InlineData("default,sparse_super2", 3 * Gibi)]
    [InlineData("ext3,^sparse_super,^resize_inode,^filetype", 3 * Gibi)]
    public void The_kernel_writes_to_it(string profile, long size)
    {
        string[] names = profile.Split(',');
        FileTree tree = ExtTrees.AllTypes();
        using var image = new ExtImage(tree, ExtImage.Options with { Profile = ExtProfile.Find(names[0])!.With(names[1..]), Size = size });
        image.IsClean();
        using (var mount = new LoopMount(image.Path))
            mount.Run("mkdir new; for i in $(seq 200); do head -c $((i * 700)) /dev/zero | tr '\\0' x > new/$i; done; rm -r etc; cat large > copy; cmp large copy; mv small new");

        image.IsClean();
        FileTree seen = image.Read();
        Assert.Equal(140_000, ((FileInode)seen.Find("/new/200")!).Content.Length);
        foreach (string name in new[] { "etc", "small" })
            tree.Root.Remove(name);
        foreach (string name in new[] { "new", "copy" })
            seen.Root.Remove(name);
        tree.Root.ModifiedTime = seen.Root.ModifiedTime;
        TreeEquality.AssertSame(tree, seen);
    }
}
