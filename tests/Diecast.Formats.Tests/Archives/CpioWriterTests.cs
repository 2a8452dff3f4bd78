using System.Text;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Archives;

public sealed class CpioWriterTests
{
    [Fact]
    public void The_layout_is_that_of_the_kernels_documentation()
    {
        var tree = new FileTree();
        tree.Set("/d/f", new FileInode(Blob.FromText("hello"), 0x1ed) { Uid = 10, Gid = 11, ModifiedTime = new Timestamp(255) });
        string text = Encoding.ASCII.GetString(CpioWriter.Write(tree, new CpioOptions { Times = CpioTimes.Keep }).ToArray());
        Assert.Equal(
            "07070100000001000041ed00000000000000000000000200000000000000000000000000000000000000000000000000000002000000"
            + "00d\0"
            + "07070100000002000081ed0000000a0000000b00000001000000ff0000000500000000000000000000000000000000000000040000"
            + "0000d/f\0\0\0hello\0\0\0"
            + "0707010000000000000000000000000000000000000001000000000000000000000000000000000000000000000000000000"
            + "0b00000000TRAILER!!!\0\0\0\0",
            text);
    }

    [ToolFact("bsdtar")]
    public void Bsdtar_unpacks_it()
    {
        using var sample = new SampleDirectory();
        FileTree tree = sample.Read();
        File.WriteAllBytes(sample["a.cpio"], CpioWriter.Write(tree, new CpioOptions { Times = CpioTimes.Keep }).ToArray());
        Directory.CreateDirectory(sample["out"]);
        Tool.Check("bsdtar", "-C", sample["out"], "-xpf", sample["a.cpio"]);
        FileTree back = HostDirectoryReader.Read(sample["out"], new HostDirectoryOptions { Owner = HostOwner.Keep, Xattrs = HostXattrs.All });
        back.Root.ModifiedTime = tree.Root.ModifiedTime;
        Assert.Equal(TreeListing.Of(tree, nanoseconds: false), TreeListing.Of(back, nanoseconds: false));
    }

    [Fact]
    public void Devices_hard_links_and_zero_times_are_written()
    {
        var tree = new FileTree();
        var shared = new FileInode(Blob.FromText("data")) { ModifiedTime = new Timestamp(99) };
        tree.Set("/a", shared);
        tree.Set("/b", shared);
        tree.Set("/console", new SpecialInode(InodeType.CharacterDevice, 0x180, new DeviceNumber(5, 1)));
        string text = Encoding.ASCII.GetString(CpioWriter.Write(tree).ToArray());
        // Both names are inode 1 with two links; only the second has the content.
        Assert.Contains("07070100000001000081a40000000000000000000000020000000000000000", text, StringComparison.Ordinal);
        Assert.Contains("07070100000001000081a40000000000000000000000020000000000000004", text, StringComparison.Ordinal);
        Assert.Contains("07070100000002000021800000000000000000000000010000000000000000000000000000000000000005000000010000000800000000console", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var large = new FileTree();
        large.Set("/f", new FileInode(Blob.Zeros(1L << 32)));
        Assert.Throws<UnrepresentableException>(() => CpioWriter.Write(large));
        var attributes = new FileTree();
        attributes.Set("/f", new FileInode(Blob.Empty) { Xattrs = Xattrs.None.With("user.a", "b"u8.ToArray()) });
        Assert.Throws<UnrepresentableException>(() => CpioWriter.Write(attributes));
    }
}
