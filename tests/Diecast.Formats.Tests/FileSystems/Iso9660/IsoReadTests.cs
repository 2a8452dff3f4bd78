using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Iso9660;

/// <summary>What is written is read again, by ourselves and by others.</summary>
public class IsoReadTests
{
    [Fact]
    public void A_tree_comes_back_by_rock_ridge() =>
        TreeEquality.AssertSame(IsoImage.AllTypes(), Read(IsoImage.Options));

    [Fact]
    public void A_tree_comes_back_from_a_second_set_of_directories()
    {
        IsoOptions options = IsoImage.Options with { PartitionOffset = true, Joliet = IsoJoliet.Long };
        Blob image = IsoFileSystem.Plan(IsoImage.AllTypes(), options).ToBlob();
        TreeEquality.AssertSame(IsoImage.AllTypes(), IsoFileSystem.Read(image));
        TreeEquality.AssertSame(IsoImage.AllTypes(), IsoFileSystem.Read(image.Slice(16 * 2048)));
    }

    [Fact]
    public void Directories_that_were_moved_are_where_they_belong()
    {
        IsoOptions options = IsoImage.Options with { DeepDirectories = IsoDeepDirectories.Relocate };
        TreeEquality.AssertSame(IsoImage.AllTypes(), Read(options));
        var tree = IsoImage.AllTypes();
        tree.Set("/rr_moved/x", IsoImage.Text("x"));
        TreeEquality.AssertSame(tree, IsoFileSystem.Read(IsoFileSystem.Plan(tree, options).ToBlob()));
    }

    [Fact]
    public void Equal_content_is_stored_once_and_stays_two_files()
    {
        var tree = IsoImage.AllTypes();
        tree.Set("/copy", new FileInode(Blob.FromMemory(IsoImage.Bytes(70_001))));
        IsoOptions options = IsoImage.Options with { ShareEqualContent = true };
        IsoPlan shared = IsoFileSystem.Plan(tree, options);
        Assert.Equal(IsoFileSystem.Plan(tree, IsoImage.Options).Length - (35 * 2048), shared.Length);
        TreeEquality.AssertSame(tree, IsoFileSystem.Read(shared.ToBlob()));
    }

    [Fact]
    public void Directories_that_are_read_in_parts_are_those_that_are_read_at_once()
    {
        var tree = IsoImage.AllTypes();
        for (int i = 0; i < 400; i++)
            tree.Set($"/many/{new string('n', i % 90)}{i}/{i}", IsoImage.Text("x"));
        Blob image = IsoFileSystem.Plan(tree, IsoImage.Options with { Joliet = IsoJoliet.Long, PartitionOffset = true }).ToBlob();
        byte[] whole = image.ToArray();
        byte[] sectors = new byte[whole.Length];
        for (int at = 0; at < whole.Length; at += 2048)
            image.Read(at, sectors.AsSpan(at, Math.Min(2048, whole.Length - at)));
        Assert.True(whole.AsSpan().SequenceEqual(sectors));
        var random = new Random(1);
        for (int i = 0; i < 500; i++)
        {
            int from = random.Next(whole.Length);
            byte[] part = new byte[random.Next(Math.Min(20_000, whole.Length - from))];
            image.Read(from, part);
            Assert.True(whole.AsSpan(from, part.Length).SequenceEqual(part), $"{part.Length} bytes at {from}");
        }
    }

    [Fact]
    public void Numbered_names_go_on_where_they_ended_and_pass_those_that_are_taken()
    {
        var tree = new FileTree();
        foreach (string name in (string[])["a!", "a#", "a%", "a_1", "a_2", "b.", "b!.x", "b#.x"])
            tree.Set("/" + name, IsoImage.Text(name));
        tree.MakeDirectory("/a&");
        tree.MakeDirectory("/a+");
        FileTree read = IsoFileSystem.Read(IsoFileSystem.Plan(tree, IsoImage.Options with { RockRidge = false }).ToBlob());
        Assert.Equal(["/A_", "/A_1", "/A_11", "/A_2", "/A_21", "/A_3", "/A_4", "/B", "/B_.X", "/B_1.X"], read.Walk().Select(e => e.Path));
        Assert.Equal(["a!", "a#", "a_1", "a%", "a_2"], ((string[])["/A_", "/A_1", "/A_11", "/A_2", "/A_21"]).Select(p => read.ReadText(p)));
    }

