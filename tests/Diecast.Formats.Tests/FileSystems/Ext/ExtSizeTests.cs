using System.Globalization;
using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

public class ExtSizeTests
{
    private const long Mebi = 1L << 20;
    private static readonly string[] Ignored = ["Filesystem created", "Last write time", "Last checked", "Lifetime writes", "Checksum"];

    public static TheoryData<int, long, long> Needs
    {
        get
        {
            var data = new TheoryData<int, long, long>();
            foreach (int blockSize in new[] { 1024, 4096 })
            {
                foreach (long free in new[] { 0, 1, 50 * Mebi, 700 * Mebi })
                {
                    data.Add(blockSize, 0, free);
                    data.Add(blockSize, 300 * Mebi, free);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Needs))]
    public void The_automatic_size_is_the_smallest(int blockSize, long content, long free)
    {
        IsSmallest(ExtProfile.Default, blockSize, content, free);
        IsSmallest(ExtProfile.Ext3, blockSize, content, free);
    }

    private static void IsSmallest(ExtProfile profile, int blockSize, long content, long free)
    {
        FileTree tree = Dense(content);
        ExtOptions options = ExtImage.Options with { Profile = profile, BlockSize = blockSize, FreeBytes = free };
        ExtPlan plan = ExtFileSystem.Plan(tree, options);
        Assert.True(free == 0 || Available(plan) >= free, $"{Available(plan)} of {free}");
        Assert.Equal(plan.Length, plan.BlockCount * blockSize);

        for (int less = 1; less < Math.Min(300, plan.BlockCount); less += 37)
        {
            try
            {
                ExtPlan smaller = ExtFileSystem.Plan(tree, options with { Size = plan.Length - (less * (long)blockSize) });
                Assert.True(free > 0 && Available(smaller) < free, $"{less} blocks less have room for {Available(smaller)} of {free}");
            }
            catch (DoesNotFitException)
            {
                continue;
            }
        }

        ExtPlan same = ExtFileSystem.Plan(tree, options with { Size = plan.Length, InodeCount = plan.InodeCount });
        Assert.Equal(plan.FreeBlockCount, same.FreeBlockCount);
    }

    [Fact]
    public void A_minimum_is_kept_and_an_exact_size_is_exact()
    {
        Assert.Equal(100 * Mebi, ExtFileSystem.Plan(new FileTree(), ExtImage.Options with { MinimumSize = 100 * Mebi }).Length);
        ExtPlan plan = ExtFileSystem.Plan(new FileTree(), ExtImage.Options with { Size = (100 * Mebi) + 777 });
        Assert.Equal((100 * Mebi) + 777, plan.Length);
        Assert.Equal((100 * Mebi) + 777, plan.ToBlob().Length);
        Assert.Equal(25600, plan.BlockCount);
    }

    [Fact]
    public void What_does_not_fit_says_what_it_needs()
    {
        DoesNotFitException fault = Assert.Throws<DoesNotFitException>(
            () => ExtFileSystem.Plan(Dense(20 * Mebi), ExtImage.Options with { Size = 20 * Mebi }));
        Assert.True(fault.NeededBytes > fault.AvailableBytes);
        Assert.Contains(fault.NeededBytes.ToString(CultureInfo.InvariantCulture), fault.Message, StringComparison.Ordinal);
        fault = Assert.Throws<DoesNotFitException>(
            () => ExtFileSystem.Plan(ExtTrees.Names(1000), ExtImage.Options with { InodeCount = 500 }));
        Assert.Contains("1012 inodes", fault.Message, StringComparison.Ordinal);
        foreach (long size in new[] { 0, 1, 4096, 8192, 20_000 })
            Assert.Throws<DoesNotFitException>(() => ExtFileSystem.Plan(new FileTree(), ExtImage.Options with { Size = size }));
    }

    [ToolTheory("e2fsck")]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(21)]
    [InlineData(1000)]
    [InlineData(9000)]
    public void The_number_of_inodes_may_be_anything(int files)
    {
        FileTree tree = ExtTrees.Names(files);
        using var image = new ExtImage(tree, ExtImage.Options with { InodeCount = files + 12 });
        image.IsClean();
        Assert.InRange(image.Plan.FreeInodeCount, 0, 16);
    }

