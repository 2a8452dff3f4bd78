using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>File systems for GNU/Hurd.</summary>
public class ExtHurdTests
{
    private static readonly ExtOptions Options = ExtImage.Options with { Profile = ExtProfile.Hurd };

    [ToolTheory("e2fsck", "debugfs")]
    [InlineData(1024)]
    [InlineData(4096)]
    public void A_translator_stands_in_a_block_of_its_own(int blockSize)
    {
        FileTree tree = Tree();
        using var image = new ExtImage(tree, Options with { BlockSize = blockSize });
        image.IsClean();
        string stat = image.Debug("stat /dev/hd0");
        Assert.Contains("Translator: ", stat, StringComparison.Ordinal);
        Assert.DoesNotContain("gnu.translator", stat, StringComparison.Ordinal);
        Assert.Contains($"Blockcount: {blockSize / 512}\n", stat, StringComparison.Ordinal);
        TreeEquality.AssertSame(tree, image.Read());

        string number = stat.Split("Translator: ")[1].Split(['\n', ' '])[0];
        byte[] block = new byte[blockSize];
        using FileStream stream = File.OpenRead(image.Path);
        stream.Position = long.Parse(number, CultureInfo.InvariantCulture) * blockSize;
        stream.ReadExactly(block);
        Assert.Equal(Disk.Length, BinaryPrimitives.ReadUInt16LittleEndian(block));
        Assert.Equal(Disk, block[2..(2 + Disk.Length)]);
        Assert.All(block[(2 + Disk.Length)..], b => Assert.Equal(0, b));

        // "located at block 5, offset 0x0600"
        string[] place = image.Debug("imap /dev/hd0").Split("located at block ")[1].Split('\n')[0].Split(", offset 0x");
        byte[] inode = new byte[128];
        stream.Position = (long.Parse(place[0], CultureInfo.InvariantCulture) * blockSize) + long.Parse(place[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        stream.ReadExactly(inode);
        Assert.Equal(1234, BinaryPrimitives.ReadInt32LittleEndian(inode.AsSpan(0x7c)));
    }

    [ToolFact("e2fsck", "debugfs")]
    public void A_translator_may_be_an_attribute()
    {
        FileTree tree = Tree();
        using var image = new ExtImage(tree, Options with { Translators = ExtTranslators.Xattr });
        image.IsClean();
        Assert.Contains("gnu.translator", image.Debug("stat /dev/hd0"), StringComparison.Ordinal);
        TreeEquality.AssertSame(tree, image.Read());
    }

    [ToolFact("e2fsck", "debugfs")]
    public void What_debugfs_makes_a_translator_is_read()
    {
        var tree = new FileTree();
        tree.Set("/hurd", new FileInode(Blob.Empty));
        byte[] content = new byte[4096];
        BinaryPrimitives.WriteUInt16LittleEndian(content, 6);
        "/hurd\0"u8.CopyTo(content.AsSpan(2));
        tree.Set("/block", new FileInode(Blob.FromMemory(content)));
        using var image = new ExtImage(tree, Options);
        string block = image.Debug("bmap /block 0").Split('\n').First(l => l.Length > 0 && char.IsAsciiDigit(l[0])).Trim();
        Tool.Check("debugfs", "-w", "-R", $"set_inode_field /hurd translator {block}", image.Path);
        Xattr found = Assert.Single(image.Read().Find("/hurd")!.Xattrs);
        Assert.Equal("gnu.translator", found.Name.ToString());
        Assert.Equal("/hurd\0"u8.ToArray(), found.Value.ToArray());
    }

    [ToolFact("e2fsck", "debugfs")]
    public void All_that_the_Hurd_has_reads_back()
    {
        FileTree tree = ExtTrees.AllTypes();
        tree.Set("/dev/big", new SpecialInode(InodeType.BlockDevice, 0b110_000_000, new DeviceNumber(255, 255)));
        foreach (TreeEntry entry in tree.Walk().Prepend(new TreeEntry("/", "/", tree.Root)))
            entry.Inode.ModifiedTime = new Timestamp(Math.Min(entry.Inode.ModifiedTime.Seconds, int.MaxValue));
        using var image = new ExtImage(tree, Options);
        image.IsClean();
        TreeEquality.AssertSame(tree, image.Read());
    }

    [Fact]
    public void What_the_Hurd_cannot_hold_is_refused()
    {
        Refused(new SpecialInode(InodeType.BlockDevice, 0, new DeviceNumber(256, 0)), Options);
        Refused(new SpecialInode(InodeType.CharacterDevice, 0, new DeviceNumber(0, 256)), Options);
        Refused(new FileInode(Blob.Empty) { Xattrs = Translator(new byte[4095]) }, Options);
        Refused(new FileInode(Blob.Empty) { Xattrs = Translator([]) }, Options);
        Refused(new SymlinkInode("target") { Xattrs = Translator(Disk) }, Options);
        Refused(new FileInode(Blob.Empty) { Xattrs = Translator(Disk) }, Options with { Translators = ExtTranslators.Xattr, Profile = ExtProfile.Hurd.With("^ext_attr") });
        var tree = new FileTree();
        tree.Set("/f", new FileInode(Blob.Empty) { Xattrs = Translator(Disk) });
        ExtFileSystem.Plan(tree, Options with { Profile = ExtProfile.Hurd.With("^ext_attr") });

        static void Refused(Inode inode, ExtOptions options)
        {
            var tree = new FileTree();
            tree.Set("/f", inode);
            Assert.Equal("/f", Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(tree, options)).Path);
        }
    }

    private static byte[] Disk => Encoding.UTF8.GetBytes("/hurd/storeio\0hd0\0");

    private static Xattrs Translator(byte[] value) => Xattrs.Create([new Xattr("gnu.translator", value)]);

    private static FileTree Tree()
    {
        var tree = new FileTree();
        tree.Set("/dev/hd0", new FileInode(Blob.Empty, 0b110_000_000) { Uid = 1234, Xattrs = Translator(Disk) });
        tree.Set("/servers/socket/2", new FileInode(Blob.FromText("content"))
        {
            Xattrs = Xattrs.Create([.. Translator(Encoding.UTF8.GetBytes("/hurd/pfinet\0")), new Xattr("user.other", ExtImage.Bytes(100))]),
        });
        tree.MakeDirectory("/tmp").Xattrs = Translator(Encoding.UTF8.GetBytes("/hurd/tmpfs\0"));
        return tree;
    }
}
