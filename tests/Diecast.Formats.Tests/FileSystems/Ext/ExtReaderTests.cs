using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>What the writer writes, the reader reads.</summary>
public class ExtReaderTests
{
    [Theory]
    [InlineData(1024, 256)]
    [InlineData(4096, 256)]
    [InlineData(4096, 1024)]
    public void One_of_everything_comes_back(int blockSize, int inodeSize)
    {
        FileTree tree = ExtTrees.AllTypes();
        TreeEquality.AssertSame(tree, Read(tree, ExtImage.Options with { BlockSize = blockSize, InodeSize = inodeSize }));
    }

    [Fact]
    public void Holes_stay_holes()
    {
        FileTree tree = ExtTrees.AllTypes();
        FileTree read = Read(tree, ExtImage.Options);
        Assert.Empty(read.ResolveFile("/hole")!.Content.DataRanges());
        Assert.Equal(tree.ResolveFile("/sparse")!.Content.DataRanges(), read.ResolveFile("/sparse")!.Content.DataRanges());

        // Of an image that says nothing of holes, what no extent covers.
        read = ExtFileSystem.Read(Blob.FromMemory(ExtFileSystem.Plan(tree, ExtImage.Options).ToBlob().ToArray()));
        Assert.Equal(
            [new BlobRange(0, 4096), new BlobRange(3_997_696, 8192), new BlobRange(9_998_336, 1664)],
            read.ResolveFile("/sparse")!.Content.DataRanges());
    }

    [Fact]
    public void Deep_extent_trees_come_back()
    {
        var tree = new FileTree();
        tree.Set("/shredded", new FileInode(ExtTrees.Sparse(8192L * 3000, [.. Enumerable.Range(0, 3000).Select(i => (i * 8192L, 100))])));
        TreeEquality.AssertSame(tree, Read(tree, ExtImage.Options with { BlockSize = 1024 }));
    }

    [Fact]
    public void A_large_indexed_directory_comes_back()
    {
        FileTree tree = ExtTrees.Names(30_000);
        TreeEquality.AssertSame(tree, Read(tree, ExtImage.Options with { BlockSize = 1024 }));
    }

    [Fact]
    public void Lost_and_found_is_in_the_tree()
    {
        FileTree read = Read(new FileTree(), ExtImage.Options);
        Assert.Equal(0b111_000_000, Assert.IsType<DirectoryInode>(read.Find("/lost+found")).Mode);
    }

    [Fact]
    public void Opening_reads_a_few_blocks_and_no_directory()
    {
        var image = new CountingBlob(ExtFileSystem.Plan(ExtTrees.Names(5000), ExtImage.Options).ToBlob());
        FileTree tree = ExtFileSystem.Read(image);
        Assert.InRange(image.BytesRead, 1, 3 * 4096);
        Assert.Equal(2, tree.Root.Count);
        Assert.InRange(image.BytesRead, 1, 6 * 4096);
        Assert.Equal(5000, ((DirectoryInode)tree.Find("/d")!).Count);
        Assert.InRange(image.BytesRead, 100_000, long.MaxValue);
    }

    [Fact]
    public void Several_threads_may_read_one_tree()
    {
        FileTree tree = new ExtRandomCase(3).Tree;
        FileTree read = Read(tree, ExtImage.Options);
        Parallel.For(0, 4, _ => TreeEquality.AssertSame(tree, read));
    }

    [Fact]
    public void A_tree_that_was_read_can_be_changed_and_written_again()
    {
        FileTree tree = ExtTrees.AllTypes();
        FileTree read = Read(tree, ExtImage.Options);
        byte[] first = ExtFileSystem.Plan(tree, ExtImage.Options).ToBlob().ToArray();
        Assert.NotNull(read.Remove("/lost+found"));
        Assert.Equal(first, ExtFileSystem.Plan(read, ExtImage.Options).ToBlob().ToArray());
    }

    internal static FileTree Read(FileTree tree, ExtOptions options) =>
        ExtFileSystem.Read(ExtFileSystem.Plan(tree, options).ToBlob());

    private sealed class CountingBlob(Blob source) : Blob(source.Length)
    {
        internal long BytesRead { get; private set; }

        protected override void ReadCore(long offset, Span<byte> destination)
        {
            BytesRead += destination.Length;
            source.Read(offset, destination);
        }
    }
}