    [Theory]
    [InlineData(IsoJoliet.Short, 64)]
    [InlineData(IsoJoliet.Long, 103)]
    public void Joliet_names_are_read_where_there_is_no_rock_ridge(IsoJoliet joliet, int longest)
    {
        var tree = new FileTree();
        tree.Set("/Grüße 名.txt", IsoImage.Text("a"));
        tree.Set("/a:b", IsoImage.Text("b"));
        tree.Set("/a_b", IsoImage.Text("c"));
        tree.Set("/dir/" + new string('n', 150) + "1.tar", IsoImage.Text("d"));
        tree.Set("/dir/" + new string('n', 150) + "2.tar", IsoImage.Text("e"));
        FileTree read = IsoFileSystem.Read(IsoFileSystem.Plan(tree, IsoImage.Options with { RockRidge = false, Joliet = joliet }).ToBlob());
        Assert.Equal(
            ["/Grüße 名.txt", "/a_b", "/a_b1", "/dir", $"/dir/{new string('n', longest - 5)}1.tar", $"/dir/{new string('n', longest - 4)}.tar"],
            read.Walk().Select(e => e.Path));
        Assert.Equal("b", read.ReadText("/a_b"));
        Assert.Equal("d", read.ReadText($"/dir/{new string('n', longest - 4)}.tar"));
    }

    [Theory]
    [InlineData(1, new[] { "/AB_.TXT", "/AB_1.TXT", "/A_RATHER.LON", "/A_RATHE1.LON", "/DIR_X", "/NODOT", "/_HIDDEN" })]
    [InlineData(2, new[] { "/AB_.TXT", "/AB_1.TXT", "/A_RATHER_LONG_NAME_OF_A_FIL.LON", "/A_RATHER_LONG_NAME_OF_B_FIL.LON", "/DIR_X", "/NODOT", "/_HIDDEN" })]
    public void Plain_names_are_made_of_others_and_are_unique(int level, string[] expected)
    {
        var tree = new FileTree();
        foreach (string name in (string[])["ab+.txt", "ab-.txt", "nodot", ".hidden", "a rather long name of a file.longextension", "a rather long name of b file.longextension"])
            tree.Set("/" + name, IsoImage.Text(name));
        tree.MakeDirectory("/dir.x");
        FileTree read = IsoFileSystem.Read(IsoFileSystem.Plan(tree, IsoImage.Options with { RockRidge = false, Level = level }).ToBlob());
        Assert.Equal(expected.Order(StringComparer.Ordinal), read.Walk().Select(e => e.Path));
    }

    [Theory]
    [InlineData((1L << 32) - 2048)]
    [InlineData((1L << 32) - 1)]
    [InlineData(1L << 32)]
    [InlineData((6L << 30) + 1)]
    public void A_large_file_is_in_sections(long length)
    {
        var content = new BlobBuilder();
        content.Add(0, Blob.FromText("first"));
        content.Add(length - 4, Blob.FromText("last"));
        var tree = new FileTree();
        tree.Set("/large", new FileInode(content.ToBlob()));
        tree.Set("/small", IsoImage.Text("behind"));
        IsoOptions options = IsoImage.Options;
        FileTree read = IsoFileSystem.Read(IsoFileSystem.Plan(tree, options).ToBlob());
        TreeEquality.AssertSame(tree, read);
        if (length > uint.MaxValue - 2047)
            Assert.Throws<UnrepresentableException>(() => IsoFileSystem.Plan(tree, options with { Level = 2 }));
    }

    [Theory]
    [InlineData(0x8000)]
    [InlineData(0x10000)]
    [InlineData(0x20000)]
    public void Compressed_files_are_read(int blockSize)
    {
        var tree = IsoImage.AllTypes();
        byte[] text = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i / 1000 % 256))];
        tree.Set("/compressible", new FileInode(Blob.FromMemory(text)));
        tree.Set("/boot/compressible", new FileInode(Blob.FromMemory(text)));
        tree.Set("/holes", new FileInode(Blob.Zeros(1_000_000)));
        IsoOptions options = IsoImage.Options with { Zisofs = new IsoZisofs { BlockSize = blockSize } };
        byte[] image = IsoImage.PackToArray(tree, options);
        Assert.InRange(image.Length, 300_000 + 300_000, 300_000 + 300_000 + 300_000);
        TreeEquality.AssertSame(tree, IsoFileSystem.Read(Blob.FromMemory(image)));
    }

    private static FileTree Read(IsoOptions options) =>
        IsoFileSystem.Read(IsoFileSystem.Plan(IsoImage.AllTypes(), options).ToBlob());
}
