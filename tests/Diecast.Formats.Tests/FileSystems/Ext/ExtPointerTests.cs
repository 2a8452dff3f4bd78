using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>Files that are mapped by block pointers, as in ext2 and ext3.</summary>
public class ExtPointerTests
{
    private const long Mebi = 1L << 20;
    private const long Gibi = 1L << 30;
    private const long Tebi = 1L << 40;

    // Blocks of 1 KiB: 12 direct, 256 below one block, 65536 below two levels, then three.
    [ToolTheory("e2fsck", "debugfs")]
    [InlineData(11, 0)]
    [InlineData(12, 0)]
    [InlineData(13, 1)]
    [InlineData(12 + 256, 1)]
    [InlineData(12 + 256 + 1, 3)]
    [InlineData(12 + 256 + 256, 3)]
    [InlineData(12 + 256 + 257, 4)]
    public void A_dense_file_has_the_blocks_of_pointers_that_it_needs(int blocks, int pointerBlocks)
    {
        var tree = new FileTree();
        tree.Set("/f", new FileInode(Blob.FromMemory(ExtImage.Bytes(blocks * 1024))));
        using var image = new ExtImage(tree, ExtImage.Options with { Profile = ExtProfile.Ext2, BlockSize = 1024 });
        image.IsClean().Holds(tree);
        Assert.Contains($"Blockcount: {(blocks + pointerBlocks) * 2}\n", image.Debug("stat /f"), StringComparison.Ordinal);
        TreeEquality.AssertSame(tree, image.Read());
    }

    // One block of content at a logical number, and how many blocks of pointers lead there.
    [ToolTheory("e2fsck", "debugfs")]
    [InlineData(0, 0)]
    [InlineData(11, 0)]
    [InlineData(12, 1)]
    [InlineData(267, 1)]
    [InlineData(268, 2)]
    [InlineData(12 + 256 + 65535, 2)]
    [InlineData(12 + 256 + 65536, 3)]
    [InlineData(12 + 256 + 65536 + (256 * 65536) - 1, 3)]
    public void A_lone_block_has_no_more_than_the_way_to_it(long logical, int pointerBlocks)
    {
        var tree = new FileTree();
        tree.Set("/f", new FileInode(ExtTrees.Sparse((logical + 1) * 1024, (logical * 1024, 1024))));
        using var image = new ExtImage(tree, ExtImage.Options with { Profile = ExtProfile.Ext2, BlockSize = 1024 });
        image.IsClean();
        Assert.Contains($"Blockcount: {(1 + pointerBlocks) * 2}\n", image.Debug("stat /f"), StringComparison.Ordinal);
        string block = image.Debug($"bmap /f {logical}").Split('\n').First(l => l.Length > 0 && char.IsAsciiDigit(l[0]));
        byte[] bytes = new byte[1024];
        using FileStream stream = File.OpenRead(image.Path);
        stream.Position = long.Parse(block, CultureInfo.InvariantCulture) * 1024;
        stream.ReadExactly(bytes);
        Assert.Equal(ExtImage.Bytes(1024, (int)(logical * 1024 % 1000)), bytes);
        TreeEquality.AssertSameMaps(tree, image.Read());
    }

    [ToolTheory("e2fsck", "debugfs")]
    [InlineData(1024, 1)]
    [InlineData(1024, 2)]
    [InlineData(2048, 3)]
    [InlineData(4096, 4)]
    public void Holes_of_all_sizes_read_back(int blockSize, int seed)
    {
        var random = new Random(seed);
        var builder = new BlobBuilder();
        long at = 0;
        for (int i = 0; i < 600; i++)
        {
            at += 1L << random.Next(random.Next(8, 20));
            byte[] part = ExtImage.Bytes(random.Next(1, 9000), i);
            builder.Add(at, part);
            at += part.Length;
        }

        var tree = new FileTree();
        tree.Set("/f", new FileInode(builder.ToBlob(at + 777)));
        using var image = new ExtImage(tree, ExtImage.Options with { Profile = ExtProfile.Ext3, BlockSize = blockSize });
        image.IsClean().Holds(tree);
        TreeEquality.AssertSame(tree, image.Read());
        Assert.Equal(image.Plan.Length, ExtFileSystem.Plan(tree, ExtImage.Options with { Profile = ExtProfile.Ext3, BlockSize = blockSize, Size = image.Plan.Length }).Length);
        Assert.Throws<DoesNotFitException>(() => ExtFileSystem.Plan(
            tree, ExtImage.Options with { Profile = ExtProfile.Ext3, BlockSize = blockSize, Size = image.Plan.Length - blockSize }));
    }

    [ToolTheory("e2fsck")]
    [InlineData(1024, 400 * Mebi)]
    [InlineData(4096, 9 * Gibi)]
    public void A_dense_file_across_groups_is_clean(int blockSize, long length)
    {
        var tree = new FileTree();
        tree.Set("/dense", new FileInode(new GeneratedBlob(length, (_, _) => throw new InvalidOperationException("a plan reads no content"))));
        ExtPlan plan = ExtFileSystem.Plan(tree, ExtImage.Options with { Profile = ExtProfile.Ext3.With("^resize_inode"), BlockSize = blockSize });
        using var directory = new TempDirectory();
        using (var file = new FileStream(directory["image"], FileMode.CreateNew))
        {
            Blob blob = plan.ToBlob();
            file.SetLength(blob.Length);
            blob.Emit(new ExtMetadataSink(file, plan));
        }

        (int exitCode, string output) = Tool.Run("e2fsck", "-fn", directory["image"]);
        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public void A_file_past_its_pointers_is_refused()
    {
        foreach ((int blockSize, long limit) in new[]
        {
            (1024, (12L + 256 + (256 * 256) + (256L * 256 * 256)) * 1024),
            (4096, (12L + 1024 + (1024 * 1024) + (1024L * 1024 * 1024)) * 4096),
        })
        {
            ExtOptions options = ExtImage.Options with { Profile = ExtProfile.Ext2, BlockSize = blockSize };
            ExtFileSystem.Plan(Sparse(limit), options);
            UnrepresentableException fault = Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(Sparse(limit + 1), options));
            Assert.Equal("/huge", fault.Path);
        }

        static FileTree Sparse(long length)
        {
            var tree = new FileTree();
            tree.Set("/huge", new FileInode(Blob.Zeros(length)));
            return tree;
        }
    }

    [Theory]
    [InlineData("ext2", 2 * Tebi, false)]
    [InlineData("ext2", (2 * Tebi) - (4 * Gibi), true)]
    [InlineData("compat", 2 * Tebi, true)]
    [InlineData("compat,^huge_file", 2 * Tebi, false)]
    [InlineData("ext2,^large_file,^resize_inode", 2 * Gibi, false)]
    [InlineData("ext2,^large_file,^resize_inode", (2 * Gibi) - 1, true)]
    public void Without_huge_file_and_large_file_files_are_smaller(string profile, long length, bool fits)
    {
        string[] names = profile.Split(',');
        ExtOptions options = ExtImage.Options with { Profile = ExtProfile.Find(names[0])!.With(names[1..]) };
        var tree = new FileTree();
        tree.Set("/dense", new FileInode(new GeneratedBlob(length, (_, _) => throw new InvalidOperationException("a plan reads no content"))));
        if (fits)
            Assert.True(ExtFileSystem.Plan(tree, options).Length > length);
        else
            Assert.Equal("/dense", Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(tree, options)).Path);
    }
}
