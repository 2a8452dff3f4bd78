using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Squashfs;

public class SquashfsScaleTests
{
    [MountFact]
    public void A_hundred_thousand_names_in_a_directory_are_found()
    {
        const int count = 100_000;
        var tree = new FileTree();
        DirectoryInode crowd = tree.MakeDirectory("/crowd");
        for (int i = 0; i < count; i++)
            crowd.Set($"file-{i:d6}", new FileInode(i % 1000 == 0 ? Blob.FromText($"{i}") : Blob.Empty));
        using var image = new SquashfsImage(tree, SquashfsImage.Options with { Compression = SquashfsCompression.Lz4 });
        DirectoryInode read = Assert.IsType<DirectoryInode>(image.Read().Find("/crowd"));
        Assert.Equal(count, read.Count);
        using var mount = new LoopMount(image.Path, "ro", "squashfs");
        for (int i = 0; i < count; i += 7000)
            Assert.Equal($"{i}", File.ReadAllText($"{mount.Path}/crowd/file-{i:d6}"));
        Assert.False(File.Exists($"{mount.Path}/crowd/file-0"));
        Assert.Equal(count, Directory.GetFiles($"{mount.Path}/crowd").Length);
    }

    [MountTheory("unsquashfs")]
    [InlineData(SquashfsFragments.SmallFiles)]
    [InlineData(SquashfsFragments.TailEnds)]
    public void A_file_of_more_than_4_GiB_has_its_bytes_where_they_were(SquashfsFragments fragments)
    {
        const long length = (5L << 30) + 12345;
        (long Offset, int Length)[] data = [(0, 1), ((1L << 32) - 5, 10), ((1L << 32) + 500_000, 300_000), (length - 1, 1)];
        var tree = new FileTree();
        tree.Set("/large", new FileInode(SquashfsTrees.Sparse(length, data)));
        tree.Set("/empty", new FileInode(Blob.Zeros(1L << 40)));
        using var image = new SquashfsImage(tree, SquashfsImage.Options with { Fragments = fragments });
        FileTree read = image.Read();
        TreeEquality.AssertSame(tree, read);
        Assert.Empty(Assert.IsType<FileInode>(read.Find("/empty")).Content.DataRanges());
        using var mount = new LoopMount(image.Path, "ro", "squashfs");
        using FileStream file = File.OpenRead($"{mount.Path}/large");
        Assert.Equal(length, file.Length);
        Blob expected = Assert.IsType<FileInode>(tree.Find("/large")).Content;
        foreach ((long offset, int count) in data)
        {
            byte[] bytes = new byte[count + (offset + count < length ? 100 : 0)];
            byte[] wanted = new byte[bytes.Length];
            file.Position = offset;
            file.ReadExactly(bytes);
            expected.Read(offset, wanted);
            Assert.Equal(wanted, bytes);
        }
    }

    [Fact]
    public void Reading_a_block_does_not_read_the_rest()
    {
        var tree = new FileTree();
        tree.Set("/f", new FileInode(Blob.FromMemory(SquashfsTrees.Bytes(20_000_000))));
        using var image = new SquashfsImage(tree);
        byte[] bytes = image.Blob.ToArray();
        long count = 0;
        var counted = new GeneratedBlob(bytes.Length, (offset, destination) =>
        {
            count += destination.Length;
            bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
        });
        byte[] read = new byte[10];
        Assert.IsType<FileInode>(SquashfsFileSystem.Read(counted).Find("/f")).Content.Read(10_000_000, read);
        Assert.Equal(SquashfsTrees.Bytes(20_000_000)[10_000_000..10_000_010], read);
        Assert.InRange(count, 1, 200_000);
    }
}
