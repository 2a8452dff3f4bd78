using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>Whatever the bytes are: a tree, or an InvalidImageException, soon and in little memory.</summary>
public class ExtReaderHostileTests
{
    [Fact]
    public void A_directory_in_itself_is_refused()
    {
        var tree = new FileTree();
        DirectoryInode above = tree.MakeDirectory("/above/below");
        above.Set("file", ExtImage.TextFile("x"));
        byte[] bytes = ExtFileSystem.Plan(tree, ExtImage.Options with { LostAndFound = false }).ToBlob().ToArray();
        uint aboveInode = InodeOf(bytes, "above");
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(EntryOf(bytes, "below")), aboveInode);
        InvalidImageException error = Refused(bytes);
        Assert.Contains("has another name already", error.Message, StringComparison.Ordinal);
        // Again, by its own number.
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(EntryOf(bytes, "below")), ExtFormat.RootInode);
        Refused(bytes);
    }

    [Theory]
    [InlineData("a/me")]
    [InlineData("a\0me")]
    [InlineData("../x")]
    public void A_name_that_leads_elsewhere_is_refused(string name)
    {
        var tree = new FileTree();
        tree.Set("/name", ExtImage.TextFile("x"));
        byte[] bytes = ExtFileSystem.Plan(tree, ExtImage.Options).ToBlob().ToArray();
        System.Text.Encoding.ASCII.GetBytes(name, bytes.AsSpan(EntryOf(bytes, "name") + 8));
        Refused(bytes);
    }

    [Fact]
    public void An_entry_of_no_length_is_refused()
    {
        var tree = new FileTree();
        tree.Set("/name", ExtImage.TextFile("x"));
        byte[] bytes = ExtFileSystem.Plan(tree, ExtImage.Options).ToBlob().ToArray();
        bytes.AsSpan(EntryOf(bytes, "name") + 4, 2).Clear();
        Refused(bytes);
    }

    [Fact]
    public void A_tree_deeper_than_any_path_is_refused_and_one_as_deep_is_not()
    {
        foreach (int depth in (int[])[2048, 2049])
        {
            var tree = new FileTree();
            DirectoryInode directory = tree.Root;
            for (int i = 0; i < depth; i++)
            {
                var below = new DirectoryInode();
                directory.Set("d", below);
                directory = below;
            }

            Blob image = ExtFileSystem.Plan(tree, ExtImage.Options).ToBlob();
            if (depth <= 2048)
                Assert.Equal(depth, ExtFileSystem.Read(image).Walk().Count(e => e.Name == "d"));
            else
                Assert.Throws<InvalidImageException>(() => ExtFileSystem.Read(image).Walk().Count());
        }
    }

    [Fact]
    public void An_image_that_was_cut_off_is_refused()
    {
        byte[] bytes = ExtFileSystem.Plan(SmallTree(), ExtImage.Options).ToBlob().ToArray();
        foreach (int length in (int[])[0, 1, 1024, 2047, 2048, 5000, bytes.Length - 1])
            Refused(bytes.AsSpan(0, length).ToArray());
        Walk(bytes);
    }

    [Fact]
    public void Extent_trees_that_lead_astray_are_refused()
    {
        var tree = new FileTree();
        tree.Set("/shredded", new FileInode(ExtTrees.Sparse(4096L * 200, [.. Enumerable.Range(0, 200).Select(i => (i * 4096L, 100))])));
        byte[] good = ExtFileSystem.Plan(tree, ExtImage.Options with { BlockSize = 1024 }).ToBlob().ToArray();
        // The root: some entries, room for four, depth 1.
        int root = Enumerable.Range(0, good.Length / 4).Select(i => i * 4).First(
            i => good.AsSpan(i, 2).SequenceEqual((byte[])[0x0a, 0xf3]) && good[i + 4] == 4 && good[i + 6] == 1);
        Assert.InRange(good[root + 2], 2, 4);
        Walk(good);
        Broken(b => b[root + 6] = 6, "depth");
        Broken(b => b[root + 6] = 2, "depth");
        Broken(b => b[root + 2] = 5, "entries");
        Broken(b => b.AsSpan(root + 12, 12).CopyTo(b.AsSpan(root + 24)), "order");
        Broken(b => b.AsSpan(root + 16, 4).CopyTo(b.AsSpan(root + 28)), "order");
        Broken(b => BinaryPrimitives.WriteUInt32LittleEndian(b.AsSpan(root + 16), 0x7fffffff), "blocks at");
        Broken(b => b.AsSpan(root + 16, 4).Clear(), "blocks at");
        // The leaf becomes a node that points at itself.
        int leaf = 1024 * (int)BinaryPrimitives.ReadUInt32LittleEndian(good.AsSpan(root + 16));
        Broken(b =>
        {
            b[root + 6] = 2;
            b[leaf + 2] = 1;
            b[leaf + 6] = 1;
            b.AsSpan(root + 16, 6).CopyTo(b.AsSpan(leaf + 16));
        }, "depth 1");

        void Broken(Action<byte[]> change, string message)
        {
            byte[] bad = [.. good];
            change(bad);
            Assert.Contains(message, Refused(bad).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_claim_of_a_million_times_the_size_is_refused_for_the_image_and_a_hole_for_a_file()
    {
        var tree = new FileTree();
        tree.Set("/file", ExtImage.TextFile("x"));
        byte[] bytes = ExtFileSystem.Plan(tree, ExtImage.Options).ToBlob().ToArray();
        uint blocks = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(1024 + 4));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(1024 + 4), blocks * 1_000_000);
        Assert.Contains("it claims", Refused(bytes).Message, StringComparison.Ordinal);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(1024 + 4), blocks);

        var descriptor = bytes.AsSpan(4096);
        long table = 4096L * BinaryPrimitives.ReadUInt32LittleEndian(descriptor[8..]);
        int inode = (int)table + (256 * ((int)InodeOf(bytes, "file") - 1));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(inode + 0x6c), 1000);
        Blob content = ExtFileSystem.Read(Blob.FromMemory(bytes)).ResolveFile("/file")!.Content;
        Assert.Equal((1000L << 32) + 1, content.Length);
        Assert.Equal(4096, content.DataRanges().Sum(r => r.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(inode + 0x6c), 5000);
        Assert.Contains("claims", Refused(bytes).Message, StringComparison.Ordinal);
    }

    private static int EntryOf(byte[] image, string name)
    {
        byte[] ascii = [(byte)name.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(name)];
        for (int at = 0; ; at++)
        {
            at += image.AsSpan(at).IndexOf(ascii.AsSpan(2));
            if (image[at - 2] == ascii[0])
                return at - 8;
        }
    }

    private static uint InodeOf(byte[] image, string name) => BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(EntryOf(image, name)));

    private static InvalidImageException Refused(byte[] image) => Assert.Throws<InvalidImageException>(() => Walk(image));

    private static void Walk(byte[] image) => ExtMutations.Walk(image);

    internal static FileTree SmallTree()
    {
        FileTree tree = ExtTrees.Names(40, "/many/d");
        tree.Set("/file", new FileInode(Blob.FromMemory(ExtImage.Bytes(9000))));
        tree.Set("/shredded", new FileInode(ExtTrees.Sparse(100_000, [.. Enumerable.Range(0, 10).Select(i => (i * 4096L, 100))])));
        tree.Set("/slow", new SymlinkInode(new string('s', 100)));
        tree.Set("/fast", new SymlinkInode("file"));
        tree.Set("/device", new SpecialInode(InodeType.BlockDevice, 0, new DeviceNumber(1, 2)));
        tree.Set("/hard", tree.Find("/file")!);
        var attributed = ExtImage.TextFile("x");
        attributed.Xattrs = Xattrs.Create([new Xattr("user.a", ExtImage.Bytes(10)), new Xattr("user.b", ExtImage.Bytes(300)), new Xattr("system.posix_acl_access", ExtTrees.Acl)]);
        tree.Set("/attributed", attributed);
        return tree;
    }
}
