using System.Text;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Archives;

public sealed class TarWriterTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        FileTree tree = Tree();
        Assert.Equal(TreeListing.Of(tree), TreeListing.Of(TarReader.Read(TarWriter.Write(tree))));
    }

    [Fact]
    public void Equal_trees_give_equal_bytes() =>
        Assert.Equal(TarWriter.Write(Tree()).ToArray(), TarWriter.Write(Tree()).ToArray());

    [Fact]
    public void Names_at_the_limits_of_the_fields_come_back()
    {
        var tree = new FileTree();
        foreach (int length in (int[])[95, 96, 97, 98, 99, 100, 101, 150, 151, 152, 153, 154, 155, 156, 157, 250, 255])
        {
            tree.Set("/" + new string('a', length), new FileInode(Blob.FromText("x")));
            tree.Set($"/{new string('d', length)}/{new string('e', length)}/f", new SymlinkInode(new string('t', length)));
            tree.MakeDirectory($"/{new string('g', length)}/{new string('h', length)}");
        }

        Assert.Equal(TreeListing.Of(tree), TreeListing.Of(TarReader.Read(TarWriter.Write(tree))));
    }

    [ToolTheory("tar", "bsdtar", "setfattr")]
    [InlineData("tar", "--xattrs", "--xattrs-include=*")]
    [InlineData("bsdtar", "--xattrs")]
    public void Other_tars_unpack_it(string tool, params string[] arguments)
    {
        using var sample = new SampleDirectory();
        // bsdtar does not decode GNU tar's escapes in names of attributes.
        Tool.Check("setfattr", "-n", tool == "tar" ? "user.odd=name%" : "user.plain", "-v", "value", Path.Combine(sample.Root, "usr/bin/tool"));
        FileTree tree = sample.Read();
        File.WriteAllBytes(sample["a.tar"], TarWriter.Write(tree).ToArray());
        Directory.CreateDirectory(sample["out"]);
        Tool.Check(tool, [.. arguments, "-C", sample["out"], "-xpf", sample["a.tar"]]);
        FileTree back = HostDirectoryReader.Read(sample["out"], new HostDirectoryOptions { Owner = HostOwner.Keep, Xattrs = HostXattrs.All });
        // bsdtar leaves the time of the directory that it stands in.
        back.Root.ModifiedTime = tree.Root.ModifiedTime;
        Assert.Equal(TreeListing.Of(tree), TreeListing.Of(back));
    }

    [Fact]
    public void A_socket_cannot_be_stored()
    {
        var tree = new FileTree();
        tree.Set("/s", new SpecialInode(InodeType.Socket, 0x1b6));
        Assert.Contains("./s", Assert.Throws<UnrepresentableException>(() => TarWriter.Write(tree)).Message, StringComparison.Ordinal);
    }

    internal static FileTree Tree()
    {
        var tree = new FileTree();
        tree.Root.Mode = 0x1c0;
        var shared = new FileInode(Blob.FromText("shared"), 0x9ed)
        {
            ModifiedTime = new Timestamp(-3, 250_000_000),
            Xattrs = Xattrs.None.With("user.a=b%", "v\n\0"u8.ToArray()),
            Uid = 3_000_000,
            Gid = 4_000_000_000,
        };
        tree.Set("/a/one", shared);
        tree.Set("/z/two", shared);
        tree.Set("/a/link", new SymlinkInode(new string('t', 200)) { ModifiedTime = new Timestamp(5, 1) });
        tree.Set("/dev/null", new SpecialInode(InodeType.CharacterDevice, 0x1b6, new DeviceNumber(1, 3)));
        tree.Set("/dev/sda", new SpecialInode(InodeType.BlockDevice, 0x1b0, new DeviceNumber(8, 300_000)));
        tree.Set("/pipe", new SpecialInode(InodeType.Fifo, 0x1b6));
        tree.Set("/" + new string('n', 200), new FileInode(Blob.FromText(new string('c', 1000))));
        tree.Root.Set(new FileName([0xff, (byte)'x']), new FileInode(Blob.FromMemory(Encoding.ASCII.GetBytes("bytes"))));
        tree.Set("/future", new FileInode(Blob.Empty) { ModifiedTime = new Timestamp(0x3_0000_0000) });
        return tree;
    }
}
