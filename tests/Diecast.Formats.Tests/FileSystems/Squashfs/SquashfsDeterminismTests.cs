using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Squashfs;

/// <summary>The bytes are a function of the tree's content and the options.</summary>
public class SquashfsDeterminismTests
{
    [Theory]
    [InlineData(SquashfsCompression.Gzip)]
    [InlineData(SquashfsCompression.Lz4)]
    [InlineData(SquashfsCompression.Zstd)]
    [InlineData(SquashfsCompression.None)]
    public void Any_number_of_cores_makes_the_same_bytes(SquashfsCompression compression)
    {
        FileTree tree = new SquashfsRandomCase(7).Tree;
        SquashfsOptions options = SquashfsImage.Options with { Compression = compression, BlockSize = 16384, CompressionLevel = null };
        using var one = new SquashfsImage(tree, options, workers: 1);
        byte[] expected = File.ReadAllBytes(one.Path);
        foreach (int workers in (int[])[2, 5, 16])
        {
            using var many = new SquashfsImage(tree, options, workers);
            Assert.Equal(expected, File.ReadAllBytes(many.Path));
        }
    }

    [Fact]
    public void Holes_and_zeros_are_the_same()
    {
        byte[] content = new byte[700_000];
        content[400_000] = 1;
        var zeros = new FileTree();
        zeros.Set("/f", new FileInode(Blob.FromMemory(content)));
        zeros.Set("/g", new FileInode(Blob.FromMemory(new byte[1000])));
        var holes = new FileTree();
        var builder = new BlobBuilder();
        builder.Add(400_000, new byte[] { 1 });
        holes.Set("/f", new FileInode(builder.ToBlob(700_000)));
        holes.Set("/g", new FileInode(Blob.Zeros(1000)));
        using var first = new SquashfsImage(zeros);
        using var second = new SquashfsImage(holes);
        Assert.Equal(File.ReadAllBytes(first.Path), File.ReadAllBytes(second.Path));
    }

    [Fact]
    public void Hard_links_that_are_ignored_leave_no_trace()
    {
        FileTree Make(bool linked)
        {
            var tree = new FileTree();
            foreach (int size in (int[])[0, 100, 5000, 400_000])
            {
                var first = new FileInode(Blob.FromMemory(SquashfsTrees.Bytes(size)));
                tree.Set($"/a/{size}", first);
                tree.Set($"/b/{size}", linked ? first : new FileInode(Blob.FromMemory(SquashfsTrees.Bytes(size))));
            }

            return tree;
        }

        foreach (bool duplicates in (bool[])[true, false])
        {
            SquashfsOptions options = SquashfsImage.Options with { HardLinks = SquashfsHardLinks.Ignore, Duplicates = duplicates };
            using var linked = new SquashfsImage(Make(true), options);
            using var single = new SquashfsImage(Make(false), options);
            Assert.Equal(File.ReadAllBytes(single.Path), File.ReadAllBytes(linked.Path));
            TreeEquality.AssertSame(Make(false), linked.Read());
        }
    }

    [Fact]
    public void Equal_files_are_stored_once()
    {
        var tree = new FileTree();
        for (int i = 0; i < 20; i++)
        {
            tree.Set($"/large-{i}", new FileInode(Blob.FromMemory(SquashfsTrees.Bytes(1_000_000))));
            tree.Set($"/small-{i}", new FileInode(Blob.FromMemory(SquashfsTrees.Bytes(50_000))));
        }

        using var once = new SquashfsImage(tree);
        using var often = new SquashfsImage(tree, SquashfsImage.Options with { Duplicates = false });
        Assert.InRange(once.Plan.Length, 1_050_000, 1_100_000);
        Assert.InRange(often.Plan.Length, 21_000_000, 22_000_000);
        TreeEquality.AssertSame(tree, once.Read());
        TreeEquality.AssertSame(tree, often.Read());
        Assert.True(once.Info.Flags.HasFlag(SquashfsFlags.Duplicates));
        Assert.False(often.Info.Flags.HasFlag(SquashfsFlags.Duplicates));
    }

    [Fact]
    public void Several_images_share_a_spool()
    {
        using var directory = new TempDirectory();
        using var spool = ContentSpool.CreateTemporary(directory.Path);
        FileTree tree = SquashfsTrees.AllTypes();
        SquashfsPlan first = SquashfsFileSystem.Pack(tree, SquashfsImage.Options, spool);
        SquashfsPlan second = SquashfsFileSystem.Pack(tree, SquashfsImage.Options with { Compression = SquashfsCompression.Lz4 }, spool);
        SquashfsPlan third = SquashfsFileSystem.Pack(tree, SquashfsImage.Options, spool);
        Assert.Equal(first.ToBlob().ToArray(), third.ToBlob().ToArray());
        TreeEquality.AssertSame(tree, SquashfsFileSystem.Read(first.ToBlob()));
        TreeEquality.AssertSame(tree, SquashfsFileSystem.Read(second.ToBlob()));
    }
}
