using System.Text;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Archives;

public sealed class CpioWriterTests
{
    private static FileInode Text(string text) => new(Blob.FromText(text));

    [Fact]
    public void An_entry_is_laid_out_as_the_kernels_document_has_it()
    {
        var tree = new FileTree();
        tree.Set("a", new FileInode(Blob.FromText("hello"), 0b111_101_101) { Uid = 10, Gid = 255, ModifiedTime = new Timestamp(0x12345678) });
        string expected =
            "070701" + "00000001" + "000081ed" + "0000000a" + "000000ff" + "00000001" + "12345678" + "00000005"
            + "00000000" + "00000000" + "00000000" + "00000000" + "00000002" + "00000000" + "a\0" + "hello\0\0\0"
            + "070701" + "00000000" + "00000000" + "00000000" + "00000000" + "00000001" + "00000000" + "00000000"
            + "00000000" + "00000000" + "00000000" + "00000000" + "0000000b" + "00000000" + "TRAILER!!!\0\0\0\0";
        Assert.Equal(expected, Encoding.ASCII.GetString(CpioWriter.ToBlob(tree).ToArray()));
    }

    [Fact]
    public void Order_of_making_does_not_matter()
    {
        string[] names = ["b", "a", "dir/z", "dir/a", "dir.x", "c"];
        FileTree Make(IEnumerable<string> order)
        {
            var tree = new FileTree();
            foreach (string name in order)
                tree.Set(name, Text(name));
            return tree;
        }

        Assert.Equal(CpioWriter.ToBlob(Make(names)).ToArray(), CpioWriter.ToBlob(Make(names.Reverse())).ToArray());
    }

    [ToolFact("cpio")]
    public void Gnu_cpio_unpacks_every_kind_of_inode_and_joins_hard_links()
    {
        using var directory = new TempDirectory();
        FileInode shared = Text("shared content");
        var tree = new FileTree();
        tree.MakeDirectory("dir/empty", 0b111_000_000);
        tree.Set("dir/one", shared);
        tree.Set("two", shared);
        tree.Set("link", new SymlinkInode("dir/one"));
        tree.Set("pipe", new SpecialInode(InodeType.Fifo, 0b110_100_000));
        tree.Set("large", new FileInode(Blob.Zeros(100_001)));
        tree.Set("nothing", Text(""));
        File.WriteAllBytes(directory["archive"], CpioWriter.ToBlob(tree).ToArray());
        Directory.CreateDirectory(directory["out"]);
        Tool.Check("sh", "-c", $"cd {directory["out"]} && cpio -idm --no-absolute-filenames <../archive && stat -c '%n %F %a %h %s' $(find . | LC_ALL=C sort) >../list");
        string[] expected =
        [
            "./dir directory 755", "./dir/empty directory 700", "./dir/one regular file 644 2 14", "./large regular file 644 1 100001",
            "./link symbolic link 777 1 7", "./nothing regular empty file 644 1 0", "./pipe fifo 640 1 0", "./two regular file 644 2 14",
        ];
        string[] lines = [.. File.ReadLines(directory["list"]).Skip(1)];
        Assert.Equal(expected.Length, lines.Length);
        Assert.All(expected.Zip(lines), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
        Assert.Equal("shared content", File.ReadAllText(directory["out/dir/one"]));
        Assert.Equal("shared content", File.ReadAllText(directory["out/two"]));
    }

    [ToolFact("bsdtar")]
    public void Libarchive_lists_devices_with_their_numbers()
    {
        using var directory = new TempDirectory();
        var tree = new FileTree();
        tree.Set("dev/console", new SpecialInode(InodeType.CharacterDevice, 0b110_000_000, new DeviceNumber(5, 1)));
        tree.Set("dev/sda", new SpecialInode(InodeType.BlockDevice, 0b110_110_000, new DeviceNumber(8, 300)));
        File.WriteAllBytes(directory["archive"], CpioWriter.ToBlob(tree).ToArray());
        string list = Tool.Check("bsdtar", "-tvf", directory["archive"]);
        Assert.Matches("crw-------.* 5,1 .*dev/console", list);
        Assert.Matches("brw-rw----.* 8,300 .*dev/sda", list);
    }

    [Fact]
    public void What_the_format_cannot_hold_is_refused_by_name()
    {
        static string Refusal(string name, FileInode inode)
        {
            var tree = new FileTree();
            tree.Set(name, inode);
            return Assert.Throws<UnrepresentableException>(() => CpioWriter.ToBlob(tree)).Message;
        }

        Assert.StartsWith("cpio: big: ", Refusal("big", new FileInode(Blob.Zeros(1L << 32))), StringComparison.Ordinal);
        Assert.StartsWith("cpio: old: ", Refusal("old", new FileInode(Blob.Empty) { ModifiedTime = new Timestamp(-1) }), StringComparison.Ordinal);
        Assert.StartsWith("cpio: late: ", Refusal("late", new FileInode(Blob.Empty) { ModifiedTime = new Timestamp(1L << 32) }), StringComparison.Ordinal);
        Assert.StartsWith("cpio: TRAILER!!!: ", Refusal("TRAILER!!!", Text("")), StringComparison.Ordinal);
        var largest = new FileTree();
        largest.Set("largest", new FileInode(Blob.Zeros(uint.MaxValue)));
        Assert.True(CpioWriter.ToBlob(largest).Length > uint.MaxValue);
    }
}