    [ToolTheory("mke2fs", "dumpe2fs")]
    [InlineData(4096, 8)]
    [InlineData(4096, 64)]
    [InlineData(4096, 129)]
    [InlineData(4096, 1024)]
    [InlineData(4096, 5000)]
    [InlineData(4096, 70000)]
    [InlineData(1024, 8)]
    [InlineData(1024, 300)]
    [InlineData(2048, 300)]
    public void The_superblock_is_the_one_mke2fs_makes(int blockSize, long size)
    {
        foreach (ExtProfile profile in new[] { ExtProfile.Default, ExtProfile.Compat })
        {
            ExtOptions options = ExtImage.Options with { Profile = profile, BlockSize = blockSize, Size = size * Mebi, Label = "label" };
            using var image = new ExtImage(new FileTree(), options);
            using var directory = new TempDirectory();
            using (var file = new FileStream(directory["image"], FileMode.CreateNew))
                file.SetLength(size * Mebi);
            Tool.Check(
                "mke2fs", "-q", "-t", "ext4", "-O", "none," + string.Join(',', profile.FeatureNames), "-b", $"{blockSize}", "-I", "256", "-i", "16384",
                "-m", "5", "-L", "label", "-U", $"{options.Uuid}", "-E", $"hash_seed={options.EffectiveHashSeed},lazy_itable_init=1", directory["image"]);
            // Their journal is in the middle, where no superblock cuts it; ours of 70000 MiB is cut, and has an extent block.
            string[] ignored = size == 70000 ? [.. Ignored, "Free blocks"] : Ignored;
            string theirs = Header(directory["image"], ignored);
            Assert.Equal(theirs, Header(image.Path, ignored));
        }
    }

    [Fact]
    public void Two_plans_of_one_tree_are_the_same_bytes_in_whatever_order_names_came()
    {
        string first = Hash(ExtFileSystem.Plan(Ordered(i => i), ExtImage.Options));
        Assert.Equal(first, Hash(ExtFileSystem.Plan(Ordered(i => i), ExtImage.Options)));
        Assert.Equal(first, Hash(ExtFileSystem.Plan(Ordered(i => 999 - i), ExtImage.Options)));
        Assert.Equal(first, Hash(ExtFileSystem.Plan(Ordered(i => i * 7 % 1000), ExtImage.Options)));
        Assert.NotEqual(first, Hash(ExtFileSystem.Plan(Ordered(i => i), ExtImage.Options with { Uuid = Guid.Empty })));

        static FileTree Ordered(Func<int, int> order)
        {
            FileTree tree = ExtTrees.AllTypes();
            DirectoryInode directory = tree.MakeDirectory("/ordered");
            for (int i = 0; i < 1000; i++)
                directory.Set($"name {order(i)}", ExtImage.TextFile($"content {order(i)}"));
            return tree;
        }
    }

    [Fact]
    public void Any_part_of_the_blob_reads_as_in_the_whole()
    {
        Blob blob = ExtFileSystem.Plan(ExtTrees.AllTypes(), ExtImage.Options).ToBlob();
        byte[] whole = blob.ToArray();
        var random = new Random(3);
        for (int i = 0; i < 300; i++)
        {
            int offset = random.Next(whole.Length);
            byte[] part = new byte[random.Next(1, Math.Min(20_000, whole.Length - offset) + 1)];
            blob.Read(offset, part);
            Assert.True(whole.AsSpan(offset, part.Length).SequenceEqual(part), $"{part.Length} bytes at {offset}");
        }
    }

    [Fact]
    public void Untouched_groups_cost_nothing()
    {
        Blob blob = ExtFileSystem.Plan(new FileTree(), ExtImage.Options with { Size = 64L << 30 }).ToBlob();
        Assert.InRange(blob.DataRanges().Sum(r => r.Length), 1, 12 * Mebi);
    }

    private static string Hash(ExtPlan plan) => Convert.ToHexStringLower(SHA256.HashData(plan.ToBlob().ToArray()));

    private static long Available(ExtPlan plan) =>
        (plan.FreeBlockCount - plan.ReservedBlockCount - Math.Min(plan.BlockCount / 50, 4096)) * plan.BlockSize;

    private static string Header(string image, string[] ignored) => string.Join('\n', Tool.Check("dumpe2fs", "-h", image)
        .Split('\n')
        .Where(l => !l.StartsWith("dumpe2fs", StringComparison.Ordinal))
        .Where(l => !ignored.Contains(l.Split(':')[0])));

    private static FileTree Dense(long bytes)
    {
        var tree = new FileTree();
        for (int i = 0; i < 10 && bytes > 0; i++)
            tree.Set($"/f{i}", new FileInode(new GeneratedBlob(bytes / 10, (_, _) => throw new InvalidOperationException("a plan reads no content"))));
        return tree;
    }
}
