using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Erofs;

/// <summary>What an image holds, what it cannot, and where things are in it.</summary>
public class ErofsFormatTests
{
    private static readonly ErofsOptions Lz4 = ErofsImage.Options with { Compression = new ErofsCompression { Algorithm = ErofsAlgorithm.Lz4Hc } };

    [Fact]
    public void Fields_tile_their_structures()
    {
        AssertTiled(ErofsSuperblockLayout.Fields, ErofsSuperblockLayout.Size);
        AssertTiled(ErofsCompactInodeLayout.Fields, ErofsCompactInodeLayout.Size);
        AssertTiled(ErofsExtendedInodeLayout.Fields, ErofsExtendedInodeLayout.Size);
        AssertTiled(ErofsDirentLayout.Fields, ErofsDirentLayout.Size);
        AssertTiled(ErofsXattrHeaderLayout.Fields, ErofsXattrHeaderLayout.Size);
        AssertTiled(ErofsXattrEntryLayout.Fields, ErofsXattrEntryLayout.Size);
        AssertTiled(ErofsChunkIndexLayout.Fields, ErofsChunkIndexLayout.Size);
        AssertTiled(ErofsMapHeaderLayout.Fields, ErofsMapHeaderLayout.Size);
        AssertTiled(ErofsClusterIndexLayout.Fields, ErofsClusterIndexLayout.Size);
        AssertTiled(ErofsExtentLayout.Fields, ErofsExtentLayout.Size);
    }

    [Fact]
    public void The_superblock_is_read_back()
    {
        byte[] image = ErofsImage.Bytes(
            ErofsTrees.AllTypes(),
            ErofsImage.Options with { Label = "étiquette", Time = new Timestamp(-5, 7), Compression = new ErofsCompression { Algorithm = ErofsAlgorithm.Zstd } });
        ErofsInfo info = ErofsFileSystem.ReadInfo(Blob.FromMemory(image));
        Assert.Equal("étiquette", info.Label);
        Assert.Equal(ErofsImage.Options.Uuid, info.Uuid);
        Assert.Equal(new Timestamp(-5, 7), info.Time);
        Assert.Equal(4096, info.BlockSize);
        Assert.Equal(image.Length / 4096, info.BlockCount);
        Assert.Equal(["sb_csum", "mtime", "0padding", "compr_cfgs", "chunked_file"], info.Features);
        Assert.Equal(["zstd"], info.Algorithms);
    }

    [Fact]
    public void A_tree_of_all_types_has_this_plan()
    {
        using var text = new StringWriter { NewLine = "\n" };
        ErofsPlan plan = ErofsFileSystem.Plan(ErofsTrees.AllTypes(), ErofsImage.Options with { Label = "golden" });
        plan.Print(text);
        text.WriteLine("sha256 " + Convert.ToHexStringLower(SHA256.HashData(plan.ToBlob().ToArray())));
        Checkout.AssertGenerated("tests/Diecast.Formats.Tests/FileSystems/Erofs/golden/plain.txt", text.ToString());
    }

    [Fact]
    public void A_stable_layout_of_small_blocks_has_this_plan()
    {
        using var text = new StringWriter { NewLine = "\n" };
        ErofsPlan plan = ErofsFileSystem.Plan(ErofsTrees.AllTypes(), ErofsImage.Options with { BlockSize = 512, Placement = ErofsPlacement.Stable });
        plan.Print(text);
        text.WriteLine("sha256 " + Convert.ToHexStringLower(SHA256.HashData(plan.ToBlob().ToArray())));
        Checkout.AssertGenerated("tests/Diecast.Formats.Tests/FileSystems/Erofs/golden/stable.txt", text.ToString());
    }

    [Theory]
    [InlineData(ErofsAlgorithm.Lz4Hc, ErofsFragments.None)]
    [InlineData(ErofsAlgorithm.Zstd, ErofsFragments.Tails)]
    [InlineData(ErofsAlgorithm.Deflate, ErofsFragments.All)]
    [InlineData(ErofsAlgorithm.Lzma, ErofsFragments.None)]
    public void One_thread_and_four_make_the_same_bytes(ErofsAlgorithm algorithm, ErofsFragments fragments)
    {
        FileTree tree = ErofsTrees.AllTypes();
        tree.Set("/long", new FileInode(Blob.FromMemory((byte[])[.. ErofsImage.Prose(4_500_000, 5), .. ErofsImage.Noise(100_000)])));
        ErofsOptions options = ErofsImage.Options with { Compression = new ErofsCompression { Algorithm = algorithm, Level = algorithm == ErofsAlgorithm.Lzma ? 0 : 1, Fragments = fragments } };
        Assert.Equal(ErofsImage.Bytes(tree, options, 1), ErofsImage.Bytes(tree, options, 4));
    }

    [Fact]
    public void The_kinds_of_inodes_meet_their_limits()
    {
        var tree = new FileTree();
        Timestamp time = ErofsImage.Options.Time;
        tree.Root.ModifiedTime = time;
        var linked = new FileInode(Blob.FromText("x")) { ModifiedTime = time };
        for (int i = 0; i < 65535; i++)
            tree.Set($"/links/{i}", linked);
        tree.Set("/uid", new FileInode(Blob.Empty) { ModifiedTime = time, Uid = 65535, Gid = 65535 });
        ErofsPlan small = ErofsFileSystem.Plan(tree, ErofsImage.Options with { Times = ErofsTimes.FileSystem });
        tree.Set("/links/more", linked);
        tree.Set("/uid", new FileInode(Blob.Empty) { ModifiedTime = time, Uid = 65536, Gid = 65535 });
        ErofsPlan large = ErofsFileSystem.Plan(tree, ErofsImage.Options with { Times = ErofsTimes.FileSystem });
        Assert.Equal(0, Count(small, " 64+"));
        Assert.Equal(2, Count(large, " 64+"));
        FileTree read = ErofsFileSystem.Read(Blob.FromMemory(large.ToBlob().ToArray()));
        Assert.Same(read.Find("/links/0"), read.Find("/links/more"));
        Assert.Equal(65536u, read.Find("/uid")!.Uid);

        static int Count(ErofsPlan plan, string what)
        {
            var text = new StringWriter();
            plan.Print(text);
            return text.ToString().Split('\n').Count(l => l.Contains(what, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void All_that_is_wrong_with_a_tree_is_told()
    {
        var tree = new FileTree();
        tree.Set("/good/" + new string('n', 256), new FileInode(Blob.Empty));
        tree.Set("/device", new SpecialInode(InodeType.BlockDevice, 0, new DeviceNumber(4096, 1)));
        tree.Set("/strange", new FileInode(Blob.Empty) { Xattrs = Xattrs.Create([new Xattr("gnu.translator", new byte[1])]) });
        tree.Set("/link", new SymlinkInode(new string('t', 4096)));
        tree.Set("/again", tree.Find("/good")!);
        string message = Assert.Throws<UnrepresentableException>(() => ErofsFileSystem.Plan(tree, ErofsImage.Options)).Message;
        Assert.Contains("the name has 256 bytes", message, StringComparison.Ordinal);
        Assert.Contains("/device: the device 4096:1", message, StringComparison.Ordinal);
        Assert.Contains("/strange: EROFS has no namespace for the attribute 'gnu.translator'", message, StringComparison.Ordinal);
        Assert.Contains("/link: a symbolic link of 4096 bytes", message, StringComparison.Ordinal);
        Assert.Contains("/good: a directory cannot have two names", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_cannot_be_are_refused()
    {
        ErofsOptions[] impossible =
        [
            ErofsImage.Options with { BlockSize = 256 },
            ErofsImage.Options with { BlockSize = 131072 },
            ErofsImage.Options with { Label = "sixteen bytes !!" },
            ErofsImage.Options with { ChunkSize = 2048 },
            Lz4 with { ChunkSize = 8192 },
            ErofsImage.Options with { Compression = new ErofsCompression { Algorithm = ErofsAlgorithm.Lz4Hc, Level = 13 } },
            ErofsImage.Options with { Compression = new ErofsCompression { Algorithm = ErofsAlgorithm.Zstd, ClusterSize = 2 << 20 } },
            ErofsImage.Options with { Compression = new ErofsCompression { Algorithm = ErofsAlgorithm.Zstd, ClusterSize = 5000 } },
            ErofsImage.Options with { BlockSize = 65536, Compression = new ErofsCompression { Algorithm = ErofsAlgorithm.Zstd } },
        ];
        Assert.All(impossible, o => Assert.Throws<UnrepresentableException>(() => ErofsImage.Bytes(new FileTree(), o)));
        Assert.Throws<UnrepresentableException>(() => ErofsFileSystem.Plan(new FileTree(), Lz4));
    }

    [MountFact]
    public void A_hundred_thousand_names_and_a_file_of_five_gibibytes_are_mounted()
    {
        var tree = new FileTree();
        DirectoryInode directory = tree.MakeDirectory("/d");
        for (int i = 0; i < 100_000; i++)
            directory.Set($"name-{i:d6}", new FileInode(Blob.Empty));
        var builder = new BlobBuilder();
        builder.Add(1L << 32, "behind four gibibytes"u8.ToArray());
        tree.Set("/sparse", new FileInode(builder.ToBlob(5L << 30)));
        using var image = new ErofsImage(tree, ErofsImage.Options with { Times = ErofsTimes.FileSystem });
        Assert.InRange(image.Plan.Length, 1, 20 << 20);
        FileTree read = image.Read();
        Assert.Equal(100_000, Assert.IsType<DirectoryInode>(read.Find("/d")).Count);
        using var mount = new LoopMount(image.Path, "ro", "erofs");
        Assert.Equal("100000\n", mount.Run("ls d | wc -l"));
        Assert.Equal("name-077777\n", mount.Run("ls d | sed -n 77778p; test -e d/name-099999; ! test -e d/name-100000"));
        Assert.Equal("5368709120\nbehind four gibibytes", mount.Run("stat -c %s sparse; dd if=sparse bs=1 skip=4294967296 count=21 status=none"));
    }

    /// <summary>The rule of <see cref="ErofsPlacement.Stable"/>: what changes in one directory moves little elsewhere.</summary>
    [Theory]
    [InlineData(ErofsPlacement.Stable, 1, 50)]
    [InlineData(ErofsPlacement.Dense, 600, 1000)]
    public void A_file_that_grows_moves_little_in_a_stable_layout(ErofsPlacement placement, int least, int most)
    {
        ErofsOptions options = ErofsImage.Options with { Placement = placement, Times = ErofsTimes.FileSystem };
        string[] before = Lines(Tree(0));
        string[] after = Lines(Tree(9000));
        Assert.Equal(before.Length, after.Length);
        int changed = before.Zip(after).Count(pair => pair.First.StartsWith("inode", StringComparison.Ordinal) && pair.First != pair.Second);
        Assert.InRange(changed, least, most);

        string[] Lines(FileTree tree)
        {
            using var text = new StringWriter { NewLine = "\n" };
            ErofsPlan plan = ErofsFileSystem.Plan(tree, options);
            // Room at the ends of directories is a small share of them.
            Assert.InRange(plan.Length, tree.Walk().Sum(e => (e.Inode as FileInode)?.Content.Length ?? 0), 860L << 20);
            plan.Print(text);
            return text.ToString().Split('\n');
        }

        static FileTree Tree(int more)
        {
            var tree = new FileTree();
            for (int i = 0; i < 20; i++)
            {
                for (int j = 0; j < 50; j++)
                    tree.Set($"/d{i:d2}/f{j:d2}", new FileInode(new GeneratedBlob(800_000 + (j * 1000) + (i == 7 && j == 5 ? more : 0), static (_, bytes) => bytes.Fill(1))));
            }

            return tree;
        }
    }

    private static void AssertTiled(IReadOnlyList<LayoutField> fields, int size)
    {
        int at = 0;
        foreach (LayoutField field in fields)
        {
            Assert.Equal(at, field.Offset);
            at = field.End;
        }

        Assert.Equal(size, at);
    }
}
